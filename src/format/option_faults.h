// OptionFaults: everything that is wrong with a file_format.config, each with the place of the option.
//
// What Format::check answers; good if it is empty. A message says what is wrong and what is allowed; it does not repeat
// the place, which stands before it wherever it is told. Value; one thread at a time.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dray::format {

struct OptionFault {
  std::string path;  // below file_format.config: "separator", "regex[1]", "private_keys.7"
  std::string message;
};

class OptionFaults {
 public:
  void add(std::string path, std::string message) { all_.push_back({std::move(path), std::move(message)}); }

  void append(const OptionFaults& others) { all_.insert(all_.end(), others.all_.begin(), others.all_.end()); }

  [[nodiscard]] bool ok() const { return all_.empty(); }
  explicit operator bool() const { return ok(); }
  // Something is wrong with the option itself, so that what it says cannot be compared with others.
  [[nodiscard]] bool has(std::string_view option) const;
  [[nodiscard]] const std::vector<OptionFault>& all() const& { return all_; }
  const std::vector<OptionFault>& all() && = delete;  // in a range-for it would not live
  // "config.separator: must …", one behind the other with "; ".
  [[nodiscard]] std::string text() const;

 private:
  std::vector<OptionFault> all_;
};

}  // namespace dray::format

// DecidingSplitter: looks at the first bytes of an object, then hands all of them to the splitter that fits.
//
// A Decider has `std::unique_ptr<Splitter> look(std::string_view begun, bool last)`: the bytes from the object's
// start, more at every call; nullptr asks for more, unless last, when the object or the window ends. It must answer by
// the bytes alone, not by how many came at once. Holds kWindow bytes at most. One thread at a time.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "format/splitter.h"

namespace dray::format {

template <class Decider>
class DecidingSplitter final : public Splitter {
 public:
  static constexpr std::size_t kWindow = 64U << 10U;

  explicit DecidingSplitter(Decider decider) : decider_(std::move(decider)) {}

  Status write(std::string_view chunk) override {
    if (chosen_ == nullptr) {
      const std::string_view next = chunk.substr(0, kWindow - begun_.size());
      begun_.append(next);
      chunk.remove_prefix(next.size());
      if (Status status = choose(begun_.size() == kWindow); !status || chosen_ == nullptr) {
        return status;
      }
    }
    return chosen_->write(chunk);
  }

  Status finish() override {
    if (chosen_ == nullptr) {
      if (Status status = choose(true); !status) {
        return status;
      }
    }
    return chosen_->finish();
  }

 private:
  Status choose(bool last) {
    chosen_ = decider_.look(begun_, last);
    if (chosen_ == nullptr) {
      return {};
    }
    const std::string begun = std::move(begun_);
    begun_ = {};
    return begun.empty() ? Status() : chosen_->write(begun);
  }

  Decider decider_;
  std::string begun_;
  std::unique_ptr<Splitter> chosen_;
};

}  // namespace dray::format

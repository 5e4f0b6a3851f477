// Secret: a text that must not be seen: keys, tokens, ExternalId, passphrases.
//
// It has no conversion to text: only reveal(), whose callers are few and can be listed with grep. Its memory is wiped
// when it goes. A value; any thread.
#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace dray {

class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string text) : text_(std::move(text)) {}
  Secret(const Secret&) = default;
  Secret(Secret&& other) noexcept : text_(std::exchange(other.text_, {})) {}
  Secret& operator=(const Secret&) = default;
  Secret& operator=(Secret&& other) noexcept;
  ~Secret();

  [[nodiscard]] bool empty() const { return text_.empty(); }
  [[nodiscard]] std::string_view reveal() const { return text_; }
  bool operator==(const Secret&) const = default;

 private:
  std::string text_;
};

// A URL for a message: a user and password before the host read ***.
std::string without_userinfo(std::string_view url);

}  // namespace dray

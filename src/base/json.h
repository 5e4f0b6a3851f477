// Json: a parsed JSON document for cold paths (SQS answers, notifications, Collector Server files, tests).
//
// Log records never pass through here: their bytes are scanned by format/ and never re-written.
// Numbers keep their text. Of a doubled key the last counts. Depth is limited to 512. Values; any thread.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"

namespace dray {

class Json {
 public:
  using Array = std::vector<Json>;
  using Object = std::map<std::string, Json, std::less<>>;
  struct Number {
    std::string text;
    bool operator==(const Number&) const = default;
  };

  Json() = default;                                                    // null
  Json(bool value) : value_(value) {}                                  // NOLINT: implicit by intent
  Json(std::int64_t value) : value_(Number{std::to_string(value)}) {}  // NOLINT
  Json(int value) : value_(Number{std::to_string(value)}) {}           // NOLINT
  Json(std::string value) : value_(std::move(value)) {}                // NOLINT
  Json(const char* value) : value_(std::string(value)) {}              // NOLINT
  Json(std::string_view value) : value_(std::string(value)) {}         // NOLINT
  Json(Number value) : value_(std::move(value)) {}                     // NOLINT
  Json(Array value) : value_(std::move(value)) {}                      // NOLINT
  Json(Object value) : value_(std::move(value)) {}                     // NOLINT

  // The error's message tells the byte offset and the fault. Kind poison, code "bad_json".
  static Result<Json> parse(std::string_view text);
  // Compact, keys in order of their bytes, UTF-8 as it is; bytes that are not UTF-8 become U+FFFD.
  [[nodiscard]] std::string dump() const;

  [[nodiscard]] bool is_null() const { return value_.index() == 0; }
  [[nodiscard]] const bool* if_bool() const { return std::get_if<bool>(&value_); }
  [[nodiscard]] const Number* if_number() const { return std::get_if<Number>(&value_); }
  [[nodiscard]] const std::string* if_string() const { return std::get_if<std::string>(&value_); }
  [[nodiscard]] const Array* if_array() const { return std::get_if<Array>(&value_); }
  [[nodiscard]] const Object* if_object() const { return std::get_if<Object>(&value_); }
  [[nodiscard]] std::optional<std::int64_t> if_integer() const;

  // The member of that name, or null if this is no object or has none.
  [[nodiscard]] const Json& operator[](std::string_view key) const;
  // The string at that member, or "" if there is none.
  [[nodiscard]] std::string_view text(std::string_view key) const;

  bool operator==(const Json&) const = default;

 private:
  std::variant<std::monostate, bool, Number, std::string, Array, Object> value_;
};

}  // namespace dray

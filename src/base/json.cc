#include "base/json.h"

#include <charconv>

#include <fmt/core.h>
#include <nlohmann/json.hpp>

namespace dray {
namespace {

constexpr std::size_t kDepthMax = 512;

// Receives nlohmann's SAX events (its signatures) and builds the value with a stack of open containers.
class Builder {
 public:
  using number_integer_t = nlohmann::json::number_integer_t;
  using number_unsigned_t = nlohmann::json::number_unsigned_t;
  using number_float_t = nlohmann::json::number_float_t;
  using string_t = nlohmann::json::string_t;
  using binary_t = nlohmann::json::binary_t;

  bool null() { return add(Json()); }
  bool boolean(bool value) { return add(Json(value)); }
  // Only a spelling that begins with '-' comes here, so 0 was written "-0".
  bool number_integer(number_integer_t value) {
    return add(Json(Json::Number{value == 0 ? std::string("-0") : std::to_string(value)}));
  }
  bool number_unsigned(number_unsigned_t value) { return add(Json(Json::Number{std::to_string(value)})); }
  bool number_float(number_float_t /*value*/, const string_t& text) { return add(Json(Json::Number{text})); }
  bool string(string_t& value) { return add(Json(std::move(value))); }
  bool binary(binary_t& /*value*/) { return false; }

  bool start_object(std::size_t /*size*/) { return open(Json::Object{}); }
  bool start_array(std::size_t /*size*/) { return open(Json::Array{}); }
  bool key(string_t& name) {
    open_.back().key = std::move(name);
    return true;
  }
  bool end_object() { return close(); }
  bool end_array() { return close(); }

  bool parse_error(std::size_t position, const std::string& last_token, const nlohmann::detail::exception& fault) {
    const std::string_view what = fault.what();
    const std::size_t at = what.rfind("; last read");
    const std::size_t from = what.find("syntax error");
    (void)last_token;  // may hold a whole string of the document
    fault_ = fmt::format("JSON is broken at byte {}: {}", position,
                         from == std::string_view::npos ? "it cannot be read" : what.substr(from, at - from));
    return false;
  }

  [[nodiscard]] const std::string& fault() const { return fault_; }
  Json take() { return std::move(result_); }

 private:
  struct Open {
    std::variant<Json::Array, Json::Object> container;
    std::string key;  // of the member being read
  };

  bool open(std::variant<Json::Array, Json::Object> container) {
    if (open_.size() == kDepthMax) {
      fault_ = fmt::format("JSON is nested deeper than {} levels", kDepthMax);
      return false;
    }
    open_.push_back({std::move(container), {}});
    return true;
  }

  bool close() {
    Open done = std::move(open_.back());
    open_.pop_back();
    return std::visit([&](auto& container) { return add(Json(std::move(container))); }, done.container);
  }

  bool add(Json value) {
    if (open_.empty()) {
      result_ = std::move(value);
    } else if (auto* array = std::get_if<Json::Array>(&open_.back().container)) {
      array->push_back(std::move(value));
    } else {
      std::get<Json::Object>(open_.back().container).insert_or_assign(std::move(open_.back().key), std::move(value));
    }
    return true;
  }

  std::vector<Open> open_;
  Json result_;
  std::string fault_;
};

// The length of the valid UTF-8 sequence at text[at], or 0 (RFC 3629: no overlong forms, no surrogates).
std::size_t utf8_length(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
  const auto tail = [&](std::size_t i) { return (byte(i) & 0xC0U) == 0x80U; };
  const unsigned first = byte(at);
  const unsigned second = byte(at + 1);
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF && tail(at + 1)) return 2;
  if (first >= 0xE0 && first <= 0xEF && tail(at + 1) && tail(at + 2)) {
    const bool overlong = first == 0xE0 && second < 0xA0;
    const bool surrogate = first == 0xED && second >= 0xA0;
    return overlong || surrogate ? 0 : 3;
  }
  if (first >= 0xF0 && first <= 0xF4 && tail(at + 1) && tail(at + 2) && tail(at + 3)) {
    const bool overlong = first == 0xF0 && second < 0x90;
    const bool beyond = first == 0xF4 && second >= 0x90;
    return overlong || beyond ? 0 : 4;
  }
  return 0;
}

void append_control(char c, std::string& out) {
  switch (c) {
    case '\b': out += "\\b"; break;
    case '\f': out += "\\f"; break;
    case '\n': out += "\\n"; break;
    case '\r': out += "\\r"; break;
    case '\t': out += "\\t"; break;
    default: out += fmt::format("\\u{:04x}", static_cast<unsigned>(static_cast<unsigned char>(c)));
  }
}

void append_string(std::string_view text, std::string& out) {
  out.push_back('"');
  for (std::size_t i = 0; i < text.size();) {
    const char c = text[i];
    const std::size_t length = utf8_length(text, i);
    if (length == 0) {
      out += "\xEF\xBF\xBD";
      ++i;
      continue;
    }
    if (c == '"' || c == '\\') {
      out.push_back('\\');
      out.push_back(c);
    } else if (length == 1 && static_cast<unsigned char>(c) < 0x20) {
      append_control(c, out);
    } else {
      out.append(text.substr(i, length));
    }
    i += length;
  }
  out.push_back('"');
}

void append(const Json& value, std::string& out);

void append_array(const Json::Array& array, std::string& out) {
  out.push_back('[');
  for (std::size_t i = 0; i < array.size(); ++i) {
    if (i > 0) out.push_back(',');
    append(array[i], out);
  }
  out.push_back(']');
}

void append_object(const Json::Object& object, std::string& out) {
  out.push_back('{');
  bool first = true;
  for (const auto& [name, member] : object) {
    if (!first) out.push_back(',');
    first = false;
    append_string(name, out);
    out.push_back(':');
    append(member, out);
  }
  out.push_back('}');
}

void append(const Json& value, std::string& out) {
  if (const bool* flag = value.if_bool()) {
    out += *flag ? "true" : "false";
  } else if (const Json::Number* number = value.if_number()) {
    out += number->text;
  } else if (const std::string* text = value.if_string()) {
    append_string(*text, out);
  } else if (const Json::Array* array = value.if_array()) {
    append_array(*array, out);
  } else if (const Json::Object* object = value.if_object()) {
    append_object(*object, out);
  } else {
    out += "null";
  }
}

}  // namespace

Result<Json> Json::parse(std::string_view text) {
  Builder builder;
  if (!nlohmann::json::sax_parse(text.begin(), text.end(), &builder)) {
    return Error{ErrorKind::poison, "bad_json", builder.fault()};
  }
  return builder.take();
}

std::string Json::dump() const {
  std::string out;
  append(*this, out);
  return out;
}

std::optional<std::int64_t> Json::if_integer() const {
  const Number* number = if_number();
  if (number == nullptr) return std::nullopt;
  std::int64_t value = 0;
  const char* const end = number->text.data() + number->text.size();
  const auto [rest, fault] = std::from_chars(number->text.data(), end, value);
  if (fault != std::errc() || rest != end) return std::nullopt;
  return value;
}

const Json& Json::operator[](std::string_view key) const {
  static const Json kNull;
  const Object* object = if_object();
  if (object == nullptr) return kNull;
  const auto member = object->find(key);
  return member == object->end() ? kNull : member->second;
}

std::string_view Json::text(std::string_view key) const {
  const std::string* text = (*this)[key].if_string();
  return text == nullptr ? std::string_view() : std::string_view(*text);
}

}  // namespace dray

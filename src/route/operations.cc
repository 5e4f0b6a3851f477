#include "route/operations.h"

#include <cstdint>
#include <string_view>
#include <utility>

#include "base/assert.h"

namespace dray::route {
namespace {

using service::Operation;

bool starts_character(char byte) {
  return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U;
}

std::optional<std::string> split(const std::string& text, const std::string& on, int element) {
  DRAY_ASSERT(!on.empty());  // the compiler of the service refuses it
  std::int64_t wanted = element;
  if (wanted < 0) {
    std::int64_t parts = 1;
    for (std::size_t at = text.find(on); at != std::string::npos; at = text.find(on, at + on.size())) ++parts;
    wanted += parts;
    if (wanted < 0) return std::nullopt;
  }
  std::size_t begin = 0;
  for (; wanted > 0; --wanted) {
    const std::size_t at = text.find(on, begin);
    if (at == std::string::npos) return std::nullopt;
    begin = at + on.size();
  }
  return text.substr(begin, text.find(on, begin) - begin);
}

std::string replace(const std::string& text, const std::string& what, const std::string& with) {
  std::string out;
  if (what.empty()) {
    for (const char byte : text) {
      if (starts_character(byte)) out += with;
      out += byte;
    }
    return out + with;
  }
  std::size_t begin = 0;
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, begin)) {
    out.append(text, begin, at - begin);
    out += with;
    begin = at + what.size();
  }
  return out.append(text, begin);
}

}  // namespace

std::optional<std::string> run_steps(std::span<const service::Operation> steps, std::string text) {
  for (const Operation& step : steps) {
    switch (step.kind) {
      case Operation::Kind::split: {
        auto part = split(text, step.on, step.element);
        if (!part) return std::nullopt;
        text = std::move(*part);
        break;
      }
      case Operation::Kind::replace: text = replace(text, step.to_replace, step.replace_with); break;
      case Operation::Kind::lower:
        for (char& c : text) {
          if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
        }
        break;
    }
  }
  return text;
}

}  // namespace dray::route

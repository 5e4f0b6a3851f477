#include "local/xml_element.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <utility>

#include "base/encoding.h"

namespace dray::local {
namespace {

constexpr int kDepthMax = 32;

// One entity, without '&' and ';'. False when unknown.
bool append_entity(std::string& out, std::string_view entity) {
  static constexpr std::array<std::pair<std::string_view, char>, 5> kNamed{
      {{"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"quot", '"'}, {"apos", '\''}}};
  for (const auto& [name, c] : kNamed) {
    if (entity == name) {
      out.push_back(c);
      return true;
    }
  }
  if (!entity.starts_with('#')) return false;
  entity.remove_prefix(1);
  const bool hexadecimal = entity.starts_with('x');
  if (hexadecimal) entity.remove_prefix(1);
  std::uint32_t code = 0;
  const auto parsed = std::from_chars(entity.data(), entity.data() + entity.size(), code, hexadecimal ? 16 : 10);
  if (parsed.ec != std::errc() || parsed.ptr != entity.data() + entity.size() || code > 0x10FFFF) return false;
  append_utf8(code, out);
  return true;
}

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  Result<XmlElement> document() {
    if (!skip_prologue()) return fault();
    XmlElement root;
    if (!element(root, 0)) return fault();
    return root;
  }

 private:
  [[nodiscard]] Error fault() const {
    return {ErrorKind::poison, "MalformedXML", fmt::format("the XML cannot be read at byte {}", at_)};
  }

  [[nodiscard]] std::string_view rest() const { return text_.substr(at_); }

  bool skip_past(std::string_view mark) {
    const std::size_t found = text_.find(mark, at_);
    if (found == std::string_view::npos) return false;
    at_ = found + mark.size();
    return true;
  }

  bool skip_prologue() {
    for (;;) {
      while (at_ < text_.size() && std::string_view(" \t\r\n\xEF\xBB\xBF").find(text_[at_]) != std::string_view::npos)
        ++at_;
      if (rest().starts_with("<?")) {
        if (!skip_past("?>")) return false;
      } else if (rest().starts_with("<!--")) {
        if (!skip_past("-->")) return false;
      } else {
        return rest().starts_with('<') && !rest().starts_with("<!");
      }
    }
  }

  bool element(XmlElement& out, int depth) {
    if (depth > kDepthMax) return false;
    ++at_;  // '<'
    const std::size_t end = text_.find('>', at_);
    if (end == std::string_view::npos) return false;
    std::string_view tag = text_.substr(at_, end - at_);
    at_ = end + 1;
    const bool empty = tag.ends_with('/');
    if (empty) tag.remove_suffix(1);
    std::string_view name = tag.substr(0, tag.find_first_of(" \t\r\n"));
    const std::string_view full_name = name;
    if (const std::size_t colon = name.find(':'); colon != std::string_view::npos) name.remove_prefix(colon + 1);
    if (name.empty()) return false;
    out.name = name;
    return empty || content(out, full_name, depth);
  }

  bool content(XmlElement& out, std::string_view full_name, int depth) {
    for (;;) {
      const std::size_t mark = text_.find_first_of("<&", at_);
      if (mark == std::string_view::npos) return false;
      out.text.append(text_.substr(at_, mark - at_));
      at_ = mark;
      if (text_[mark] == '&') {
        const std::size_t end = text_.find(';', mark);
        if (end == std::string_view::npos || !append_entity(out.text, text_.substr(mark + 1, end - mark - 1)))
          return false;
        at_ = end + 1;
      } else if (rest().starts_with("</")) {
        at_ += 2;
        if (!rest().starts_with(full_name)) return false;
        return skip_past(">");
      } else if (rest().starts_with("<!--")) {
        if (!skip_past("-->")) return false;
      } else if (rest().starts_with("<![CDATA[")) {
        const std::size_t begin = at_ + 9;
        if (!skip_past("]]>")) return false;
        out.text.append(text_.substr(begin, at_ - 3 - begin));
      } else {
        out.children.emplace_back();
        if (!element(out.children.back(), depth + 1)) return false;
      }
    }
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

const XmlElement* XmlElement::child(std::string_view wanted) const {
  for (const XmlElement& one : children) {
    if (one.name == wanted) return &one;
  }
  return nullptr;
}

std::string_view XmlElement::text_of(std::string_view wanted) const {
  const XmlElement* const found = child(wanted);
  return found == nullptr ? std::string_view() : std::string_view(found->text);
}

Result<XmlElement> parse_xml(std::string_view text) {
  return Parser(text).document();
}

}  // namespace dray::local

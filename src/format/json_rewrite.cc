#include "format/json_rewrite.h"

#include <algorithm>

#include "json/members.h"
#include "json/write.h"

namespace dray::format {
namespace {

constexpr std::size_t kNone = std::string_view::npos;

// The place behind the string that begins at this place; kNone if it does not end.
std::size_t behind_string(std::string_view text, std::size_t at) {
  for (++at; at < text.size(); ++at) {
    if (text[at] == '"') {
      return at + 1;
    }
    at += text[at] == '\\' ? 1U : 0U;
  }
  return kNone;
}

// The place of the comma or closing bracket behind the value that begins at this place; kNone if brackets do not close.
std::size_t behind_value(std::string_view text, std::size_t at) {
  std::size_t depth = 0;
  while (at < text.size()) {
    const char byte = text[at];
    if (byte == '"') {
      at = behind_string(text, at);
      continue;
    }
    if (byte == '{' || byte == '[') {
      ++depth;
    } else if (byte == '}' || byte == ']') {
      if (depth == 0) {
        return at;
      }
      --depth;
    } else if (byte == ',' && depth == 0) {
      return at;
    }
    ++at;
  }
  return depth == 0 && at == text.size() ? at : kNone;
}

// Walks one object and writes it anew.
class Rewriter {
 public:
  Rewriter(std::string_view object, const Rewriting& wishes, std::string& out)
      : text_(object), wishes_(wishes), out_(out) {}

  bool run() {
    if (!text_.starts_with('{') || !text_.ends_with('}')) {
      return false;
    }
    out_.assign(1, '{');
    at_ = 1;
    bool first = true;
    while (at_ < text_.size()) {
      if (text_[at_] == '}') {
        if (!leave()) {
          return finish();
        }
        first = false;
        continue;
      }
      if (!first && text_[at_++] != ',') {
        return false;
      }
      if (!take_member(&first)) {
        return false;
      }
    }
    return false;
  }

 private:
  // Out of the object at hand; false if it is the outermost.
  bool leave() {
    ++at_;
    if (prefixes_.empty()) {
      return false;
    }
    prefix_.resize(prefixes_.back());
    prefixes_.pop_back();
    return true;
  }

  bool finish() {
    if (at_ != text_.size()) {
      return false;
    }
    if (!wishes_.included.empty()) {
      separate();
      out_ += wishes_.included;
    }
    out_ += '}';
    return true;
  }

  bool take_member(bool* first) {
    if (at_ >= text_.size() || text_[at_] != '"') {
      return false;
    }
    const std::size_t name_end = behind_string(text_, at_);
    if (name_end == kNone || name_end + 1 >= text_.size() || text_[name_end] != ':') {
      return false;
    }
    const std::string_view name = text_.substr(at_ + 1, name_end - at_ - 2);
    at_ = name_end + 1;
    if (wishes_.flat && text_[at_] == '{' && text_[at_ + 1] != '}') {
      prefixes_.push_back(prefix_.size());
      append_name(name, prefix_);
      prefix_ += '_';
      ++at_;
      *first = true;
      return prefix_.size() <= wishes_.bytes_max;
    }
    const std::size_t end = behind_value(text_, at_);
    if (end == kNone || end == at_) {
      return false;
    }
    separate();
    out_ += '"';
    out_ += prefix_;
    append_name(name, out_);
    out_ += "\":";
    out_ += text_.substr(at_, end - at_);
    at_ = end;
    *first = false;
    return !wishes_.flat || out_.size() <= wishes_.bytes_max;
  }

  // The name as written, or the new one, which only members of the object itself can have.
  void append_name(std::string_view name, std::string& out) {
    if (prefixes_.size() <= (&out == &prefix_ ? 1U : 0U) && !wishes_.rename.empty()) {
      json::unescape(name, decoded_);
      for (const auto& [old_name, new_name] : wishes_.rename) {
        if (old_name == decoded_) {
          json::append_escaped(new_name, out);
          return;
        }
      }
    }
    out += name;
  }

  void separate() {
    if (out_.size() > 1) {
      out_ += ',';
    }
  }

  std::string_view text_;
  const Rewriting& wishes_;
  std::string& out_;
  std::size_t at_ = 0;
  std::string prefix_;                 // of the object at hand
  std::vector<std::size_t> prefixes_;  // lengths of it outside, one for each open object
  std::string decoded_;
};

}  // namespace

bool rewrite(std::string_view object, const Rewriting& wishes, std::string& out) {
  if (wishes.rename.empty() && !wishes.flat && object.starts_with('{') && object.ends_with('}')) {
    out.assign(object, 0, object.size() - 1);
    out += object.size() == 2 || wishes.included.empty() ? "" : ",";
    out += wishes.included;
    out += '}';
    return true;
  }
  return Rewriter(object, wishes, out).run();
}

void append_json_string(std::string_view text, std::string& out) {
  out += '"';
  json::append_escaped(text, out);
  out += '"';
}

std::string_view next_element(std::string_view& inside) {
  const std::size_t end = std::min(behind_value(inside, 0), inside.size());
  const std::string_view element = inside.substr(0, end);
  inside.remove_prefix(std::min(end + 1, inside.size()));
  return element;
}

}  // namespace dray::format

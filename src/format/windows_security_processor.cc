// windows_security_processor: Windows events as they are exported to S3: one XML element <Event …>…</Event>, one
// event, wherever it lies in its lines; any other line is an event as it stands, a JSON one with its members.
//
// What stands around the elements (<?xml …?>, <Events>, comments that end in their line) is no event. The event
// stays the same XML in one line: white space between two tags goes if it holds a line end, a line end in a text
// becomes &#10; and one inside a tag a blank. An element whose end does not come is Flaw::no_end, and ends where
// the next begins.
// Limits: CDATA is text like other; Windows writes none.
#include "format/joined_lines.h"
#include "format/json_record.h"
#include "format/option_check.h"
#include "format/part_cutter.h"
#include "json/strict.h"

namespace dray::format {
namespace {

constexpr std::string_view kName = "windows_security_processor";
constexpr std::string_view kBegin = "<Event";
constexpr std::string_view kBlanks = " \t\r\n\xEF\xBB\xBF";  // and the byte order mark

std::string_view without_indent(std::string_view line) {
  return line.substr(std::min(line.find_first_not_of(kBlanks), line.size()));
}

bool begins_event(std::string_view text) {
  if (!text.starts_with(kBegin)) return false;
  text.remove_prefix(kBegin.size());
  return text.empty() || text.front() == ' ' || text.front() == '\t' || text.front() == '>' || text.starts_with("/>");
}

// The length of what begins here and is no event; 0 if nothing such does. Of a comment only one that ends in its line:
// were the end of another one missing, all behind it would be lost.
std::size_t markup_size(std::string_view text) {
  if (text.starts_with("<!--")) {
    const std::size_t end = text.find("-->");
    return end == std::string_view::npos ? 0 : end + 3;
  }
  for (const std::string_view begin : {"<?xml", "<Events>", "<Events ", "</Events>"}) {
    if (text.starts_with(begin)) return std::min(text.find('>'), text.size() - 1) + 1;
  }
  return 0;
}

// Behind the next end tag; npos if there is none.
std::size_t behind_end_tag(std::string_view text) {
  constexpr std::string_view kEndTag = "</Event";
  for (std::size_t at = text.find(kEndTag); at != std::string_view::npos; at = text.find(kEndTag, at)) {
    at += kEndTag.size();
    const std::size_t end = text.find_first_not_of(" \t", at);
    if (end != std::string_view::npos && text[end] == '>') return end + 1;
  }
  return std::string_view::npos;
}

// Follows the start tag of an element, which may span lines, to its end.
class StartTag {
 public:
  void begin() {
    open_ = true;
    quote_ = '\0';
  }
  void forget() { open_ = false; }

  // Behind the element's end in the line; npos if it does not lie there.
  std::size_t behind_element(std::string_view line) {
    std::size_t at = 0;
    for (; open_ && at < line.size(); ++at) {
      const char byte = line[at];
      if (quote_ != '\0') {
        quote_ = byte == quote_ ? '\0' : quote_;
      } else if (byte == '"' || byte == '\'') {
        quote_ = byte;
      } else if (byte == '>') {
        open_ = false;
        if (at > 0 && line[at - 1] == '/') return at + 1;  // <Event/>
      }
    }
    // In a tag with a quote too many the end tag counts all the same: only so is the next element not taken along.
    const std::size_t end = behind_end_tag(line.substr(open_ ? 0 : at));
    return end == std::string_view::npos || open_ ? end : at + end;
  }

 private:
  bool open_ = false;
  char quote_ = '\0';
};

// Where a tag ends, of which `text` is what stands behind its `<`; a > in an attribute does not end it.
std::size_t tag_end(std::string_view text) {
  const bool has_attributes = !text.starts_with('!') && !text.starts_with('?');
  std::size_t at = text.find_first_of(has_attributes ? "'\">" : ">");
  while (at != std::string_view::npos && text[at] != '>') {
    at = text.find(text[at], at + 1);
    if (at == std::string_view::npos) return text.find('>');  // a quote too many
    at = text.find_first_of("'\">", at + 1);
  }
  return at;
}

// JoinedLines::OneLine.
void one_line_xml(std::string_view text, std::string& out) {
  out.clear();
  bool in_tag = false;
  while (!text.empty()) {
    const std::size_t at = std::min(in_tag ? tag_end(text) : text.find('<'), text.size());
    const std::string_view part = text.substr(0, at);
    const bool between_tags = !in_tag && part.find_first_not_of(" \t\r\n") == std::string_view::npos;
    if (!between_tags || part.find('\n') == std::string_view::npos) {
      for (const char byte : part) {
        if (byte == '\n') {
          out += in_tag ? " " : "&#10;";
        } else {
          out += byte;
        }
      }
    }
    if (at < text.size()) out += text[at];
    text.remove_prefix(std::min(at + 1, text.size()));
    in_tag = !in_tag;
  }
}

class WindowsEvents final : public Splitter {
 public:
  WindowsEvents(const SplitterOptions& options, flow::RecordSink& sink)
      : cutter_(options), event_(options, sink, &one_line_xml), json_(sink), sink_(sink) {}

  Status write(std::string_view chunk) override {
    Status status = cutter_.write(chunk, [this](const Part& part) { return take(part); });
    event_.hold();
    return status;
  }

  Status finish() override {
    Status status = cutter_.finish([this](const Part& part) { return take(part); });
    return status && !event_.empty() ? event_.end(flow::Flaw::no_end) : status;
  }

 private:
  Status take(const Part& part) {
    if (part.flaw != flow::Flaw::none) {
      tag_.forget();
      return event_.empty() ? sink_.accept({.bytes = part.text, .flaw = part.flaw}) : event_.add_piece(part.text);
    }
    Status status = take_line(part.line());
    if (!part.lasting) {
      event_.hold();
    }
    return status;
  }

  Status take_line(std::string_view line) {
    if (!event_.empty() && begins_event(without_indent(line))) {
      if (Status status = event_.end(flow::Flaw::no_end); !status) {
        return status;
      }
    }
    while (!event_.empty() || !without_indent(line).empty()) {
      if (event_.empty()) {
        const std::string_view text = without_indent(line);
        if (const std::size_t markup = markup_size(text); markup > 0) {
          line = text.substr(markup);
          continue;
        }
        if (!begins_event(text)) {
          return emit_line(line);
        }
        line = text;
        tag_.begin();
      }
      const std::size_t end = tag_.behind_element(line);
      const std::string_view inside = line.substr(0, end);
      if (Status status = event_.add(inside); !status || end == std::string_view::npos) {
        return status;
      }
      line.remove_prefix(inside.size());
      if (Status status = event_.end(); !status) {
        return status;
      }
    }
    return {};
  }

  Status emit_line(std::string_view line) {
    bool blanks = false;
    if (without_indent(line).starts_with('{') && json::is_value(line, colons_, blanks)) {
      return json_.emit(line, blanks, colons_);
    }
    return sink_.accept({.bytes = line});
  }

  PartCutter cutter_;
  JoinedLines event_;  // the element whose end has not come
  StartTag tag_;       // its own
  JsonRecord json_;
  flow::RecordSink& sink_;
  std::vector<std::uint32_t> colons_;
};

std::unique_ptr<Splitter> make(const SplitterOptions& options, flow::RecordSink& sink) {
  return std::make_unique<WindowsEvents>(options, sink);
}

OptionFaults check(const Settings& options) {
  return check_has_none(kName, options);
}

}  // namespace

extern const Format kWindowsSecurity;
const Format kWindowsSecurity{
    kName, "Windows events: one Event element (XML) or one line (JSON, text), one event", {}, &make, &check};

}  // namespace dray::format

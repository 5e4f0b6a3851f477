// windows_security_processor: Windows events as they are exported to S3: one XML element <Event …>…</Event>, one
// event, wherever it lies in its lines; any other line is an event as it stands, a JSON one with its members.
//
// What stands around the elements (<?xml …?>, comments, <Events>) is no event. The event stays the same XML in one
// line: white space between two tags goes if it holds a line end, a line end in a text becomes &#10; and one inside a
// tag a blank. An element whose end does not come is Flaw::undecodable, and ends where the next begins.
// Limits: CDATA is text like other; Windows writes none.
#include "format/joined_lines.h"
#include "format/json_record.h"
#include "format/option_check.h"
#include "format/part_cutter.h"
#include "json/strict.h"

namespace dray::format {
namespace {

constexpr std::string_view kName = "windows_security_processor";
constexpr std::string_view kEnd = "</Event>";
constexpr std::string_view kBlanks = " \t\r\n\xEF\xBB\xBF";  // and the byte order mark

std::string_view without_indent(std::string_view line) {
  return line.substr(std::min(line.find_first_not_of(kBlanks), line.size()));
}

bool begins_event(std::string_view text) {
  constexpr std::string_view kBegin = "<Event";
  return text.starts_with(kBegin) &&
         (text.size() == kBegin.size() || std::string_view(" \t>").find(text[kBegin.size()]) != std::string_view::npos);
}

bool begins_markup(std::string_view text) {
  for (const std::string_view begin : {"<?xml", "<!--", "<Events>", "<Events ", "</Events>"}) {
    if (text.starts_with(begin)) return true;
  }
  return false;
}

// JoinedLines::OneLine.
void one_line_xml(std::string_view text, std::string& out) {
  out.clear();
  bool in_tag = false;
  while (!text.empty()) {
    const std::size_t at = std::min(text.find(in_tag ? '>' : '<'), text.size());
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
    return status && !event_.empty() ? event_.end(flow::Flaw::undecodable) : status;
  }

 private:
  Status take(const Part& part) {
    if (part.flaw != flow::Flaw::none) {
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
      if (Status status = event_.end(flow::Flaw::undecodable); !status) {
        return status;
      }
    }
    while (!event_.empty() || !without_indent(line).empty()) {
      if (event_.empty()) {
        const std::string_view text = without_indent(line);
        if (begins_markup(text)) {
          line = text.substr(std::min(text.find('>'), text.size() - 1) + 1);
          continue;
        }
        if (!begins_event(text)) {
          return emit_line(line);
        }
        line = text;
      }
      const std::size_t end = line.find(kEnd);
      const std::string_view inside = line.substr(0, end == std::string_view::npos ? end : end + kEnd.size());
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
  JsonRecord json_;
  flow::RecordSink& sink_;
  std::vector<std::uint32_t> colons_;
};

std::unique_ptr<Splitter> make(const SplitterOptions& options, flow::RecordSink& sink) {
  return std::make_unique<WindowsEvents>(options, sink);
}

Status check(const Settings& options) {
  return check_known(kName, options, {});
}

}  // namespace

extern const Format kWindowsSecurity;
const Format kWindowsSecurity{
    kName, "Windows events: one Event element (XML) or one line (JSON, text), one event", {}, &make, &check};

}  // namespace dray::format

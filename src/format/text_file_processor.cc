// text_file_processor: lines of fields, every event with what the header says. With `use_json: true` an event is an
// object of the fields by the names of the columns; else it is the header, a separator and the line.
//
// The product's page says "puts header information in every event" and no more; what the event looks like without
// use_json is our decision (docs/formats.md).
#include "format/joined_lines.h"
#include "format/option_check.h"
#include "format/part_cutter.h"
#include "format/row_object.h"
#include "format/separator.h"

namespace dray::format {
namespace {

constexpr std::string_view kName = "text_file_processor";
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::size_t kHeaderBytesMax = 64U << 10U;

std::string line_separator_of(const Settings& options) {
  const std::string separator = parse_separator(options.text("line_separator"));
  return separator.empty() ? "\n" : separator;
}

// The first of the options that is there; a comma if none is.
std::string separator_of(const Settings& options, std::string_view first, std::string_view second) {
  for (const std::string_view name : {first, second}) {
    if (std::string separator = parse_separator(options.text(name)); !separator.empty()) {
      return separator;
    }
  }
  return ",";
}

template <class Take>
void for_each_field(std::string_view line, std::string_view separator, const Take& take) {
  for (;;) {
    const std::size_t at = line.find(separator);
    take(line.substr(0, at));
    if (at == std::string_view::npos) {
      return;
    }
    line.remove_prefix(at + separator.size());
  }
}

class TextFile final : public Splitter {
 public:
  TextFile(const SplitterOptions& options, flow::RecordSink& sink)
      : line_separator_(line_separator_of(options.options)),
        cutter_(options, line_separator_),
        sink_(sink),
        row_(options.record_bytes_max, sink),
        field_separator_(separator_of(options.options, "field_separator", "header_field_separator")),
        header_separator_(separator_of(options.options, "header_field_separator", "field_separator")),
        json_(parse_switch(options.options.text("use_json")).value_or(false)),
        wants_header_(parse_switch(options.options.text("header")).value_or(false)) {
    if (const auto names = options.options.texts("field_names"); !names.empty()) {
      row_.name_columns(names);
      for (const std::string& name : names) {
        prefix_.append(name).append(field_separator_);
      }
    }
  }

  Status write(std::string_view chunk) override {
    return cutter_.write(chunk, [this](const Part& part) { return take(part); });
  }
  Status finish() override {
    return cutter_.finish([this](const Part& part) { return take(part); });
  }

 private:
  Status take(const Part& part) {
    if (part.flaw != flow::Flaw::none) {
      return sink_.accept({.bytes = part.text, .flaw = part.flaw});
    }
    std::string_view line = line_separator_ == "\n" ? part.line() : part.text;
    // Files that were joined may each begin with a byte order mark, and then with the header.
    if (!header_.empty() && line.starts_with(kByteOrderMark)) {
      line.remove_prefix(kByteOrderMark.size());
    }
    if (line.empty()) {
      return {};
    }
    if (!header_.empty() && line == header_) {
      sink_.leave_out(line, "header line");
      return {};
    }
    if (wants_header_) {
      sink_.leave_out(line, "header line");
      wants_header_ = false;
      return take_header(line);
    }
    return emit(line);
  }

  Status take_header(std::string_view line) {
    if (line.size() > kHeaderBytesMax) {
      return Error{ErrorKind::poison, "bad_header", "the header line is larger than 64 KiB"};
    }
    header_ = line;
    if (!prefix_.empty()) {
      return {};  // the names of the configuration stand
    }
    std::vector<std::string> names;
    for_each_field(line, header_separator_, [&names](std::string_view name) { names.emplace_back(name); });
    row_.name_columns(names);
    prefix_ = header_ + header_separator_;
    return {};
  }

  Status emit(std::string_view line) {
    if (!json_) {
      return emit_text(line);
    }
    row_.begin();
    for_each_field(line, field_separator_, [this](std::string_view value) { row_.add(value); });
    escape_line_feeds(line, text_);
    return row_.end(text_);
  }

  Status emit_text(std::string_view line) {
    if (prefix_.empty() && line.find('\n') == std::string_view::npos) {
      return sink_.accept({.bytes = line});
    }
    joined_.assign(prefix_).append(line);
    escape_line_feeds(joined_, text_);
    return sink_.accept({.bytes = text_});
  }

  std::string line_separator_;
  PartCutter cutter_;
  flow::RecordSink& sink_;
  RowObject row_;
  std::string field_separator_;
  std::string header_separator_;
  bool json_;
  bool wants_header_;   // the next line is the header
  std::string header_;  // as it stands in the object
  std::string prefix_;  // what stands before every line: the names and a separator
  std::string joined_;
  std::string text_;
};

std::unique_ptr<Splitter> make(const SplitterOptions& options, flow::RecordSink& sink) {
  return std::make_unique<TextFile>(options, sink);
}

OptionFaults check(const Settings& options) {
  OptionFaults faults;
  check_known(kName, options,
              {"line_separator", "header", "header_field_separator", "field_names", "field_separator", "use_json"},
              faults);
  for (const char* name : {"header", "use_json"}) check_switch(options, name, faults);
  for (const char* name : {"line_separator", "header_field_separator", "field_separator"}) {
    check_text(options, name, "text of one byte or more; escapes such as \\t and \\n are understood", faults);
  }
  check_texts(options, "field_names", "a list of names", faults);
  const bool separated = options.contains("header_field_separator") || options.contains("field_separator");
  const bool header = parse_switch(options.text("header")).value_or(false);
  if (header && !separated) {
    faults.add("header", "true needs header_field_separator beside it");
  }
  if (parse_switch(options.text("use_json")).value_or(false) && !separated && !options.contains("field_names")) {
    faults.add("use_json", "true needs fields: header with header_field_separator, field_names, or field_separator");
  }
  return faults;
}

constexpr Option kOptions[] = {
    {"line_separator", "text", "between the lines; default \\n, and then a CR before it belongs to it"},
    {"header", "true | false", "the first line names the columns and is no event; default false"},
    {"header_field_separator", "text", "between the names in the header; default field_separator"},
    {"field_names", "list of names", "the names of the columns, where no line names them"},
    {"field_separator", "text",
     "between the fields of a line; default header_field_separator, or a comma. Without names, fields are numbered "
     "from 0"},
    {"use_json", "true | false",
     "the event is an object of the fields; default false: the header, a separator and the line"},
};

}  // namespace

extern const Format kTextFile;
const Format kTextFile{kName, "lines of fields, with the names of the columns in every event", kOptions, &make, &check};

}  // namespace dray::format

// csv_processor (ours): CSV records, whose quoted fields may hold separators, quotes and line ends. The record's own
// bytes are the event (LF inside as \n), or with `json: true` an object of its fields. Lines are joined only to a
// well-formed record; a line that cannot be part of one is a record by itself, so a lost quote costs one line's form
// and no line.
#include <algorithm>
#include <optional>

#include "format/csv_header.h"
#include "format/csv_line.h"
#include "format/joined_lines.h"
#include "format/option_check.h"
#include "format/part_cutter.h"
#include "format/row_object.h"
#include "format/separator.h"

namespace dray::format {
namespace {

constexpr std::string_view kName = "csv_processor";
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

enum class Header { none, first_line, detect };

std::optional<Header> parse_header(std::string_view text) {
  if (text.empty() || text == "none" || text == "false") return Header::none;
  if (text == "first_line" || text == "true") return Header::first_line;
  if (text == "detect") return Header::detect;
  return std::nullopt;
}

class CsvRecords final : public Splitter {
 public:
  CsvRecords(const SplitterOptions& options, flow::RecordSink& sink)
      : cutter_(options),
        bytes_max_(options.record_bytes_max),
        sink_(sink),
        row_(options.record_bytes_max, sink),
        header_(parse_header(options.options.text("header")).value_or(Header::none)),
        columns_(options.options.texts("columns")),
        json_(parse_switch(options.options.text("json")).value_or(false)) {
    const std::string separator = parse_separator(options.options.text("separator"));
    separator_ = separator.empty() ? ',' : separator.front();
    row_.name_columns(columns_);
  }

  Status write(std::string_view chunk) override {
    return cutter_.write(chunk, [this](const Part& part) { return take(part); });
  }

  Status finish() override {
    if (Status status = cutter_.finish([this](const Part& part) { return take(part); }); !status) {
      return status;
    }
    return give_up_joining();
  }

 private:
  Status take(const Part& part) {
    if (part.flaw != flow::Flaw::none) {
      Status status = give_up_joining();
      return status ? sink_.accept({.bytes = part.text, .flaw = part.flaw}) : status;
    }
    if (!joined_.empty()) {
      const bool fits = joined_.size() + part.text.size() <= bytes_max_;
      const CsvEnd end = fits ? scan_csv_line(part.line(), separator_, true) : CsvEnd::broken;
      if (end == CsvEnd::closed) {
        joined_ += part.line();
        const std::string record = std::exchange(joined_, {});
        return take_record(record);
      }
      if (end == CsvEnd::open && part.ended) {
        joined_.append(part.text) += '\n';
        return {};
      }
      if (Status status = give_up_joining(); !status) {
        return status;
      }
    }
    return begin_record(part);
  }

  Status begin_record(const Part& part) {
    const std::size_t mark = part.text.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0;
    const std::string_view line = part.line().substr(mark);
    if (line.empty()) {
      return {};
    }
    const CsvEnd end = scan_csv_line(line, separator_, false);
    if (end == CsvEnd::open && part.ended) {
      joined_.assign(part.text.substr(mark)) += '\n';
      return {};
    }
    return end == CsvEnd::closed ? take_record(line) : emit_malformed(line);
  }

  // What was joined is no record: its lines are, one by one.
  Status give_up_joining() {
    const std::string lines = std::exchange(joined_, {});
    for (std::string_view rest = lines; !rest.empty();) {
      const Part part{.text = rest.substr(0, rest.find('\n'))};
      rest.remove_prefix(part.text.size() + 1);
      const std::string_view line = part.line();
      if (line.empty()) {
        continue;
      }
      const bool closed = scan_csv_line(line, separator_, false) == CsvEnd::closed;
      if (Status status = closed ? take_record(line) : emit_malformed(line); !status) {
        return status;
      }
    }
    return {};
  }

  Status take_record(std::string_view record) {
    if (header_ == Header::first_line) {
      if (!first_.has_value()) {
        sink_.leave_out(record, "header line");
        return begin_columns(record);
      }
      if (record == *first_) {
        sink_.leave_out(record, "header line");
        return {};
      }
    }
    if (header_ == Header::detect && names_columns(record)) {
      sink_.leave_out(record, "header line");
      row_.name_columns(names_);
      return {};
    }
    return emit(record);
  }

  Status begin_columns(std::string_view record) {
    if (record.size() > kHeaderBytesMax) {
      return Error{ErrorKind::poison, "bad_header", "the header is larger than 64 KiB"};
    }
    first_.emplace(record);
    names_.clear();
    CsvFields fields{.rest = record, .separator = separator_};
    for (std::string_view name; fields.next(name, buffer_);) {
      names_.emplace_back(name);
    }
    if (columns_.empty()) {
      row_.name_columns(names_);
    }
    return {};
  }

  bool names_columns(std::string_view record) {
    names_.clear();
    if (record.size() > kHeaderBytesMax) {
      return false;
    }
    bool all_look_so = true;
    bool all_configured = true;
    CsvFields fields{.rest = record, .separator = separator_};
    for (std::string_view name; fields.next(name, buffer_);) {
      all_look_so = all_look_so && looks_like_csv_column(name);
      all_configured = all_configured && names_.size() < columns_.size() && columns_[names_.size()] == name;
      if (!all_look_so && !all_configured) {
        return false;
      }
      names_.emplace_back(name);
    }
    return (all_configured && names_.size() == columns_.size()) || (all_look_so && is_csv_header(names_));
  }

  Status emit(std::string_view record) {
    const std::string_view text = one_line(record);
    if (!json_) {
      return sink_.accept({.bytes = text});
    }
    row_.begin();
    CsvFields fields{.rest = record, .separator = separator_};
    for (std::string_view value; fields.next(value, buffer_);) {
      row_.add(value);
    }
    return row_.end(text);
  }

  Status emit_malformed(std::string_view line) {
    return json_ ? row_.undecodable(line) : sink_.accept({.bytes = line});
  }

  std::string_view one_line(std::string_view record) {
    if (std::memchr(record.data(), '\n', record.size()) == nullptr) {
      return record;
    }
    escape_line_feeds(record, escaped_);
    return escaped_;
  }

  static constexpr std::size_t kHeaderBytesMax = 64U << 10U;

  PartCutter cutter_;
  std::size_t bytes_max_;
  flow::RecordSink& sink_;
  RowObject row_;
  Header header_;
  std::vector<std::string> columns_;  // as configured
  bool json_;
  char separator_ = ',';
  std::string joined_;                // the lines, each with its LF, of a record whose end has not come
  std::optional<std::string> first_;  // the header of first_line, as written
  std::vector<std::string> names_;
  std::string buffer_;
  std::string escaped_;
};

std::unique_ptr<Splitter> make(const SplitterOptions& options, flow::RecordSink& sink) {
  return std::make_unique<CsvRecords>(options, sink);
}

OptionFaults check(const Settings& options) {
  OptionFaults faults;
  check_known(kName, options, {"separator", "header", "columns", "json"}, faults);
  if (const std::string separator = parse_separator(options.text("separator"));
      options.contains("separator") && (separator.size() != 1 || separator == "\"" || separator == "\n")) {
    faults.add("separator", R"(must be one byte ("\t" is a tab), no quote and no line feed)");
  }
  if (const Setting* header = options.find("header"); header != nullptr && header->if_text() == nullptr) {
    faults.add("header", "must be none, first_line or detect, not a list or a mapping");
  } else if (!parse_header(options.text("header"))) {
    faults.add("header", "must be none, first_line or detect, not \"" + std::string(options.text("header")) + "\"");
  }
  check_texts(options, "columns", "a list of names", faults);
  check_switch(options, "json", faults);
  return faults;
}

constexpr Option kOptions[] = {
    {"separator", "one byte", "between the fields; default a comma"},
    {"header", "none | first_line | detect",
     "which records name columns and are no events. first_line: the first, and others equal to it. detect: those that "
     "look like the header of Cisco Umbrella or equal columns. Default none"},
    {"columns", "list of names", "the columns' names, for json and detect"},
    {"json", "true | false", "the event is an object of the fields, by the columns' names; default false"},
};

}  // namespace

extern const Format kCsv;
const Format kCsv{kName, "CSV with quotes: one record, one event, also over several lines", kOptions, &make, &check};

}  // namespace dray::format

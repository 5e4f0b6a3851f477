// separated_json_processor: JSON values with a separator between them, LF or for instance `||`. A separator inside a
// value is part of it. What stands between two separators and is no JSON value is sent as it is.
#include <algorithm>
#include <string>
#include <vector>

#include "base/give_back.h"
#include "format/json_record.h"
#include "format/option_check.h"
#include "format/oversize.h"
#include "format/separator.h"
#include "format/splitter.h"
#include "json/strict.h"
#include "json/value_check.h"

namespace dray::format {
namespace {

constexpr std::string_view kName = "separated_json_processor";
constexpr std::size_t kPieceKept = 256U << 10U;
constexpr std::size_t kColonsKept = 16384;
constexpr std::size_t kBlock = 4096;  // given on at once of a piece over the limit

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n";
  text.remove_prefix(std::min(text.find_first_not_of(kBlanks), text.size()));
  return text.substr(0, text.find_last_not_of(kBlanks) + 1);
}

// Reads a piece as a value as long as it can be one. Where it cannot, the separators inside what was read do separate
// after all, and what stands behind the last of them is read anew: no byte is read more than three times.
class SeparatedJson final : public Splitter {
 public:
  SeparatedJson(const SplitterOptions& options, flow::RecordSink& sink)
      : separator_(options.options.contains("separator") ? parse_separator(options.options.text("separator")) : "\n"),
        bytes_max_(options.record_bytes_max),
        in_pieces_(options.oversize_in_pieces),
        sink_(sink),
        record_(sink),
        pieces_(bytes_max_) {}

  Status write(std::string_view chunk) override {
    while (!chunk.empty()) {
      std::size_t taken = 0;
      if (Status status = step(chunk, &taken); !status) {
        return status;
      }
      chunk.remove_prefix(taken);
    }
    return {};
  }

  Status finish() override {
    if (at_ == At::value) {
      check_.finish();
      if (!check_.done()) {
        if (Status status = split_here(); !status) {
          return status;
        }
      }
    }
    if (at_ == At::large_value || at_ == At::large) {
      Status status = pieces_.add(piece_, as_piece());
      return status ? pieces_.finish(as_piece()) : status;
    }
    return piece_.empty() ? Status() : end_piece(piece_);
  }

 private:
  // What is at hand: a value, as far as one can tell; what follows a value; no value; both of the first over the limit.
  enum class At { value, tail, raw, large_value, large };

  Status step(std::string_view chunk, std::size_t* taken) {
    if (at_ == At::value || at_ == At::large_value) {
      return take_value(chunk, taken);
    }
    const std::size_t last = chunk.find(separator_.back());
    const std::string_view part = chunk.substr(0, last == std::string_view::npos ? last : last + 1).substr(0, room());
    *taken = part.size();
    piece_.append(part);
    if (piece_.ends_with(separator_) && piece_.size() - separator_.size() >= from_) {
      piece_.resize(piece_.size() - separator_.size());
      return end_with_separator();
    }
    if (at_ == At::large) {
      return piece_.size() >= kBlock + separator_.size() ? give_large() : Status();
    }
    return piece_.size() > bytes_max_ + separator_.size() ? begin_large(At::large) : Status();
  }

  [[nodiscard]] std::size_t room() const {
    const std::size_t most = at_ == At::large ? kBlock : bytes_max_ + 1;
    return most + separator_.size() - piece_.size();
  }

  Status take_value(std::string_view chunk, std::size_t* taken) {
    *taken = check_.take(at_ == At::value ? chunk.substr(0, room()) : chunk);
    const std::string_view part = chunk.substr(0, *taken);
    if (at_ == At::large_value) {
      at_ = check_.done() || check_.failed() ? At::large : At::large_value;
      return pieces_.add(part, as_piece());
    }
    piece_.append(part);
    if (piece_.size() > bytes_max_ + separator_.size()) {
      return begin_large(check_.done() || check_.failed() ? At::large : At::large_value);
    }
    if (check_.failed()) {
      return split_here();
    }
    if (check_.done()) {
      at_ = At::tail;
      from_ = piece_.size();
    }
    return {};
  }

  // The piece is no value: its parts between separators are, or are not.
  Status split_here() {
    const std::string all = std::move(piece_);
    begin_piece();
    std::size_t start = 0;
    for (std::size_t at = all.find(separator_); at != std::string::npos; at = all.find(separator_, start)) {
      if (Status status = end_piece(std::string_view(all).substr(start, at - start)); !status) {
        return status;
      }
      start = at + separator_.size();
    }
    if (start != 0) {
      return write(std::string_view(all).substr(start));
    }
    piece_ = all;
    at_ = At::raw;
    return {};
  }

  void begin_piece() {
    piece_.clear();
    if (piece_.capacity() > kPieceKept) give_back(piece_);
    check_.begin();
    from_ = 0;
    at_ = At::value;
  }

  Status end_with_separator() {
    Status status;
    if (at_ == At::large) {
      status = pieces_.add(piece_, as_piece());
      status = status ? pieces_.finish(as_piece()) : status;
    } else {
      status = end_piece(piece_);
    }
    begin_piece();
    return status;
  }

  Status end_piece(std::string_view piece) {
    const std::string_view value = trimmed(piece);
    if (value.empty()) {
      return {};
    }
    if (piece.size() > bytes_max_) {
      if (!in_pieces_) {
        return oversize_record(bytes_max_);
      }
      Status status = pieces_.add(piece, as_piece());
      return status ? pieces_.finish(as_piece()) : status;
    }
    bool blanks = false;
    if (!json::is_value(value, colons_, blanks)) {
      return give_raw(piece);
    }
    Status status = record_.emit(value, blanks, colons_);
    if (colons_.capacity() > kColonsKept) {
      give_back(colons_);
    }
    return status;
  }

  // A record never holds LF.
  Status give_raw(std::string_view piece) {
    Status status;
    while (status.ok() && !piece.empty()) {
      const std::size_t end = std::min(piece.find('\n'), piece.size());
      std::string_view line = piece.substr(0, end);
      line.remove_suffix(end != piece.size() && line.ends_with('\r') ? 1 : 0);
      if (!line.empty()) {
        status = sink_.accept({.bytes = line, .flaw = flow::Flaw::no_json});
      }
      piece.remove_prefix(std::min(end + 1, piece.size()));
    }
    return status;
  }

  Status begin_large(At at) {
    if (!in_pieces_) {
      return oversize_record(bytes_max_);
    }
    at_ = at;
    from_ = 0;
    if (at == At::large) {
      return give_large();
    }
    const std::string begun = std::exchange(piece_, {});
    return pieces_.add(begun, as_piece());
  }

  // All but what may be the start of a separator.
  Status give_large() {
    const std::size_t size = piece_.size() - separator_.size() + 1;
    Status status = pieces_.add(std::string_view(piece_).substr(0, size), as_piece());
    piece_.erase(0, size);
    return status;
  }

  struct AsPiece {
    flow::RecordSink& sink;
    Status operator()(std::string_view piece) const {
      return sink.accept({.bytes = piece, .flaw = flow::Flaw::oversize});
    }
  };
  [[nodiscard]] AsPiece as_piece() const { return {sink_}; }

  std::string separator_;
  std::size_t bytes_max_;
  bool in_pieces_;
  flow::RecordSink& sink_;
  JsonRecord record_;
  OversizePieces pieces_;
  json::ValueCheck check_;
  At at_ = At::value;
  std::string piece_;
  std::size_t from_ = 0;  // where in the piece a separator may begin
  std::vector<std::uint32_t> colons_;
};

std::unique_ptr<Splitter> make(const SplitterOptions& options, flow::RecordSink& sink) {
  return std::make_unique<SeparatedJson>(options, sink);
}

constexpr Option kOptions[] = {
    {"separator", "text", R"(between the values; \n, \t, \xHH and the like are understood; default a line feed)"}};

OptionFaults check(const Settings& options) {
  OptionFaults faults;
  check_known(kName, options, kOptions, faults);
  check_text(options, "separator", "a text of one byte or more, such as \"||\"", faults);
  return faults;
}

}  // namespace

extern const Format kSeparatedJson;
const Format kSeparatedJson{kName, "JSON values with a separator between them", kOptions, &make, &check};

}  // namespace dray::format

// JoinedLines: a record of several lines, put together and emitted as one line: LF becomes the two characters \n, or
// what the format's own rule says.
//
// Used by the formats whose records span lines (multiline, windows_security). An event travels in a line, so a line
// feed inside it would cut it; a CR stays, as it does in plain lines. Lines may be parts of the chunk at hand: a
// record of one line is not copied. A record over bytes_max, counted as written, is the error {poison,
// "oversize_record"} or comes in pieces, each ending at a line's end or at the limit. One thread at a time.
#pragma once

#include <string>
#include <string_view>

#include "flow/record.h"
#include "format/oversize.h"
#include "format/splitter.h"

namespace dray::format {

// Replaces out by the text with \n for LF.
void escape_line_feeds(std::string_view text, std::string& out);

class JoinedLines {
 public:
  // Replaces out by the text without LF.
  using OneLine = void (*)(std::string_view text, std::string& out);

  JoinedLines(const SplitterOptions& options, flow::RecordSink& sink, OneLine one_line = &escape_line_feeds)
      : one_line_(one_line),
        bytes_max_(options.record_bytes_max),
        in_pieces_(options.oversize_in_pieces),
        sink_(sink),
        pieces_(bytes_max_) {}

  // True if the record at hand has no line yet.
  [[nodiscard]] bool empty() const { return lines_ == 0; }

  // The next line of the record. The view must live until the next call, or hold() must come before it ends.
  Status add(std::string_view line);
  // A piece of a line over the limit: the whole record comes in pieces then.
  Status add_piece(std::string_view piece);
  // Copies what is still a view: at the end of every chunk.
  void hold();
  // The record ends: it is emitted, without the empty lines at its end. Nothing if it is empty.
  Status end(flow::Flaw flaw = flow::Flaw::none);

 private:
  Status spill(std::string_view text);
  Status emit_piece(std::string_view piece);
  Status emit(flow::Flaw flaw);

  static constexpr std::size_t kKept = 256U << 10U;

  OneLine one_line_;
  std::size_t bytes_max_;
  bool in_pieces_;
  flow::RecordSink& sink_;
  std::string_view first_;  // the only line so far, where it stands in the chunk
  std::string held_;        // the lines so far, with LF between them; empty while first_ is the whole record
  std::string escaped_;
  std::size_t lines_ = 0;
  std::size_t blank_ = 0;  // empty lines that count only if another line follows
  bool oversize_ = false;
  OversizePieces pieces_;
};

}  // namespace dray::format

#include "format/joined_lines.h"

#include <cstring>

#include "base/give_back.h"

namespace dray::format {

void escape_line_feeds(std::string_view text, std::string& out) {
  out.clear();
  for (;;) {
    const std::size_t at = text.find('\n');
    out.append(text.substr(0, at));
    if (at == std::string_view::npos) {
      return;
    }
    out += "\\n";
    text.remove_prefix(at + 1);
  }
}

Status JoinedLines::add(std::string_view line) {
  if (lines_ == 0) {
    first_ = line;
    lines_ = 1;
    return {};
  }
  if (line.empty()) {
    ++blank_;
    return {};
  }
  hold();
  lines_ += blank_ + 1;
  if (oversize_) {
    blank_ = 0;
    Status status = spill("\n");
    return status ? spill(line) : status;
  }
  if (held_.size() + blank_ + 1 + line.size() > bytes_max_) {
    if (!in_pieces_) {
      return oversize_record(bytes_max_);
    }
    oversize_ = true;
    blank_ = 0;
    for (const std::string_view part : {std::string_view(held_), std::string_view("\n"), line}) {
      if (Status status = spill(part); !status) {
        return status;
      }
    }
    give_back(held_);
    return {};
  }
  held_.append(blank_ + 1, '\n').append(line);
  blank_ = 0;
  return {};
}

Status JoinedLines::add_piece(std::string_view piece) {
  if (!oversize_) {
    hold();
    oversize_ = true;
    if (Status status = spill(held_); !status) {
      return status;
    }
    give_back(held_);
  }
  if (Status status = spill("\n"); !status) {
    return status;
  }
  blank_ = 0;
  ++lines_;
  return spill(piece);
}

void JoinedLines::hold() {
  if (!first_.empty()) {
    held_.assign(first_);
    first_ = {};
  }
}

Status JoinedLines::end(flow::Flaw flaw) {
  Status status;
  if (oversize_) {
    status = pieces_.finish([this](std::string_view piece) { return emit_piece(piece); });
  } else if (lines_ > 0) {
    status = emit(flaw);
  }
  first_ = {};
  held_.clear();
  if (held_.capacity() > kKept) give_back(held_);
  if (escaped_.capacity() > kKept) give_back(escaped_);
  lines_ = 0;
  blank_ = 0;
  oversize_ = false;
  return status;
}

Status JoinedLines::spill(std::string_view text) {
  return pieces_.add(text, [this](std::string_view piece) { return emit_piece(piece); });
}

Status JoinedLines::emit_piece(std::string_view piece) {
  return sink_.accept({.bytes = piece, .flaw = flow::Flaw::oversize});
}

Status JoinedLines::emit(flow::Flaw flaw) {
  std::string_view text = held_.empty() ? first_ : std::string_view(held_);
  if (text.empty()) {
    return {};
  }
  if (std::memchr(text.data(), '\n', text.size()) != nullptr) {
    one_line_(text, escaped_);
    text = escaped_;
  }
  return text.empty() ? Status() : sink_.accept({.bytes = text, .flaw = flaw});
}

}  // namespace dray::format

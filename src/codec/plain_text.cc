#include "codec/plain_text.h"

#include <array>

namespace dray::codec {
namespace {

constexpr std::string_view kMark = "\xEF\xBB\xBF";

struct Order {
  std::string_view mark;
  std::string_view charset;
};

// The longer first: FF FE begins both.
constexpr std::array<Order, 4> kOrders{{
    {{"\xFF\xFE\x00\x00", 4}, "UTF-32LE"},
    {{"\x00\x00\xFE\xFF", 4}, "UTF-32BE"},
    {"\xFF\xFE", "UTF-16LE"},
    {"\xFE\xFF", "UTF-16BE"},
}};

bool leaves_order_open(std::string_view charset) {
  return charset.empty() || charset == "utf-16" || charset == "utf-32";
}

}  // namespace

void PlainText::begin_file(std::string_view first) {
  marks_.begin_file();
  std::string charset = charset_;
  if (leaves_order_open(charset_)) {
    for (const Order& order : kOrders) {
      if (first.starts_with(order.mark)) {
        charset = order.charset;
        break;
      }
    }
  }
  transcoder_ = charset.empty() ? nullptr : std::make_unique<Transcoder>(charset, marks_);
}

Status PlainText::write(std::string_view chunk) {
  return transcoder_ ? transcoder_->write(chunk) : marks_.write(chunk);
}

Status PlainText::end_file() {
  if (transcoder_) {
    if (Status status = transcoder_->finish(); !status) return status;
    transcoder_.reset();
  }
  return marks_.end_file();
}

void PlainText::MarkRemover::begin_file() {
  armed_ = true;
  matched_ = 0;
  last_ = '\n';
}

void PlainText::MarkRemover::arm() {
  armed_ = armed_ || last_ == '\n';
}

Status PlainText::MarkRemover::write(std::string_view chunk) {
  if (armed_) {
    if (Status status = match(chunk); !status) return status;
  }
  return push(chunk);
}

Status PlainText::MarkRemover::match(std::string_view& chunk) {
  while (armed_ && !chunk.empty()) {
    if (chunk.front() != kMark[matched_]) {
      armed_ = false;
      const std::size_t held = std::exchange(matched_, 0);
      return push(kMark.substr(0, held));
    }
    chunk.remove_prefix(1);
    if (++matched_ == kMark.size()) {
      armed_ = false;
      matched_ = 0;
    }
  }
  return {};
}

Status PlainText::MarkRemover::push(std::string_view chunk) {
  if (chunk.empty()) return {};
  last_ = chunk.back();
  bytes_ += chunk.size();
  return sink_.write(chunk);
}

Status PlainText::MarkRemover::end_file() {
  armed_ = false;
  if (Status status = push(kMark.substr(0, std::exchange(matched_, 0))); !status) return status;
  return sink_.end_file();
}

}  // namespace dray::codec

#include "codec/snappy_block.h"

#include <algorithm>
#include <cstddef>
#include <cstring>

namespace dray::codec {
namespace {

constexpr std::size_t kWindow = 64U << 10U;
constexpr std::size_t kBuffer = 3 * kWindow;
constexpr std::uint64_t kLengthMax = 0xFFFFFFFF;

// Of short elements: what one may read and write at most, and the steps in which it is copied.
constexpr std::size_t kStep = 16;
constexpr std::size_t kShortLiteral = 60;
constexpr std::ptrdiff_t kShortInput = 1 + 64;
constexpr std::size_t kShortOutput = 64 + kStep;

void copy_in_steps(char* to, const char* from, std::size_t size) {
  for (std::size_t at = 0; at < size; at += kStep) std::memcpy(to + at, from + at, kStep);
}

struct Element {
  bool is_copy = false;
  std::size_t length = 0;
  std::size_t offset = 0;
};

unsigned byte_at(std::string_view bytes, std::size_t at) {
  return static_cast<unsigned char>(bytes[at]);
}

// How many bytes the element has before its literal.
std::size_t tag_length(unsigned char tag) {
  switch (tag & 3U) {
    case 0: return tag >> 2U < 60 ? 1 : 1 + (tag >> 2U) - 59;
    case 1: return 2;
    case 2: return 3;
    default: return 5;
  }
}

std::size_t little_endian(std::string_view bytes) {
  std::size_t value = 0;
  for (std::size_t i = bytes.size(); i > 0; --i) value = value << 8U | byte_at(bytes, i - 1);
  return value;
}

// All tag_length() bytes are there.
Element element_of(std::string_view bytes) {
  const unsigned tag = byte_at(bytes, 0);
  switch (tag & 3U) {
    case 0:
      if (tag >> 2U < 60) return {.length = (tag >> 2U) + 1};
      return {.length = little_endian(bytes.substr(1, (tag >> 2U) - 59)) + 1};
    case 1:
      return {.is_copy = true,
              .length = ((tag >> 2U) & 7U) + 4,
              .offset = static_cast<std::size_t>(tag >> 5U) << 8U | byte_at(bytes, 1)};
    case 2: return {.is_copy = true, .length = (tag >> 2U) + 1, .offset = little_endian(bytes.substr(1, 2))};
    default: return {.is_copy = true, .length = (tag >> 2U) + 1, .offset = little_endian(bytes.substr(1, 4))};
  }
}

bool is_sound(const Element& element, std::uint64_t produced, std::uint64_t length) {
  if (element.length > length - produced) return false;
  return !element.is_copy || (element.offset > 0 && element.offset <= std::min<std::uint64_t>(produced, kWindow));
}

Error damaged(const char* what) {
  return poison("bad_data", std::string("the snappy data is damaged: ") + what);
}

}  // namespace

void SnappyBlock::begin() {
  length_ = 0;
  length_shift_ = 0;
  length_known_ = false;
  produced_ = 0;
  tag_size_ = 0;
  literal_left_ = 0;
  copy_left_ = 0;
  filled_ = 0;
  pushed_ = 0;
}

Status SnappyBlock::write(std::string_view& chunk) {
  while ((!chunk.empty() || copy_left_ > 0) && !done()) {
    if (length_known_ && tag_size_ == 0 && literal_left_ == 0 && copy_left_ == 0) take_whole_elements(chunk);
    if (done()) break;  // what follows is the caller's
    if (Status status = step(chunk); !status) {
      (void)push();  // what came before the damage; its sink's fault would be the later one
      return status;
    }
  }
  return push();
}

// Short elements that lie in the chunk with room to spare, in input and output: copied in steps of 16 bytes, which may
// write a little too far. Whatever else comes, damage too, is left to step().
void SnappyBlock::take_whole_elements(std::string_view& chunk) {
  const char* in = chunk.data();
  const char* const in_end = in + chunk.size();
  char* const buffer = scratch_.output.begin();
  const std::size_t room = scratch_.output.size();
  std::size_t filled = filled_;
  const std::uint64_t left_before = length_ - produced_;
  std::uint64_t left = left_before;
  while (in_end - in >= kShortInput && filled + kShortOutput <= room) {
    const auto tag = static_cast<unsigned char>(*in);
    std::size_t length = (tag >> 2U) + 1U;
    char* const to = buffer + filled;
    if ((tag & 3U) == 0) {
      if (length > kShortLiteral || length > left) break;
      copy_in_steps(to, in + 1, length);
      in += 1 + length;
    } else {
      if ((tag & 3U) == 3U) break;
      const bool is_near = (tag & 3U) == 1U;
      const auto next = static_cast<unsigned char>(in[1]);
      if (is_near) length = ((tag >> 2U) & 7U) + 4U;
      const std::size_t offset = is_near ? (static_cast<std::size_t>(tag >> 5U) << 8U | next)
                                         : (static_cast<std::size_t>(static_cast<unsigned char>(in[2])) << 8U | next);
      // What is held is all that was made, or more than any such copy goes back.
      if (offset == 0 || offset > filled || length > left) break;
      if (offset >= kStep) {
        copy_in_steps(to, to - offset, length);
      } else {
        // An index below zero would be undefined, although it means the same place.
        const char* from = to - offset;
        for (std::size_t i = 0; i < length; ++i) to[i] = from[i];
      }
      in += is_near ? 2 : 3;
    }
    filled += length;
    left -= length;
  }
  chunk.remove_prefix(static_cast<std::size_t>(in - chunk.data()));
  produced_ += left_before - left;
  filled_ = filled;
}

Status SnappyBlock::step(std::string_view& chunk) {
  if (chunk.empty() && copy_left_ == 0) return {};
  if (!length_known_) {
    const char byte = chunk.front();
    chunk.remove_prefix(1);
    return take_length(static_cast<unsigned char>(byte));
  }
  if (literal_left_ == 0 && copy_left_ == 0) return take_tag(chunk);
  if (filled_ == scratch_.output.size()) {
    if (Status status = push(); !status) return status;
    char* buffer = scratch_.output.begin();
    std::memmove(buffer, buffer + filled_ - kWindow, kWindow);
    filled_ = kWindow;
    pushed_ = kWindow;
  }
  if (literal_left_ > 0) {
    copy_literal(chunk);
  } else {
    copy_back();
  }
  return {};
}

Status SnappyBlock::take_length(unsigned char byte) {
  length_ |= static_cast<std::uint64_t>(byte & 0x7FU) << length_shift_;
  length_shift_ += 7;
  if (length_ > kLengthMax || length_shift_ > 35) return damaged("its length has over 32 bits");
  if (byte < 0x80) {
    length_known_ = true;
    scratch_.output.reserve(std::min<std::uint64_t>(length_, kBuffer));
    (void)scratch_.output.begin();
  }
  return {};
}

Status SnappyBlock::take_tag(std::string_view& chunk) {
  if (tag_size_ == 0) {
    tag_[tag_size_++] = chunk.front();
    chunk.remove_prefix(1);
  }
  const std::size_t wanted = tag_length(static_cast<unsigned char>(tag_[0]));
  while (tag_size_ < wanted && !chunk.empty()) {
    tag_.at(tag_size_++) = chunk.front();
    chunk.remove_prefix(1);
  }
  if (tag_size_ < wanted) return {};
  tag_size_ = 0;
  const Element element = element_of({tag_.data(), wanted});
  if (!is_sound(element, produced_, length_)) return damaged("a copy from before its beginning, or bytes over its end");
  (element.is_copy ? copy_left_ : literal_left_) = element.length;
  copy_offset_ = element.offset;
  return {};
}

void SnappyBlock::copy_literal(std::string_view& chunk) {
  const std::size_t size = std::min({chunk.size(), literal_left_, scratch_.output.size() - filled_});
  std::memcpy(scratch_.output.begin() + filled_, chunk.data(), size);
  chunk.remove_prefix(size);
  literal_left_ -= size;
  filled_ += size;
  produced_ += size;
}

void SnappyBlock::copy_back() {
  const std::size_t size = std::min(copy_left_, scratch_.output.size() - filled_);
  char* to = scratch_.output.begin() + filled_;
  const char* from = to - copy_offset_;
  if (copy_offset_ >= size) {
    std::memcpy(to, from, size);
  } else {
    // Copies what it has just written: that is how runs are encoded.
    for (std::size_t i = 0; i < size; ++i) to[i] = from[i];
  }
  copy_left_ -= size;
  filled_ += size;
  produced_ += size;
}

Status SnappyBlock::push() {
  const std::string_view made(scratch_.output.begin() + pushed_, filled_ - pushed_);
  pushed_ = filled_;
  return made.empty() ? Status() : sink_.write(made);
}

SnappyLook look_at_block(std::string_view bytes) {
  SnappyLook look;
  unsigned shift = 0;
  unsigned char last = 0x80;
  while (last >= 0x80) {
    if (look.size == bytes.size() || shift > 28) return {};
    last = static_cast<unsigned char>(bytes[look.size++]);
    look.length |= static_cast<std::uint64_t>(last & 0x7FU) << shift;
    shift += 7;
  }
  // A length is written as short as it goes, and no block is empty.
  if (last == 0 || look.length > kLengthMax) return {};
  std::uint64_t produced = 0;
  while (produced < look.length && look.size < bytes.size()) {
    const std::string_view rest = bytes.substr(look.size);
    const std::size_t wanted = tag_length(static_cast<unsigned char>(rest[0]));
    if (rest.size() < wanted) break;
    const Element element = element_of(rest);
    if (!is_sound(element, produced, look.length)) return {};
    const std::size_t size = wanted + (element.is_copy ? 0 : element.length);
    produced += element.length;
    if (size > rest.size()) {
      look.size = bytes.size();
      look.sound = true;
      return look;
    }
    look.size += size;
    ++look.elements;
  }
  look.sound = true;
  look.ended = produced == look.length;
  return look;
}

}  // namespace dray::codec

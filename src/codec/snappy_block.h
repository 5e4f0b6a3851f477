// SnappyBlock: one raw snappy block (its format_description.txt), cut anywhere, pushed plain into a sink.
//
// Used by the forms of snappy.cc that have no check sums. Streaming: 64 KiB of what came before are kept, as far back
// as every known encoder copies from; a copy from farther away is refused. So memory has a bound whatever the block's
// length. looks_like_block() says whether bytes can be the beginning of one: there is no magic number. One thread at a
// time.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "codec/codec.h"

namespace dray::codec {

class SnappyBlock {
 public:
  SnappyBlock(LayerScratch& scratch, LayerSink& sink) : scratch_(scratch), sink_(sink) {}

  void begin();
  // Removes what it took from the chunk: all of it, or up to the block's end. Pushes all that it made. Error {poison,
  // "bad_data"}.
  Status write(std::string_view& chunk);
  [[nodiscard]] bool done() const { return length_known_ && produced_ == length_; }
  [[nodiscard]] std::uint64_t length() const { return length_; }

 private:
  void take_whole_elements(std::string_view& chunk);
  Status step(std::string_view& chunk);
  Status take_length(unsigned char byte);
  Status take_tag(std::string_view& chunk);
  void copy_literal(std::string_view& chunk);
  void copy_back();
  Status push();

  LayerScratch& scratch_;
  LayerSink& sink_;
  std::uint64_t length_ = 0;  // of the block's plain bytes
  unsigned length_shift_ = 0;
  bool length_known_ = false;
  std::uint64_t produced_ = 0;
  std::array<char, 5> tag_{};
  std::size_t tag_size_ = 0;
  std::size_t literal_left_ = 0;
  std::size_t copy_left_ = 0;
  std::size_t copy_offset_ = 0;
  std::size_t filled_ = 0;  // of the output buffer
  std::size_t pushed_ = 0;
};

// What can be said of bytes that may begin a block.
struct SnappyLook {
  bool sound = false;        // nothing in them is wrong
  bool ended = false;        // the block ends in them
  std::uint64_t length = 0;  // of its plain bytes
  std::size_t elements = 0;  // whole ones
  std::size_t size = 0;      // of its bytes that were seen
};
SnappyLook look_at_block(std::string_view bytes);

}  // namespace dray::codec

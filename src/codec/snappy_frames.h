// SnappyFrames: the framing format of snappy (framing_format.txt): chunks of at most 64 KiB with a CRC-32C each.
//
// Made by snappy.cc. A chunk goes out when its check sum was right: 140 KiB of memory. Repeated stream identifiers,
// padding and skippable chunks pass; reserved chunks that may not be skipped are {poison, "bad_data"}. One thread at a
// time.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "codec/codec.h"

namespace dray::codec {

inline constexpr std::string_view kSnappyIdentifier{"\xFF\x06\x00\x00sNaPpY", 10};

class SnappyFrames final : public ByteSink {
 public:
  SnappyFrames(LayerScratch& scratch, LayerSink& sink) : scratch_(scratch), sink_(sink) {}

  Status write(std::string_view chunk) override;
  Status finish() override;

 private:
  static constexpr std::size_t kHeaderSize = 4;

  Status take_header(std::string_view& chunk);
  Status begin_chunk();
  // The chunk's bytes, whole.
  Status take_chunk(std::string_view payload);
  Status push_checked(std::string_view plain, std::uint32_t stored_crc);

  LayerScratch& scratch_;
  LayerSink& sink_;
  std::array<char, kHeaderSize> header_{};
  std::size_t header_size_ = 0;
  bool identified_ = false;
  bool skips_ = false;
  std::size_t left_ = 0;      // of the chunk
  std::size_t gathered_ = 0;  // in the input buffer
};

}  // namespace dray::codec

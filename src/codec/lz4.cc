// lz4 frames: linked and independent blocks, many frames, skippable ones among them, through liblz4. At most 8 MiB and
// 128 KiB of memory: two blocks of the largest size and the window of linked ones.
#include <lz4frame.h>

#include <algorithm>
#include <array>

#include <fmt/core.h>

#include "codec/codec.h"

namespace dray::codec {
namespace {

constexpr std::string_view kMagic = "\x04\x22\x4D\x18";
constexpr std::size_t kMagicSize = 4;
constexpr std::size_t kBlockHeader = 4;
constexpr unsigned kBlockSums = 1U << 4U;  // of a frame's flags

bool is_magic(std::string_view bytes) {
  return bytes == kMagic ||
         ((static_cast<unsigned char>(bytes[0]) & 0xF0U) == 0x50 && bytes.substr(1, 3) == "\x2A\x4D\x18");
}

// liblz4 tells its error codes by name only (the numbers are not part of its stable interface).
const char* code_of(std::string_view name) {
  if (name == "ERROR_contentChecksum_invalid" || name == "ERROR_blockChecksum_invalid") return "bad_crc";
  if (name == "ERROR_frameSize_wrong") return "bad_length";
  if (name == "ERROR_headerChecksum_invalid" || name == "ERROR_headerVersion_wrong" ||
      name == "ERROR_reservedFlag_set" || name == "ERROR_maxBlockSize_invalid" || name == "ERROR_frameType_unknown") {
    return "bad_header";
  }
  return name == "ERROR_allocation_failed" ? "limit_memory" : "bad_data";
}

class Lz4Frames final : public ByteSink {
 public:
  Lz4Frames(LayerScratch& scratch, LayerSink& sink) : scratch_(scratch), sink_(sink) {
    DRAY_ASSERT(LZ4F_isError(LZ4F_createDecompressionContext(&context_, LZ4F_VERSION)) == 0);
  }
  Lz4Frames(const Lz4Frames&) = delete;
  Lz4Frames& operator=(const Lz4Frames&) = delete;
  ~Lz4Frames() override { LZ4F_freeDecompressionContext(context_); }

  Status write(std::string_view chunk) override {
    while (!chunk.empty()) {
      if (Status status = inside_ ? decode(chunk) : take_magic(chunk); !status) return status;
    }
    return {};
  }

  Status finish() override {
    if (inside_ || magic_size_ > 0) {
      return poison("truncated", "the lz4 data ends inside a frame: the upload was cut, or bytes are missing");
    }
    return sink_.end_file();
  }

 private:
  Status take_magic(std::string_view& chunk) {
    const char byte = chunk.front();
    chunk.remove_prefix(1);
    if (magic_size_ == 0 && byte == '\0' && frames_ > 0) return {};
    magic_.at(magic_size_++) = byte;
    if (magic_size_ < kMagicSize) return {};
    const std::string_view magic(magic_.data(), kMagicSize);
    if (!is_magic(magic)) {
      return frames_ == 0 ? poison("bad_header", "this is not an lz4 frame: it does not begin with 04 22 4D 18")
                          : poison("bad_data", "what follows the last lz4 frame is no frame");
    }
    inside_ = true;
    magic_size_ = 0;
    ++frames_;
    hint_ = kMagicSize + kBlockHeader;
    block_sums_ = false;
    wants_flags_ = magic == kMagic;
    if (wants_flags_) sink_.joint();
    std::string_view whole = magic;
    return feed(whole);
  }

  Status decode(std::string_view& chunk) {
    if (wants_flags_) {
      block_sums_ = (static_cast<unsigned char>(chunk.front()) & kBlockSums) != 0;
      wants_flags_ = false;
    }
    return feed(chunk);
  }

  // One block a call at most: on a fault liblz4 forgets what the same call had decoded.
  Status feed(std::string_view& chunk) {
    // It asks for the next block's header too, and for a block's check sum twice.
    const std::size_t ahead = block_sums_ && hint_ > 2 * kBlockHeader ? 2 * kBlockHeader : kBlockHeader;
    const std::size_t wanted = hint_ > ahead ? hint_ - ahead : hint_;
    std::string_view piece = chunk.substr(0, wanted);
    bool full = true;
    while (inside_ && (full || !piece.empty())) {
      char* output = scratch_.output.begin();
      std::size_t size = scratch_.output.size();
      std::size_t taken = piece.size();
      const std::size_t result = LZ4F_decompress(context_, output, &size, piece.data(), &taken, nullptr);
      if (LZ4F_isError(result) != 0) {
        const char* name = LZ4F_getErrorName(result);
        return poison(code_of(name), fmt::format("the lz4 data cannot be read: {}", name));
      }
      piece.remove_prefix(taken);
      chunk.remove_prefix(taken);
      if (size > 0) {
        if (Status status = sink_.write({output, size}); !status) return status;
      }
      hint_ = result;
      inside_ = result != 0;
      full = size == scratch_.output.size();
      if (full) scratch_.output.grow();
    }
    return {};
  }

  LayerScratch& scratch_;
  LayerSink& sink_;
  LZ4F_dctx* context_ = nullptr;
  bool inside_ = false;
  bool wants_flags_ = false;  // the next byte is the frame's flags
  bool block_sums_ = false;
  std::size_t hint_ = 0;  // the bytes that liblz4 wants next
  std::array<char, kMagicSize> magic_{};
  std::size_t magic_size_ = 0;
  std::uint64_t frames_ = 0;
};

bool recognises(const FirstBytes& first) {
  // zstd was asked before and takes skippable frames unless it saw lz4 behind them.
  return first.bytes.size() >= kMagicSize && is_magic(first.bytes.substr(0, kMagicSize));
}

}  // namespace

extern const Codec kLz4;
const Codec kLz4{
    .name = "lz4",
    .summary = "frames, linked or independent blocks, many frames, skippable frames, check sums",
    .recognises = recognises,
    .make = [](LayerScratch& scratch, LayerSink& sink) -> std::unique_ptr<ByteSink> {
      return std::make_unique<Lz4Frames>(scratch, sink);
    },
};

}  // namespace dray::codec

// zstd (RFC 8878): many frames, skippable ones among them, through libzstd. Windows up to 128 MiB, as zstd(1) reads
// them without being asked for more: that is the decoder's bound, reached only by frames that declare such a window and
// fill it.
#include <zstd.h>
#include <zstd_errors.h>

#include <array>

#include <fmt/core.h>

#include "codec/codec.h"

namespace dray::codec {
namespace {

constexpr std::string_view kMagic = "\x28\xB5\x2F\xFD";
constexpr std::size_t kMagicSize = 4;
constexpr int kWindowLogMax = 27;
constexpr std::size_t kBlockHeader = 3;

// 50 to 5F 2A 4D 18: a frame that says nothing, in zstd and in lz4.
bool is_skippable(std::string_view bytes) {
  return bytes.size() >= kMagicSize && (static_cast<unsigned char>(bytes[0]) & 0xF0U) == 0x50 &&
         bytes.substr(1, 3) == "\x2A\x4D\x18";
}

const char* code_of(ZSTD_ErrorCode error) {
  switch (error) {
    case ZSTD_error_checksum_wrong: return "bad_crc";
    case ZSTD_error_prefix_unknown:
    case ZSTD_error_version_unsupported:
    case ZSTD_error_frameParameter_unsupported: return "bad_header";
    case ZSTD_error_frameParameter_windowTooLarge:
    case ZSTD_error_memory_allocation: return "limit_memory";
    case ZSTD_error_dictionary_wrong: return "unsupported_encoding";
    default: return "bad_data";
  }
}

class ZstdFrames final : public ByteSink {
 public:
  ZstdFrames(LayerScratch& scratch, LayerSink& sink) : scratch_(scratch), sink_(sink) {
    if (!scratch_.zstd) {
      scratch_.zstd.reset(ZSTD_createDCtx());
      DRAY_ASSERT(scratch_.zstd != nullptr);
    }
    ZSTD_DCtx_reset(scratch_.zstd.get(), ZSTD_reset_session_and_parameters);
    ZSTD_DCtx_setParameter(scratch_.zstd.get(), ZSTD_d_windowLogMax, kWindowLogMax);
  }

  Status write(std::string_view chunk) override {
    while (!chunk.empty()) {
      if (Status status = inside_ ? decode(chunk) : take_magic(chunk); !status) return status;
    }
    return {};
  }

  Status finish() override {
    if (inside_ || magic_size_ > 0) {
      return poison("truncated", "the zstd data ends inside a frame: the upload was cut, or bytes are missing");
    }
    return sink_.end_file();
  }

 private:
  // The magic number goes in alone: libzstd then decodes block by block and never a frame as a whole, and what came
  // before a fault is there.
  Status take_magic(std::string_view& chunk) {
    const char byte = chunk.front();
    chunk.remove_prefix(1);
    if (magic_size_ == 0 && byte == '\0' && frames_ > 0) return {};
    magic_.at(magic_size_++) = byte;
    if (magic_size_ < kMagicSize) return {};
    const std::string_view magic(magic_.data(), kMagicSize);
    if (magic != kMagic && !is_skippable(magic)) {
      return frames_ == 0 ? poison("bad_header", "this is not zstd: it does not begin with 28 B5 2F FD")
                          : poison("bad_data", "what follows the last zstd frame is no frame");
    }
    inside_ = true;
    magic_size_ = 0;
    ++frames_;
    hint_ = kMagicSize + kBlockHeader;
    if (magic == kMagic) sink_.joint();
    std::string_view whole = magic;
    return decode(whole);
  }

  // One block a call at most: on a fault libzstd forgets what the same call had decoded.
  Status decode(std::string_view& chunk) {
    const std::size_t wanted = hint_ > kBlockHeader ? hint_ - kBlockHeader : hint_;
    ZSTD_inBuffer in{chunk.begin(), std::min(wanted, chunk.size()), 0};
    bool full = true;
    while (full) {
      char* output = scratch_.output.begin();
      ZSTD_outBuffer out{output, scratch_.output.size(), 0};
      const std::size_t result = ZSTD_decompressStream(scratch_.zstd.get(), &out, &in);
      if (out.pos > 0) {
        if (Status status = sink_.write({output, out.pos}); !status) return status;
      }
      if (ZSTD_isError(result) != 0) return fault(result);
      hint_ = result;
      full = out.pos == out.size && result != 0;
      if (full) scratch_.output.grow();
    }
    chunk.remove_prefix(in.pos);
    if (hint_ == 0) inside_ = false;
    return {};
  }

  static Status fault(std::size_t result) {
    return poison(code_of(ZSTD_getErrorCode(result)),
                  fmt::format("the zstd data cannot be read: {}", ZSTD_getErrorName(result)));
  }

  LayerScratch& scratch_;
  LayerSink& sink_;
  bool inside_ = false;
  std::size_t hint_ = 0;  // the bytes that libzstd wants next
  std::array<char, kMagicSize> magic_{};
  std::size_t magic_size_ = 0;
  std::uint64_t frames_ = 0;
};

std::size_t little_endian(std::string_view bytes) {
  std::size_t value = 0;
  for (std::size_t i = 4; i > 0; --i) value = value << 8U | static_cast<unsigned char>(bytes[i - 1]);
  return value;
}

// Skippable frames begin lz4 too: what stands behind them decides; unseen, it is zstd (pzstd begins with one).
bool recognises(const FirstBytes& first) {
  std::string_view bytes = first.bytes;
  if (bytes.starts_with(kMagic)) return true;
  if (!is_skippable(bytes)) return false;
  while (is_skippable(bytes) && bytes.size() >= 8) {
    bytes.remove_prefix(std::min(bytes.size(), 8 + little_endian(bytes.substr(4, 4))));
  }
  return !bytes.starts_with("\x04\x22\x4D\x18");
}

}  // namespace

extern const Codec kZstd;
const Codec kZstd{
    .name = "zstd",
    .summary = "RFC 8878: many frames, skippable frames, check sums, windows up to 128 MiB",
    .recognises = recognises,
    .make = [](LayerScratch& scratch, LayerSink& sink) -> std::unique_ptr<ByteSink> {
      return std::make_unique<ZstdFrames>(scratch, sink);
    },
};

}  // namespace dray::codec

// snappy in its four forms: framed, which has a magic number; the blocks of Hadoop and Firehose (lengths, big-endian,
// before raw blocks); those of snappy-java (the same behind a magic number, without the outer length); one raw block.
// Raw blocks have no magic number: they are recognised by structure, and only where no text can have it.
#include <algorithm>
#include <array>

#include "codec/codec.h"
#include "codec/snappy_block.h"
#include "codec/snappy_frames.h"

namespace dray::codec {
namespace {

constexpr std::string_view kJavaMagic{"\x82SNAPPY\x00", 8};
constexpr std::size_t kJavaHeaderSize = 16;  // the magic number and two versions
constexpr std::size_t kRawWithSizeMax = 64U << 20U;
constexpr std::size_t kLengthSize = 4;

std::uint32_t big_endian(std::string_view bytes) {
  std::uint32_t value = 0;
  for (const char c : bytes.substr(0, kLengthSize)) value = value << 8U | static_cast<unsigned char>(c);
  return value;
}

// More than any encoder makes of so many bytes, snappy's own formula.
std::uint64_t compressed_max(std::uint64_t plain) {
  return 32 + plain + plain / 6;
}

// Raw blocks with their lengths: Hadoop's say how many plain bytes the next ones hold together.
class SnappyChunks final : public ByteSink {
 public:
  SnappyChunks(bool java, LayerScratch& scratch, LayerSink& sink)
      : java_(java), at_(java ? At::java_header : At::plain_length), sink_(sink), block_(scratch, sink) {}

  Status write(std::string_view chunk) override {
    while (!chunk.empty()) {
      Status status = at_ == At::block ? take_block(chunk) : take_length(chunk);
      if (!status) return status;
    }
    return {};
  }

  Status finish() override {
    const bool at_border = gathered_ == 0 && at_ == (java_ ? At::block_length : At::plain_length);
    if (at_border) return sink_.end_file();
    return poison("truncated", "the snappy data ends inside a block: the upload was cut, or bytes are missing");
  }

 private:
  enum class At { java_header, plain_length, block_length, block };

  Status take_length(std::string_view& chunk) {
    length_.at(gathered_++) = chunk.front();
    chunk.remove_prefix(1);
    const std::string_view gathered(length_.data(), gathered_);
    if (gathered_ < (at_ == At::java_header ? kJavaHeaderSize : kLengthSize)) return {};
    if (java_ && at_ == At::block_length && kJavaMagic.starts_with(gathered)) {
      at_ = At::java_header;  // another stream was appended
      return {};
    }
    gathered_ = 0;
    switch (at_) {
      case At::java_header:
        at_ = At::block_length;
        return gathered.starts_with(kJavaMagic) ? Status() : poison("bad_header", "this is not snappy-java's form");
      case At::plain_length:
        plain_left_ = big_endian(gathered);
        if (plain_left_ > 0) at_ = At::block_length;
        return {};
      case At::block_length:
        left_ = big_endian(gathered);
        block_.begin();
        at_ = At::block;
        return left_ > 0 ? Status() : poison("bad_data", "the snappy data has a block of no bytes");
      case At::block: break;
    }
    return {};
  }

  Status take_block(std::string_view& chunk) {
    std::string_view piece = chunk.substr(0, left_);
    const std::size_t offered = piece.size();
    if (Status status = block_.write(piece); !status) return status;
    left_ -= static_cast<std::uint32_t>(offered - piece.size());
    chunk.remove_prefix(offered - piece.size());
    if (!block_.done()) {
      return left_ > 0 ? Status() : poison("bad_data", "the snappy data has a block that is longer than it says");
    }
    if (left_ > 0) return poison("bad_length", "the snappy data has a block that is shorter than it says");
    if (java_) {
      at_ = At::block_length;
      return {};
    }
    if (block_.length() > plain_left_) return poison("bad_length", "the snappy data has more bytes than it says");
    plain_left_ -= block_.length();
    at_ = plain_left_ > 0 ? At::block_length : At::plain_length;
    return {};
  }

  const bool java_;
  At at_;
  LayerSink& sink_;
  SnappyBlock block_;
  std::array<char, kJavaHeaderSize> length_{};
  std::size_t gathered_ = 0;
  std::uint64_t plain_left_ = 0;
  std::uint32_t left_ = 0;
};

class SnappyRaw final : public ByteSink {
 public:
  SnappyRaw(LayerScratch& scratch, LayerSink& sink) : sink_(sink), block_(scratch, sink) { block_.begin(); }

  Status write(std::string_view chunk) override {
    if (Status status = block_.write(chunk); !status) return status;
    return chunk.empty() ? Status() : poison("bad_length", "bytes follow the end of the snappy block");
  }

  Status finish() override {
    if (block_.done()) return sink_.end_file();
    return poison("truncated", "the snappy block ends before its end: the upload was cut, or bytes are missing");
  }

 private:
  LayerSink& sink_;
  SnappyBlock block_;
};

// The first lengths fit each other and the block behind them.
bool is_hadoop(const FirstBytes& first) {
  const std::string_view bytes = first.bytes;
  if (bytes.size() < 2 * kLengthSize + 2) return false;
  const std::uint64_t plain = big_endian(bytes);
  const std::uint64_t stored = big_endian(bytes.substr(kLengthSize));
  if (plain == 0 || plain > kRawWithSizeMax || stored < 2 || stored > compressed_max(plain)) return false;
  const std::string_view block = bytes.substr(2 * kLengthSize, stored);
  const SnappyLook look = look_at_block(block);
  if (!look.sound || look.length > plain || stored > compressed_max(look.length)) return false;
  return block.size() < stored ? !look.ended : look.ended && look.size == stored;
}

bool has_control(std::string_view bytes) {
  return std::ranges::any_of(bytes, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && (byte < '\t' || byte > '\r') && byte != 0x1B) || byte == 0x7F;
  });
}

// Every element of the first 512 bytes is sound, at least two of them are there, and there is a byte that no text has.
// A shorter block ends where the object does.
bool is_raw(const FirstBytes& first) {
  const SnappyLook look = look_at_block(first.bytes);
  if (!look.sound || !has_control(first.bytes)) return false;
  return first.whole ? look.ended && look.size == first.bytes.size() : !look.ended && look.elements >= 2;
}

// Chooses the form when the first bytes are there.
class SnappyForms final : public ByteSink {
 public:
  SnappyForms(LayerScratch& scratch, LayerSink& sink) : scratch_(scratch), sink_(sink) {}

  Status write(std::string_view chunk) override {
    if (form_ == nullptr) form_ = choose(chunk);
    return form_->write(chunk);
  }
  Status finish() override { return form_ == nullptr ? sink_.end_file() : form_->finish(); }

 private:
  std::unique_ptr<ByteSink> choose(std::string_view first) {
    if (first.starts_with(kSnappyIdentifier)) return std::make_unique<SnappyFrames>(scratch_, sink_);
    if (first.starts_with(kJavaMagic)) return std::make_unique<SnappyChunks>(true, scratch_, sink_);
    // No varint begins with zero: raw blocks of that beginning do not exist, lengths do.
    if (first.starts_with('\0') || is_hadoop({first.substr(0, kSniffed), false})) {
      return std::make_unique<SnappyChunks>(false, scratch_, sink_);
    }
    return std::make_unique<SnappyRaw>(scratch_, sink_);
  }

  LayerScratch& scratch_;
  LayerSink& sink_;
  std::unique_ptr<ByteSink> form_;
};

bool recognises(const FirstBytes& first) {
  return first.bytes.starts_with(kSnappyIdentifier) || first.bytes.starts_with(kJavaMagic) || is_hadoop(first) ||
         is_raw(first);
}

}  // namespace

extern const Codec kSnappy;
const Codec kSnappy{
    .name = "snappy",
    .summary = "framed, with check sums; the blocks of Hadoop, Firehose and snappy-java; one raw block",
    .recognises = recognises,
    .make = [](LayerScratch& scratch, LayerSink& sink) -> std::unique_ptr<ByteSink> {
      return std::make_unique<SnappyForms>(scratch, sink);
    },
};

}  // namespace dray::codec

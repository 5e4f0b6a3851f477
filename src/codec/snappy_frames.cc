#include "codec/snappy_frames.h"

#include <isa-l/crc.h>
#include <snappy.h>

#include <algorithm>

#include <fmt/core.h>

namespace dray::codec {
namespace {

constexpr unsigned kUncompressed = 0x01;
constexpr unsigned kIdentifier = 0xFF;
constexpr unsigned kFirstSkippable = 0x80;
constexpr std::size_t kPlainMax = 64U << 10U;
constexpr std::size_t kCrcSize = 4;
// What snappy::MaxCompressedLength says of 64 KiB, and the check sum.
constexpr std::size_t kChunkMax = 32 + kPlainMax + kPlainMax / 6 + kCrcSize;

std::uint32_t little_endian(std::string_view bytes) {
  std::uint32_t value = 0;
  for (std::size_t i = bytes.size(); i > 0; --i) value = value << 8U | static_cast<unsigned char>(bytes[i - 1]);
  return value;
}

// framing_format.txt, section 3: stored so that a CRC over data that holds CRCs keeps its strength.
std::uint32_t masked_crc(std::string_view bytes) {
  // ISA-L reads through a pointer to non-const.
  auto* start = reinterpret_cast<unsigned char*>(
      const_cast<char*>(bytes.data()));  // NOLINT(cppcoreguidelines-pro-type-const-cast)
  const std::uint32_t crc = ~crc32_iscsi(start, static_cast<int>(bytes.size()), 0xFFFFFFFF);
  return (crc >> 15U | crc << 17U) + 0xA282EAD8;
}

}  // namespace

Status SnappyFrames::write(std::string_view chunk) {
  while (!chunk.empty()) {
    if (header_size_ < kHeaderSize) {
      if (Status status = take_header(chunk); !status) return status;
      continue;
    }
    const std::size_t size = std::min(chunk.size(), left_);
    if (!skips_ && gathered_ == 0 && size == left_) {
      header_size_ = 0;
      if (Status status = take_chunk(chunk.substr(0, size)); !status) return status;
    } else {
      if (!skips_) chunk.copy(scratch_.input.begin() + gathered_, size);
      gathered_ += skips_ ? 0 : size;
      left_ -= size;
      if (left_ == 0) {
        header_size_ = 0;
        if (!skips_) {
          if (Status status = take_chunk({scratch_.input.begin(), gathered_}); !status) return status;
        }
      }
    }
    chunk.remove_prefix(size);
  }
  return {};
}

Status SnappyFrames::finish() {
  if (header_size_ > 0) {
    return poison("truncated", "the snappy data ends inside a chunk: the upload was cut, or bytes are missing");
  }
  return sink_.end_file();
}

Status SnappyFrames::take_header(std::string_view& chunk) {
  header_.at(header_size_++) = chunk.front();
  chunk.remove_prefix(1);
  return header_size_ < kHeaderSize ? Status() : begin_chunk();
}

Status SnappyFrames::begin_chunk() {
  const unsigned type = static_cast<unsigned char>(header_[0]);
  left_ = little_endian({header_.data() + 1, 3});
  gathered_ = 0;
  skips_ = type >= kFirstSkippable && type != kIdentifier;
  if (!identified_ && type != kIdentifier) {
    return poison("bad_header", "this is not framed snappy: it does not begin with its stream identifier");
  }
  if (type > kUncompressed && type < kFirstSkippable) {
    return poison("bad_data", fmt::format("the snappy data has a chunk of the reserved type {:#04x}", type));
  }
  if (!skips_ && left_ > kChunkMax) {
    return poison("bad_data", fmt::format("the snappy data has a chunk of {} bytes; {} is the most", left_, kChunkMax));
  }
  if (!skips_) scratch_.input.reserve(std::max<std::size_t>(left_, 1));
  if (left_ > 0) return {};
  header_size_ = 0;
  return skips_ ? Status() : take_chunk({});
}

Status SnappyFrames::take_chunk(std::string_view payload) {
  const unsigned type = static_cast<unsigned char>(header_[0]);
  if (type == kIdentifier) {
    identified_ = payload == kSnappyIdentifier.substr(kHeaderSize);
    sink_.joint();
    return identified_ ? Status()
                       : poison("bad_header", "the snappy data has a stream identifier that says not sNaPpY");
  }
  if (payload.size() < kCrcSize) return poison("bad_data", "the snappy data has a chunk without a check sum");
  const std::uint32_t stored_crc = little_endian(payload.substr(0, kCrcSize));
  payload.remove_prefix(kCrcSize);
  if (type == kUncompressed) return push_checked(payload, stored_crc);
  std::size_t length = 0;
  if (!snappy::GetUncompressedLength(payload.data(), payload.size(), &length) || length > kPlainMax) {
    return poison("bad_data", "the snappy data has a chunk of over 64 KiB, or of no length");
  }
  scratch_.output.reserve(length);
  char* output = scratch_.output.begin();
  if (!snappy::RawUncompress(payload.data(), payload.size(), output)) {
    return poison("bad_data", "the snappy data is damaged");
  }
  return push_checked({output, length}, stored_crc);
}

Status SnappyFrames::push_checked(std::string_view plain, std::uint32_t stored_crc) {
  if (plain.size() > kPlainMax) return poison("bad_data", "the snappy data has a chunk of over 64 KiB");
  if (const std::uint32_t crc = masked_crc(plain); crc != stored_crc) {
    return poison("bad_crc", fmt::format("the snappy data is damaged: a chunk's CRC is {:08x}, stored is {:08x}", crc,
                                         stored_crc));
  }
  return plain.empty() ? Status() : sink_.write(plain);
}

}  // namespace dray::codec

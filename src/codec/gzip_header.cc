#include "codec/gzip_header.h"

#include <isa-l/crc.h>

#include <algorithm>
#include <array>
#include <cstring>

#include <fmt/core.h>

namespace dray::codec {
namespace {

constexpr unsigned kFlagCrc = 0x02;
constexpr unsigned kFlagExtra = 0x04;
constexpr unsigned kFlagName = 0x08;
constexpr unsigned kFlagComment = 0x10;
constexpr unsigned kFlagsReserved = 0xE0;
constexpr std::size_t kFixedSize = 10;

Error bad_header(std::string message) {
  return {ErrorKind::poison, "bad_header", std::move(message)};
}

}  // namespace

void GzipHeader::begin_after_magic() {
  *this = GzipHeader();
  std::size_t taken = 0;
  const Status status = read("\x1F\x8B", &taken);
  DRAY_ASSERT(status.ok() && taken == 2);
}

Status GzipHeader::read(std::string_view bytes, std::size_t* taken) {
  *taken = 0;
  while (*taken < bytes.size() && field_ != Field::done) {
    const std::string_view rest = bytes.substr(*taken);
    std::size_t used = skip(rest);
    const auto* start = reinterpret_cast<const unsigned char*>(rest.data());
    if (used == 0) {
      used = 1;
      const bool covered = field_ != Field::crc;
      if (Status status = take(*start); !status) {
        return status;
      }
      if (!covered) {
        *taken += used;
        continue;
      }
    }
    crc_ = crc32_gzip_refl(crc_, start, used);
    *taken += used;
  }
  return {};
}

std::size_t GzipHeader::skip(std::string_view bytes) {
  if (field_ == Field::extra) {
    const std::size_t used = std::min(bytes.size(), extra_left_);
    extra_left_ -= used;
    if (extra_left_ == 0) {
      next_field();
    }
    return used;
  }
  if (field_ == Field::name || field_ == Field::comment) {
    const std::size_t end = bytes.find('\0');
    if (end == std::string_view::npos) {
      return bytes.size();
    }
    next_field();
    return end + 1;
  }
  return 0;
}

Status GzipHeader::take(unsigned char byte) {
  if (field_ == Field::fixed) {
    return take_fixed(byte);
  }
  if (field_ == Field::crc) {
    return take_crc(byte);
  }
  extra_left_ |= static_cast<std::size_t>(byte) << (8 * position_);
  if (++position_ == 2) {
    next_field();
  }
  return {};
}

Status GzipHeader::take_fixed(unsigned char byte) {
  constexpr std::array<unsigned char, 3> kStart{0x1F, 0x8B, 8};
  if (position_ < 2 && byte != kStart.at(position_)) {
    return bad_header("this is not gzip: it does not begin with the bytes 1F 8B");
  }
  if (position_ == 2 && byte != kStart.at(position_)) {
    return bad_header(fmt::format("gzip header names compression method {}; only 8 (deflate) exists", byte));
  }
  if (position_ == 3) {
    flags_ = byte;
    if ((flags_ & kFlagsReserved) != 0) {
      return bad_header(fmt::format("gzip header has reserved flags set (flags {:#04x})", flags_));
    }
  }
  if (++position_ == kFixedSize) {
    next_field();
  }
  return {};
}

Status GzipHeader::take_crc(unsigned char byte) {
  stored_crc_ |= static_cast<unsigned>(byte) << (8 * position_);
  if (++position_ < 2) {
    return {};
  }
  if (stored_crc_ != (crc_ & 0xFFFFU)) {
    return bad_header("the CRC of the gzip header is wrong");
  }
  next_field();
  return {};
}

void GzipHeader::next_field() {
  position_ = 0;
  switch (field_) {
    case Field::fixed:
      field_ = Field::extra_length;
      if ((flags_ & kFlagExtra) != 0) return;
      [[fallthrough]];
    case Field::extra_length:
      field_ = Field::extra;
      if (extra_left_ > 0) return;
      [[fallthrough]];
    case Field::extra:
      field_ = Field::name;
      if ((flags_ & kFlagName) != 0) return;
      [[fallthrough]];
    case Field::name:
      field_ = Field::comment;
      if ((flags_ & kFlagComment) != 0) return;
      [[fallthrough]];
    case Field::comment:
      field_ = Field::crc;
      if ((flags_ & kFlagCrc) != 0) return;
      [[fallthrough]];
    case Field::crc:
    case Field::done: field_ = Field::done;
  }
}

}  // namespace dray::codec

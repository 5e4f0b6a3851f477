#include "codec/gzip_members.h"

#include <isa-l/crc.h>

#include <fmt/core.h>

namespace dray::codec {
namespace {

constexpr unsigned kTrailerSize = 8;

}  // namespace

extern const Codec kGzip;
const Codec kGzip{
    .name = "gzip",
    .summary = "RFC 1952: any header fields, many members; zero padding and garbage after the last are ignored",
    .recognises = [](const FirstBytes& first) { return first.bytes.starts_with("\x1F\x8B"); },
    .make = [](LayerScratch& scratch, LayerSink& sink) -> std::unique_ptr<ByteSink> {
      return std::make_unique<GzipMembers>(scratch, sink);
    },
};

Status GzipMembers::write(std::string_view chunk) {
  while (!chunk.empty() && at_ != At::garbage) {
    if (Status status = step(chunk); !status) {
      return status;
    }
  }
  return {};
}

Status GzipMembers::finish() {
  if (at_ == At::between || at_ == At::garbage) {
    return sink_.end_file();
  }
  return poison("truncated", "the gzip data ends before its end: the upload was cut, or bytes are missing");
}

Status GzipMembers::step(std::string_view& chunk) {
  switch (at_) {
    case At::header: return read_header(chunk);
    case At::deflate: return inflate(chunk);
    case At::trailer: return take_trailer(chunk);
    case At::between:
    case At::magic:
    case At::garbage: break;
  }
  take_between(chunk.front());
  chunk.remove_prefix(1);
  return {};
}

Status GzipMembers::read_header(std::string_view& chunk) {
  std::size_t taken = 0;
  Status status = header_.read(chunk, &taken);
  chunk.remove_prefix(taken);
  if (status && header_.done()) {
    inflater_.begin();
    sink_.joint();
    crc_ = 0;
    length_ = 0;
    at_ = At::deflate;
  }
  return status;
}

Status GzipMembers::inflate(std::string_view& chunk) {
  do {
    std::string_view plain;
    Status inflated = inflater_.inflate(chunk, plain);
    if (Status pushed = push(plain); !pushed) return pushed;
    if (!inflated) return inflated;
  } while (inflater_.again());
  if (!inflater_.done()) return {};
  // At most as many bytes as the trailer has.
  at_ = At::trailer;
  trailer_ = 0;
  trailer_bytes_ = 0;
  std::string_view rest = inflater_.rest();
  return take_trailer(rest);
}

Status GzipMembers::push(std::string_view plain) {
  if (plain.empty()) {
    return {};
  }
  crc_ = crc32_gzip_refl(crc_, reinterpret_cast<const unsigned char*>(plain.data()), plain.size());
  length_ += static_cast<std::uint32_t>(plain.size());
  return sink_.write(plain);
}

Status GzipMembers::take_trailer(std::string_view& chunk) {
  while (trailer_bytes_ < kTrailerSize && !chunk.empty()) {
    const auto byte = static_cast<unsigned char>(chunk.front());
    trailer_ |= static_cast<std::uint64_t>(byte) << (8 * trailer_bytes_);
    ++trailer_bytes_;
    chunk.remove_prefix(1);
  }
  return trailer_bytes_ < kTrailerSize ? Status() : check_trailer();
}

Status GzipMembers::check_trailer() {
  const auto stored_crc = static_cast<std::uint32_t>(trailer_);
  const auto stored_length = static_cast<std::uint32_t>(trailer_ >> 32U);
  if (stored_crc != crc_) {
    return poison("bad_crc", fmt::format("the gzip data is damaged: its CRC is {:08x}, its trailer says {:08x}", crc_,
                                         stored_crc));
  }
  if (stored_length != length_) {
    return poison("bad_length",
                  fmt::format("the gzip data is damaged: its length is {} (modulo 2^32), its trailer says {}", length_,
                              stored_length));
  }
  at_ = At::between;
  return {};
}

void GzipMembers::take_between(char byte) {
  if (at_ == At::between && byte == '\0') {
    return;
  }
  if (at_ == At::between && byte == '\x1F') {
    at_ = At::magic;
    return;
  }
  if (at_ == At::magic && byte == '\x8B') {
    header_.begin_after_magic();
    at_ = At::header;
    return;
  }
  at_ = At::garbage;
  sink_.garbage();
}

}  // namespace dray::codec

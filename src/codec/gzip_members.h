// GzipMembers: one layer of gzip: member after member (RFC 1952), cut anywhere, pushed plain into a sink.
//
// Made by the catalogue. Deflate is ISA-L's, header, CRC-32 and length (modulo 2^32) are checked here. After a member
// come another, zero padding, or garbage: the last is ignored to the end and told. The output is pushed before its CRC
// is known: a wrong one is an error after the last bytes. One thread at a time.
#pragma once

#include <cstdint>
#include <string_view>

#include "codec/codec.h"
#include "codec/gzip_header.h"
#include "codec/inflater.h"

namespace dray::codec {

class GzipMembers final : public ByteSink {
 public:
  GzipMembers(LayerScratch& scratch, LayerSink& sink) : sink_(sink), inflater_(scratch) {}

  Status write(std::string_view chunk) override;
  // Error {poison, "truncated"} if the input ends inside a member.
  Status finish() override;

 private:
  enum class At { header, deflate, trailer, between, magic, garbage };

  Status step(std::string_view& chunk);
  Status read_header(std::string_view& chunk);
  Status inflate(std::string_view& chunk);
  Status push(std::string_view plain);
  Status take_trailer(std::string_view& chunk);
  Status check_trailer();
  void take_between(char byte);

  LayerSink& sink_;
  Inflater inflater_;
  At at_ = At::header;
  GzipHeader header_;
  std::uint32_t crc_ = 0;
  std::uint32_t length_ = 0;   // of the member's plain bytes, modulo 2^32
  std::uint64_t trailer_ = 0;  // CRC in the low half, length in the high
  unsigned trailer_bytes_ = 0;
};

}  // namespace dray::codec

// GzipMembers: one layer of gzip: member after member (RFC 1952), cut anywhere, pushed plain into a sink.
//
// Used by the decompressor, one per layer. Deflate is ISA-L's, header, CRC-32 and length (modulo 2^32) are checked
// here. After a member come another, zero padding, or garbage: the last is ignored to the end and told by garbage().
// The output is pushed before its CRC is known: a wrong one is an error after the last bytes. One thread at a time.
#pragma once

#include <isa-l/igzip_lib.h>

#include <cstdint>
#include <memory>
#include <string_view>

#include "base/byte_sink.h"
#include "codec/gzip_header.h"

namespace dray::codec {

// What a layer needs beside its few fields; made at the first use, kept by the worker.
struct GzipScratch {
  std::unique_ptr<inflate_state> state;
  std::unique_ptr<char[]> output;
  std::size_t output_size = 0;

  // Points the inflater at the whole output buffer.
  void make_output(inflate_state& inflating);
  void grow_output();
  // Gives large buffers back.
  void trim();
};

class GzipMembers final : public ByteSink {
 public:
  GzipMembers(GzipScratch& scratch, ByteSink& sink);

  Status write(std::string_view chunk) override;
  // Error {poison, "truncated"} if the input ends inside a member.
  Status finish() override;
  [[nodiscard]] bool garbage() const { return at_ == At::garbage; }

 private:
  enum class At { header, deflate, trailer, between, magic, garbage };

  Status inflate(std::string_view chunk, std::size_t* taken);
  Status push(std::size_t size);
  void begin_trailer();
  Status take_trailer(std::string_view chunk, std::size_t* taken);
  Status check_trailer();
  void take_between(char byte);

  GzipScratch& scratch_;
  ByteSink& sink_;
  At at_ = At::header;
  GzipHeader header_;
  std::uint32_t crc_ = 0;
  std::uint32_t length_ = 0;   // of the member's plain bytes, modulo 2^32
  std::uint64_t trailer_ = 0;  // CRC in the low half, length in the high
  unsigned trailer_bytes_ = 0;
};

}  // namespace dray::codec

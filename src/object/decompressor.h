// Decompressor: stored bytes in, plain bytes out, by the first bytes and never by the name (formats.md 6.1).
//
// gzip (any header fields, many members, up to three layers; zero padding accepted, other garbage after the last member ignored with a
// warning) through ISA-L, or plain. A BOM at the start of the plain bytes is removed. Buffers grow on demand up to 64 KiB.
// Errors are {poison, "truncated" | "bad_crc" | "bad_length" | "bad_header" | "bad_data" | "limit_depth" | "limit_ratio"} after the
// good prefix was pushed. One thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/byte_sink.h"

namespace dray::object {

enum class Encoding { detect, none, gzip };

class Decompressor : public ByteSink {
 public:
  [[nodiscard]] virtual std::uint64_t plain_bytes() const = 0;
  [[nodiscard]] virtual bool trailing_garbage() const = 0;
};

// The sink outlives the decompressor.
std::unique_ptr<Decompressor> make_decompressor(Encoding encoding, ByteSink& sink);

}  // namespace dray::object

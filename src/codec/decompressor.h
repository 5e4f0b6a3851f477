// Decompressor: stored bytes in, plain bytes out, by the first bytes and never by the name (formats.md 6.1).
//
// gzip (any header fields, many members, up to three layers; zero padding accepted, other garbage after the last
// member ignored with a warning) through ISA-L, or plain. A BOM at the start of the plain bytes is removed. A
// compression that this version does not read is refused rather than sent on as text. Errors are {poison, "truncated"
// | "bad_crc" | "bad_length" | "bad_header" | "bad_data" | "limit_depth" | "limit_ratio" | "unsupported_encoding"}
// after the good prefix was pushed. Memory does not depend on the input. One thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "base/byte_sink.h"

namespace dray::codec {

// detect: by the first bytes. none: plain whatever it looks like. gzip: gzip or nothing at all (0 bytes).
enum class Encoding { detect, none, gzip };

struct DecompressorOptions {
  Encoding encoding = Encoding::detect;
};

// `encoding` of a definition: "" and utf-8 detect, gzip, none. Error (config, "bad_encoding"): what is allowed.
Result<DecompressorOptions> parse_encoding(std::string_view text);

class Decompressor : public ByteSink {
 public:
  [[nodiscard]] virtual std::uint64_t plain_bytes() const = 0;
  [[nodiscard]] virtual bool trailing_garbage() const = 0;
  // The compressions found so far, from the outside in: {"gzip", "gzip"}; none for plain bytes. For `dray try`.
  [[nodiscard]] virtual std::vector<std::string_view> layers() const = 0;
};

// The memory of the decoders: 87 KB a gzip layer and the output buffers, kept from object to object so that small
// objects cost no allocations. One per worker; serves one decompressor at a time and outlives it. Empty until first
// used; buffers over 64 KiB are given back when the decompressor ends.
class DecompressorScratch {
 public:
  DecompressorScratch();
  ~DecompressorScratch();
  DecompressorScratch(const DecompressorScratch&) = delete;
  DecompressorScratch& operator=(const DecompressorScratch&) = delete;

  struct Layers;  // decompressor.cc
  [[nodiscard]] Layers& layers() { return *layers_; }

 private:
  std::unique_ptr<Layers> layers_;
};

// Sink and scratch outlive the decompressor.
std::unique_ptr<Decompressor> make_decompressor(const DecompressorOptions& options, ByteSink& sink,
                                                DecompressorScratch& scratch);
// With a scratch of its own: tests and `dray try`.
std::unique_ptr<Decompressor> make_decompressor(const DecompressorOptions& options, ByteSink& sink);

}  // namespace dray::codec

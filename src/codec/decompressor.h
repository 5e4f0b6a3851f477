// Decompressor: stored bytes in, plain bytes out, by the first bytes and never by the name (docs/codecs.md).
//
// Every codec of the catalogue (codecs.def), up to three in each other in any mix, or plain. The entries of a zip or
// tar come file after file, each looked at anew. Byte order marks are removed, UTF-16 and named character sets become
// UTF-8. What dray does not read is refused rather than sent on as text. Errors are those of codec.h and {poison,
// "limit_depth" | "limit_ratio" | "limit_size" | "unsupported_encoding" | "parquet_object"}, after the good prefix was
// pushed. Memory does not depend on the input beyond the windows that docs/codecs.md names. One thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/byte_sink.h"
#include "codec/codec.h"

namespace dray::codec {

// detect: by the first bytes. none: plain whatever it looks like. named: `codec` or nothing at all (0 bytes).
// parquet: as detect, and plain is an error.
enum class Encoding { detect, none, named, parquet };

struct DecompressorOptions {
  Encoding encoding = Encoding::detect;
  const Codec* codec = nullptr;            // of Encoding::named
  std::string charset = {};                // of the plain bytes; empty: they pass as they are
  std::uint64_t bytes_max = 50ULL << 30U;  // of any one layer
};

// `encoding` of a definition: "", utf-8, none, parquet, a codec's name, or a character set that iconv knows. Error
// (config, "bad_encoding"): what is allowed.
Result<DecompressorOptions> parse_encoding(std::string_view text);

class Decompressor : public ByteSink {
 public:
  // Nothing more comes for now, and somebody watches (`dray try` on a pipe): a first line that is text, of what may be
  // up to kSniffed bytes, is not held back any longer. Only after it may bytes have been taken for text that would
  // have been something else: a raw snappy block, or a tar whose first entry has a line end in its name.
  virtual Status pause() = 0;
  [[nodiscard]] virtual std::uint64_t plain_bytes() const = 0;
  [[nodiscard]] virtual bool trailing_garbage() const = 0;
  // A zip or a tar was found: the files are its entries. Known before the first of them.
  [[nodiscard]] virtual bool is_archive() const = 0;
  // The compressions found so far, from the outside in: {"gzip", "gzip"}; none for plain bytes. For `dray try`.
  [[nodiscard]] virtual std::vector<std::string_view> layers() const = 0;
};

// The memory of the decoders, see scratch.h. One per worker; serves one decompressor at a time and outlives it.
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

// Sink and scratch outlive the decompressor. A FileSink learns where each file ends.
std::unique_ptr<Decompressor> make_decompressor(const DecompressorOptions& options, FileSink& sink,
                                                DecompressorScratch& scratch);
// All files as one stream, for those to whom borders mean nothing: where one ends without LF, one is put between it and
// the next.
std::unique_ptr<Decompressor> make_decompressor(const DecompressorOptions& options, ByteSink& sink,
                                                DecompressorScratch& scratch);
// With a scratch of its own: tests.
std::unique_ptr<Decompressor> make_decompressor(const DecompressorOptions& options, ByteSink& sink);

}  // namespace dray::codec

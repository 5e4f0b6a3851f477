// rooms: codec
// Any bytes are decoded or refused, in the same way whole and in pieces, with the same borders between files, by what
// they look like and by every codec of the catalogue by its name; memory does not depend on what they say.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/assert.h"
#include "codec/codec.h"
#include "codec/decompressor.h"

namespace {

using dray::codec::DecompressorOptions;

// Keeps little: a bomb must not fill the fuzzer's own memory.
class Summed final : public dray::codec::FileSink {
 public:
  dray::Status write(std::string_view chunk) override {
    for (const char byte : chunk) {
      sum = sum * 31 + static_cast<unsigned char>(byte);
    }
    bytes += chunk.size();
    if (bytes > (8U << 20U)) {
      return dray::Error{dray::ErrorKind::poison, "enough", "enough for a fuzzer"};
    }
    return {};
  }
  dray::Status end_file() override {
    sum = sum * 31 + 256;
    return {};
  }
  std::uint64_t sum = 0;
  std::uint64_t bytes = 0;
};

std::string outcome(std::string_view stored, const DecompressorOptions& options, std::size_t step,
                    bool pauses = false) {
  Summed sink;
  dray::codec::DecompressorScratch scratch;
  const auto decompressor = dray::codec::make_decompressor(options, sink, scratch);
  dray::Status status;
  for (std::size_t at = 0; status.ok() && at < stored.size(); at += step) {
    status = decompressor->write(stored.substr(at, step));
    if (status && pauses) {
      status = decompressor->pause();
    }
  }
  if (status) {
    status = decompressor->finish();
  }
  const std::string code = status ? "" : status.error().code;
  // Where the damage is noticed, and so how much came before it, may depend on the pieces.
  return code == "bad_data" || code == "enough" || code == "limit_ratio"
             ? code
             : code + " " + std::to_string(sink.bytes) + " " + std::to_string(sink.sum);
}

void check(std::string_view stored, const DecompressorOptions& options) {
  const std::string whole = outcome(stored, options, stored.size() + 1);
  DRAY_ASSERT(outcome(stored, options, 1) == whole);
  DRAY_ASSERT(outcome(stored, options, 13) == whole);
  // A pause may take for text what later bytes would tell otherwise (codec/decompressor.h); nothing worse.
  (void)outcome(stored, options, 13, true);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view stored(reinterpret_cast<const char*>(data), size);
  check(stored, {});
  for (const char* charset : {"utf-16", "shift_jis"}) {
    check(stored, *dray::codec::parse_encoding(charset));
  }
  for (const dray::codec::Codec* codec : dray::codec::all_codecs()) {
    check(stored, *dray::codec::parse_encoding(codec->name));
  }
  return 0;
}

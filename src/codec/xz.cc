// xz: many streams and the padding between them, through liblzma. A dictionary of over 128 MiB is refused; xz -9 needs
// 64 MiB. It is allocated as the stream declares it and given back with the object.
#include <lzma.h>

#include <algorithm>

#include <fmt/core.h>

#include "codec/codec.h"

namespace dray::codec {
namespace {

constexpr std::uint64_t kMemoryMax = 129ULL << 20U;

class XzStreams final : public ByteSink {
 public:
  XzStreams(LayerScratch& scratch, LayerSink& sink) : scratch_(scratch), sink_(sink) {
    DRAY_ASSERT(lzma_stream_decoder(&stream_, kMemoryMax, LZMA_CONCATENATED) == LZMA_OK);
  }
  XzStreams(const XzStreams&) = delete;
  XzStreams& operator=(const XzStreams&) = delete;
  ~XzStreams() override { lzma_end(&stream_); }

  Status write(std::string_view chunk) override {
    stream_.next_in = reinterpret_cast<const std::uint8_t*>(chunk.data());
    stream_.avail_in = chunk.size();
    lzma_ret result = LZMA_OK;
    bool full = true;
    while (result == LZMA_OK && (full || stream_.avail_in > 0)) {
      if (Status status = decode(LZMA_RUN, &result, &full); !status) return status;
    }
    return result == LZMA_OK || result == LZMA_BUF_ERROR ? Status() : fault(result);
  }

  Status finish() override {
    stream_.next_in = nullptr;
    stream_.avail_in = 0;
    lzma_ret result = LZMA_OK;
    bool full = true;
    while (result == LZMA_OK) {
      if (Status status = decode(LZMA_FINISH, &result, &full); !status) return status;
    }
    if (result == LZMA_STREAM_END) return sink_.end_file();
    if (result != LZMA_BUF_ERROR) return fault(result);
    return poison("truncated", "the xz data ends before its end: the upload was cut, or bytes are missing");
  }

 private:
  Status decode(lzma_action action, lzma_ret* result, bool* full) {
    char* output = scratch_.output.begin();
    stream_.next_out = reinterpret_cast<std::uint8_t*>(output);
    stream_.avail_out = scratch_.output.size();
    *result = lzma_code(&stream_, action);
    *full = stream_.avail_out == 0;
    const std::size_t size = scratch_.output.size() - stream_.avail_out;
    if (size > 0) {
      if (Status status = sink_.write({output, size}); !status) return status;
    }
    if (*full) scratch_.output.grow();
    return {};
  }

  static Status fault(lzma_ret result) {
    switch (result) {
      case LZMA_MEMLIMIT_ERROR:
      case LZMA_MEM_ERROR: return poison("limit_memory", "the xz data needs a dictionary of over 128 MiB");
      case LZMA_FORMAT_ERROR: return poison("bad_header", "this is not xz, or what follows it is not");
      case LZMA_OPTIONS_ERROR:
        return poison("unsupported_encoding", "the xz data uses a filter that dray does not read");
      default: return poison("bad_data", fmt::format("the xz data is damaged (error {})", static_cast<int>(result)));
    }
  }

  LayerScratch& scratch_;
  LayerSink& sink_;
  lzma_stream stream_ = LZMA_STREAM_INIT;
};

}  // namespace

extern const Codec kXz;
const Codec kXz{
    .name = "xz",
    .summary = "many streams with padding; dictionaries up to 128 MiB",
    .recognises =
        [](const FirstBytes& first) {
          return first.bytes.starts_with(std::string_view("\xFD\x37\x7A\x58\x5A\x00", 6));
        },
    .make = [](LayerScratch& scratch, LayerSink& sink) -> std::unique_ptr<ByteSink> {
      return std::make_unique<XzStreams>(scratch, sink);
    },
};

}  // namespace dray::codec

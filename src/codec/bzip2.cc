// bzip2: many streams (pbzip2, cat), through libbz2. At most 4 MB of memory while a stream is open.
#include <bzlib.h>

#include <algorithm>

#include <fmt/core.h>

#include "codec/codec.h"

namespace dray::codec {
namespace {

constexpr std::string_view kMagic = "BZh";
constexpr std::size_t kPieceMax = 1U << 30U;

class Bzip2Streams final : public ByteSink {
 public:
  Bzip2Streams(LayerScratch& scratch, LayerSink& sink) : scratch_(scratch), sink_(sink) {}
  Bzip2Streams(const Bzip2Streams&) = delete;
  Bzip2Streams& operator=(const Bzip2Streams&) = delete;
  ~Bzip2Streams() override { close(); }

  Status write(std::string_view chunk) override {
    while (!chunk.empty() && !garbage_) {
      Status status = open_ ? decode(chunk) : take_magic(chunk);
      if (!status) return status;
    }
    return {};
  }

  Status finish() override {
    if (open_ || matched_ > 0) {
      return poison("truncated", "the bzip2 data ends before its end: the upload was cut, or bytes are missing");
    }
    return sink_.end_file();
  }

 private:
  // Between two streams: zero padding, the next one, or garbage, which bzip2(1) ignores too.
  Status take_magic(std::string_view& chunk) {
    const char byte = chunk.front();
    chunk.remove_prefix(1);
    if (matched_ == 0 && byte == '\0' && streams_ > 0) return {};
    if (byte != kMagic[matched_]) {
      if (streams_ == 0) return poison("bad_header", "this is not bzip2: it does not begin with BZh");
      garbage_ = true;
      matched_ = 0;
      sink_.garbage();
      return {};
    }
    if (++matched_ < kMagic.size()) return {};
    matched_ = 0;
    ++streams_;
    sink_.joint();
    open();
    std::string_view magic = kMagic;
    return decode(magic);
  }

  void open() {
    stream_ = {};
    DRAY_ASSERT(BZ2_bzDecompressInit(&stream_, 0, 0) == BZ_OK);
    open_ = true;
  }

  void close() {
    if (open_) BZ2_bzDecompressEnd(&stream_);
    open_ = false;
  }

  Status decode(std::string_view& chunk) {
    const auto offered = static_cast<unsigned>(std::min(chunk.size(), kPieceMax));
    // libbz2 reads through a pointer to non-const.
    stream_.next_in = const_cast<char*>(chunk.data());  // NOLINT(cppcoreguidelines-pro-type-const-cast)
    stream_.avail_in = offered;
    int result = BZ_OK;
    bool full = true;
    while (full && result == BZ_OK) {
      char* output = scratch_.output.begin();
      stream_.next_out = output;
      stream_.avail_out = static_cast<unsigned>(scratch_.output.size());
      result = BZ2_bzDecompress(&stream_);
      const std::size_t size = scratch_.output.size() - stream_.avail_out;
      full = stream_.avail_out == 0;
      if (size > 0) {
        if (Status status = sink_.write({output, size}); !status) return status;
      }
      if (full) scratch_.output.grow();
    }
    chunk.remove_prefix(offered - stream_.avail_in);
    if (result == BZ_STREAM_END) {
      close();
      return {};
    }
    return result == BZ_OK ? Status() : fault(result);
  }

  static Status fault(int result) {
    if (result == BZ_MEM_ERROR) return poison("limit_memory", "no memory for a bzip2 block");
    return poison(result == BZ_DATA_ERROR_MAGIC ? "bad_header" : "bad_data",
                  fmt::format("the bzip2 data is damaged (error {})", result));
  }

  LayerScratch& scratch_;
  LayerSink& sink_;
  bz_stream stream_{};
  bool open_ = false;
  bool garbage_ = false;
  std::size_t matched_ = 0;
  std::uint64_t streams_ = 0;
};

// A level, and the mark of a block or of the end of a stream, as far as they are there: a line may begin with BZh.
bool recognises(const FirstBytes& first) {
  const std::string_view bytes = first.bytes;
  if (bytes.size() < 5 || !bytes.starts_with(kMagic) || bytes[3] < '1' || bytes[3] > '9') return false;
  const std::string_view mark = bytes.substr(4, 6);
  return std::string_view("1AY&SY").starts_with(mark) || std::string_view("\x17\x72\x45\x38\x50\x90").starts_with(mark);
}

}  // namespace

extern const Codec kBzip2;
const Codec kBzip2{
    .name = "bzip2",
    .summary = "many streams; zero padding and garbage after the last are ignored",
    .recognises = recognises,
    .make = [](LayerScratch& scratch, LayerSink& sink) -> std::unique_ptr<ByteSink> {
      return std::make_unique<Bzip2Streams>(scratch, sink);
    },
};

}  // namespace dray::codec

#include "codec/decompressor.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include <fmt/core.h>

#include "codec/gzip_members.h"

namespace dray::codec {
namespace {

constexpr std::size_t kLayersMax = 3;
// One gzip layer reaches 1,029:1 at most; only layers in layers come here, and no log does.
constexpr std::uint64_t kRatioMax = 2000;
constexpr std::uint64_t kRatioFrom = 16U << 20U;
// As many first bytes as the longest signature below needs.
constexpr std::size_t kSniffed = 6;
constexpr std::string_view kGzipMagic = "\x1F\x8B";
constexpr std::string_view kBom = "\xEF\xBB\xBF";

struct Signature {
  std::string_view bytes;
  std::string_view name;
};

// Forms that customers store and this version does not read (formats.md 6.1, number 1). None can begin a line of text.
constexpr std::array<Signature, 12> kForeign{{
    {{"PK\x03\x04", 4}, "zip"},
    {{"PK\x05\x06", 4}, "zip"},
    {"\x28\xB5\x2F\xFD", "zstd"},
    {{"\xFD\x37\x7A\x58\x5A\x00", 6}, "xz"},
    {"BZh91A", "bzip2"},
    {{"\xFF\x06\x00\x00sN", 6}, "snappy"},
    {"\x04\x22\x4D\x18", "lz4"},
    {"PAR1\x15", "parquet"},
    {{"Obj\x01", 4}, "avro"},
    {"\x78\x9C", "zlib"},
    {"\x78\xDA", "zlib"},
    {"\x78\x01", "zlib"},
}};

// The first bytes of a layer's input, kept until they say what it is.
class Prefix {
 public:
  // Takes what is still missing; returns how many bytes.
  std::size_t take(std::string_view chunk) {
    const std::size_t count = std::min(kSniffed - size_, chunk.size());
    chunk.copy(bytes_.data() + size_, count);
    size_ += count;
    return count;
  }
  [[nodiscard]] bool full() const { return size_ == kSniffed; }
  [[nodiscard]] std::string_view view() const { return {bytes_.data(), size_}; }

 private:
  std::array<char, kSniffed> bytes_{};
  std::size_t size_ = 0;
};

Error limit_ratio(std::uint64_t stored, std::uint64_t plain) {
  return {
      ErrorKind::poison, "limit_ratio",
      fmt::format("{} stored bytes became {} bytes, over {}:1; no log compresses so well", stored, plain, kRatioMax)};
}

}  // namespace

struct DecompressorScratch::Layers {
  std::array<GzipScratch, kLayersMax> gzip;
};

DecompressorScratch::DecompressorScratch() : layers_(std::make_unique<Layers>()) {}
DecompressorScratch::~DecompressorScratch() = default;

namespace {

// What all layers of one object share: the end of the line, where plain bytes leave.
class PlainEnd final : public ByteSink {
 public:
  explicit PlainEnd(ByteSink& sink) : sink_(sink) {}

  Status write(std::string_view chunk) override {
    plain_ += chunk.size();
    return chunk.empty() ? Status() : sink_.write(chunk);
  }
  Status finish() override { return sink_.finish(); }

  void count_stored(std::size_t bytes) { stored_ += bytes; }
  [[nodiscard]] std::uint64_t stored() const { return stored_; }
  [[nodiscard]] std::uint64_t plain() const { return plain_; }

 private:
  ByteSink& sink_;
  std::uint64_t plain_ = 0;
  std::uint64_t stored_ = 0;
};

// Bytes of unknown form: gzip (then a layer below has unknown bytes again) or plain.
class Layer final : public ByteSink {
 public:
  Layer(Encoding encoding, std::size_t depth, DecompressorScratch::Layers& scratch, PlainEnd& end)
      : encoding_(encoding), depth_(depth), scratch_(scratch), end_(end) {}

  Status write(std::string_view chunk) override {
    received_ += chunk.size();
    if (received_ > kRatioFrom && received_ / kRatioMax > end_.stored()) {
      return limit_ratio(end_.stored(), received_);
    }
    if (target_ == nullptr) {
      chunk.remove_prefix(prefix_.take(chunk));
      if (!prefix_.full()) {
        return {};
      }
      if (Status status = decide(); !status) {
        return status;
      }
    }
    return chunk.empty() ? Status() : target_->write(chunk);
  }

  Status finish() override {
    if (target_ == nullptr) {
      if (Status status = decide(); !status) {
        return status;
      }
    }
    return target_->finish();
  }

  [[nodiscard]] bool garbage() const {
    return (members_ != nullptr && members_->garbage()) || (below_ != nullptr && below_->garbage());
  }

  void name_layers(std::vector<std::string_view>& names) const {
    if (members_ == nullptr) return;
    names.emplace_back("gzip");
    below_->name_layers(names);
  }

 private:
  Status decide() {
    std::string_view first = prefix_.view();
    const bool gzip = first.starts_with(kGzipMagic) && encoding_ != Encoding::none;
    if (gzip && depth_ == kLayersMax) {
      return Error{ErrorKind::poison, "limit_depth", fmt::format("gzip inside gzip, more than {} layers", kLayersMax)};
    }
    if (gzip || (encoding_ == Encoding::gzip && depth_ == 0 && !first.empty())) {
      below_ = std::make_unique<Layer>(encoding_, depth_ + 1, scratch_, end_);
      members_ = std::make_unique<GzipMembers>(scratch_.gzip.at(depth_), *below_);
      target_ = members_.get();
      return target_->write(first);
    }
    if (Status status = refuse_foreign(first); !status) {
      return status;
    }
    if (first.starts_with(kBom)) {
      first.remove_prefix(kBom.size());
    }
    target_ = &end_;
    return target_->write(first);
  }

  [[nodiscard]] Status refuse_foreign(std::string_view first) const {
    if (encoding_ == Encoding::none) {
      return {};
    }
    for (const Signature& foreign : kForeign) {
      if (first.starts_with(foreign.bytes)) {
        return Error{
            ErrorKind::poison, "unsupported_encoding",
            fmt::format("the object is {}, which this version does not read (`encoding: none` would send it as text)",
                        foreign.name)};
      }
    }
    return {};
  }

  Encoding encoding_;
  std::size_t depth_;
  DecompressorScratch::Layers& scratch_;
  PlainEnd& end_;
  Prefix prefix_;
  std::uint64_t received_ = 0;
  std::unique_ptr<Layer> below_;
  std::unique_ptr<GzipMembers> members_;
  ByteSink* target_ = nullptr;
};

class LayeredDecompressor final : public Decompressor {
 public:
  LayeredDecompressor(Encoding encoding, ByteSink& sink, DecompressorScratch& scratch)
      : scratch_(scratch.layers()), end_(sink), top_(encoding, 0, scratch_, end_) {}
  LayeredDecompressor(const LayeredDecompressor&) = delete;
  LayeredDecompressor& operator=(const LayeredDecompressor&) = delete;
  ~LayeredDecompressor() override {
    for (GzipScratch& layer : scratch_.gzip) {
      layer.trim();
    }
  }

  Status write(std::string_view chunk) override {
    end_.count_stored(chunk.size());
    return top_.write(chunk);
  }
  Status finish() override { return top_.finish(); }
  [[nodiscard]] std::uint64_t plain_bytes() const override { return end_.plain(); }
  [[nodiscard]] bool trailing_garbage() const override { return top_.garbage(); }
  [[nodiscard]] std::vector<std::string_view> layers() const override {
    std::vector<std::string_view> names;
    top_.name_layers(names);
    return names;
  }

 private:
  DecompressorScratch::Layers& scratch_;
  PlainEnd end_;
  Layer top_;
};

// Owns the scratch it works with.
class SelfContained final : public Decompressor {
 public:
  SelfContained(Encoding encoding, ByteSink& sink) : inner_(encoding, sink, scratch_) {}
  Status write(std::string_view chunk) override { return inner_.write(chunk); }
  Status finish() override { return inner_.finish(); }
  [[nodiscard]] std::uint64_t plain_bytes() const override { return inner_.plain_bytes(); }
  [[nodiscard]] bool trailing_garbage() const override { return inner_.trailing_garbage(); }
  [[nodiscard]] std::vector<std::string_view> layers() const override { return inner_.layers(); }

 private:
  DecompressorScratch scratch_;
  LayeredDecompressor inner_;
};

}  // namespace

Result<DecompressorOptions> parse_encoding(std::string_view text) {
  if (text.empty() || text == "utf-8" || text == "utf8") return DecompressorOptions{};
  if (text == "gzip") return DecompressorOptions{.encoding = Encoding::gzip};
  if (text == "none") return DecompressorOptions{.encoding = Encoding::none};
  return Error{ErrorKind::config, "bad_encoding",
               fmt::format("\"{}\" is no encoding; allowed: gzip, none, utf-8", text)};
}

std::unique_ptr<Decompressor> make_decompressor(const DecompressorOptions& options, ByteSink& sink,
                                                DecompressorScratch& scratch) {
  return std::make_unique<LayeredDecompressor>(options.encoding, sink, scratch);
}

std::unique_ptr<Decompressor> make_decompressor(const DecompressorOptions& options, ByteSink& sink) {
  return std::make_unique<SelfContained>(options.encoding, sink);
}

}  // namespace dray::codec

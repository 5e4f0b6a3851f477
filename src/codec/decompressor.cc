#include "codec/decompressor.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/core.h>

#include "codec/layer.h"
#include "codec/transcoder.h"

namespace dray::codec {

struct DecompressorScratch::Layers {
  std::array<LayerScratch, kLayersMax> each;
};

DecompressorScratch::DecompressorScratch() : layers_(std::make_unique<Layers>()) {}
DecompressorScratch::~DecompressorScratch() = default;

namespace {

class LayeredDecompressor final : public Decompressor {
 public:
  LayeredDecompressor(DecompressorOptions options, FileSink& sink, DecompressorScratch& scratch)
      : options_(std::move(options)),
        scratch_(scratch.layers()),
        plain_(options_.charset, sink),
        object_{.options = options_, .scratch = scratch_.each, .plain = plain_},
        top_(0, object_) {}
  LayeredDecompressor(const LayeredDecompressor&) = delete;
  LayeredDecompressor& operator=(const LayeredDecompressor&) = delete;
  ~LayeredDecompressor() override {
    for (LayerScratch& layer : scratch_.each) layer.trim();
  }

  Status write(std::string_view chunk) override {
    object_.stored += chunk.size();
    return ended(top_.write(chunk));
  }
  Status finish() override { return ended(top_.end_file()); }
  Status pause() override { return ended(top_.pause()); }
  [[nodiscard]] std::uint64_t plain_bytes() const override { return plain_.bytes(); }
  [[nodiscard]] bool trailing_garbage() const override { return object_.garbage; }
  [[nodiscard]] bool is_archive() const override {
    return std::ranges::any_of(object_.found, [](const Codec* codec) { return codec != nullptr && codec->is_archive; });
  }
  [[nodiscard]] std::vector<std::string_view> layers() const override {
    std::vector<std::string_view> names;
    for (const Codec* codec : object_.found) {
      if (codec != nullptr) names.push_back(codec->name);
    }
    return names;
  }

 private:
  Status ended(Status status) {
    if (!status) top_.release();
    return status;
  }

  DecompressorOptions options_;
  DecompressorScratch::Layers& scratch_;
  PlainText plain_;
  ObjectState object_;
  Layer top_;
};

// File after file as one stream of lines.
class JoinedFiles final : public FileSink {
 public:
  explicit JoinedFiles(ByteSink& sink) : sink_(sink) {}

  Status write(std::string_view chunk) override {
    if (chunk.empty()) return {};
    if (between_) {
      between_ = false;
      if (last_ != '\n') {
        if (Status status = sink_.write("\n"); !status) return status;
      }
    }
    last_ = chunk.back();
    return sink_.write(chunk);
  }
  Status end_file() override {
    between_ = true;
    return {};
  }

 private:
  ByteSink& sink_;
  bool between_ = false;
  char last_ = '\n';
};

class JoiningDecompressor final : public Decompressor {
 public:
  JoiningDecompressor(const DecompressorOptions& options, ByteSink& sink, DecompressorScratch* scratch)
      : own_(scratch == nullptr ? std::make_unique<DecompressorScratch>() : nullptr),
        sink_(sink),
        joined_(sink),
        inner_(options, joined_, scratch == nullptr ? *own_ : *scratch) {}

  Status write(std::string_view chunk) override { return inner_.write(chunk); }
  Status finish() override {
    Status status = inner_.finish();
    return status ? sink_.finish() : std::move(status);
  }
  Status pause() override { return inner_.pause(); }
  [[nodiscard]] std::uint64_t plain_bytes() const override { return inner_.plain_bytes(); }
  [[nodiscard]] bool trailing_garbage() const override { return inner_.trailing_garbage(); }
  [[nodiscard]] bool is_archive() const override { return inner_.is_archive(); }
  [[nodiscard]] std::vector<std::string_view> layers() const override { return inner_.layers(); }

 private:
  std::unique_ptr<DecompressorScratch> own_;
  ByteSink& sink_;
  JoinedFiles joined_;
  LayeredDecompressor inner_;
};

Error bad_encoding(std::string_view text) {
  std::string names;
  for (const Codec* codec : all_codecs()) names.append(codec->name).append(", ");
  return {ErrorKind::config, "bad_encoding",
          fmt::format("\"{}\" is no encoding; allowed: {}parquet, none, utf-8, latin-1, utf-16 and every character set "
                      "that iconv knows (iconv --list)",
                      text, names)};
}

// As Python writes them, whose names definitions use.
std::string charset_of(std::string name) {
  std::ranges::replace(name, '_', '-');
  if (name == "latin-1" || name == "latin1") return "iso-8859-1";
  if (name == "utf16") return "utf-16";
  if (name == "utf32") return "utf-32";
  return name;
}

}  // namespace

Result<DecompressorOptions> parse_encoding(std::string_view text) {
  std::string name(text);
  std::ranges::transform(name, name.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c; });
  const std::string charset = charset_of(name);
  DecompressorOptions options;
  if (name.empty() || charset == "utf-8" || charset == "utf8" || charset == "utf-8-sig") return options;
  if (name == "none") {
    options.encoding = Encoding::none;
  } else if (name == "parquet") {
    options.encoding = Encoding::parquet;
  } else if (const Codec* codec = find_codec(name)) {
    options.encoding = Encoding::named;
    options.codec = codec;
  } else if (is_charset(charset)) {
    options.charset = charset;
  } else {
    return bad_encoding(text);
  }
  return options;
}

std::unique_ptr<Decompressor> make_decompressor(const DecompressorOptions& options, FileSink& sink,
                                                DecompressorScratch& scratch) {
  return std::make_unique<LayeredDecompressor>(options, sink, scratch);
}

std::unique_ptr<Decompressor> make_decompressor(const DecompressorOptions& options, ByteSink& sink,
                                                DecompressorScratch& scratch) {
  return std::make_unique<JoiningDecompressor>(options, sink, &scratch);
}

std::unique_ptr<Decompressor> make_decompressor(const DecompressorOptions& options, ByteSink& sink) {
  return std::make_unique<JoiningDecompressor>(options, sink, nullptr);
}

}  // namespace dray::codec

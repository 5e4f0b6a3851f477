#include "codec/layer.h"

#include <algorithm>

#include <fmt/core.h>

namespace dray::codec {
namespace {

// One gzip layer reaches 1,029:1 at most; only layers in layers and the stronger codecs come here, and no log does.
constexpr std::uint64_t kRatioMax = 2000;
constexpr std::uint64_t kRatioFrom = 16U << 20U;
constexpr std::string_view kParquet = "PAR1";
// macOS stores a file's attributes as one more entry of this form (AppleDouble). They are no log.
constexpr std::string_view kAppleDouble{"\x00\x05\x16\x07", 4};

struct Signature {
  std::string_view bytes;
  std::string_view name;
};

// Forms that customers store and dray does not read. None can begin a line of text.
constexpr std::array<Signature, 3> kForeign{{
    {{"Obj\x01", 4}, "avro"},
    {"\x02\x21\x4C\x18", "lz4 in its legacy frame"},
    {"PAR1\x15", "parquet inside another codec"},
}};

}  // namespace

Status Layer::write(std::string_view chunk) {
  if (Status status = count(chunk.size()); !status) return status;
  if (form_ != Form::unknown) return pass(chunk);
  if (prefix_size_ == 0 && chunk.size() >= kSniffed) return decide(chunk, false);
  const std::size_t taken = std::min(kSniffed - prefix_size_, chunk.size());
  chunk.copy(prefix_.data() + prefix_size_, taken);
  prefix_size_ += taken;
  if (prefix_size_ < kSniffed) return {};
  if (Status status = decide({prefix_.data(), prefix_size_}, false); !status) return status;
  return pass(chunk.substr(taken));
}

Status Layer::pass(std::string_view chunk) {
  if (chunk.empty() || form_ == Form::dropped) return {};
  return form_ == Form::plain ? object_.plain.write(chunk) : decoder_->write(chunk);
}

Status Layer::end_file() {
  if (form_ == Form::unknown) {
    if (prefix_size_ == 0) return {};
    if (Status status = decide({prefix_.data(), prefix_size_}, true); !status) return status;
  }
  Status status;
  if (form_ == Form::plain) status = object_.plain.end_file();
  if (form_ == Form::coded) status = decoder_->finish();
  decoder_.reset();
  form_ = Form::unknown;
  prefix_size_ = 0;
  joints_.clear();
  return status;
}

Status Layer::pause() {
  if (form_ == Form::unknown) {
    const std::string_view first(prefix_.data(), prefix_size_);
    const bool is_line = first.find('\n') != std::string_view::npos && looks_like_text(first);
    return is_line ? decide(first, false) : Status();
  }
  return form_ == Form::coded && below_ ? below_->pause() : Status();
}

void Layer::release() {
  if (form_ == Form::unknown && prefix_size_ > 0) {
    if (!decide({prefix_.data(), prefix_size_}, false)) return;
  }
  if (below_) below_->release();
}

void Layer::joint() {
  if (form_ == Form::plain) object_.plain.joint();
  if (form_ == Form::unknown && (joints_.empty() || joints_.back() != prefix_size_)) joints_.push_back(prefix_size_);
}

Status Layer::count(std::size_t bytes) {
  received_ += bytes;
  if (received_ > object_.options.bytes_max) {
    return poison("limit_size", fmt::format("the object holds over {} bytes once decompressed; object_bytes_max allows "
                                            "no more",
                                            object_.options.bytes_max));
  }
  if (received_ > kRatioFrom && received_ / kRatioMax > object_.stored) {
    return poison("limit_ratio", fmt::format("{} stored bytes became {} bytes, over {}:1; no log compresses so well",
                                             object_.stored, received_, kRatioMax));
  }
  return {};
}

Status Layer::decide(std::string_view first, bool whole) {
  const DecompressorOptions& options = object_.options;
  if (options.encoding == Encoding::none) return begin_plain(first);
  if (depth_ == 0 && options.encoding == Encoding::named) return decode(*options.codec, first);
  if (const Codec* codec = recognise({first.substr(0, kSniffed), whole})) return decode(*codec, first);
  if (Status status = refuse(first); !status) return status;
  if (depth_ > 0 && first.starts_with(kAppleDouble)) {
    form_ = Form::dropped;
    return {};
  }
  return begin_plain(first);
}

Status Layer::refuse(std::string_view first) const {
  if (depth_ == 0 && first.starts_with(kParquet) && !looks_like_text(first)) {
    return poison("parquet_object", "the object is parquet, which is read by ranges and not as a stream");
  }
  if (depth_ == 0 && object_.options.encoding == Encoding::parquet) {
    return poison("bad_header", "this is not parquet: it does not begin with PAR1");
  }
  for (const Signature& foreign : kForeign) {
    if (first.starts_with(foreign.bytes)) {
      return poison("unsupported_encoding",
                    fmt::format("the object is {}, which dray does not read (`encoding: none` would send it as text)",
                                foreign.name));
    }
  }
  return {};
}

Status Layer::decode(const Codec& codec, std::string_view first) {
  if (depth_ == kLayersMax) {
    return poison("limit_depth", fmt::format("{} inside {} layers of compression or containers; no more are read",
                                             codec.name, kLayersMax));
  }
  if (!below_) below_ = std::make_unique<Layer>(depth_ + 1, object_);
  if (object_.found.at(depth_) == nullptr) object_.found.at(depth_) = &codec;
  decoder_ = codec.make(object_.scratch.at(depth_), *below_);
  form_ = Form::coded;
  return decoder_->write(first);
}

Status Layer::begin_plain(std::string_view first) {
  form_ = Form::plain;
  object_.plain.begin_file(first);
  std::size_t at = 0;
  for (const std::size_t joint : joints_) {
    if (Status status = object_.plain.write(first.substr(at, joint - at)); !status) return status;
    object_.plain.joint();
    at = joint;
  }
  joints_.clear();
  return object_.plain.write(first.substr(at));
}

}  // namespace dray::codec

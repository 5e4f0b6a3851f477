// Layer: bytes of unknown form; what they are is found out by their first ones, file by file.
//
// Used by the decompressor: the stored bytes are the top layer's; a codec's decoder pushes into the layer below, which
// has unknown bytes again, down to plain text. Counts what it receives and stops bombs: {poison, "limit_depth" |
// "limit_ratio" | "limit_size"}. One thread at a time.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "codec/codec.h"
#include "codec/decompressor.h"
#include "codec/plain_text.h"

namespace dray::codec {

constexpr std::size_t kLayersMax = 3;

// What all layers of one object share.
struct ObjectState {
  const DecompressorOptions& options;
  std::array<LayerScratch, kLayersMax>& scratch;
  PlainText& plain;
  std::uint64_t stored = 0;
  bool garbage = false;
  std::array<const Codec*, kLayersMax> found{};  // in each layer first; nullptr for none
};

class Layer final : public LayerSink {
 public:
  Layer(std::size_t depth, ObjectState& object) : depth_(depth), object_(object) {}

  Status write(std::string_view chunk) override;
  Status end_file() override;
  void joint() override;
  // Nothing comes for a while: a whole line of text is taken for plain, however few bytes there are.
  Status pause();
  // After a fault above: what was held back until it said what it is is good, and goes out.
  void release();
  void garbage() override { object_.garbage = true; }

 private:
  enum class Form { unknown, plain, coded, dropped };

  [[nodiscard]] Status count(std::size_t bytes);
  // Finds out what the file is and writes the first bytes on.
  Status decide(std::string_view first, bool whole);
  Status decode(const Codec& codec, std::string_view first);
  Status begin_plain(std::string_view first);
  [[nodiscard]] Status refuse(std::string_view first) const;
  Status pass(std::string_view chunk);

  std::size_t depth_;
  ObjectState& object_;
  Form form_ = Form::unknown;
  std::array<char, kSniffed> prefix_{};
  std::size_t prefix_size_ = 0;
  std::vector<std::size_t> joints_;  // where they fell in the prefix
  std::uint64_t received_ = 0;
  std::unique_ptr<Layer> below_;
  std::unique_ptr<ByteSink> decoder_;
};

}  // namespace dray::codec

// The catalogue of codecs, made from codecs.def.
#include "codec/codec.h"

#include <array>
#include <utility>

namespace dray::codec {

#define DRAY_CODEC(name) extern const Codec name;
#include "codec/codecs.def"
#undef DRAY_CODEC

namespace {

constexpr auto kCodecs = std::to_array<const Codec*>({
#define DRAY_CODEC(name) &(name),
#include "codec/codecs.def"
#undef DRAY_CODEC
});

// Bytes of the UTF-8 sequence that this one leads; 0 if it leads none.
std::size_t sequence_length(unsigned char lead) {
  if (lead < 0x80) return 1;
  if (lead < 0xC2 || lead > 0xF4) return 0;
  if (lead < 0xE0) return 2;
  return lead < 0xF0 ? 3 : 4;
}

bool is_text_byte(unsigned char byte) {
  return byte >= 0x20 ? byte != 0x7F : (byte >= '\t' && byte <= '\r') || byte == 0x1B;
}

}  // namespace

std::span<const Codec* const> all_codecs() {
  return kCodecs;
}

const Codec* find_codec(std::string_view name) {
  if (name == "bz2") name = "bzip2";
  for (const Codec* codec : kCodecs) {
    if (codec->name == name) return codec;
  }
  return nullptr;
}

const Codec* recognise(const FirstBytes& first) {
  for (const Codec* codec : kCodecs) {
    if (codec->recognises(first)) return codec;
  }
  return nullptr;
}

bool looks_like_text(std::string_view bytes) {
  std::size_t following = 0;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (following > 0) {
      if ((byte & 0xC0U) != 0x80) return false;
      --following;
      continue;
    }
    const std::size_t length = sequence_length(byte);
    if (length == 0 || !is_text_byte(byte)) return false;
    following = length - 1;
  }
  return true;
}

Error poison(const char* code, std::string message) {
  return {ErrorKind::poison, code, std::move(message)};
}

}  // namespace dray::codec

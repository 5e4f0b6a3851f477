// Codec: one compression or container. The catalogue is codecs.def: one line and one file each.
//
// A codec is recognised by the first bytes of a layer and makes a decoder: a ByteSink that takes stored bytes, cut
// anywhere, and pushes plain ones. Errors are {poison, "truncated" | "bad_header" | "bad_data" | "bad_crc" |
// "bad_length" | "limit_memory" | "unsupported_encoding"}, after everything before the fault was pushed. A decoder's
// memory has a bound that its file names. The catalogue is immutable; a decoder serves one thread at a time.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

#include "base/byte_sink.h"
#include "codec/scratch.h"

namespace dray::codec {

// Takes the plain bytes, file after file: an object is one file unless it is a zip or a tar, whose entries are many.
class FileSink {
 public:
  virtual ~FileSink() = default;
  virtual Status write(std::string_view chunk) = 0;
  // The file is whole. What is written afterwards is the next one; no record runs from one into the other. Files
  // without bytes are not told of.
  virtual Status end_file() = 0;
};

// What a decoder pushes into: beside its bytes it tells what it noticed.
class LayerSink : public FileSink {
 public:
  // A member or frame begins: files are appended to each other so, and this one may begin with a byte order mark.
  virtual void joint() = 0;
  // Bytes behind the end were ignored.
  virtual void garbage() = 0;
};

// The first bytes of a layer: kSniffed of them, or all that there are.
struct FirstBytes {
  std::string_view bytes;
  bool whole = false;
};
constexpr std::size_t kSniffed = 512;

struct Codec {
  std::string_view name;     // `encoding` of a definition
  std::string_view summary;  // one line
  bool (*recognises)(const FirstBytes& first);
  // The first write must bring all that was sniffed. Scratch and sink outlive the decoder.
  std::unique_ptr<ByteSink> (*make)(LayerScratch& scratch, LayerSink& sink);
  bool is_archive = false;  // what it holds are files, each with an end of its own
};

std::span<const Codec* const> all_codecs();
// nullptr if there is none of that name. Also knows bz2.
const Codec* find_codec(std::string_view name);
// The codec of these bytes; nullptr if they are none's, which makes them plain.
const Codec* recognise(const FirstBytes& first);

// No control bytes but white space, and UTF-8 as far as it is there: what no compression produces in earnest.
bool looks_like_text(std::string_view bytes);

Error poison(const char* code, std::string message);

}  // namespace dray::codec

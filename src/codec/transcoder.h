// Transcoder: plain bytes of one character set in, UTF-8 out, through iconv(3).
//
// Used by plain_text, one per file. Streaming: a character cut in two by the chunks is kept (at most 32 bytes) and goes
// on in the next. What cannot be read becomes U+FFFD, unit by unit (1, 2 or 4 bytes), so that no line end behind it is
// swallowed. One thread at a time.
#pragma once

#include <iconv.h>

#include <array>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "codec/codec.h"

namespace dray::codec {

// iconv knows the name.
bool is_charset(const std::string& charset);

class Transcoder {
 public:
  // is_charset(charset) holds. utf-16 and utf-32 without LE or BE are little-endian here: plain_text reads their mark.
  Transcoder(const std::string& charset, FileSink& sink);
  ~Transcoder();
  Transcoder(const Transcoder&) = delete;
  Transcoder& operator=(const Transcoder&) = delete;

  Status write(std::string_view chunk);
  // The end of the file: half a character becomes U+FFFD.
  Status finish();

 private:
  static constexpr std::size_t kKeptMax = 32;

  // Converts what it can; returns the bytes left over, which are the beginning of a character.
  Status convert(std::string_view& bytes);
  Status replace();
  Status push();

  FileSink& sink_;
  iconv_t converter_;
  std::size_t unit_;
  std::array<char, kKeptMax> kept_{};
  std::size_t kept_size_ = 0;
  std::unique_ptr<char[]> output_;
  std::size_t output_size_ = 0;
};

}  // namespace dray::codec

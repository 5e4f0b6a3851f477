// GzipHeader: reads one gzip member header byte by byte (RFC 1952, section 2.3), so that it may be cut anywhere.
//
// Used by gzip_members. Checks the magic, the method (8 only), the reserved flags (must be 0) and the header CRC if
// there is one; skips FEXTRA, FNAME and FCOMMENT of any length without keeping them. One thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/result.h"

namespace dray::codec {

class GzipHeader {
 public:
  // Takes bytes up to the header's end; *taken says how many. Error {poison, "bad_header"}.
  Status read(std::string_view bytes, std::size_t* taken);
  [[nodiscard]] bool done() const { return field_ == Field::done; }
  // Begins a header whose two magic bytes were seen already.
  void begin_after_magic();

 private:
  enum class Field { fixed, extra_length, extra, name, comment, crc, done };

  Status take(unsigned char byte);
  Status take_fixed(unsigned char byte);
  Status take_crc(unsigned char byte);
  void next_field();
  // Skips bytes of FEXTRA, FNAME or FCOMMENT; returns how many.
  std::size_t skip(std::string_view bytes);

  Field field_ = Field::fixed;
  unsigned flags_ = 0;
  std::size_t position_ = 0;  // bytes of the field so far
  std::size_t extra_left_ = 0;
  unsigned stored_crc_ = 0;
  std::uint32_t crc_ = 0;  // of all header bytes before the CRC field
};

}  // namespace dray::codec

// Compressed samples for tests, by ISA-L: one piece, whose speed counts for nothing. Pure; any thread.
#pragma once

#include <isa-l/igzip_lib.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "base/assert.h"

namespace dray::test {

// frame: IGZIP_DEFLATE (bare), IGZIP_ZLIB or IGZIP_GZIP.
inline std::string deflate(std::string_view plain, std::uint16_t frame) {
  std::string input(plain);
  std::string out(plain.size() + plain.size() / 8 + 1024, '\0');
  isal_zstream stream;
  isal_deflate_stateless_init(&stream);
  stream.gzip_flag = frame;
  stream.next_in = reinterpret_cast<std::uint8_t*>(input.data());
  stream.avail_in = static_cast<std::uint32_t>(input.size());
  stream.next_out = reinterpret_cast<std::uint8_t*>(out.data());
  stream.avail_out = static_cast<std::uint32_t>(out.size());
  stream.end_of_stream = 1;
  DRAY_ASSERT(isal_deflate_stateless(&stream) == COMP_OK);
  out.resize(stream.total_out);
  return out;
}

// One gzip member.
inline std::string gzip(std::string_view plain) {
  return deflate(plain, IGZIP_GZIP);
}

}  // namespace dray::test

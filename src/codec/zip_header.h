// ZipHeader: what the headers of zip entries say (APPNOTE 4.3), for zip.cc. Values; any thread.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.h"

namespace dray::codec {

enum class ZipMethod { stored, deflate };

struct ZipHeader {
  // Of the fixed part of a local header, without its signature.
  static constexpr std::size_t kFixedSize = 26;

  ZipMethod method = ZipMethod::stored;
  bool has_descriptor = false;  // check sum and sizes follow the bytes
  bool is_directory = false;
  bool is_zip64 = false;
  bool sizes_known = false;
  std::uint32_t crc = 0;
  std::uint64_t stored_size = 0;
  std::uint64_t plain_size = 0;
};

// Bytes of name and extra field behind the fixed part.
std::size_t zip_name_size(std::string_view fixed);
std::size_t zip_variable_size(std::string_view fixed);
// Error {poison, "unsupported_encoding"} for what dray does not read: encryption, other methods, stored bytes without
// a known length.
Result<ZipHeader> read_zip_header(std::string_view fixed, std::string_view variable);

// The facts of an entry's bytes as they came, to compare with.
struct ZipFacts {
  std::uint32_t crc = 0;
  std::uint64_t stored_size = 0;
  std::uint64_t plain_size = 0;
};

// A descriptor comes with or without signature, with sizes of 4 or 8 bytes, and nothing says which: bytes that fit are
// it. Returns its length; 0 if more bytes are wanted (up to kZipDescriptorMax), and an error if none fits.
inline constexpr std::size_t kZipDescriptorMax = 24;
Result<std::size_t> zip_descriptor_size(std::string_view bytes, const ZipHeader& header, const ZipFacts& facts);

std::uint64_t zip_number(std::string_view bytes, std::size_t at, std::size_t size);

}  // namespace dray::codec

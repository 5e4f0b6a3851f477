#include "packers.h"

#include <bzlib.h>
#include <isa-l/crc.h>
#include <lz4frame.h>
#include <lzma.h>
#include <snappy.h>
#include <zstd.h>

#include <algorithm>
#include <cstdint>

#include "base/assert.h"
#include "decoded_object.h"
#include "support/deflate.h"

namespace dray::golden {
namespace {

std::string little_endian(std::uint64_t value, int bytes) {
  std::string out;
  for (int i = 0; i < bytes; ++i) out += static_cast<char>(value >> (8U * static_cast<unsigned>(i)));
  return out;
}

std::uint32_t crc32(std::string_view bytes) {
  return crc32_gzip_refl(0, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
}

// Snappy's framing: CRC-32C, turned and salted.
std::uint32_t masked_crc32c(std::string_view bytes) {
  std::uint32_t crc = 0xFFFFFFFFU;
  for (const char byte : bytes) {
    crc ^= static_cast<unsigned char>(byte);
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1U) ^ ((crc & 1U) != 0 ? 0x82F63B78U : 0U);
  }
  crc = ~crc;
  return ((crc >> 15U) | (crc << 17U)) + 0xA282EAD8U;
}

std::string snappy_chunk(char type, std::string_view body) {
  return type + little_endian(body.size(), 3) + std::string(body);
}

}  // namespace

std::string pack_zlib(std::string_view plain) {
  return test::deflate(plain, IGZIP_ZLIB);
}

std::string pack_zstd(std::string_view plain) {
  std::string out(ZSTD_compressBound(plain.size()), '\0');
  const std::size_t size = ZSTD_compress(out.data(), out.size(), plain.data(), plain.size(), 3);
  DRAY_ASSERT(ZSTD_isError(size) == 0);
  out.resize(size);
  return out;
}

std::string pack_bzip2(std::string_view plain) {
  std::string input(plain);
  auto size = static_cast<unsigned>(plain.size() + plain.size() / 100 + 1024);
  std::string out(size, '\0');
  DRAY_ASSERT(BZ2_bzBuffToBuffCompress(out.data(), &size, input.data(), static_cast<unsigned>(input.size()), 1, 0, 0) ==
              BZ_OK);
  out.resize(size);
  return out;
}

std::string pack_xz(std::string_view plain) {
  std::string out(lzma_stream_buffer_bound(plain.size()), '\0');
  std::size_t size = 0;
  DRAY_ASSERT(lzma_easy_buffer_encode(0, LZMA_CHECK_CRC64, nullptr, reinterpret_cast<const std::uint8_t*>(plain.data()),
                                      plain.size(), reinterpret_cast<std::uint8_t*>(out.data()), &size,
                                      out.size()) == LZMA_OK);
  out.resize(size);
  return out;
}

std::string pack_lz4(std::string_view plain) {
  std::string out(LZ4F_compressFrameBound(plain.size(), nullptr), '\0');
  const std::size_t size = LZ4F_compressFrame(out.data(), out.size(), plain.data(), plain.size(), nullptr);
  DRAY_ASSERT(LZ4F_isError(size) == 0);
  out.resize(size);
  return out;
}

std::string pack_snappy_framed(std::string_view plain) {
  std::string out = snappy_chunk('\xFF', "sNaPpY");
  for (std::size_t at = 0; at < plain.size(); at += 65536) {
    const std::string_view block = plain.substr(at, 65536);
    std::string packed;
    snappy::Compress(block.data(), block.size(), &packed);
    out += snappy_chunk('\0', little_endian(masked_crc32c(block), 4) + packed);
  }
  return out;
}

std::string pack_zip(const std::vector<ZipEntry>& entries) {
  std::string out;
  std::string directory;
  for (const ZipEntry& entry : entries) {
    const std::string body = entry.stored ? entry.bytes : test::deflate(entry.bytes, IGZIP_DEFLATE);
    const std::string sizes =
        little_endian(crc32(entry.bytes), 4) + little_endian(body.size(), 4) + little_endian(entry.bytes.size(), 4);
    // Version, flags, method, time and date; then CRC and sizes; then the lengths of name and extra field.
    const std::string head = little_endian(20, 2) + little_endian(entry.data_descriptor ? 8 : 0, 2) +
                             little_endian(entry.stored ? 0 : 8, 2) + little_endian(0, 4);
    const std::string names = little_endian(entry.name.size(), 2) + little_endian(0, 2);
    directory += "PK\x01\x02" + little_endian(20, 2) + head + sizes + names + std::string(10, '\0') +
                 little_endian(out.size(), 4) + entry.name;
    out += "PK\x03\x04" + head + (entry.data_descriptor ? std::string(12, '\0') : sizes) + names + entry.name + body;
    if (entry.data_descriptor) out += "PK\x07\x08" + sizes;
  }
  const std::string count = little_endian(entries.size(), 2);
  return out + directory + "PK\x05\x06" + std::string(4, '\0') + count + count + little_endian(directory.size(), 4) +
         little_endian(out.size(), 4) + std::string(2, '\0');
}

const std::vector<Packing>& packings() {
  static const std::vector<Packing> all{
      {"plain", [](std::string_view plain) { return std::string(plain); }},
      {"gzip", gzip},
      {"gzip members",
       [](std::string_view plain) {
         return gzip(plain.substr(0, plain.size() / 2)) + gzip(plain.substr(plain.size() / 2));
       }},
      {"zlib", pack_zlib},
      {"zstd", pack_zstd},
      {"bzip2", pack_bzip2},
      {"xz", pack_xz},
      {"lz4", pack_lz4},
      {"snappy", pack_snappy_framed},
      {"zip", [](std::string_view plain) { return pack_zip({{"a.log", std::string(plain)}}); }},
      {"gzip in gzip", [](std::string_view plain) { return gzip(gzip(plain)); }},
      {"gzip in zip", [](std::string_view plain) { return pack_zip({{"a.log.gz", gzip(plain)}}); }},
  };
  return all;
}

}  // namespace dray::golden

// Packers: the compressions and containers that dray reads, made by the libraries that others use, for tests.
// Faults of a packer end the test. Pure; any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace dray::golden {

std::string pack_zlib(std::string_view plain);
std::string pack_zstd(std::string_view plain);
std::string pack_bzip2(std::string_view plain);
std::string pack_xz(std::string_view plain);
std::string pack_lz4(std::string_view plain);
std::string pack_snappy_framed(std::string_view plain);

struct ZipEntry {
  std::string name;  // "d/" is a directory
  std::string bytes;
  bool stored = false;           // else deflate
  bool data_descriptor = false;  // sizes come behind the bytes
};
std::string pack_zip(const std::vector<ZipEntry>& entries);

// All of one object, by name: "plain", "gzip", "gzip members" (cut in the middle), "zlib", "zstd", "bzip2", "xz",
// "lz4", "snappy", "zip", "gzip in gzip", "gzip in zip".
struct Packing {
  const char* name;
  std::string (*pack)(std::string_view plain);
};
const std::vector<Packing>& packings();

}  // namespace dray::golden

// What stores bytes, for the tests of codec/: each form as the library that owns it writes it; zip and tar, which have
// none here, by hand.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "support/tar.h"

namespace dray::codec {

std::string gzip(std::string_view plain);
std::string zlib(std::string_view plain);
std::string raw_deflate(std::string_view plain);
std::string zstd(std::string_view plain, int window_log = 0);
std::string bzip2(std::string_view plain, int level = 9);
std::string xz(std::string_view plain);
std::string lz4(std::string_view plain, bool linked = true);
std::string snappy_framed(std::string_view plain);
std::string snappy_hadoop(std::string_view plain, std::size_t block = 100000);
std::string snappy_java(std::string_view plain);
std::string snappy_raw(std::string_view plain);

using test::Entry;
using test::tar;
using test::tar_entry;
using test::tar_header;

struct ZipForm {
  bool deflate = true;
  bool descriptor = false;
  bool signature = true;  // of the descriptor
  bool zip64 = false;
};
std::string zip(const std::vector<Entry>& entries, const ZipForm& form = {});

std::string little(std::uint64_t value, int bytes);
std::string big(std::uint32_t value);

}  // namespace dray::codec

// What a decompressor makes of stored bytes, for the tests of codec/.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "base/random.h"
#include "codec/decompressor.h"

namespace dray::codec {

struct Outcome {
  std::string text;
  std::string code;  // "" = ok
  bool garbage = false;
  bool operator==(const Outcome&) const = default;
};

inline void PrintTo(const Outcome& outcome, std::ostream* out) {
  *out << '"' << outcome.code << "\" after " << outcome.text.size() << " bytes: " << outcome.text.substr(0, 40)
       << (outcome.garbage ? " and garbage" : "");
}

// step 0: all in one chunk.
Outcome decode(std::string_view stored, std::size_t step, const DecompressorOptions& options = {});
// In pieces of random size.
Outcome decode_cut(std::string_view stored, Random& random, const DecompressorOptions& options = {});
// Each file by itself.
std::vector<std::string> decode_files(std::string_view stored, std::size_t step = 0);

std::string random_text(Random& random, std::size_t size);

}  // namespace dray::codec

#include "codec/inflater.h"

#include <isa-l/igzip_lib.h>

#include <algorithm>

#include <fmt/core.h>

#include "codec/codec.h"

namespace dray::codec {

Inflater::Inflater(LayerScratch& scratch) : scratch_(scratch) {
  if (!scratch_.inflate) scratch_.inflate.reset(new inflate_state);
}

void Inflater::begin() {
  isal_inflate_init(scratch_.inflate.get());
  full_ = false;
  done_ = false;
  rest_size_ = 0;
}

Status Inflater::inflate(std::string_view& chunk, std::string_view& plain) {
  inflate_state& state = *scratch_.inflate;
  if (full_) scratch_.output.grow();
  // ISA-L reads through a pointer to non-const.
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(chunk.data());
  state.next_in = const_cast<std::uint8_t*>(bytes);  // NOLINT(cppcoreguidelines-pro-type-const-cast)
  state.avail_in = static_cast<std::uint32_t>(chunk.size());
  char* output = scratch_.output.begin();
  state.next_out = reinterpret_cast<std::uint8_t*>(output);
  state.avail_out = static_cast<std::uint32_t>(scratch_.output.size());

  const int fault = isal_inflate(&state);
  plain = {output, scratch_.output.size() - state.avail_out};
  // On a fault ISA-L hands back what it had read ahead, from chunks before this one too.
  const std::size_t taken = chunk.size() - std::min<std::size_t>(state.avail_in, chunk.size());
  const bool stuck = plain.empty() && taken == 0 && !chunk.empty();
  chunk.remove_prefix(taken);
  full_ = state.avail_out == 0;
  done_ = state.block_state == ISAL_BLOCK_FINISH;
  if (fault < 0 || (stuck && !done_)) {
    return poison("bad_data", fmt::format("the deflate data is damaged (inflate error {})", fault));
  }
  if (done_) keep_rest();
  return {};
}

void Inflater::keep_rest() {
  const inflate_state& state = *scratch_.inflate;
  const auto bits = static_cast<unsigned>(state.read_in_length);
  rest_size_ = bits / 8;
  std::uint64_t rest = rest_size_ == 0 ? 0 : state.read_in >> (bits % 8);
  for (std::size_t i = 0; i < rest_size_; ++i) {
    rest_.at(i) = static_cast<char>(rest & 0xFFU);
    rest >>= 8U;
  }
}

}  // namespace dray::codec

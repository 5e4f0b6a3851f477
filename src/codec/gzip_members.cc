#include "codec/gzip_members.h"

#include <isa-l/crc.h>

#include <fmt/core.h>

namespace dray::codec {
namespace {

// Small for the many objects of a few KB; a large one grows it to what was measured fastest (bench/format_bench.cc).
constexpr std::size_t kOutputFirst = 16U << 10U;
constexpr std::size_t kOutputLargest = 128U << 10U;
constexpr std::size_t kOutputKept = 64U << 10U;
constexpr unsigned kTrailerSize = 8;

Error poison(const char* code, std::string message) {
  return {ErrorKind::poison, code, std::move(message)};
}

}  // namespace

void GzipScratch::make_output(inflate_state& inflating) {
  if (!output) {
    output_size = kOutputFirst;
    output = std::make_unique_for_overwrite<char[]>(output_size);
  }
  inflating.next_out = reinterpret_cast<std::uint8_t*>(output.get());
  inflating.avail_out = static_cast<std::uint32_t>(output_size);
}

void GzipScratch::grow_output() {
  if (output_size < kOutputLargest) {
    output_size *= 2;
    output = std::make_unique_for_overwrite<char[]>(output_size);
  }
}

void GzipScratch::trim() {
  if (output_size > kOutputKept) {
    output.reset();
    output_size = 0;
  }
}

GzipMembers::GzipMembers(GzipScratch& scratch, ByteSink& sink) : scratch_(scratch), sink_(sink) {
  if (!scratch_.state) {
    scratch_.state = std::make_unique_for_overwrite<inflate_state>();
  }
}

Status GzipMembers::write(std::string_view chunk) {
  while (!chunk.empty() && at_ != At::garbage) {
    std::size_t taken = 0;
    Status status;
    switch (at_) {
      case At::header:
        status = header_.read(chunk, &taken);
        if (status && header_.done()) {
          isal_inflate_init(scratch_.state.get());
          crc_ = 0;
          length_ = 0;
          at_ = At::deflate;
        }
        break;
      case At::deflate: status = inflate(chunk, &taken); break;
      case At::trailer: status = take_trailer(chunk, &taken); break;
      case At::between:
      case At::magic:
      case At::garbage:
        take_between(chunk.front());
        taken = 1;
        break;
    }
    if (!status) {
      return status;
    }
    chunk.remove_prefix(taken);
  }
  return {};
}

Status GzipMembers::finish() {
  if (at_ == At::between || at_ == At::garbage) {
    return sink_.finish();
  }
  return poison("truncated", "the gzip data ends before its end: the upload was cut, or bytes are missing");
}

Status GzipMembers::inflate(std::string_view chunk, std::size_t* taken) {
  inflate_state& state = *scratch_.state;
  // ISA-L reads through a pointer to non-const.
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(chunk.data());
  state.next_in = const_cast<std::uint8_t*>(bytes);  // NOLINT(cppcoreguidelines-pro-type-const-cast)
  state.avail_in = static_cast<std::uint32_t>(chunk.size());
  bool full = true;
  while (full) {
    scratch_.make_output(state);
    const int fault = isal_inflate(&state);
    const std::size_t size = scratch_.output_size - state.avail_out;
    full = state.avail_out == 0;
    if (Status status = push(size); !status) {
      return status;
    }
    *taken = chunk.size() - state.avail_in;
    if (fault < 0 || (size == 0 && *taken == 0)) {
      return poison("bad_data", fmt::format("the gzip data is damaged (inflate error {})", fault));
    }
    if (state.block_state == ISAL_BLOCK_FINISH) {
      begin_trailer();
      return trailer_bytes_ == kTrailerSize ? check_trailer() : Status();
    }
    if (full) {
      scratch_.grow_output();
    }
  }
  return {};
}

Status GzipMembers::push(std::size_t size) {
  if (size == 0) {
    return {};
  }
  const char* bytes = scratch_.output.get();
  crc_ = crc32_gzip_refl(crc_, reinterpret_cast<const unsigned char*>(bytes), size);
  length_ += static_cast<std::uint32_t>(size);
  return sink_.write({bytes, size});
}

// Inflate reads ahead by up to 8 bytes; those behind the last block are the trailer's first. They are never more than
// the trailer, which has 8.
void GzipMembers::begin_trailer() {
  const inflate_state& state = *scratch_.state;
  const auto bits = static_cast<unsigned>(state.read_in_length);
  trailer_bytes_ = bits / 8;
  trailer_ = trailer_bytes_ == 0 ? 0 : state.read_in >> (bits % 8);
  if (trailer_bytes_ < kTrailerSize) {
    trailer_ &= (std::uint64_t{1} << (8 * trailer_bytes_)) - 1;
  }
  at_ = At::trailer;
}

Status GzipMembers::take_trailer(std::string_view chunk, std::size_t* taken) {
  while (trailer_bytes_ < kTrailerSize && *taken < chunk.size()) {
    const auto byte = static_cast<unsigned char>(chunk[*taken]);
    trailer_ |= static_cast<std::uint64_t>(byte) << (8 * trailer_bytes_);
    ++trailer_bytes_;
    ++*taken;
  }
  return trailer_bytes_ < kTrailerSize ? Status() : check_trailer();
}

Status GzipMembers::check_trailer() {
  const auto stored_crc = static_cast<std::uint32_t>(trailer_);
  const auto stored_length = static_cast<std::uint32_t>(trailer_ >> 32U);
  if (stored_crc != crc_) {
    return poison("bad_crc", fmt::format("the gzip data is damaged: its CRC is {:08x}, its trailer says {:08x}", crc_,
                                         stored_crc));
  }
  if (stored_length != length_) {
    return poison("bad_length",
                  fmt::format("the gzip data is damaged: its length is {} (modulo 2^32), its trailer says {}", length_,
                              stored_length));
  }
  at_ = At::between;
  return {};
}

void GzipMembers::take_between(char byte) {
  if (at_ == At::between && byte == '\0') {
    return;
  }
  if (at_ == At::between && byte == '\x1F') {
    at_ = At::magic;
    return;
  }
  if (at_ == At::magic && byte == '\x8B') {
    header_.begin_after_magic();
    at_ = At::header;
    return;
  }
  at_ = At::garbage;
}

}  // namespace dray::codec

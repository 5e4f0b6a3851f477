#include "parquet_wire/frames.h"

#include <algorithm>

namespace dray::parquet_wire {
namespace {

void put_u64(char* place, std::uint64_t value) {
  put_u32(place, static_cast<std::uint32_t>(value));
  put_u32(place + 4, static_cast<std::uint32_t>(value >> 32U));
}

std::uint64_t take_u64(const char* place) {
  return take_u32(place) | (std::uint64_t{take_u32(place + 4)} << 32U);
}

constexpr std::size_t kNumberAndSizeBytes = 12;

std::string number_and_size(std::uint64_t number, std::uint32_t size) {
  std::string body(kNumberAndSizeBytes, '\0');
  put_u64(body.data(), number);
  put_u32(body.data() + 8, size);
  return body;
}

bool is_known(std::uint8_t kind) {
  switch (static_cast<Kind>(kind)) {
    case Kind::hello:
    case Kind::read:
    case Kind::rows:
    case Kind::done:
    case Kind::fault:
    case Kind::open:
    case Kind::bytes: return true;
  }
  return false;
}

}  // namespace

void put_u32(char* place, std::uint32_t value) {
  for (unsigned shift = 0; shift < 32; shift += 8) *place++ = static_cast<char>(value >> shift);
}

std::uint32_t take_u32(const char* place) {
  std::uint32_t value = 0;
  for (unsigned shift = 0; shift < 32; shift += 8) {
    value |= std::uint32_t{static_cast<unsigned char>(*place++)} << shift;
  }
  return value;
}

std::array<char, kHeadBytes> encode(Head head) {
  std::array<char, kHeadBytes> bytes{static_cast<char>(kVersion), static_cast<char>(head.kind)};
  put_u32(bytes.data() + 4, head.length);
  return bytes;
}

std::optional<Head> decode_head(std::string_view bytes) {
  if (bytes.size() != kHeadBytes || bytes[0] != static_cast<char>(kVersion) || bytes[2] != 0 || bytes[3] != 0 ||
      !is_known(static_cast<std::uint8_t>(bytes[1]))) {
    return std::nullopt;
  }
  return Head{static_cast<Kind>(bytes[1]), take_u32(bytes.data() + 4)};
}

std::string encode(const Opening& opening) {
  return number_and_size(opening.object_bytes, opening.row_bytes_max);
}

std::optional<Opening> decode_opening(std::string_view body) {
  if (body.size() != kNumberAndSizeBytes) return std::nullopt;
  return Opening{take_u64(body.begin()), take_u32(body.begin() + 8)};
}

std::string encode(const Range& range) {
  return number_and_size(range.offset, range.length);
}

std::optional<Range> decode_range(std::string_view body) {
  if (body.size() != kNumberAndSizeBytes) return std::nullopt;
  return Range{take_u64(body.begin()), take_u32(body.begin() + 8)};
}

std::string encode_done(std::uint64_t rows) {
  std::string body(8, '\0');
  put_u64(body.data(), rows);
  return body;
}

std::optional<std::uint64_t> decode_done(std::string_view body) {
  if (body.size() != 8) return std::nullopt;
  return take_u64(body.begin());
}

std::string encode(const Fault& fault) {
  std::string body(1, static_cast<char>(fault.cause));
  body.append(fault.reason, 0, kReasonBytesMax);
  return body;
}

std::optional<Fault> decode_fault(std::string_view body) {
  if (body.empty() || body.size() > 1 + kReasonBytesMax) return std::nullopt;
  const auto cause = static_cast<Cause>(body[0]);
  if (cause < Cause::damaged || cause > Cause::memory) return std::nullopt;
  return Fault{cause, std::string(body.substr(1))};
}

std::optional<std::string_view> next_row(std::string_view& body) {
  if (body.size() < kRowHeadBytes) return std::nullopt;
  const std::uint32_t length = take_u32(body.begin());
  if (length > body.size() - kRowHeadBytes) return std::nullopt;
  const std::string_view row = body.substr(kRowHeadBytes, length);
  body.remove_prefix(kRowHeadBytes + length);
  return row;
}

}  // namespace dray::parquet_wire

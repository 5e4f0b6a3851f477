// Frames: what dray and dray-parquet say to each other over one socket, one object per conversation.
//
//   dray-parquet                         dray
//   hello                      ─▶                 sandboxed and ready
//                              ◀─  open           size of the object, limits
//   read {offset, length}      ─▶
//                              ◀─  bytes          exactly `length` of them
//   rows {length, JSON}…       ─▶                 whole rows, in the file's order
//   done {rows} | fault        ─▶                 the end
//
// A frame is 8 bytes (version, kind, two zeros, length of what follows in little-endian order) and a body. dray trusts
// none of it: the sender may have been taken over by the file that it reads. This room stands on nothing, because the
// other side links neither OpenSSL nor anything of dray. Pure; any thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace dray::parquet_wire {

inline constexpr std::uint8_t kVersion = 1;
inline constexpr std::size_t kHeadBytes = 8;
// One range request, and so one GET: large enough that 30 ms of latency do not count, small enough to be tried again.
inline constexpr std::uint32_t kReadBytesMax = 8U << 20U;
// Rows are collected up to this; a single row may be longer, up to Opening::row_bytes_max.
inline constexpr std::uint32_t kRowsBytes = 128U << 10U;
inline constexpr std::size_t kRowHeadBytes = 4;
inline constexpr std::uint32_t kReasonBytesMax = 2048;

enum class Kind : std::uint8_t { hello = 1, read = 2, rows = 3, done = 4, fault = 5, open = 16, bytes = 17 };

struct Head {
  Kind kind = Kind::hello;
  std::uint32_t length = 0;
};
std::array<char, kHeadBytes> encode(Head head);
// Nothing for another version, an unknown kind, or bytes that must be zero and are not.
std::optional<Head> decode_head(std::string_view bytes);

struct Opening {
  std::uint64_t object_bytes = 0;
  std::uint32_t row_bytes_max = 0;
  bool operator==(const Opening&) const = default;
};
std::string encode(const Opening& opening);
std::optional<Opening> decode_opening(std::string_view body);

struct Range {
  std::uint64_t offset = 0;
  std::uint32_t length = 0;
  bool operator==(const Range&) const = default;
};
std::string encode(const Range& range);
std::optional<Range> decode_range(std::string_view body);

std::string encode_done(std::uint64_t rows);
std::optional<std::uint64_t> decode_done(std::string_view body);

// Why an object cannot be read (any further).
enum class Cause : std::uint8_t { damaged = 1, encrypted = 2, unsupported = 3, long_row = 4, memory = 5 };
struct Fault {
  Cause cause = Cause::damaged;
  std::string reason;  // Arrow's words, at most kReasonBytesMax
};
std::string encode(const Fault& fault);
std::optional<Fault> decode_fault(std::string_view body);

// A row's length stands before it.
void put_u32(char* place, std::uint32_t value);
std::uint32_t take_u32(const char* place);

// Takes the next row off the body of `rows`; nothing if what is there is no whole row.
std::optional<std::string_view> next_row(std::string_view& body);

}  // namespace dray::parquet_wire

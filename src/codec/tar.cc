// tar: ustar, pax and GNU; regular files in their order, each pushed as a file of its own. Directories, links, devices
// and long names are skipped: nothing in them is a log, and names decide nothing here. Memory: one header, and a pax
// header of at most 1 MiB.
// Limits: the old form without a magic number is not recognised; sparse files and archives of several volumes are
// refused. An archive without its end mark (a block of zeros) counts as cut, and so does one behind whose mark a header
// begins and does not end: `cat a.tar b.tar`, cut.
#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <string>

#include <fmt/core.h>

#include "codec/codec.h"

namespace dray::codec {
namespace {

constexpr std::size_t kBlock = 512;
constexpr std::size_t kPaxMax = 1U << 20U;
constexpr std::size_t kSizeAt = 124;
constexpr std::size_t kSumAt = 148;
constexpr std::size_t kTypeAt = 156;
constexpr std::size_t kMagicAt = 257;
constexpr std::string_view kMagic = "ustar";

// Octal digits between blanks and NULs, or base 256 with the first bit set (GNU).
std::optional<std::uint64_t> number(std::string_view field) {
  std::uint64_t value = 0;
  if ((static_cast<unsigned char>(field[0]) & 0x80U) != 0) {
    if (static_cast<unsigned char>(field[0]) != 0x80) return std::nullopt;  // negative, or over 2^88
    for (const char c : field.substr(1)) {
      if (value >> 55U != 0) return std::nullopt;
      value = value << 8U | static_cast<unsigned char>(c);
    }
    return value;
  }
  while (!field.empty() && field.front() == ' ') field.remove_prefix(1);
  while (!field.empty() && (field.front() >= '0' && field.front() <= '7')) {
    value = value << 3U | static_cast<unsigned>(field.front() - '0');
    field.remove_prefix(1);
  }
  const bool rest_is_blank = std::ranges::all_of(field, [](char c) { return c == ' ' || c == '\0'; });
  return rest_is_blank ? std::optional(value) : std::nullopt;
}

// Over all bytes, those of the field itself as blanks.
bool sum_is_right(std::string_view header) {
  const auto told = number(header.substr(kSumAt, 8));
  std::uint64_t sum = 8 * 0x20;
  for (std::size_t i = 0; i < kBlock; ++i) {
    if (i < kSumAt || i >= kSumAt + 8) sum += static_cast<unsigned char>(header[i]);
  }
  return told == sum;
}

bool is_header(std::string_view block) {
  return block.substr(kMagicAt).starts_with(kMagic) && sum_is_right(block);
}

bool is_padding(std::string_view bytes) {
  return bytes.find_first_not_of('\0') == std::string_view::npos;
}

// `length keyword=value LF`, again and again (POSIX.1-2001, pax).
struct Pax {
  std::optional<std::uint64_t> size;
  bool sparse = false;
  bool damaged = false;
};

Pax read_pax(std::string_view body) {
  Pax pax;
  while (!body.empty() && body.front() != '\0') {
    std::size_t length = 0;
    const auto [end, fault] = std::from_chars(body.data(), body.data() + body.size(), length);
    const auto digits = static_cast<std::size_t>(end - body.data());
    pax.damaged = fault != std::errc() || length > body.size() || length < digits + 2 || body[digits] != ' ' ||
                  body[length - 1] != '\n';
    if (pax.damaged) return pax;
    const std::string_view record = body.substr(digits + 1, length - digits - 2);
    body.remove_prefix(length);
    if (record.starts_with("GNU.sparse.")) pax.sparse = true;
    if (!record.starts_with("size=")) continue;
    std::uint64_t size = 0;
    const std::string_view value = record.substr(5);
    const auto parsed = std::from_chars(value.data(), value.data() + value.size(), size);
    pax.damaged = parsed.ec != std::errc() || parsed.ptr != value.data() + value.size();
    if (pax.damaged) return pax;
    pax.size = size;
  }
  return pax;
}

class TarEntries final : public ByteSink {
 public:
  explicit TarEntries(LayerSink& sink) : sink_(sink) {}

  Status write(std::string_view chunk) override {
    while (!chunk.empty() && at_ != At::garbage) {
      Status status = at_ == At::header ? take_header(chunk) : take_body(chunk);
      if (!status) return status;
    }
    return {};
  }

  Status finish() override {
    if (at_ == At::garbage) return {};
    if (!ended_)
      return poison("truncated", "the tar ends without its end mark: the upload was cut, or bytes are missing");
    const std::string_view behind(header_.data(), header_size_);
    if (behind.substr(std::min(behind.size(), kMagicAt)).starts_with(kMagic)) {
      return poison("truncated", "the tar ends inside a header behind its end mark: another tar was appended and cut");
    }
    if (!is_padding(behind)) sink_.garbage();
    return {};
  }

 private:
  enum class At { header, file, pax, skipped, padding, garbage };

  Status take_header(std::string_view& chunk) {
    const std::size_t size = std::min(kBlock - header_size_, chunk.size());
    chunk.copy(header_.data() + header_size_, size);
    header_size_ += size;
    chunk.remove_prefix(size);
    if (header_size_ < kBlock) return {};
    header_size_ = 0;
    return begin_entry({header_.data(), kBlock});
  }

  Status begin_entry(std::string_view header) {
    if (is_padding(header)) {
      if (!begun_) return poison("bad_header", "this is not tar: it begins with zeros");
      ended_ = true;
      return {};
    }
    if (!is_header(header)) return no_header();
    begun_ = true;
    ended_ = false;
    const auto size = number(header.substr(kSizeAt, 12));
    if (!size) return poison("bad_header", "the tar is damaged: an entry's size is no number");
    return begin_body(header[kTypeAt], *size);
  }

  Status no_header() {
    if (!begun_) return poison("bad_header", "this is not tar: it does not begin with a ustar header");
    if (!ended_) return poison("bad_header", "the tar is damaged: where an entry should begin stands no header");
    at_ = At::garbage;
    sink_.garbage();
    return {};
  }

  Status begin_body(char type, std::uint64_t size) {
    const Pax pax = std::exchange(pax_, {});
    switch (type) {
      case 'x': pax_text_.clear(); return begin(At::pax, size);
      case 'g':
      case 'L':
      case 'K': pax_ = pax; return begin(At::skipped, size);
      // Links, devices, directories, pipes: none has a body, whatever its size says.
      case '1':
      case '2':
      case '3':
      case '4':
      case '5':
      case '6': return begin(At::skipped, 0);
      case 'D':
      case 'V': return begin(At::skipped, size);
      case 'S':
      case 'M': return unsupported();
      default: break;
    }
    if (pax.sparse) return unsupported();
    return begin(At::file, pax.size.value_or(size));
  }

  static Status unsupported() {
    return poison("unsupported_encoding",
                  "the tar has a sparse file or one of several volumes, which dray does not read");
  }

  Status begin(At at, std::uint64_t size) {
    if (at == At::pax && size > kPaxMax) return poison("bad_header", "the tar has a pax header of over 1 MiB");
    left_ = size;
    padding_ = static_cast<std::size_t>((kBlock - size % kBlock) % kBlock);
    at_ = at;
    return size == 0 ? end_body() : Status();
  }

  Status take_body(std::string_view& chunk) {
    const auto size =
        static_cast<std::size_t>(std::min<std::uint64_t>(chunk.size(), at_ == At::padding ? padding_ : left_));
    const std::string_view piece = chunk.substr(0, size);
    chunk.remove_prefix(size);
    if (at_ == At::padding) {
      padding_ -= size;
      if (padding_ == 0) at_ = At::header;
      return {};
    }
    left_ -= size;
    if (at_ == At::pax) pax_text_ += piece;
    if (at_ == At::file) {
      if (Status status = sink_.write(piece); !status) return status;
    }
    return left_ == 0 ? end_body() : Status();
  }

  Status end_body() {
    const At ended = std::exchange(at_, padding_ == 0 ? At::header : At::padding);
    if (ended == At::file) return sink_.end_file();
    if (ended == At::pax) {
      pax_ = read_pax(pax_text_);
      if (pax_.damaged) return poison("bad_header", "the tar is damaged: a pax header cannot be read");
    }
    return {};
  }

  LayerSink& sink_;
  At at_ = At::header;
  std::array<char, kBlock> header_{};
  std::size_t header_size_ = 0;
  std::string pax_text_;
  Pax pax_;  // for the next entry
  std::uint64_t left_ = 0;
  std::size_t padding_ = 0;
  bool begun_ = false;
  bool ended_ = false;  // by a block of zeros
};

}  // namespace

extern const Codec kTar;
const Codec kTar{
    .name = "tar",
    .summary = "ustar, pax and GNU: regular files in their order, each looked at anew",
    .recognises =
        [](const FirstBytes& first) {
          return first.bytes.size() >= kBlock && is_header(first.bytes.substr(0, kBlock));
        },
    .make = [](LayerScratch& /*scratch*/, LayerSink& sink) -> std::unique_ptr<ByteSink> {
      return std::make_unique<TarEntries>(sink);
    },
    .is_archive = true,
};

}  // namespace dray::codec

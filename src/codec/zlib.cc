// zlib (RFC 1950): one stream or several, as Imperva and in-house tools store them. No dictionary.
#include <isa-l/igzip_lib.h>

#include <fmt/core.h>

#include "codec/codec.h"
#include "codec/inflater.h"

namespace dray::codec {
namespace {

// The two bytes of the header: deflate, a window of at most 32 KiB, a check sum over both.
bool is_header(unsigned char first, unsigned char second) {
  return (first & 0x0FU) == 8 && (first >> 4U) <= 7 && (first * 256U + second) % 31 == 0;
}

class ZlibStreams final : public ByteSink {
 public:
  ZlibStreams(LayerScratch& scratch, LayerSink& sink) : sink_(sink), inflater_(scratch) {}

  Status write(std::string_view chunk) override {
    while (!chunk.empty() && at_ != At::garbage) {
      Status status = at_ == At::deflate ? inflate(chunk) : take(chunk);
      if (!status) return status;
    }
    return {};
  }

  Status finish() override {
    if (at_ == At::between || at_ == At::garbage) return sink_.end_file();
    if (at_ == At::next_flags) {
      sink_.garbage();
      return sink_.end_file();
    }
    return poison("truncated", "the zlib data ends before its end: the upload was cut, or bytes are missing");
  }

 private:
  enum class At { method, flags, deflate, adler, between, next_flags, garbage };

  Status take(std::string_view& chunk) {
    const auto byte = static_cast<unsigned char>(chunk.front());
    chunk.remove_prefix(1);
    switch (at_) {
      case At::method:
        method_ = byte;
        at_ = At::flags;
        return {};
      case At::flags: return take_flags(byte);
      case At::adler: return take_adler(byte);
      case At::between:
        method_ = byte;
        if (byte == 0x78) at_ = At::next_flags;
        if (byte != 0x78 && byte != 0) ignore();
        return {};
      case At::next_flags:
        if (is_header(method_, byte) && (byte & 0x20U) == 0) return take_flags(byte);
        ignore();
        return {};
      case At::deflate:
      case At::garbage: break;
    }
    return {};
  }

  void ignore() {
    at_ = At::garbage;
    sink_.garbage();
  }

  Status take_flags(unsigned char byte) {
    if (!is_header(method_, byte)) {
      return poison("bad_header", fmt::format("this is not zlib: it begins with {:02x} {:02x}", method_, byte));
    }
    if ((byte & 0x20U) != 0) {
      return poison("bad_header", "the zlib data needs a dictionary, which no object brings");
    }
    inflater_.begin();
    sink_.joint();
    adler_ = 1;
    at_ = At::deflate;
    return {};
  }

  Status inflate(std::string_view& chunk) {
    do {
      std::string_view plain;
      Status inflated = inflater_.inflate(chunk, plain);
      if (!plain.empty()) {
        adler_ = isal_adler32(adler_, reinterpret_cast<const unsigned char*>(plain.data()), plain.size());
        if (Status pushed = sink_.write(plain); !pushed) return pushed;
      }
      if (!inflated) return inflated;
    } while (inflater_.again());
    if (!inflater_.done()) return {};
    at_ = At::adler;
    stored_adler_ = 0;
    adler_bytes_ = 0;
    // ISA-L may have read beyond the check sum; those bytes are what follows it.
    std::string_view rest = inflater_.rest();
    while (!rest.empty() && at_ != At::garbage && at_ != At::deflate) {
      if (Status status = take(rest); !status) return status;
    }
    return at_ == At::deflate ? write(rest) : Status();
  }

  Status take_adler(unsigned char byte) {
    stored_adler_ = stored_adler_ << 8U | byte;
    if (++adler_bytes_ < 4) return {};
    if (stored_adler_ != adler_) {
      return poison("bad_crc", fmt::format("the zlib data is damaged: its Adler-32 is {:08x}, its trailer says {:08x}",
                                           adler_, stored_adler_));
    }
    at_ = At::between;
    return {};
  }

  LayerSink& sink_;
  Inflater inflater_;
  At at_ = At::method;
  unsigned char method_ = 0;
  std::uint32_t adler_ = 1;
  std::uint32_t stored_adler_ = 0;
  unsigned adler_bytes_ = 0;
};

// The bytes behind the header are deflate data as far as they go.
bool inflates(std::string_view bytes) {
  LayerScratch scratch;
  Inflater inflater(scratch);
  inflater.begin();
  Status status;
  do {
    std::string_view plain;
    status = inflater.inflate(bytes, plain);
  } while (status && inflater.again());
  return status.ok();
}

// "x^" begins a line as well as a zlib stream, and so does "x\xDA" in other alphabets than ours. Seldom asked: it costs
// some 100 KB for a moment.
bool recognises(const FirstBytes& first) {
  const std::string_view bytes = first.bytes;
  return bytes.size() >= 2 && bytes[0] == '\x78' &&
         (bytes[1] == '\x01' || bytes[1] == '\x5E' || bytes[1] == '\x9C' || bytes[1] == '\xDA') &&
         !looks_like_text(bytes) && inflates(bytes.substr(2));
}

}  // namespace

extern const Codec kZlib;
const Codec kZlib{
    .name = "zlib",
    .summary = "RFC 1950, check sum verified; streams may follow each other",
    .recognises = recognises,
    .make = [](LayerScratch& scratch, LayerSink& sink) -> std::unique_ptr<ByteSink> {
      return std::make_unique<ZlibStreams>(scratch, sink);
    },
};

}  // namespace dray::codec

// zip, read from the front: local headers, data descriptors, zip64; entries are pushed in their order, each as a file
// of its own. Directories are skipped. The central directory must be there and list as many entries as came: without it
// the zip was cut. Memory: 87 KB of inflate and one header (at most 128 KiB).
// Limits: entries that a zip tool has deleted from the directory but left in the file are found too, which the count
// then tells. No encryption, no methods but stored and deflate.
#include <isa-l/crc.h>

#include <algorithm>
#include <string>

#include <fmt/core.h>

#include "codec/codec.h"
#include "codec/inflater.h"
#include "codec/zip_header.h"

namespace dray::codec {
namespace {

constexpr std::size_t kSignatureSize = 4;
constexpr std::string_view kLocal = "PK\x03\x04";
constexpr std::string_view kCentral = "PK\x01\x02";
constexpr std::string_view kEnd = "PK\x05\x06";
constexpr std::string_view kEnd64 = "PK\x06\x06";
constexpr std::string_view kLocator64 = "PK\x06\x07";
constexpr std::string_view kDigest = "PK\x05\x05";
constexpr std::string_view kExtra = "PK\x06\x08";
constexpr std::string_view kSpanned = "PK\x07\x08";
constexpr std::string_view kSpannedOnce = "PK00";

class ZipEntries final : public ByteSink {
 public:
  ZipEntries(LayerScratch& scratch, LayerSink& sink) : sink_(sink), inflater_(scratch) {}

  Status write(std::string_view chunk) override {
    while (!chunk.empty() && at_ != At::garbage) {
      if (Status status = step(chunk); !status) return status;
    }
    return {};
  }

  // Every entry has ended itself.
  Status finish() override {
    const bool at_border = at_ == At::garbage || (at_ == At::signature && ended_);
    if (!at_border) {
      return poison("truncated", "the zip ends before its directory: the upload was cut, or bytes are missing");
    }
    if (at_ == At::signature && !gathered_.empty()) sink_.garbage();
    return {};
  }

 private:
  enum class At { signature, fixed, variable, stored, deflate, descriptor, skip, garbage };

  Status step(std::string_view& chunk) {
    switch (at_) {
      case At::signature: return take_signature(chunk);
      case At::fixed:
        if (!gather(chunk, wanted_)) return {};
        return take_fixed();
      case At::variable:
        if (!gather(chunk, wanted_)) return {};
        return begin_entry();
      case At::stored: return take_stored(chunk);
      case At::deflate: return inflate(chunk);
      case At::descriptor: return take_descriptor(chunk);
      case At::skip: {
        const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(chunk.size(), left_));
        chunk.remove_prefix(size);
        left_ -= size;
        if (left_ == 0) begin_signature();
        return {};
      }
      case At::garbage: break;
    }
    return {};
  }

  // True once so many bytes are gathered.
  bool gather(std::string_view& chunk, std::size_t wanted) {
    const std::size_t size = std::min(wanted - gathered_.size(), chunk.size());
    gathered_.append(chunk.substr(0, size));
    chunk.remove_prefix(size);
    return gathered_.size() == wanted;
  }

  void begin_signature() {
    at_ = At::signature;
    gathered_.clear();
  }

  Status take_signature(std::string_view& chunk) {
    if (ended_ && gathered_.empty() && chunk.front() == '\0') {
      chunk.remove_prefix(1);
      return {};
    }
    if (!gather(chunk, kSignatureSize)) return {};
    signature_ = gathered_;
    gathered_.clear();
    if ((signature_ == kSpanned || signature_ == kSpannedOnce) && !begun_) return {};
    wanted_ = fixed_size();
    if (wanted_ == 0) return no_signature();
    begun_ = true;
    ended_ = false;
    at_ = At::fixed;
    return {};
  }

  // Bytes behind the signature that are always there; 0 for what is no signature.
  [[nodiscard]] std::size_t fixed_size() const {
    if (signature_ == kLocal) return ZipHeader::kFixedSize;
    if (ended_) return 0;
    if (signature_ == kCentral) return 42;
    if (signature_ == kEnd) return 18;
    if (signature_ == kEnd64) return 8;
    if (signature_ == kLocator64) return 16;
    if (signature_ == kDigest) return 2;
    return signature_ == kExtra ? 4 : 0;
  }

  Status no_signature() {
    if (!begun_) return poison("bad_header", "this is not zip: it does not begin with PK and 03 04");
    if (!ended_) return poison("bad_data", "the zip is damaged: between its entries stands what is no entry");
    at_ = At::garbage;
    sink_.garbage();
    return {};
  }

  Status take_fixed() {
    if (signature_ == kLocal) {
      fixed_ = gathered_;
      gathered_.clear();
      wanted_ = zip_variable_size(fixed_);
      at_ = At::variable;
      return wanted_ == 0 ? begin_entry() : Status();
    }
    if (signature_ == kEnd) return end_archive();
    left_ = 0;
    if (signature_ == kCentral) {
      ++listed_;
      left_ = zip_number(gathered_, 24, 2) + zip_number(gathered_, 26, 2) + zip_number(gathered_, 28, 2);
    } else if (signature_ != kLocator64) {
      left_ = zip_number(gathered_, 0, gathered_.size());
    }
    skip();
    return {};
  }

  void skip() {
    begin_signature();
    if (left_ > 0) at_ = At::skip;
  }

  Status end_archive() {
    const std::uint64_t told = zip_number(gathered_, 6, 2);
    if (listed_ != entries_ || (told != 0xFFFF && told != (listed_ & 0xFFFFU))) {
      return poison("bad_length",
                    fmt::format("the zip is damaged: its directory lists {} entries, it holds {}", listed_, entries_));
    }
    listed_ = 0;
    entries_ = 0;
    left_ = zip_number(gathered_, 16, 2);
    ended_ = true;
    skip();
    return {};
  }

  Status begin_entry() {
    auto header = read_zip_header(fixed_, gathered_);
    if (!header) return std::move(header).error();
    header_ = *header;
    ++entries_;
    facts_ = {};
    gathered_.clear();
    left_ = header_.stored_size;
    if (header_.method == ZipMethod::stored) {
      at_ = At::stored;
      return left_ == 0 ? end_entry({}) : Status();
    }
    inflater_.begin();
    at_ = At::deflate;
    return {};
  }

  Status take_stored(std::string_view& chunk) {
    const std::string_view piece =
        chunk.substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(chunk.size(), left_)));
    chunk.remove_prefix(piece.size());
    left_ -= piece.size();
    facts_.stored_size += piece.size();
    if (Status status = push(piece); !status) return status;
    return left_ == 0 ? end_entry({}) : Status();
  }

  Status inflate(std::string_view& chunk) {
    // Never beyond the entry, if its length is known.
    std::string_view piece = chunk;
    if (header_.sizes_known)
      piece = piece.substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(piece.size(), left_)));
    const std::size_t offered = piece.size();
    do {
      std::string_view plain;
      Status inflated = inflater_.inflate(piece, plain);
      if (Status pushed = push(plain); !pushed) return pushed;
      if (!inflated) return inflated;
    } while (inflater_.again());
    const std::size_t taken = offered - piece.size();
    chunk.remove_prefix(taken);
    facts_.stored_size += taken;
    left_ -= header_.sizes_known ? taken : 0;
    if (inflater_.done()) {
      facts_.stored_size -= inflater_.rest().size();
      return end_entry(inflater_.rest());
    }
    if (header_.sizes_known && left_ == 0) {
      return poison("bad_data", "the zip is damaged: an entry's deflate data goes on behind the entry");
    }
    return {};
  }

  Status push(std::string_view plain) {
    if (plain.empty()) return {};
    facts_.crc = crc32_gzip_refl(facts_.crc, reinterpret_cast<const unsigned char*>(plain.data()), plain.size());
    facts_.plain_size += plain.size();
    return header_.is_directory ? Status() : sink_.write(plain);
  }

  // read_ahead: bytes behind the entry's that inflate took.
  Status end_entry(std::string_view read_ahead) {
    if (header_.has_descriptor) {
      at_ = At::descriptor;
      return write(read_ahead);
    }
    if (facts_.crc != header_.crc) {
      return poison("bad_crc", fmt::format("the zip is damaged: an entry's CRC is {:08x}, its header says {:08x}",
                                           facts_.crc, header_.crc));
    }
    if (facts_.plain_size != header_.plain_size || facts_.stored_size != header_.stored_size) {
      return poison("bad_length", "the zip is damaged: an entry's length is not what its header says");
    }
    return end_file();
  }

  Status take_descriptor(std::string_view& chunk) {
    gathered_ += chunk.front();
    chunk.remove_prefix(1);
    if (header_.is_directory && gathered_ == kLocal) return directory_without_descriptor();
    auto size = zip_descriptor_size(gathered_, header_, facts_);
    if (!size) return std::move(size).error();
    if (*size == 0) return {};
    const std::string behind = gathered_.substr(*size);
    if (Status status = end_file(); !status) return status;
    return write(behind);
  }

  // Some writers announce one and leave it out where there is nothing to describe.
  Status directory_without_descriptor() {
    const std::string behind = gathered_;
    begin_signature();
    return write(behind);
  }

  Status end_file() {
    begin_signature();
    return header_.is_directory ? Status() : sink_.end_file();
  }

  LayerSink& sink_;
  Inflater inflater_;
  At at_ = At::signature;
  std::string gathered_;
  std::size_t wanted_ = 0;
  std::string signature_;
  std::string fixed_;  // of the local header
  ZipHeader header_;
  ZipFacts facts_;
  std::uint64_t left_ = 0;  // bytes of the entry, or to skip
  std::uint64_t entries_ = 0;
  std::uint64_t listed_ = 0;
  bool begun_ = false;
  bool ended_ = false;
};

bool recognises(const FirstBytes& first) {
  std::string_view bytes = first.bytes;
  if (bytes.starts_with(kSpanned) || bytes.starts_with(kSpannedOnce)) bytes.remove_prefix(kSignatureSize);
  return bytes.starts_with(kLocal) || bytes.starts_with(kEnd);
}

}  // namespace

extern const Codec kZip;
const Codec kZip{
    .name = "zip",
    .summary = "entries in their order, each looked at anew: stored and deflate, zip64, data descriptors",
    .recognises = recognises,
    .make = [](LayerScratch& scratch, LayerSink& sink) -> std::unique_ptr<ByteSink> {
      return std::make_unique<ZipEntries>(scratch, sink);
    },
    .is_archive = true,
};

}  // namespace dray::codec

// incapsula_processor (ours): log files of Imperva Cloud WAF (Incapsula) as it pushes them to S3: a header up to the
// line `|==|`, then content that is plain or zlib, and perhaps encrypted. The content's lines are the events, the
// header never is one. A file that does not begin with such a header is content from its first byte.
#include <optional>

#include "base/digest.h"
#include "base/encoding.h"
#include "codec/decompressor.h"
#include "format/incapsula_cipher.h"
#include "format/incapsula_header.h"
#include "format/option_check.h"
#include "format/plain_lines.h"
#include "format/w3c_lines.h"

namespace dray::format {
namespace {

constexpr std::string_view kName = "incapsula_processor";

// The content as plain bytes: counted into the check sum, then split.
class Content final : public ByteSink {
 public:
  Content(bool w3c, const SplitterOptions& options, flow::RecordSink& sink) {
    if (w3c) {
      lines_ = std::make_unique<W3cLines>(options, false, sink);
    } else {
      lines_ = std::make_unique<PlainLines>(options, sink);
    }
  }

  Status write(std::string_view chunk) override {
    md5_.add(chunk);
    return lines_->write(chunk);
  }
  Status finish() override { return lines_->finish(); }
  std::string checksum() { return hex(md5_.finish()); }

 private:
  Md5Stream md5_;
  std::unique_ptr<Splitter> lines_;
};

// A last block of plain content without its padding: PKCS #7, or NULs.
std::string_view without_padding(std::string_view text) {
  const std::size_t count = text.empty() ? 0 : static_cast<unsigned char>(text.back());
  if (count >= 1 && count <= IncapsulaCipher::kBlock && count <= text.size() &&
      text.find_first_not_of(text.back(), text.size() - count) == std::string_view::npos) {
    return text.substr(0, text.size() - count);
  }
  return text.substr(0, text.find_last_not_of('\0') + 1);
}

class IncapsulaFile final : public Splitter {
 public:
  IncapsulaFile(const SplitterOptions& options, flow::RecordSink& sink) : options_(options), sink_(sink) {}

  Status write(std::string_view chunk) override {
    if (!in_content_) {
      const std::string_view head = chunk.substr(0, kIncapsulaHeaderMax - begun_.size());
      begun_.append(head);
      chunk.remove_prefix(head.size());
      if (Status status = look_for_header(begun_.size() == kIncapsulaHeaderMax); !status || !in_content_) {
        return status;
      }
    }
    return chunk.empty() ? Status() : take_content(chunk);
  }

  Status finish() override {
    if (!in_content_) {
      if (Status status = look_for_header(true); !status) {
        return status;
      }
    }
    if (cipher_ != nullptr && cipher_->torn()) {
      return Error{ErrorKind::poison, "truncated", "the encrypted content ends inside a block"};
    }
    if (Status status = open_content(true); !status) {
      return status;
    }
    if (Status status = give(cipher_ != nullptr ? without_padding(begun_) : std::string_view(begun_)); !status) {
      return status;
    }
    Status status = decompressor_ != nullptr ? decompressor_->finish() : content_->finish();
    return status ? check_sum() : status;
  }

 private:
  Status look_for_header(bool whole) {
    std::size_t content_at = 0;
    switch (parse_incapsula_header(begun_, whole, header_, content_at)) {
      case HeaderEnd::more: return {};
      case HeaderEnd::absent: header_ = {}; break;
      case HeaderEnd::found: begun_.erase(0, content_at); break;
    }
    in_content_ = true;
    content_.emplace(header_.format == "w3c", options_, sink_);
    if (!header_.key.empty()) {
      if (Status status = open_cipher(); !status) {
        return status;
      }
    }
    return take_content(std::exchange(begun_, {}));
  }

  Status open_cipher() {
    const Setting* keys = options_.options.find("private_keys");
    const Settings* files = keys == nullptr ? nullptr : keys->if_settings();
    const std::string_view file = files == nullptr ? std::string_view() : files->text(header_.public_key_id);
    if (file.empty()) {
      return Error{ErrorKind::poison, "encrypted",
                   "the content is encrypted for the public key with publicKeyId " + header_.public_key_id +
                       "; name the file of its private key (PEM) in file_format.config.private_keys, or switch "
                       "encryption off at Imperva"};
    }
    auto cipher = IncapsulaCipher::open(std::string(file), header_.key);
    if (!cipher) {
      return std::move(cipher).error();
    }
    cipher_ = *std::move(cipher);
    return {};
  }

  // Bytes behind the header, as stored.
  Status take_content(std::string_view chunk) {
    if (cipher_ != nullptr) {
      if (Status status = cipher_->decrypt(chunk, begun_); !status) {
        return status;
      }
    } else if (opened_) {
      return give(chunk);
    } else {
      begun_.append(chunk);
    }
    if (Status status = open_content(false); !status || !opened_) {
      return status;
    }
    // The last block of what was encrypted waits: it may hold padding.
    const std::size_t kept = cipher_ != nullptr ? std::min(begun_.size(), IncapsulaCipher::kBlock) : 0;
    Status status = give(std::string_view(begun_).substr(0, begun_.size() - kept));
    begun_.erase(0, begun_.size() - kept);
    return status;
  }

  // Sees by the first bytes whether the content is compressed.
  Status open_content(bool whole) {
    if (opened_ || (begun_.size() < codec::kSniffed && !whole)) {
      return {};
    }
    opened_ = true;
    if (codec::recognise({.bytes = begun_, .whole = whole}) != nullptr) {
      decompressor_ = codec::make_decompressor({}, *content_);
    }
    return {};
  }

  Status give(std::string_view bytes) {
    if (bytes.empty()) {
      return {};
    }
    return decompressor_ != nullptr ? decompressor_->write(bytes) : content_->write(bytes);
  }

  Status check_sum() {
    constexpr std::size_t kMd5Digits = 32;
    if (header_.checksum.size() != kMd5Digits) {
      return {};
    }
    const std::string actual = content_->checksum();
    if (actual == header_.checksum) {
      return {};
    }
    return Error{ErrorKind::poison, "bad_checksum",
                 "the content's MD5 is " + actual + ", its header says " + header_.checksum};
  }

  SplitterOptions options_;
  flow::RecordSink& sink_;
  std::string begun_;  // the header while it is not whole; then content that is not given on yet
  IncapsulaHeader header_;
  bool in_content_ = false;
  bool opened_ = false;  // it is known whether the content is compressed
  std::unique_ptr<IncapsulaCipher> cipher_;
  std::optional<Content> content_;
  std::unique_ptr<codec::Decompressor> decompressor_;
};

std::unique_ptr<Splitter> make(const SplitterOptions& options, flow::RecordSink& sink) {
  return std::make_unique<IncapsulaFile>(options, sink);
}

OptionFaults check(const Settings& options) {
  OptionFaults faults;
  check_known(kName, options, {"private_keys"}, faults);
  const Setting* keys = options.find("private_keys");
  if (keys == nullptr) {
    return faults;
  }
  if (keys->if_settings() == nullptr) {
    faults.add("private_keys", "must be a mapping from publicKeyId to the file of the private key");
    return faults;
  }
  for (const auto& [id, file] : keys->if_settings()->members()) {
    const std::string name = file.if_text() == nullptr ? "" : *file.if_text();
    if (Status status = check_private_key(name); !status) {
      faults.add("private_keys." + id, status.error().message);
    }
  }
  return faults;
}

constexpr Option kOptions[] = {{"private_keys", "mapping from publicKeyId to a file",
                                "PEM files of RSA keys without a passphrase, for encrypted files; default none, and an "
                                "encrypted file is a fault"}};

}  // namespace

extern const Format kIncapsula;
const Format kIncapsula{kName, "Imperva (Incapsula): header, |==|, then lines, plain or zlib, perhaps encrypted",
                        kOptions, &make, &check};

}  // namespace dray::format

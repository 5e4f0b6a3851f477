#include "local/upload_body.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <utility>

#include "base/digest.h"
#include "base/encoding.h"

namespace dray::local {
namespace {

constexpr std::string_view kChecksum = "x-amz-checksum-";
constexpr std::string_view kEmptyHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

Error fault(std::string code, std::string message) {
  return {ErrorKind::poison, std::move(code), std::move(message)};
}

template <class Word>
std::array<Word, 256> reflected_table(Word polynomial) {
  std::array<Word, 256> table{};
  for (std::size_t i = 0; i < table.size(); ++i) {
    Word value = static_cast<Word>(i);
    for (int bit = 0; bit < 8; ++bit) value = (value & 1U) != 0 ? (value >> 1U) ^ polynomial : value >> 1U;
    table[i] = value;
  }
  return table;
}

template <class Word>
std::string reflected_crc(const std::array<Word, 256>& table, std::string_view bytes) {
  Word crc = ~Word{0};
  for (const char c : bytes) crc = table[(crc ^ static_cast<unsigned char>(c)) & 0xffU] ^ (crc >> 8U);
  crc = ~crc;
  std::string big_endian;
  for (std::size_t i = sizeof(Word); i > 0; --i)
    big_endian.push_back(static_cast<char>((crc >> (8 * (i - 1))) & 0xffU));
  return big_endian;
}

// Walks the chunks of an aws-chunked body, checks them and moves their data to the front of the same buffer.
class ChunkReader {
 public:
  ChunkReader(std::string& raw, const Caller& caller, bool chunks_signed)
      : raw_(raw), caller_(caller), signed_(chunks_signed), signature_(caller.signature) {}

  Status decode() {
    for (;;) {
      const auto size = chunk_head();
      if (!size) return size.error();
      if (size.value() > raw_.size() - at_) return incomplete();
      const std::string_view data = std::string_view(raw_).substr(at_, size.value());
      if (signed_ && !signature_fits("PAYLOAD", fmt::format("{}\n{}", kEmptyHash, hex(sha256(data))))) {
        return fault("SignatureDoesNotMatch", "The signature of a chunk does not match its data.");
      }
      if (size.value() == 0) break;
      std::memmove(raw_.data() + written_, data.data(), data.size());
      written_ += data.size();
      at_ += data.size();
      if (!std::string_view(raw_).substr(at_).starts_with("\r\n")) return incomplete();
      at_ += 2;
    }
    if (auto read = read_trailers(); !read) return read;
    raw_.resize(written_);
    return {};
  }

  net::ServerHeaders trailers;

 private:
  static Error incomplete() {
    return fault("IncompleteBody", "The aws-chunked body ends or breaks before its last chunk.");
  }

  Result<std::string> line() {
    const std::size_t end = raw_.find("\r\n", at_);
    if (end == std::string::npos) return incomplete();
    std::string text = raw_.substr(at_, end - at_);
    at_ = end + 2;
    return text;
  }

  // "400;chunk-signature=HEX"
  Result<std::size_t> chunk_head() {
    const auto text = line();
    if (!text) return text.error();
    std::size_t size = 0;
    const char* const begin = text.value().data();
    const char* const end = begin + text.value().size();
    const auto parsed = std::from_chars(begin, end, size, 16);
    if (parsed.ec != std::errc()) return incomplete();
    constexpr std::string_view kMark = ";chunk-signature=";
    const std::string_view rest(parsed.ptr, static_cast<std::size_t>(end - parsed.ptr));
    claimed_ = rest.starts_with(kMark) ? rest.substr(kMark.size()) : std::string_view();
    return size;
  }

  bool signature_fits(std::string_view kind, std::string_view hashes) {
    signature_ =
        hex(hmac_sha256(caller_.signing_key, fmt::format("AWS4-HMAC-SHA256-{}\n{}\n{}\n{}\n{}", kind, caller_.timestamp,
                                                         caller_.scope, signature_, hashes)));
    return signature_ == claimed_;
  }

  Status read_trailers() {
    std::string canonical;
    bool any = false;
    while (at_ < raw_.size()) {
      auto text = line();
      if (!text) return text.error();
      if (text.value().empty()) break;
      const std::size_t colon = text.value().find(':');
      if (colon == std::string::npos) return incomplete();
      std::string name = text.value().substr(0, colon);
      std::string value = text.value().substr(colon + 1);
      if (name == "x-amz-trailer-signature") {
        claimed_ = value;
        continue;
      }
      any = true;
      canonical.append(name).append(":").append(value).append("\n");
      trailers.emplace_back(std::move(name), std::move(value));
    }
    if (any && signed_ && !signature_fits("TRAILER", hex(sha256(canonical)))) {
      return fault("SignatureDoesNotMatch", "The signature of the trailer does not match it.");
    }
    return {};
  }

  std::string& raw_;
  const Caller& caller_;
  const bool signed_;
  std::string signature_;  // of the chunk before
  std::string claimed_;
  std::size_t at_ = 0;
  std::size_t written_ = 0;
};

Status check_checksums(const net::ServerExchange& exchange, const UploadBody& body) {
  if (const std::string_view claimed = exchange.header("content-md5");
      !claimed.empty() && claimed != base64(md5(body.bytes))) {
    return fault("BadDigest", "The Content-MD5 you specified did not match what we received.");
  }
  for (const auto& [name, claimed] : body.checksums) {
    const std::string ours = checksum_of(std::string_view(name).substr(kChecksum.size()), body.bytes);
    if (!ours.empty() && ours != claimed) {
      return fault("BadDigest", fmt::format("The {} you specified did not match the calculated checksum.", name));
    }
  }
  return {};
}

void keep_checksums(const net::ServerHeaders& from, net::ServerHeaders& into) {
  for (const auto& [name, value] : from) {
    if (name.starts_with(kChecksum) && name != "x-amz-checksum-algorithm" && name != "x-amz-checksum-type" &&
        name != "x-amz-checksum-mode") {
      into.emplace_back(name, value);
    }
  }
}

}  // namespace

std::string checksum_of(std::string_view name, std::string_view bytes) {
  static const auto crc32 = reflected_table<std::uint32_t>(0xEDB88320U);
  static const auto crc32c = reflected_table<std::uint32_t>(0x82F63B78U);
  static const auto crc64nvme = reflected_table<std::uint64_t>(0x9A6C9329AC4BC9B5ULL);
  if (name == "crc32") return base64(reflected_crc(crc32, bytes));
  if (name == "crc32c") return base64(reflected_crc(crc32c, bytes));
  if (name == "crc64nvme") return base64(reflected_crc(crc64nvme, bytes));
  if (name == "sha256") return base64(sha256(bytes));
  return {};
}

Result<UploadBody> read_upload(net::ServerExchange& exchange, const Caller& caller, std::size_t bytes_max,
                               ChecksumsOf checksums) {
  const std::string_view hash = exchange.header("x-amz-content-sha256");
  const bool chunked = hash.starts_with("STREAMING-");
  // Chunk heads and signatures come on top: at most some 100 bytes for each 8 KiB, the smallest chunk S3 takes.
  auto raw = exchange.read_whole_body(chunked ? bytes_max + bytes_max / 64 + 64 * 1024 : bytes_max);
  if (!raw) {
    const bool large = raw.error().code == "body_too_large";
    return fault(large ? "EntityTooLarge" : "IncompleteBody", raw.error().message);
  }
  UploadBody body;
  body.bytes = std::move(raw).value();
  if (checksums == ChecksumsOf::body) keep_checksums(exchange.headers(), body.checksums);
  if (chunked) {
    ChunkReader reader(body.bytes, caller, hash.starts_with("STREAMING-AWS4-HMAC-SHA256-PAYLOAD"));
    if (auto decoded = reader.decode(); !decoded) return decoded.error();
    keep_checksums(reader.trailers, body.checksums);
    const std::string_view length = exchange.header("x-amz-decoded-content-length");
    if (length != std::to_string(body.bytes.size())) {
      return fault("IncompleteBody",
                   fmt::format("x-amz-decoded-content-length is {}, the body has {} bytes", length, body.bytes.size()));
    }
  } else if (hash != "UNSIGNED-PAYLOAD" && hash != hex(sha256(body.bytes))) {
    return fault("XAmzContentSHA256Mismatch",
                 "The provided 'x-amz-content-sha256' header does not match what was computed.");
  }
  if (auto good = check_checksums(exchange, body); !good) return good.error();
  return body;
}

}  // namespace dray::local

// limit: what this machine can do at all on one core, to compare the collector with.
//
// gz in memory → ISA-L inflate → split (memchr for lines, a block scan for {"Records":[…]}) → a prebuilt header that
// changes once a millisecond → TLS 1.3 over loopback to a receiver of its own process, in writes of 128 KiB. No SQS, no
// S3, no tags, no filters, no proof: nothing that a collector must do, only what no collector can avoid.
//
// usage: limit vpc|cloudtrail|small SECONDS DIRECTORY   prints `plain_bytes events objects wall_s cpu_s` of the sending
// process
#include <chrono>
#include <cstring>
#include <iostream>
#include <string>
#include <vector>

#include <arpa/inet.h>
#include <emmintrin.h>
#include <fmt/format.h>
#include <isa-l/igzip_lib.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/assert.h"
#include "generate.h"
#include "tls_sink.h"

namespace dray::bench {
namespace {

constexpr std::size_t kWriteBytes = 128U << 10U;
constexpr std::size_t kInflateBytes = 128U << 10U;
constexpr std::size_t kRecordBytesMax = 64U << 10U;

// A blocking TLS client; frames gather in one buffer.
class Sender {
 public:
  explicit Sender(int port) : context_(SSL_CTX_new(TLS_client_method())), ssl_(SSL_new(context_)) {
    const int descriptor = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    DRAY_ASSERT(connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    SSL_set_fd(ssl_, descriptor);
    DRAY_ASSERT(SSL_connect(ssl_) == 1);
    buffer_.resize(kWriteBytes + 2 * kRecordBytesMax);
    renew_header();
  }

  void send(const char* text, std::size_t length) {
    char* to = buffer_.data() + used_;
    std::memcpy(to, header_.data(), header_.size());
    std::memcpy(to + header_.size(), text, length);
    to[header_.size() + length] = '\n';
    used_ += header_.size() + length + 1;
    ++events_;
    if (used_ >= kWriteBytes) flush();
    if ((events_ & 31U) == 0) renew_header();
  }

  void flush() {
    if (used_ > 0) DRAY_ASSERT(SSL_write(ssl_, buffer_.data(), static_cast<int>(used_)) == static_cast<int>(used_));
    used_ = 0;
  }

  // Until the receiver answered: it has read everything.
  void end() {
    flush();
    SSL_shutdown(ssl_);
    shutdown(SSL_get_fd(ssl_), SHUT_WR);
    while (SSL_read(ssl_, buffer_.data(), static_cast<int>(buffer_.size())) > 0) {
    }
  }

  [[nodiscard]] std::uint64_t events() const { return events_; }

 private:
  void renew_header() {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    const auto millisecond = std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
    if (millisecond == millisecond_) return;
    millisecond_ = millisecond;
    header_ = fmt::format("<14>2024-01-16 17:02:{:02}.{:03} bench-host cloud.aws.vpc.flow: ", millisecond / 1000 % 60,
                          millisecond % 1000);
  }

  SSL_CTX* context_;
  SSL* ssl_;
  std::vector<char> buffer_;
  std::size_t used_ = 0;
  std::uint64_t events_ = 0;
  std::int64_t millisecond_ = 0;
  std::string header_;
};

// Lines. Returns how many of the bytes are done with; the rest is the beginning of a line.
struct LineSplit {
  std::size_t operator()(const char* text, std::size_t length, bool, Sender& sender) {
    const char* from = text;
    const char* const end = text + length;
    while (const void* found = std::memchr(from, '\n', static_cast<std::size_t>(end - from))) {
      const char* line_end = static_cast<const char*>(found);
      sender.send(from, static_cast<std::size_t>(line_end - from));
      from = line_end + 1;
    }
    return static_cast<std::size_t>(from - text);
  }
};

// The objects one level below the outermost, by their braces outside strings, 64 bytes at a time.
class RecordSplit {
 public:
  std::size_t operator()(const char* text, std::size_t length, bool last, Sender& sender) {
    std::size_t record = in_record_ ? 0 : kNone;  // what is kept begins with the open record
    std::size_t at = scanned_;
    for (; at + 64 <= length || (last && at < length); at += 64) {
      std::uint64_t braces = outside_strings(text + at, length - at);
      for (; braces != 0; braces &= braces - 1) {
        const std::size_t brace = at + static_cast<std::size_t>(__builtin_ctzll(braces));
        if (text[brace] == '{') {
          if (++depth_ == 2) record = brace;
        } else if (--depth_ == 1) {
          sender.send(text + record, brace + 1 - record);
          record = kNone;
        }
      }
    }
    at = std::min(at, length);
    const std::size_t done = record == kNone ? at : record;
    scanned_ = at - done;
    in_record_ = record != kNone;
    return done;
  }

 private:
  static constexpr std::size_t kNone = SIZE_MAX;

  static std::uint64_t equal(const __m128i* blocks, char c) {
    const __m128i wanted = _mm_set1_epi8(c);
    std::uint64_t mask = 0;
    for (unsigned i = 0; i < 4; ++i) {
      const int part = _mm_movemask_epi8(_mm_cmpeq_epi8(blocks[i], wanted));
      mask |= static_cast<std::uint64_t>(static_cast<std::uint32_t>(part)) << (16 * i);
    }
    return mask;
  }

  std::uint64_t outside_strings(const char* text, std::size_t length) {
    alignas(16) char padded[64];
    if (length < 64) {
      std::memset(padded, ' ', sizeof padded);
      std::memcpy(padded, text, length);
      text = padded;
    }
    __m128i blocks[4];
    for (unsigned i = 0; i < 4; ++i) blocks[i] = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text) + i);
    std::uint64_t quotes = equal(blocks, '"');
    std::uint64_t backslashes = equal(blocks, '\\');
    if ((backslashes | escaped_) != 0) {
      std::uint64_t escapes = escaped_;
      escaped_ = 0;
      for (backslashes &= ~escapes; backslashes != 0; backslashes &= backslashes - 1) {
        const int at = __builtin_ctzll(backslashes);
        if (at == 63) {
          escaped_ = 1;
          break;
        }
        escapes |= 2ULL << at;
        backslashes &= ~(2ULL << at);
      }
      quotes &= ~escapes;
    }
    std::uint64_t inside = quotes;
    for (unsigned shift = 1; shift < 64; shift *= 2) inside ^= inside << shift;
    inside ^= in_string_;
    in_string_ = 0 - (inside >> 63U);
    return (equal(blocks, '{') | equal(blocks, '}')) & ~inside;
  }

  std::uint64_t escaped_ = 0;
  std::uint64_t in_string_ = 0;
  int depth_ = 0;
  std::size_t scanned_ = 0;
  bool in_record_ = false;
};

class Stream {
 public:
  Stream() : window_(kInflateBytes + 2 * kRecordBytesMax) {}

  // One object through everything; returns its plain bytes.
  template <class Split>
  std::uint64_t send(const std::string& stored, Split split, Sender& sender) {
    isal_inflate_init(&state_);
    state_.crc_flag = ISAL_GZIP;
    state_.next_in = reinterpret_cast<std::uint8_t*>(const_cast<char*>(stored.data()));
    state_.avail_in = static_cast<std::uint32_t>(stored.size());
    std::size_t kept = 0;
    std::uint64_t plain = 0;
    do {
      state_.next_out = reinterpret_cast<std::uint8_t*>(window_.data()) + kept;
      state_.avail_out = static_cast<std::uint32_t>(kInflateBytes);
      DRAY_ASSERT(isal_inflate(&state_) == ISAL_DECOMP_OK);
      const std::size_t fresh = kInflateBytes - state_.avail_out;
      plain += fresh;
      const std::size_t length = kept + fresh;
      const std::size_t done = split(window_.data(), length, state_.block_state == ISAL_BLOCK_FINISH, sender);
      kept = length - done;
      std::memmove(window_.data(), window_.data() + done, kept);
    } while (state_.block_state != ISAL_BLOCK_FINISH);
    return plain;
  }

 private:
  inflate_state state_{};
  std::vector<char> window_;
};

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) * 1e-6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

int measure(const std::string& kind, double seconds_max, const std::string& directory) {
  const TlsSink sink(directory);
  const std::string stored = gzip(kind == "cloudtrail" ? cloudtrail_plain(1, 17U << 20U)
                                                       : vpc_flow_plain(1, kind == "small" ? 13U << 10U : 65U << 20U));
  Sender sender(sink.port());
  Stream stream;
  const auto start = std::chrono::steady_clock::now();
  const double cpu_start = cpu_seconds();
  std::uint64_t plain = 0;
  std::uint64_t objects = 0;
  const auto elapsed = [&] { return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count(); };
  while (elapsed() < seconds_max) {
    plain +=
        kind == "cloudtrail" ? stream.send(stored, RecordSplit(), sender) : stream.send(stored, LineSplit(), sender);
    ++objects;
  }
  sender.end();
  std::cout << fmt::format("{} {} {} {:.3f} {:.3f} {}\n", plain, sender.events(), objects, elapsed(),
                           cpu_seconds() - cpu_start, stored.size());
  return 0;
}

}  // namespace
}  // namespace dray::bench

int main(int argc, char** argv) {
  if (argc != 4) {
    std::cerr << "usage: limit vpc|cloudtrail|small SECONDS DIRECTORY\n";
    return 64;
  }
  return dray::bench::measure(argv[1], std::stod(argv[2]), argv[3]);
}

// rooms: codec
// How fast is each codec in our chain, on one core, in memory, beside its library alone on the same bytes in the same
// run? Prints MB/s of plain text, best of several runs, and their ratio. Text is flow-log lines made by a seed.
#include <bzlib.h>
#include <isa-l/igzip_lib.h>
#include <lz4frame.h>
#include <lzma.h>
#include <snappy.h>
#include <zstd.h>

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "base/random.h"
#include "codec/decompressor.h"

namespace dray {
namespace {

constexpr std::size_t kPlainBytes = 32U << 20U;
constexpr std::size_t kChunk = 64U << 10U;
constexpr std::size_t kOutput = 128U << 10U;
constexpr int kRuns = 5;

std::string flows() {
  Random random(3);
  std::string out;
  while (out.size() < kPlainBytes) {
    out += fmt::format("2 111122223333 eni-0{:016x} 10.0.{}.{} 192.0.2.{} {} 443 6 {} {} {} {} {} OK\n", random.next(),
                       random.below(256), random.below(256), random.below(256), 1024 + random.below(60000),
                       1 + random.below(50), random.below(90000), 1709629800 + random.below(600),
                       1709629860 + random.below(600), random.chance(0.8) ? "ACCEPT" : "REJECT");
  }
  return out;
}

std::uint8_t* bytes_of(std::string_view text) {
  return const_cast<std::uint8_t*>(reinterpret_cast<const std::uint8_t*>(text.data()));
}

std::string deflated(const std::string& plain, std::uint16_t form) {
  isal_zstream stream;
  isal_deflate_init(&stream);
  std::vector<std::uint8_t> level(ISAL_DEF_LVL1_DEFAULT);
  std::string out(plain.size() + 4096, '\0');
  stream.gzip_flag = form;
  stream.level = 1;
  stream.level_buf = level.data();
  stream.level_buf_size = static_cast<std::uint32_t>(level.size());
  stream.end_of_stream = 1;
  stream.next_in = bytes_of(plain);
  stream.avail_in = static_cast<std::uint32_t>(plain.size());
  stream.next_out = bytes_of(out);
  stream.avail_out = static_cast<std::uint32_t>(out.size());
  isal_deflate(&stream);
  out.resize(stream.total_out);
  return out;
}

// The library alone: chunks in, one buffer out again and again; returns the plain bytes.
std::uint64_t inflate_alone(std::string_view stored, std::uint32_t form) {
  auto state = std::make_unique<inflate_state>();
  isal_inflate_init(state.get());
  state->crc_flag = form;
  std::vector<std::uint8_t> output(kOutput);
  std::uint64_t plain = 0;
  for (; !stored.empty(); stored.remove_prefix(std::min(kChunk, stored.size()))) {
    const std::string_view chunk = stored.substr(0, kChunk);
    state->next_in = bytes_of(chunk);
    state->avail_in = static_cast<std::uint32_t>(chunk.size());
    do {
      state->next_out = output.data();
      state->avail_out = kOutput;
      isal_inflate(state.get());
      plain += kOutput - state->avail_out;
    } while (state->avail_out == 0);
  }
  return plain;
}

std::uint64_t zstd_alone(std::string_view stored) {
  ZSTD_DCtx* context = ZSTD_createDCtx();
  std::vector<char> output(kOutput);
  ZSTD_inBuffer in{stored.data(), stored.size(), 0};
  std::uint64_t plain = 0;
  while (in.pos < in.size) {
    ZSTD_outBuffer out{output.data(), output.size(), 0};
    if (ZSTD_isError(ZSTD_decompressStream(context, &out, &in)) != 0) break;
    plain += out.pos;
  }
  ZSTD_freeDCtx(context);
  return plain;
}

std::uint64_t lz4_alone(std::string_view stored) {
  LZ4F_dctx* context = nullptr;
  LZ4F_createDecompressionContext(&context, LZ4F_VERSION);
  std::vector<char> output(kOutput);
  std::uint64_t plain = 0;
  while (!stored.empty()) {
    std::size_t size = output.size();
    std::size_t taken = stored.size();
    if (LZ4F_isError(LZ4F_decompress(context, output.data(), &size, stored.data(), &taken, nullptr)) != 0) break;
    plain += size;
    stored.remove_prefix(taken);
  }
  LZ4F_freeDecompressionContext(context);
  return plain;
}

std::uint64_t bzip2_alone(std::string_view stored) {
  bz_stream stream{};
  BZ2_bzDecompressInit(&stream, 0, 0);
  std::vector<char> output(kOutput);
  stream.next_in = const_cast<char*>(stored.data());
  stream.avail_in = static_cast<unsigned>(stored.size());
  std::uint64_t plain = 0;
  int result = BZ_OK;
  while (result == BZ_OK) {
    stream.next_out = output.data();
    stream.avail_out = kOutput;
    result = BZ2_bzDecompress(&stream);
    plain += kOutput - stream.avail_out;
  }
  BZ2_bzDecompressEnd(&stream);
  return plain;
}

std::uint64_t xz_alone(std::string_view stored) {
  lzma_stream stream = LZMA_STREAM_INIT;
  if (lzma_stream_decoder(&stream, UINT64_MAX, 0) != LZMA_OK) return 0;
  std::vector<std::uint8_t> output(kOutput);
  stream.next_in = bytes_of(stored);
  stream.avail_in = stored.size();
  std::uint64_t plain = 0;
  lzma_ret result = LZMA_OK;
  while (result == LZMA_OK) {
    stream.next_out = output.data();
    stream.avail_out = kOutput;
    result = lzma_code(&stream, LZMA_FINISH);
    plain += kOutput - stream.avail_out;
  }
  lzma_end(&stream);
  return plain;
}

std::uint64_t snappy_alone(std::string_view stored) {
  std::string plain;
  snappy::Uncompress(stored.data(), stored.size(), &plain);
  return plain.size();
}

std::string zstd(const std::string& plain) {
  std::string out(ZSTD_compressBound(plain.size()), '\0');
  out.resize(ZSTD_compress(out.data(), out.size(), plain.data(), plain.size(), 3));
  return out;
}

std::string lz4(const std::string& plain) {
  std::string out(LZ4F_compressFrameBound(plain.size(), nullptr), '\0');
  out.resize(LZ4F_compressFrame(out.data(), out.size(), plain.data(), plain.size(), nullptr));
  return out;
}

std::string bzip2(const std::string& plain) {
  std::string out(plain.size(), '\0');
  auto size = static_cast<unsigned>(out.size());
  BZ2_bzBuffToBuffCompress(out.data(), &size, const_cast<char*>(plain.data()), static_cast<unsigned>(plain.size()), 9,
                           0, 0);
  out.resize(size);
  return out;
}

std::string xz(const std::string& plain) {
  std::string out(lzma_stream_buffer_bound(plain.size()), '\0');
  std::size_t size = 0;
  const lzma_ret result = lzma_easy_buffer_encode(1, LZMA_CHECK_CRC64, nullptr, bytes_of(plain), plain.size(),
                                                  bytes_of(out), &size, out.size());
  if (result != LZMA_OK) size = 0;
  out.resize(size);
  return out;
}

std::string snappy_raw(const std::string& plain) {
  std::string out;
  snappy::Compress(plain.data(), plain.size(), &out);
  return out;
}

class Discarded final : public ByteSink {
 public:
  Status write(std::string_view chunk) override {
    bytes += chunk.size();
    return {};
  }
  Status finish() override { return {}; }
  std::uint64_t bytes = 0;
};

std::uint64_t ours(std::string_view stored, const codec::DecompressorOptions& options,
                   codec::DecompressorScratch& scratch) {
  Discarded discarded;
  const auto decompressor = codec::make_decompressor(options, discarded, scratch);
  for (; !stored.empty(); stored.remove_prefix(std::min(kChunk, stored.size()))) {
    if (!decompressor->write(stored.substr(0, kChunk))) return 0;
  }
  return decompressor->finish().ok() ? discarded.bytes : 0;
}

// Of this thread: other work on the machine counts less.
double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

double best_of(const std::function<std::uint64_t()>& run, std::uint64_t plain) {
  double best = 0;
  for (int i = 0; i < kRuns; ++i) {
    const double start = cpu_seconds();
    const std::uint64_t bytes = run();
    const double rate = static_cast<double>(bytes) / (cpu_seconds() - start) / 1e6;
    if (bytes == plain) best = std::max(best, rate);
  }
  return best;
}

using Alone = std::function<std::uint64_t(std::string_view)>;

void row(const char* name, std::size_t plain, const std::string& stored, const char* encoding, const Alone& alone) {
  codec::DecompressorScratch scratch;
  const codec::DecompressorOptions options = *codec::parse_encoding(encoding);
  const double ours_rate = best_of([&] { return ours(stored, options, scratch); }, plain);
  const double alone_rate = alone ? best_of([&] { return alone(stored); }, plain) : 0;
  fmt::print("{:<22} {:>7.1f}:1 {:>8.0f} MB/s", name, static_cast<double>(plain) / static_cast<double>(stored.size()),
             ours_rate);
  if (alone) fmt::print("   alone {:>8.0f} MB/s   {:>4.0f} %", alone_rate, 100 * ours_rate / alone_rate);
  fmt::print("\n");
  std::fflush(stdout);
}

int run() {
  const std::string plain = flows();
  const std::size_t size = plain.size();
  row("plain", size, plain, "", nullptr);
  row("gzip", size, deflated(plain, IGZIP_GZIP), "", [](auto stored) { return inflate_alone(stored, ISAL_GZIP); });
  row("zlib", size, deflated(plain, IGZIP_ZLIB), "", [](auto stored) { return inflate_alone(stored, ISAL_ZLIB); });
  row("zstd", size, zstd(plain), "", zstd_alone);
  row("lz4", size, lz4(plain), "", lz4_alone);
  row("snappy, one raw block", size, snappy_raw(plain), "", snappy_alone);
  row("bzip2", size, bzip2(plain), "", bzip2_alone);
  row("xz", size, xz(plain), "", xz_alone);
  row("latin-1", size, plain, "latin-1", nullptr);
  return 0;
}

}  // namespace
}  // namespace dray

int main() {
  return dray::run();
}

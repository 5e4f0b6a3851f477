#include "encoders.h"

#include <bzlib.h>
#include <isa-l/crc.h>
#include <isa-l/igzip_lib.h>
#include <lz4frame.h>
#include <lzma.h>
#include <snappy.h>
#include <zstd.h>

#include <algorithm>
#include <array>

#include "base/assert.h"

namespace dray::codec {
namespace {

std::uint8_t* bytes_of(std::string_view text) {
  return const_cast<std::uint8_t*>(reinterpret_cast<const std::uint8_t*>(text.data()));
}

std::string deflated(std::string_view plain, std::uint16_t form) {
  isal_zstream stream;
  isal_deflate_init(&stream);
  std::vector<std::uint8_t> level(ISAL_DEF_LVL1_DEFAULT);
  std::string out(plain.size() * 3 / 2 + 4096, '\0');
  stream.gzip_flag = form;
  stream.level = 1;
  stream.level_buf = level.data();
  stream.level_buf_size = static_cast<std::uint32_t>(level.size());
  stream.end_of_stream = 1;
  stream.next_in = bytes_of(plain);
  stream.avail_in = static_cast<std::uint32_t>(plain.size());
  stream.next_out = bytes_of(out);
  stream.avail_out = static_cast<std::uint32_t>(out.size());
  DRAY_ASSERT(isal_deflate(&stream) == COMP_OK && stream.internal_state.state == ZSTATE_END);
  out.resize(stream.total_out);
  return out;
}

std::uint32_t crc_of(std::string_view plain) {
  return crc32_gzip_refl(0, bytes_of(plain), plain.size());
}

std::string framed_chunk(char type, std::string_view plain, const std::string& stored) {
  const std::uint32_t crc = ~crc32_iscsi(bytes_of(plain), static_cast<int>(plain.size()), 0xFFFFFFFF);
  const std::uint32_t masked = (crc >> 15U | crc << 17U) + 0xA282EAD8;
  return type + little(stored.size() + 4, 3) + little(masked, 4) + stored;
}

}  // namespace

std::string little(std::uint64_t value, int bytes) {
  std::string out;
  for (; bytes > 0; --bytes, value >>= 8U) out += static_cast<char>(value & 0xFFU);
  return out;
}

std::string big(std::uint32_t value) {
  std::string out = little(value, 4);
  std::ranges::reverse(out);
  return out;
}

std::string gzip(std::string_view plain) {
  return deflated(plain, IGZIP_GZIP);
}

std::string zlib(std::string_view plain) {
  return deflated(plain, IGZIP_ZLIB);
}

std::string raw_deflate(std::string_view plain) {
  return deflated(plain, IGZIP_DEFLATE);
}

std::string zstd(std::string_view plain, int window_log) {
  ZSTD_CCtx* context = ZSTD_createCCtx();
  ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
  if (window_log > 0) ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, window_log);
  std::string out(ZSTD_compressBound(plain.size()), '\0');
  ZSTD_inBuffer in{plain.data(), plain.size(), 0};
  ZSTD_outBuffer to{out.data(), out.size(), 0};
  // In two steps, so that the frame does not know its size and keeps its window.
  if (window_log > 0) ZSTD_compressStream2(context, &to, &in, ZSTD_e_continue);
  DRAY_ASSERT(ZSTD_compressStream2(context, &to, &in, ZSTD_e_end) == 0);
  ZSTD_freeCCtx(context);
  out.resize(to.pos);
  return out;
}

std::string bzip2(std::string_view plain, int level) {
  std::string out(plain.size() * 2 + 1000, '\0');
  auto size = static_cast<unsigned>(out.size());
  DRAY_ASSERT(BZ2_bzBuffToBuffCompress(out.data(), &size, const_cast<char*>(plain.data()),
                                       static_cast<unsigned>(plain.size()), level, 0, 0) == BZ_OK);
  out.resize(size);
  return out;
}

std::string xz(std::string_view plain) {
  std::string out(lzma_stream_buffer_bound(plain.size()), '\0');
  std::size_t size = 0;
  DRAY_ASSERT(lzma_easy_buffer_encode(1, LZMA_CHECK_CRC64, nullptr, bytes_of(plain), plain.size(), bytes_of(out), &size,
                                      out.size()) == LZMA_OK);
  out.resize(size);
  return out;
}

std::string lz4(std::string_view plain, bool linked) {
  LZ4F_preferences_t wanted{};
  wanted.frameInfo.blockSizeID = LZ4F_max64KB;
  wanted.frameInfo.blockMode = linked ? LZ4F_blockLinked : LZ4F_blockIndependent;
  wanted.frameInfo.contentChecksumFlag = LZ4F_contentChecksumEnabled;
  wanted.frameInfo.blockChecksumFlag = linked ? LZ4F_noBlockChecksum : LZ4F_blockChecksumEnabled;
  std::string out(LZ4F_compressFrameBound(plain.size(), &wanted), '\0');
  const std::size_t size = LZ4F_compressFrame(out.data(), out.size(), plain.data(), plain.size(), &wanted);
  DRAY_ASSERT(LZ4F_isError(size) == 0);
  out.resize(size);
  return out;
}

std::string snappy_raw(std::string_view plain) {
  std::string out;
  snappy::Compress(plain.data(), plain.size(), &out);
  return out;
}

std::string snappy_framed(std::string_view plain) {
  std::string out{"\xFF\x06\x00\x00sNaPpY", 10};
  for (std::size_t at = 0; at < plain.size(); at += 65536) {
    const std::string_view part = plain.substr(at, 65536);
    out += at % 3 == 2 ? framed_chunk('\x01', part, std::string(part)) : framed_chunk('\x00', part, snappy_raw(part));
  }
  return out;
}

std::string snappy_hadoop(std::string_view plain, std::size_t block) {
  std::string out;
  for (std::size_t at = 0; at < plain.size(); at += block) {
    const std::string_view part = plain.substr(at, block);
    out += big(static_cast<std::uint32_t>(part.size()));
    // Hadoop cuts a block in more chunks where its buffer is smaller.
    for (std::size_t inner = 0; inner < part.size(); inner += 70000) {
      const std::string stored = snappy_raw(part.substr(inner, 70000));
      out += big(static_cast<std::uint32_t>(stored.size())) + stored;
    }
  }
  return out;
}

std::string snappy_java(std::string_view plain) {
  std::string out = std::string("\x82SNAPPY\x00", 8) + big(1) + big(1);
  for (std::size_t at = 0; at < plain.size(); at += 32768) {
    const std::string stored = snappy_raw(plain.substr(at, 32768));
    out += big(static_cast<std::uint32_t>(stored.size())) + stored;
  }
  return out;
}

std::string zip(const std::vector<Entry>& entries, const ZipForm& form) {
  std::string out;
  std::string directory;
  for (const Entry& entry : entries) {
    const bool deflate = form.deflate && !entry.plain.empty();
    const bool descriptor = form.descriptor && deflate;
    const std::string stored = deflate ? raw_deflate(entry.plain) : entry.plain;
    const std::string sizes =
        form.zip64 ? std::string(8, '\xFF') : little(stored.size(), 4) + little(entry.plain.size(), 4);
    const std::string extra =
        form.zip64 ? little(1, 2) + little(16, 2) + little(entry.plain.size(), 8) + little(stored.size(), 8) : "";
    const std::string crc = little(crc_of(entry.plain), 4);
    const std::string begin = little(45, 2) + little(descriptor ? 8 : 0, 2) + little(deflate ? 8 : 0, 2) + little(0, 4);
    const std::string ends = little(entry.name.size(), 2) + little(extra.size(), 2);
    const std::size_t offset = out.size();
    out +=
        "PK\x03\x04" + begin + (descriptor ? std::string(12, '\0') : crc + sizes) + ends + entry.name + extra + stored;
    if (descriptor) {
      const int width = form.zip64 ? 8 : 4;
      out +=
          (form.signature ? "PK\x07\x08" : "") + crc + little(stored.size(), width) + little(entry.plain.size(), width);
    }
    directory += "PK\x01\x02" + little(45, 2) + begin + crc + sizes + ends + std::string(10, '\0') + little(offset, 4) +
                 entry.name + extra;
  }
  const std::string count = little(entries.size(), 2);
  return out + directory + "PK\x05\x06" + std::string(4, '\0') + count + count + little(directory.size(), 4) +
         little(out.size(), 4) + little(0, 2);
}

}  // namespace dray::codec

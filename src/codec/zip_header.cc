#include "codec/zip_header.h"

#include <fmt/core.h>

#include "codec/codec.h"

namespace dray::codec {
namespace {

constexpr unsigned kEncrypted = 1U << 0U;
constexpr unsigned kHasDescriptor = 1U << 3U;
constexpr unsigned kStrongEncryption = 1U << 6U;
constexpr unsigned kMasked = 1U << 13U;
constexpr std::uint64_t kSizeElsewhere = 0xFFFFFFFF;
constexpr unsigned kZip64 = 0x0001;
constexpr std::string_view kDescriptorSignature = "PK\x07\x08";

Error unsupported(std::string what) {
  return poison("unsupported_encoding", "the zip has an entry that dray does not read: " + std::move(what));
}

// Field by field of the extra part; the sizes stand in that of zip64 in their order, if the header says so.
void read_extra(std::string_view extra, ZipHeader& header) {
  while (extra.size() >= 4) {
    const auto id = zip_number(extra, 0, 2);
    const auto size = static_cast<std::size_t>(zip_number(extra, 2, 2));
    std::string_view field = extra.substr(4, size);
    extra.remove_prefix(4 + field.size());
    if (id != kZip64) continue;
    header.is_zip64 = true;
    for (std::uint64_t* value : {&header.plain_size, &header.stored_size}) {
      if (*value != kSizeElsewhere || field.size() < 8) continue;
      *value = zip_number(field, 0, 8);
      field.remove_prefix(8);
    }
  }
}

struct Layout {
  std::size_t signature;
  std::size_t width;  // of a size
  [[nodiscard]] std::size_t size() const { return signature + 4 + 2 * width; }
};

bool fits(std::string_view bytes, const Layout& layout, const ZipFacts& facts) {
  return (layout.signature == 0 || bytes.starts_with(kDescriptorSignature)) &&
         zip_number(bytes, layout.signature, 4) == facts.crc &&
         zip_number(bytes, layout.signature + 4, layout.width) == facts.stored_size &&
         zip_number(bytes, layout.signature + 4 + layout.width, layout.width) == facts.plain_size;
}

}  // namespace

std::uint64_t zip_number(std::string_view bytes, std::size_t at, std::size_t size) {
  std::uint64_t value = 0;
  for (std::size_t i = size; i > 0; --i) value = value << 8U | static_cast<unsigned char>(bytes[at + i - 1]);
  return value;
}

std::size_t zip_name_size(std::string_view fixed) {
  return static_cast<std::size_t>(zip_number(fixed, 22, 2));
}

std::size_t zip_variable_size(std::string_view fixed) {
  return zip_name_size(fixed) + static_cast<std::size_t>(zip_number(fixed, 24, 2));
}

Result<ZipHeader> read_zip_header(std::string_view fixed, std::string_view variable) {
  const auto flags = static_cast<unsigned>(zip_number(fixed, 2, 2));
  const auto method = static_cast<unsigned>(zip_number(fixed, 4, 2));
  if ((flags & (kEncrypted | kStrongEncryption | kMasked)) != 0) return unsupported("it is encrypted");
  if (method != 0 && method != 8) return unsupported(fmt::format("method {}; stored and deflate are read", method));
  ZipHeader header;
  header.method = method == 0 ? ZipMethod::stored : ZipMethod::deflate;
  header.has_descriptor = (flags & kHasDescriptor) != 0;
  header.crc = static_cast<std::uint32_t>(zip_number(fixed, 10, 4));
  header.stored_size = zip_number(fixed, 14, 4);
  header.plain_size = zip_number(fixed, 18, 4);
  const std::string_view name = variable.substr(0, zip_name_size(fixed));
  header.is_directory = name.ends_with('/');
  read_extra(variable.substr(name.size()), header);
  header.sizes_known = !header.has_descriptor || header.stored_size != 0;
  if (header.method == ZipMethod::stored && !header.sizes_known && !header.is_directory) {
    return unsupported("stored bytes without a length before them");
  }
  return header;
}

Result<std::size_t> zip_descriptor_size(std::string_view bytes, const ZipHeader& header, const ZipFacts& facts) {
  const std::size_t likely = header.is_zip64 ? 8 : 4;
  const Layout layouts[] = {{4, likely}, {4, 12 - likely}, {0, likely}, {0, 12 - likely}};
  bool wants_more = false;
  for (const Layout& layout : layouts) {
    if (bytes.size() < layout.size()) {
      // The likely one is waited for; the others are taken only if they are there and it is not it.
      wants_more = true;
      if (layout.width == likely && layout.signature == 4 &&
          (bytes.size() < 4 || bytes.starts_with(kDescriptorSignature))) {
        return std::size_t{0};
      }
      continue;
    }
    if (fits(bytes, layout, facts)) return layout.size();
  }
  if (wants_more) return std::size_t{0};
  const std::size_t at = bytes.starts_with(kDescriptorSignature) ? 4 : 0;
  if (zip_number(bytes, at, 4) != facts.crc) {
    return poison("bad_crc", fmt::format("the zip is damaged: an entry's CRC is {:08x}, its descriptor says {:08x}",
                                         facts.crc, zip_number(bytes, at, 4)));
  }
  return poison("bad_length", "the zip is damaged: an entry's length is not what its descriptor says");
}

}  // namespace dray::codec

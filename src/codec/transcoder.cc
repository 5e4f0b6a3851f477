#include "codec/transcoder.h"

#include <algorithm>
#include <cerrno>

#include <fmt/core.h>

namespace dray::codec {
namespace {

constexpr std::size_t kOutputSize = 64U << 10U;
constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

iconv_t invalid() {
  return reinterpret_cast<iconv_t>(-1);  // NOLINT(performance-no-int-to-ptr): iconv's own error value
}

// UTF-16 without an order would make iconv look for a mark of its own.
std::string with_order(const std::string& charset) {
  std::string upper = charset;
  std::ranges::transform(upper, upper.begin(), [](char c) { return c >= 'a' && c <= 'z' ? char(c - 'a' + 'A') : c; });
  return upper == "UTF-16" || upper == "UTF-32" ? upper + "LE" : upper;
}

std::size_t unit_of(const std::string& charset) {
  if (charset.starts_with("UTF-16") || charset.starts_with("UCS-2") || charset.starts_with("UCS2")) return 2;
  if (charset.starts_with("UTF-32") || charset.starts_with("UCS-4") || charset.starts_with("UCS4")) return 4;
  return 1;
}

}  // namespace

bool is_charset(const std::string& charset) {
  if (charset.empty() || charset.find_first_of("/ ") != std::string::npos) return false;
  iconv_t converter = ::iconv_open("UTF-8", with_order(charset).c_str());
  if (converter == invalid()) return false;
  ::iconv_close(converter);
  return true;
}

Transcoder::Transcoder(const std::string& charset, FileSink& sink)
    : sink_(sink),
      converter_(::iconv_open("UTF-8", with_order(charset).c_str())),
      unit_(unit_of(with_order(charset))),
      output_(std::make_unique_for_overwrite<char[]>(kOutputSize)) {
  DRAY_ASSERT(converter_ != invalid());
}

Transcoder::~Transcoder() {
  ::iconv_close(converter_);
}

Status Transcoder::write(std::string_view chunk) {
  // The kept beginning grows byte by byte until its character is whole.
  while (kept_size_ > 0 && !chunk.empty()) {
    if (kept_size_ == kKeptMax) {
      if (Status status = replace(); !status) return status;
      continue;
    }
    kept_.at(kept_size_++) = chunk.front();
    chunk.remove_prefix(1);
    std::string_view kept(kept_.data(), kept_size_);
    if (Status status = convert(kept); !status) return status;
    std::copy(kept.begin(), kept.end(), kept_.begin());
    kept_size_ = kept.size();
  }
  if (Status status = convert(chunk); !status) return status;
  // Longer than any character: it is none.
  while (chunk.size() > kKeptMax) {
    chunk.remove_prefix(unit_);
    output_size_ += kReplacement.copy(output_.get() + output_size_, kReplacement.size());
    if (Status status = convert(chunk); !status) return status;
  }
  if (!chunk.empty()) {
    std::copy(chunk.begin(), chunk.end(), kept_.begin());
    kept_size_ = chunk.size();
  }
  return push();
}

Status Transcoder::finish() {
  while (kept_size_ > 0) {
    if (Status status = replace(); !status) return status;
  }
  // Some character sets hold one back until they know what follows.
  char* out = output_.get() + output_size_;
  std::size_t room = kOutputSize - output_size_;
  ::iconv(converter_, nullptr, nullptr, &out, &room);
  output_size_ = kOutputSize - room;
  return push();
}

// Gives up the first unit of the kept bytes.
Status Transcoder::replace() {
  output_size_ += kReplacement.copy(output_.get() + output_size_, kReplacement.size());
  const std::size_t gone = std::min(unit_, kept_size_);
  std::string_view rest(kept_.data() + gone, kept_size_ - gone);
  if (Status status = convert(rest); !status) return status;
  std::copy(rest.begin(), rest.end(), kept_.begin());
  kept_size_ = rest.size();
  return push();
}

Status Transcoder::convert(std::string_view& bytes) {
  while (!bytes.empty()) {
    // iconv reads through a pointer to non-const.
    char* in = const_cast<char*>(bytes.data());  // NOLINT(cppcoreguidelines-pro-type-const-cast)
    std::size_t left = bytes.size();
    char* out = output_.get() + output_size_;
    std::size_t room = kOutputSize - output_size_;
    const std::size_t converted = ::iconv(converter_, &in, &left, &out, &room);
    const int fault = converted == static_cast<std::size_t>(-1) ? errno : 0;
    bytes.remove_prefix(bytes.size() - left);
    output_size_ = kOutputSize - room;
    if (fault == EINVAL) return {};
    if (fault == E2BIG || room < kReplacement.size()) {
      if (Status status = push(); !status) return status;
    }
    if (fault == EILSEQ) {
      bytes.remove_prefix(std::min(unit_, bytes.size()));
      output_size_ += kReplacement.copy(output_.get() + output_size_, kReplacement.size());
    }
  }
  return {};
}

Status Transcoder::push() {
  const std::string_view text(output_.get(), output_size_);
  output_size_ = 0;
  return text.empty() ? Status() : sink_.write(text);
}

}  // namespace dray::codec

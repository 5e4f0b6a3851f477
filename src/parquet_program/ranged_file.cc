#include "parquet_program/ranged_file.h"

#include <arrow/memory_pool.h>

#include <algorithm>
#include <cstring>

#include "parquet_wire/frames.h"

namespace dray::parquet_program {
namespace {

// Bytes between two column chunks that are cheaper to read than to skip.
constexpr std::int64_t kGapMax = std::int64_t{256} << 10U;

std::vector<Span> coalesced(std::vector<Span> spans) {
  std::ranges::sort(spans, {}, &Span::offset);
  std::vector<Span> merged;
  for (const Span& span : spans) {
    if (!merged.empty() && span.offset - (merged.back().offset + merged.back().length) <= kGapMax) {
      Span& last = merged.back();
      last.length = std::max(last.length, span.offset + span.length - last.offset);
    } else {
      merged.push_back(span);
    }
  }
  return merged;
}

}  // namespace

::arrow::Status RangedFile::hold(std::vector<Span> spans) {
  held_.clear();
  std::erase_if(spans, [&](const Span& span) {
    return span.offset < 0 || span.length <= 0 || span.offset > size_ || span.length > size_ - span.offset;
  });
  for (const Span& span : coalesced(std::move(spans))) {
    ARROW_ASSIGN_OR_RAISE(auto bytes, fetch_buffer(span.offset, span.length));
    held_.push_back({span.offset, std::move(bytes)});
  }
  return ::arrow::Status::OK();
}

const RangedFile::Held* RangedFile::held(std::int64_t position, std::int64_t count) const {
  for (const Held& one : held_) {
    if (position >= one.offset && position + count <= one.offset + one.bytes->size()) return &one;
  }
  return nullptr;
}

// How many of `count` bytes there are.
::arrow::Result<std::int64_t> RangedFile::within(std::int64_t position, std::int64_t count) const {
  if (position < 0 || count < 0 || position > size_) {
    return ::arrow::Status::IOError("bytes ", position, "+", count, " of a file of ", size_);
  }
  return std::min(count, size_ - position);
}

::arrow::Status RangedFile::fetch(std::int64_t position, std::int64_t count, std::uint8_t* out) {
  while (count > 0) {
    const std::int64_t part = std::min<std::int64_t>(count, parquet_wire::kReadBytesMax);
    ARROW_RETURN_NOT_OK(source_.read(position, part, out));
    position += part;
    out += part;
    count -= part;
  }
  return ::arrow::Status::OK();
}

::arrow::Result<std::shared_ptr<::arrow::Buffer>> RangedFile::fetch_buffer(std::int64_t position, std::int64_t count) {
  ARROW_ASSIGN_OR_RAISE(auto buffer, ::arrow::AllocateBuffer(count, ::arrow::system_memory_pool()));
  ARROW_RETURN_NOT_OK(fetch(position, count, buffer->mutable_data()));
  return std::shared_ptr<::arrow::Buffer>(std::move(buffer));
}

::arrow::Result<std::int64_t> RangedFile::ReadAt(std::int64_t position, std::int64_t count, void* out) {
  ARROW_ASSIGN_OR_RAISE(count, within(position, count));
  if (const Held* one = held(position, count)) {
    std::memcpy(out, one->bytes->data() + (position - one->offset), static_cast<std::size_t>(count));
  } else {
    ARROW_RETURN_NOT_OK(fetch(position, count, static_cast<std::uint8_t*>(out)));
  }
  return count;
}

::arrow::Result<std::shared_ptr<::arrow::Buffer>> RangedFile::ReadAt(std::int64_t position, std::int64_t count) {
  ARROW_ASSIGN_OR_RAISE(count, within(position, count));
  if (const Held* one = held(position, count)) return ::arrow::SliceBuffer(one->bytes, position - one->offset, count);
  return fetch_buffer(position, count);
}

::arrow::Result<std::int64_t> RangedFile::Read(std::int64_t count, void* out) {
  ARROW_ASSIGN_OR_RAISE(count, ReadAt(position_, count, out));
  position_ += count;
  return count;
}

::arrow::Result<std::shared_ptr<::arrow::Buffer>> RangedFile::Read(std::int64_t count) {
  ARROW_ASSIGN_OR_RAISE(auto buffer, ReadAt(position_, count));
  position_ += buffer->size();
  return buffer;
}

::arrow::Status RangedFile::Seek(std::int64_t position) {
  position_ = position;
  return ::arrow::Status::OK();
}

::arrow::Status RangedFile::Close() {
  closed_ = true;
  return ::arrow::Status::OK();
}

}  // namespace dray::parquet_program

// RangedFile: an object as Arrow wants to see it, over a source that answers ranges one at a time.
//
// hold() fetches the column chunks of one row group in few large ranges; what Arrow then reads of them costs neither a
// request nor a copy. Everything else is asked for as it comes. Errors of the source are its own affair (dray ends this
// process). One thread, and none of Arrow's.
#pragma once

#include <arrow/buffer.h>
#include <arrow/io/interfaces.h>

#include <cstdint>
#include <memory>
#include <vector>

namespace dray::parquet_program {

class Source {
 public:
  virtual ~Source() = default;
  // Whole or not at all; length is at most parquet_wire::kReadBytesMax.
  virtual ::arrow::Status read(std::int64_t offset, std::int64_t length, std::uint8_t* to) = 0;
};

struct Span {
  std::int64_t offset = 0;
  std::int64_t length = 0;
};

class RangedFile final : public ::arrow::io::RandomAccessFile {
 public:
  RangedFile(Source& source, std::int64_t size) : source_(source), size_(size) {}

  // Replaces what was held before. Spans that are no part of the file are left out.
  ::arrow::Status hold(std::vector<Span> spans);
  void release() { held_.clear(); }

  using RandomAccessFile::Read;
  using RandomAccessFile::ReadAt;
  ::arrow::Result<std::int64_t> GetSize() override { return size_; }
  ::arrow::Result<std::int64_t> ReadAt(std::int64_t position, std::int64_t count, void* out) override;
  ::arrow::Result<std::shared_ptr<::arrow::Buffer>> ReadAt(std::int64_t position, std::int64_t count) override;
  ::arrow::Result<std::int64_t> Read(std::int64_t count, void* out) override;
  ::arrow::Result<std::shared_ptr<::arrow::Buffer>> Read(std::int64_t count) override;
  ::arrow::Status Seek(std::int64_t position) override;
  ::arrow::Result<std::int64_t> Tell() const override { return position_; }
  ::arrow::Status Close() override;
  [[nodiscard]] bool closed() const override { return closed_; }

 private:
  struct Held {
    std::int64_t offset = 0;
    std::shared_ptr<::arrow::Buffer> bytes;
  };

  [[nodiscard]] const Held* held(std::int64_t position, std::int64_t count) const;
  ::arrow::Result<std::int64_t> within(std::int64_t position, std::int64_t count) const;
  ::arrow::Status fetch(std::int64_t position, std::int64_t count, std::uint8_t* out);
  ::arrow::Result<std::shared_ptr<::arrow::Buffer>> fetch_buffer(std::int64_t position, std::int64_t count);

  Source& source_;
  const std::int64_t size_;
  std::int64_t position_ = 0;
  bool closed_ = false;
  std::vector<Held> held_;
};

}  // namespace dray::parquet_program

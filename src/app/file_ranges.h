// FileRanges: a local file whose bytes can be had in any order: parquet for `dray try`.
//
// Regular files only. Memory: one piece of 256 KiB. One thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/byte_sink.h"
#include "base/result.h"
#include "parquet/range_source.h"

namespace dray::app {

class FileRanges final : public parquet::RangeSource {
 public:
  // {later, "unreadable"}: there is none, or it is no regular file.
  static Result<std::unique_ptr<FileRanges>> open(const std::string& path);
  FileRanges(int fd, std::uint64_t size) : fd_(fd), size_(size) {}
  ~FileRanges() override;
  FileRanges(const FileRanges&) = delete;
  FileRanges& operator=(const FileRanges&) = delete;

  [[nodiscard]] std::uint64_t size() const override { return size_; }
  Status read(std::uint64_t offset, std::uint32_t length, ByteSink& sink) override;
  // The last bytes, eight at most; "" if they cannot be read.
  std::string end();

 private:
  const int fd_;
  const std::uint64_t size_;
};

}  // namespace dray::app

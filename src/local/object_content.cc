#include "local/object_content.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace dray::local {
namespace {

constexpr std::size_t kPieceBytes = 256 * 1024;

class MemoryContent final : public ObjectContent {
 public:
  explicit MemoryContent(std::string bytes) : bytes_(std::move(bytes)) {}
  [[nodiscard]] std::uint64_t size() const override { return bytes_.size(); }
  Status read(std::uint64_t offset, std::uint64_t length, const Sink& sink) const override {
    return sink(std::string_view(bytes_).substr(offset, length));
  }

 private:
  const std::string bytes_;
};

class GeneratedContent final : public ObjectContent {
 public:
  GeneratedContent(std::uint64_t size, Generator generator) : size_(size), generator_(std::move(generator)) {}
  [[nodiscard]] std::uint64_t size() const override { return size_; }
  Status read(std::uint64_t offset, std::uint64_t length, const Sink& sink) const override {
    std::string piece(static_cast<std::size_t>(std::min<std::uint64_t>(kPieceBytes, length)), '\0');
    while (length > 0) {
      const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(piece.size(), length));
      generator_(offset, piece.data(), wanted);
      if (auto sent = sink(std::string_view(piece).substr(0, wanted)); !sent) return sent;
      offset += wanted;
      length -= wanted;
    }
    return {};
  }

 private:
  const std::uint64_t size_;
  const Generator generator_;
};

class FileContent final : public ObjectContent {
 public:
  FileContent(std::string path, std::uint64_t size) : path_(std::move(path)), size_(size) {}
  [[nodiscard]] std::uint64_t size() const override { return size_; }
  Status read(std::uint64_t offset, std::uint64_t length, const Sink& sink) const override {
    const int fd = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) return short_file();
    std::string piece(static_cast<std::size_t>(std::min<std::uint64_t>(kPieceBytes, length)), '\0');
    Status status;
    while (length > 0 && status) {
      const ssize_t got =
          ::pread(fd, piece.data(), static_cast<std::size_t>(std::min<std::uint64_t>(piece.size(), length)),
                  static_cast<off_t>(offset));
      if (got <= 0) {
        status = short_file();
        break;
      }
      status = sink(std::string_view(piece).substr(0, static_cast<std::size_t>(got)));
      offset += static_cast<std::uint64_t>(got);
      length -= static_cast<std::uint64_t>(got);
    }
    ::close(fd);
    return status;
  }

 private:
  [[nodiscard]] Status short_file() const {
    return Error{ErrorKind::transient, "short_body", fmt::format("{} cannot be read as far as it once reached", path_)};
  }

  const std::string path_;
  const std::uint64_t size_;
};

}  // namespace

Content memory_content(std::string bytes) {
  return std::make_shared<MemoryContent>(std::move(bytes));
}

Result<Content> file_content(const std::string& path) {
  struct stat found{};
  if (::stat(path.c_str(), &found) != 0 || !S_ISREG(found.st_mode)) {
    return Error{ErrorKind::config, "no_file",
                 fmt::format("{} is not a readable file: {}", path, std::strerror(errno))};
  }
  return Content(std::make_shared<FileContent>(path, static_cast<std::uint64_t>(found.st_size)));
}

Content generated_content(std::uint64_t size, Generator generator) {
  return std::make_shared<GeneratedContent>(size, std::move(generator));
}

}  // namespace dray::local

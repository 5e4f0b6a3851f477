#include "app/file_ranges.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string_view>

namespace dray::app {
namespace {

constexpr std::uint64_t kPiece = std::uint64_t{256} << 10U;
constexpr std::uint64_t kEnd = 8;

Error unreadable(const std::string& why) {
  return {ErrorKind::later, "unreadable", "cannot be read: " + why};
}

}  // namespace

Result<std::unique_ptr<FileRanges>> FileRanges::open(const std::string& path) {
  // O_NONBLOCK: a named pipe must not wait for its writer only to be refused.
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) return unreadable(std::strerror(errno));
  struct stat about{};
  const bool regular = ::fstat(fd, &about) == 0 && S_ISREG(about.st_mode);
  auto ranges = std::make_unique<FileRanges>(fd, static_cast<std::uint64_t>(about.st_size));
  if (!regular) return unreadable("it is not a regular file");
  return ranges;
}

FileRanges::~FileRanges() {
  ::close(fd_);
}

Status FileRanges::read(std::uint64_t offset, std::uint32_t length, ByteSink& sink) {
  std::string piece(static_cast<std::size_t>(std::min<std::uint64_t>(length, kPiece)), '\0');
  std::uint64_t missing = length;
  while (missing > 0) {
    const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(missing, piece.size()));
    const ssize_t got = ::pread(fd_, piece.data(), wanted, static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return unreadable(std::strerror(errno));
    if (got == 0) return unreadable("it became shorter while it was read");
    const std::string_view bytes(piece.data(), static_cast<std::size_t>(got));
    if (Status written = sink.write(bytes); !written) return written;
    offset += bytes.size();
    missing -= bytes.size();
  }
  return {};
}

std::string FileRanges::end() {
  std::string last(static_cast<std::size_t>(std::min(size_, kEnd)), '\0');
  const ssize_t got = ::pread(fd_, last.data(), last.size(), static_cast<off_t>(size_ - last.size()));
  return got == static_cast<ssize_t>(last.size()) ? last : std::string();
}

}  // namespace dray::app

#include "config/surroundings.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <system_error>

namespace dray::config {
namespace {

constexpr std::size_t kFileBytesMax = std::size_t{4} << 20U;

Error fault(std::string message) {
  return {ErrorKind::config, "bad_file", std::move(message)};
}

Error system_fault(int number) {
  return fault(std::generic_category().message(number));
}

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  [[nodiscard]] int get() const { return fd_; }

 private:
  int fd_;
};

Result<FileText> read_file(const std::string& path) {
  // O_NONBLOCK: opening a named pipe must not wait for its writer.
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (file.get() < 0) return system_fault(errno);
  struct stat about{};
  if (::fstat(file.get(), &about) != 0) return system_fault(errno);
  if (!S_ISREG(about.st_mode)) return fault("is not a regular file");
  FileText out;
  out.open_to_others = (about.st_mode & (S_IRGRP | S_IWGRP | S_IROTH | S_IWOTH)) != 0;
  char chunk[16384];
  while (true) {
    const ssize_t got = ::read(file.get(), chunk, sizeof chunk);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return system_fault(errno);
    if (got == 0) return out;
    out.text.append(chunk, static_cast<std::size_t>(got));
    if (out.text.size() > kFileBytesMax) return fault(fmt::format("has more than {} bytes", kFileBytesMax));
  }
}

std::optional<std::string> environment(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  if (value == nullptr) return std::nullopt;
  return value;
}

}  // namespace

Surroundings system_surroundings() {
  return {environment, read_file, "", {}};
}

std::string placed(const Surroundings& around, std::string_view folder, const std::string& written) {
  return (std::filesystem::path(around.directory) / folder / written).lexically_normal().string();
}

}  // namespace dray::config

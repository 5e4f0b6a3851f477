#include "app/try_sources.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>

#include "intake/notification_decoder.h"

namespace dray::app {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kS3 = "s3://";
constexpr std::size_t kChunk = std::size_t{256} << 10U;
constexpr int kPauseMs = 200;  // what writes without a person in between has no such gaps

Error unreadable(const std::string& why) {
  return {ErrorKind::later, "unreadable", "cannot be read: " + why};
}

// Of what stands in a directory and is no file. A link that leads nowhere is a fault, what is meant for something else
// is not; nothing: a directory, whose own files are come by.
std::optional<Error> why_passed_over(const fs::directory_entry& entry) {
  std::error_code fault;
  std::error_code ignored;
  const fs::file_status status = entry.status(fault);
  const bool link = entry.is_symlink(ignored);
  if (status.type() == fs::file_type::not_found)
    return link ? std::optional(unreadable("a link to nothing")) : std::nullopt;
  if (fault) return unreadable(fault.message());
  if (fs::is_directory(status) && !link) return std::nullopt;
  return Error{ErrorKind::later, kPassedOver,
               fs::is_directory(status) ? "passed over: a link to a directory; name it to read it"
                                        : "passed over: neither a file nor a directory"};
}

class Expansion {
 public:
  Expansion(const SourceOverrides& overrides, const TakeSource& take, const TakeFault& fault)
      : overrides_(overrides), take_(take), fault_(fault) {}

  // False: no more is wanted.
  bool add(const std::string& path) {
    std::error_code ignored;
    if (path == "-") {
      return give({TrySource::Kind::pipe, "standard input", {}, {}}, "stdin");
    }
    if (path.starts_with(kS3)) return add_s3(path);
    if (fs::is_directory(path, ignored)) return add_directory(path);
    const bool again = !fs::exists(path, ignored) || fs::is_regular_file(path, ignored);
    return give({again ? TrySource::Kind::file : TrySource::Kind::pipe, path, path, {}},
                path.starts_with("./") ? path.substr(2) : path);
  }

 private:
  bool add_s3(const std::string& url) {
    if (!is_s3_url(url)) {
      fault_({ErrorKind::config, "bad_url", url + ": must be s3://BUCKET/KEY, the key as it is, not percent-encoded"});
      return true;
    }
    const std::string::size_type slash = url.find('/', kS3.size());
    TrySource source{TrySource::Kind::s3, url, {}, {}};
    source.object.bucket = url.substr(kS3.size(), slash - kS3.size());
    return give(std::move(source), url.substr(slash + 1));
  }

  bool add_directory(const std::string& path) {
    std::error_code fault;
    std::vector<fs::path> files;
    fs::recursive_directory_iterator entry(path, fault);
    for (const fs::recursive_directory_iterator end; !fault && entry != end; entry.increment(fault)) {
      std::error_code ignored;
      if (entry->is_regular_file(ignored)) {
        files.push_back(entry->path());
      } else if (auto why = why_passed_over(*entry)) {
        fault_(with_context(*std::move(why), entry->path().string()));
      }
    }
    // What was found before the fault is decoded all the same.
    if (fault) fault_(with_context(unreadable(fault.message()), path));
    if (!fault && files.empty()) fault_({ErrorKind::later, "unreadable", path + ": there are no files below it"});
    std::sort(files.begin(), files.end());
    return std::all_of(files.begin(), files.end(), [&](const fs::path& file) {
      return give({TrySource::Kind::file, file.string(), file.string(), {}}, file.lexically_relative(path).string());
    });
  }

  bool give(TrySource source, std::string key) {
    flow::ObjectRef& object = source.object;
    object.key = std::move(key);
    if (overrides_.key != nullptr) object.key = *overrides_.key;
    if (source.kind != TrySource::Kind::s3) object.bucket = overrides_.bucket;
    object.region = overrides_.region;
    object.account = overrides_.account != nullptr ? *overrides_.account : intake::account_of(object.key);
    return take_(source);
  }

  const SourceOverrides& overrides_;
  const TakeSource& take_;
  const TakeFault& fault_;
};

// A descriptor that is closed at the end, unless it is stdin's.
class OpenFile {
 public:
  explicit OpenFile(const TrySource& source)
      : owned_(!source.path.empty()), fd_(owned_ ? ::open(source.path.c_str(), O_RDONLY | O_CLOEXEC) : STDIN_FILENO) {}
  ~OpenFile() {
    if (owned_ && fd_ >= 0) ::close(fd_);
  }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  [[nodiscard]] int fd() const { return fd_; }

 private:
  const bool owned_;
  const int fd_;
};

// Waits a moment for bytes (or the end, or a fault, which read() tells).
bool comes_to_a_pause(int fd) {
  pollfd one{.fd = fd, .events = POLLIN, .revents = 0};
  return ::poll(&one, 1, kPauseMs) == 0;
}

}  // namespace

bool is_s3_url(const std::string& path) {
  if (!path.starts_with(kS3)) return false;
  const std::string::size_type slash = path.find('/', kS3.size());
  return slash != std::string::npos && slash > kS3.size() && slash + 1 < path.size();
}

void expand_sources(const std::vector<std::string>& paths, const SourceOverrides& overrides, const TakeSource& take,
                    const TakeFault& fault) {
  Expansion expansion(overrides, take, fault);
  if (paths.empty()) {
    expansion.add("-");
    return;
  }
  for (const std::string& path : paths) {
    if (!expansion.add(path)) return;
  }
}

Status read_source(const TrySource& source, ByteSink& sink, const PipeWatch& watch) {
  const OpenFile file(source);
  if (file.fd() < 0) return unreadable(std::strerror(errno));
  const bool watched = source.kind == TrySource::Kind::pipe;
  std::string chunk(kChunk, '\0');
  while (true) {
    if (watched && comes_to_a_pause(file.fd())) {
      if (Status gone = watch.paused(); !gone) return gone;
    }
    const ssize_t bytes = ::read(file.fd(), chunk.data(), chunk.size());
    if (bytes < 0 && errno == EINTR) continue;
    if (bytes < 0) return unreadable(std::strerror(errno));
    if (bytes == 0) return sink.finish();
    if (Status written = sink.write({chunk.data(), static_cast<std::size_t>(bytes)}); !written) return written;
    if (!watched) continue;
    if (Status gone = watch.after_chunk(); !gone) return gone;
  }
}

}  // namespace dray::app

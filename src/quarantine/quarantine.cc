#include "quarantine/quarantine.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <memory>

#include <fmt/chrono.h>
#include <fmt/core.h>

#include "base/digest.h"
#include "base/encoding.h"
#include "base/json.h"

namespace dray::quarantine {
namespace {

constexpr mode_t kDirectoryMode = 0700;
constexpr mode_t kFileMode = 0600;
constexpr std::string_view kSuffix = ".quarantine";
constexpr std::string_view kBeside = ".writing-";

// "2024-03-05T09:10:11Z".
std::string iso(WallTime time) {
  const auto at = static_cast<std::time_t>(time.micros / 1'000'000);
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(at));
}

std::string head_of(const Reason& reason, std::size_t bytes, WallTime time) {
  Json::Object head;
  const auto add = [&](const char* name, const std::string& value) {
    if (!value.empty()) head.emplace(name, value);
  };
  add("reason", std::string(flow::name_of(reason.trouble)));
  add("code", reason.error.code);
  add("error", reason.error.message);
  add("time", iso(time));
  add("input", reason.input);
  add("service", reason.service);
  add("message_id", reason.message_id);
  add("bucket", reason.object.bucket);
  add("key", reason.object.key);
  add("region", reason.object.region);
  add("version_id", reason.object.version_id);
  add("sequencer", reason.object.sequencer);
  add("etag", reason.etag.empty() ? reason.object.etag : reason.etag);
  if (reason.record) head.emplace("record", static_cast<std::int64_t>(*reason.record));
  head.emplace("bytes", static_cast<std::int64_t>(bytes));
  return Json(std::move(head)).dump() + "\n";
}

// Of a record its bytes belong to the name: an object that was replaced under an identity that does not tell it has
// other records under the same numbers. Of an object the bytes in hand depend on how they came.
std::string name_of(const Reason& reason, std::string_view bytes) {
  std::string identity;
  const std::string record = reason.record ? std::to_string(*reason.record) : "object";
  const flow::ObjectRef& object = reason.object;
  for (const std::string* part : {&reason.input, &object.bucket, &object.key, &object.version_id, &object.sequencer,
                                  &object.etag, &reason.etag, &record}) {
    identity += fmt::format("{}:{}", part->size(), *part);
  }
  if (reason.record) identity += sha256(bytes);
  return fmt::format("{}-{}{}", hex(sha256(identity)).substr(0, 32), record, kSuffix);
}

Error failed(const char* call) {
  return {ErrorKind::poison, call, fmt::format("{}: {}", call, std::strerror(errno))};
}

// A new directory survives a power cut only once its parent is on the disk. One that was there already may have been
// made a moment before a crash, so its parent is synced too, as far as it lets us.
Status make_directory(const std::string& path) {
  const bool is_new = ::mkdir(path.c_str(), kDirectoryMode) == 0;
  if (!is_new && errno != EEXIST) return failed("mkdir");
  const std::size_t slash = path.find_last_of('/');
  const std::string parent = slash == std::string::npos ? "." : path.substr(0, std::max<std::size_t>(slash, 1));
  const int fd = ::open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  Status synced = fd >= 0 && ::fsync(fd) == 0 ? Status() : failed("fsync of its parent");
  if (fd >= 0) ::close(fd);
  return is_new ? synced : Status();
}

Status write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return failed("write");
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

}  // namespace

Quarantine::Quarantine(std::string directory, const Limits& limits, Clock& clock)
    : directory_(std::move(directory)),
      limits_(limits),
      clock_(clock),
      beside_(fmt::format("{}{}-{}", kBeside, ::getpid(), clock.wall_now().micros)) {}

Quarantine::~Quarantine() {
  if (fd_ >= 0) ::close(fd_);
}

Status Quarantine::open() {
  const std::lock_guard lock(mutex_);
  return open_locked();
}

std::uint64_t Quarantine::bytes() const {
  const std::lock_guard lock(mutex_);
  return bytes_;
}

std::size_t Quarantine::files() const {
  const std::lock_guard lock(mutex_);
  return sizes_.size();
}

Error Quarantine::refused(std::string_view what) const {
  return {ErrorKind::poison, "quarantine_unavailable",
          fmt::format("the quarantine {} cannot take it ({}), so it stays on the queue", directory_, what)};
}

Status Quarantine::open_locked() {
  if (fd_ >= 0) return {};
  const std::string parent = directory_.substr(0, directory_.find_last_of('/'));
  for (const std::string* path : {&parent, &directory_}) {
    if (path->empty()) continue;
    if (Status made = make_directory(*path); !made) return refused(fmt::format("{}: {}", *path, made.error().message));
  }
  const int fd = ::open(directory_.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0) return refused(std::strerror(errno));
  struct stat about{};
  const bool ours = ::fstat(fd, &about) == 0 && about.st_uid == ::geteuid();
  if (!ours || ::fchmod(fd, kDirectoryMode) != 0) {
    ::close(fd);
    return refused("it belongs to another user");
  }
  fd_ = fd;
  Status counted = count_locked();
  if (!counted) {
    ::close(fd_);
    fd_ = -1;
  }
  return counted;
}

Status Quarantine::count_locked() {
  sizes_.clear();
  bytes_ = 0;
  const int again = ::openat(fd_, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const std::unique_ptr<DIR, int (*)(DIR*)> listing(again < 0 ? nullptr : ::fdopendir(again), &::closedir);
  if (listing == nullptr) {
    const std::string why = std::strerror(errno);
    if (again >= 0) ::close(again);
    return refused(why);
  }
  while (const dirent* entry = ::readdir(listing.get())) {
    const std::string name = static_cast<const char*>(entry->d_name);
    struct stat about{};
    // What a crash left half written counts, too: it takes space.
    if (!name.ends_with(kSuffix) && !name.starts_with(kBeside)) continue;
    if (::fstatat(fd_, name.c_str(), &about, AT_SYMLINK_NOFOLLOW) != 0) continue;
    sizes_[name] = static_cast<std::uint64_t>(about.st_size);
    bytes_ += static_cast<std::uint64_t>(about.st_size);
  }
  return {};
}

Status Quarantine::keep(const Reason& reason, std::string_view bytes) {
  const std::string head = head_of(reason, bytes.size(), clock_.wall_now());
  const std::string name = name_of(reason, bytes);
  const std::uint64_t size = head.size() + bytes.size();
  const std::lock_guard lock(mutex_);
  if (Status opened = open_locked(); !opened) return opened;
  auto known = sizes_.find(name);
  // People take files out while we run: looked at only where it matters.
  const bool full = bytes_ + size > limits_.bytes_max || (known == sizes_.end() && sizes_.size() >= limits_.files_max);
  if (full) {
    if (Status counted = count_locked(); !counted) return counted;
    known = sizes_.find(name);
  }
  const std::uint64_t before = known == sizes_.end() ? 0 : known->second;
  if (bytes_ - before + size > limits_.bytes_max) {
    return refused(
        fmt::format("it is full: {} of {} bytes; take out what is done with, or raise "
                    "globals.quarantine_bytes_max",
                    bytes_, limits_.bytes_max));
  }
  if (known == sizes_.end() && sizes_.size() >= limits_.files_max) {
    return refused(fmt::format("it is full: {} files; take out what is done with", sizes_.size()));
  }
  if (Status written = write_locked(name, head, bytes); !written) return written;
  sizes_[name] = size;
  bytes_ += size - before;
  return {};
}

// A failed fsync may have thrown the data away: the file goes, and nothing was kept.
Status Quarantine::write_locked(const std::string& name, std::string_view head, std::string_view bytes) {
  ::unlinkat(fd_, beside_.c_str(), 0);
  Status written = write_beside(head, bytes);
  if (written && ::renameat(fd_, beside_.c_str(), fd_, name.c_str()) != 0) written = failed("rename");
  if (written && ::fsync(fd_) != 0) written = failed("fsync");
  if (written) return {};
  ::unlinkat(fd_, beside_.c_str(), 0);
  // The directory itself may have gone: opened anew the next time.
  ::close(fd_);
  fd_ = -1;
  return refused(written.error().message);
}

Status Quarantine::write_beside(std::string_view head, std::string_view bytes) const {
  const int fd = ::openat(fd_, beside_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, kFileMode);
  if (fd < 0) return failed("open");
  Status written = write_all(fd, head);
  if (written) written = write_all(fd, bytes);
  if (written && ::fsync(fd) != 0) written = failed("fsync");
  if (::close(fd) != 0 && written) written = failed("close");
  return written;
}

}  // namespace dray::quarantine

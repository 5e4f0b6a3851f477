#include "local/delete_journal.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "base/json.h"
#include "local/cloud_text.h"

namespace dray::local {

DeleteJournal::DeleteJournal(int fd, std::vector<std::string> watch_files, Clock& clock)
    : fd_(fd), watch_files_(std::move(watch_files)), clock_(clock) {}

DeleteJournal::~DeleteJournal() {
  ::close(fd_);
}

Result<std::unique_ptr<DeleteJournal>> DeleteJournal::open(const std::string& path,
                                                           std::vector<std::string> watch_files, Clock& clock) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (fd < 0) {
    return Error{ErrorKind::config, "journal",
                 fmt::format("cannot append to the journal {}: {}", path, std::strerror(errno))};
  }
  return std::unique_ptr<DeleteJournal>(new DeleteJournal(fd, std::move(watch_files), clock));
}

void DeleteJournal::note(const DeletedMessage& deleted) {
  Json::Object sizes;
  for (const std::string& path : watch_files_) {
    struct stat found{};
    sizes[path] = ::stat(path.c_str(), &found) == 0 ? static_cast<std::int64_t>(found.st_size) : std::int64_t{-1};
  }
  std::string line = Json(Json::Object{{"time", iso_time(clock_.wall_now())},
                                       {"queue", deleted.queue},
                                       {"message_id", deleted.message.id},
                                       {"body", deleted.message.body},
                                       {"sizes", std::move(sizes)}})
                         .dump();
  line.push_back('\n');
  // A journal that cannot be written proves nothing: better to end than to answer the delete.
  DRAY_ASSERT(::write(fd_, line.data(), line.size()) == static_cast<ssize_t>(line.size()));
}

}  // namespace dray::local

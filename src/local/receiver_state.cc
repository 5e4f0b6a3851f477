#include "local/receiver_state.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

namespace dray::local {

namespace {

Error file_error(const std::string& path, const char* doing) {
  return {ErrorKind::config, "receiver_file",
          std::string("cannot ") + doing + " " + path + ": " + std::strerror(errno)};
}

}  // namespace

ReceiverState::ReceiverState(ReceiverOptions wanted, Clock& the_clock, telemetry::Logger logger)
    : options(std::move(wanted)), clock(the_clock), log(std::move(logger)), behaviour_(options.behaviour) {}

ReceiverState::~ReceiverState() {
  if (close_fd_) ::close(fd_);
}

Status ReceiverState::open_destination() {
  if (options.to_stdout) fd_ = STDOUT_FILENO;
  if (options.file.empty()) return {};
  fd_ = ::open(options.file.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (fd_ < 0) return file_error(options.file, "open");
  close_fd_ = true;
  struct stat now{};
  if (::fstat(fd_, &now) != 0) return file_error(options.file, "look at");
  char last = '\n';
  if (S_ISREG(now.st_mode) && now.st_size > 0 && ::pread(fd_, &last, 1, now.st_size - 1) != 1) {
    return file_error(options.file, "read");
  }
  return last == '\n' ? Status() : write("\n");
}

Behaviour ReceiverState::behaviour() const {
  const std::lock_guard lock(behaviour_mutex_);
  return behaviour_;
}

void ReceiverState::set_behaviour(const Behaviour& behaviour) {
  const std::lock_guard lock(behaviour_mutex_);
  behaviour_ = behaviour;
}

bool ReceiverState::claim_fault(const Behaviour& behaviour) {
  const std::lock_guard lock(behaviour_mutex_);
  const std::uint64_t done = counters.faults.load(std::memory_order_relaxed);
  if (behaviour.faults_max > 0 && done >= static_cast<std::uint64_t>(behaviour.faults_max)) return false;
  counters.faults.fetch_add(1, std::memory_order_relaxed);
  return true;
}

Duration ReceiverState::account(std::size_t bytes, std::uint64_t bytes_per_second) {
  counters.bytes.fetch_add(bytes, std::memory_order_relaxed);
  if (bytes_per_second == 0) return Duration(0);
  const std::lock_guard lock(rate_mutex_);
  const TimePoint now = clock.now();
  const auto price =
      Duration(static_cast<std::int64_t>(static_cast<double>(bytes) * 1e9 / static_cast<double>(bytes_per_second)));
  rate_free_at_ = std::max(rate_free_at_, now) + price;
  return rate_free_at_ - now;
}

Status ReceiverState::write(std::string_view events) {
  const std::lock_guard lock(file_mutex_);
  while (!events.empty()) {
    const ssize_t written = ::write(fd_, events.data(), events.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return file_error(options.to_stdout ? "stdout" : options.file, "write");
    events.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

}  // namespace dray::local

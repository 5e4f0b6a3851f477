#include "parquet/child.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <system_error>

#include <fmt/core.h>

namespace dray::parquet {
namespace {

constexpr Duration kSilenceMax = seconds(120);
// How often a wait looks at the stop flag.
constexpr int kSliceMs = 100;
// A child whose socket is closed is as good as ended.
constexpr Duration kDyingMax = seconds(2);
constexpr int kExitNotConfined = 77;
constexpr int kExitNotLoaded = 127;

Error unavailable(std::string message) {
  return {ErrorKind::later, "parquet_unavailable", std::move(message)};
}

std::string text_of(int code) {
  return std::system_category().message(code);
}

struct Actions {
  Actions() {
    ::posix_spawn_file_actions_init(&files);
    ::posix_spawnattr_init(&attributes);
  }
  Actions(const Actions&) = delete;
  Actions& operator=(const Actions&) = delete;
  ~Actions() {
    ::posix_spawn_file_actions_destroy(&files);
    ::posix_spawnattr_destroy(&attributes);
  }

  void prepare(int socket) {
    ::posix_spawn_file_actions_adddup2(&files, socket, STDIN_FILENO);
    ::posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    ::posix_spawn_file_actions_addopen(&files, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    ::posix_spawn_file_actions_addclosefrom_np(&files, STDERR_FILENO + 1);
    sigset_t none;
    sigset_t all;
    ::sigemptyset(&none);
    ::sigfillset(&all);
    ::posix_spawnattr_setsigmask(&attributes, &none);
    ::posix_spawnattr_setsigdefault(&attributes, &all);
    ::posix_spawnattr_setpgroup(&attributes, 0);
    ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
  }

  posix_spawn_file_actions_t files{};
  posix_spawnattr_t attributes{};
};

// Signals that a program brings upon itself.
bool is_own_fault(int number) {
  return number == SIGSEGV || number == SIGBUS || number == SIGILL || number == SIGFPE || number == SIGABRT ||
         number == SIGSYS;
}

}  // namespace

Result<std::unique_ptr<Child>> Child::start(const std::string& program, std::uint64_t memory_bytes_max, Clock& clock,
                                            const Stop& stop) {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    return unavailable("no socket for dray-parquet: " + text_of(errno));
  }
  Actions actions;
  actions.prepare(ends[1]);
  std::string name = "dray-parquet";
  std::string memory = std::to_string(memory_bytes_max);
  const std::array<char*, 3> arguments{name.data(), memory.data(), nullptr};
  // The credentials of dray are nothing for it. The allocator in Arrow's libraries would start a thread, which the
  // confinement would have to find.
  std::string one_thread = "JE_ARROW_MALLOC_CONF=background_thread:false";
  const std::array<char*, 2> environment{one_thread.data(), nullptr};
  pid_t process = -1;
  const int fault = ::posix_spawn(&process, program.c_str(), &actions.files, &actions.attributes, arguments.data(),
                                  environment.data());
  ::close(ends[1]);
  if (fault != 0) {
    ::close(ends[0]);
    return unavailable(program + ": " + text_of(fault));
  }
  return std::make_unique<Child>(process, ends[0], clock, stop);
}

Child::~Child() {
  ::close(socket_);
  if (reaped_) return;
  ::kill(process_, SIGKILL);
  int status = 0;
  while (::waitpid(process_, &status, 0) < 0 && errno == EINTR) {
  }
}

Status Child::read(char* to, std::size_t count) {
  while (count > 0) {
    const ssize_t received = ::recv(socket_, to, count, MSG_DONTWAIT);
    if (received > 0) {
      to += received;
      count -= static_cast<std::size_t>(received);
    } else if (received < 0 && (errno == EAGAIN || errno == EINTR)) {
      if (Status status = wait_for(POLLIN); !status) return status;
    } else {
      return ending();
    }
  }
  return {};
}

Status Child::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    } else if (errno == EAGAIN || errno == EINTR) {
      if (Status status = wait_for(POLLOUT); !status) return status;
    } else {
      return ending();
    }
  }
  return {};
}

Status Child::wait_for(short events) {
  const TimePoint deadline = clock_.now() + kSilenceMax;
  pollfd waited{socket_, events, 0};
  while (true) {
    if (stop_.requested()) return Error{ErrorKind::stopped, "stopped", "stopped while its rows were read"};
    if (::poll(&waited, 1, kSliceMs) > 0) return {};
    if (clock_.now() >= deadline) {
      return Error{ErrorKind::later, "parquet_silent", "dray-parquet did nothing for two minutes and was ended"};
    }
  }
}

// The other end of the socket is closed. Only its own death does that, unless it has been taken over.
Error Child::ending() {
  if (stop_.requested()) return {ErrorKind::stopped, "stopped", "stopped while its rows were read"};
  int status = 0;
  const TimePoint deadline = clock_.now() + kDyingMax;
  pid_t ended = 0;
  while ((ended = ::waitpid(process_, &status, WNOHANG)) == 0 && clock_.now() < deadline) {
    clock_.sleep_until(clock_.now() + milliseconds(1));
  }
  reaped_ = ended == process_;
  if (!reaped_) return {ErrorKind::poison, "parquet_helper_died", "dray-parquet closed its socket and went on"};
  if (WIFSIGNALED(status)) {
    const int number = WTERMSIG(status);
    // Any other signal is somebody else's doing (an operator, a stop of the whole service, the kernel short of memory)
    // and no fault of this object.
    const ErrorKind kind = is_own_fault(number) ? ErrorKind::poison : ErrorKind::later;
    return {kind, "parquet_helper_died",
            fmt::format("dray-parquet was ended by signal {} ({})", number, ::strsignal(number))};
  }
  switch (WEXITSTATUS(status)) {
    case kExitNotConfined:
      return unavailable(
          "dray-parquet could not lock itself in (seccomp, limits), and does not read files without that");
    case kExitNotLoaded:
      return unavailable(
          "dray-parquet does not start; libarrow and libparquet must lie where it was built to find them");
    default:
      return {ErrorKind::poison, "parquet_helper_died",
              fmt::format("dray-parquet ended before the object did, with exit code {}", WEXITSTATUS(status))};
  }
}

}  // namespace dray::parquet

#include "output/plain_link.h"

#include <array>
#include <cerrno>

namespace dray::output {
namespace {

constexpr std::size_t kReadBytes = 4096;

bool would_block(int error) {
  return error == EAGAIN || error == EWOULDBLOCK;
}

}  // namespace

bool PlainLink::watch() {
  std::array<char, kReadBytes> said{};
  for (;;) {
    const ssize_t got = ::recv(socket_.fd(), said.data(), said.size(), 0);
    if (got > 0 || (got < 0 && errno == EINTR)) continue;
    if (got < 0 && would_block(errno)) return true;
    if (got == 0) {
      fail_ended("");
    } else {
      fail_errno("connection", errno);
    }
    return false;
  }
}

Link::Write PlainLink::offer(std::string_view frames) {
  while (taken_ < frames.size()) {
    const ssize_t sent = ::send(socket_.fd(), frames.data() + taken_, frames.size() - taken_, MSG_NOSIGNAL);
    if (sent >= 0) {
      taken_ += static_cast<std::size_t>(sent);
    } else if (would_block(errno)) {
      return Write::blocked;
    } else if (errno != EINTR) {
      fail_errno("connection", errno);
      return Write::failed;
    }
  }
  taken_ = 0;
  return Write::accepted;
}

SocketLink::Progress PlainLink::read_end(ProofLevel& level) {
  std::array<char, kReadBytes> said{};
  for (;;) {
    const ssize_t got = ::recv(socket_.fd(), said.data(), said.size(), 0);
    if (got > 0 || (got < 0 && errno == EINTR)) continue;
    if (got == 0) {
      level = ProofLevel::end_of_file;
      return Progress::done;
    }
    if (would_block(errno)) return Progress::wait;
    fail_errno("while ending", errno);
    return Progress::failed;
  }
}

}  // namespace dray::output

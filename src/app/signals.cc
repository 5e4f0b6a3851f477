#include "app/signals.h"

#include <pthread.h>
#include <unistd.h>

#include <csignal>
#include <ctime>

namespace dray::app {
namespace {

sigset_t stop_signals() {
  sigset_t set;
  ::sigemptyset(&set);
  ::sigaddset(&set, SIGTERM);
  ::sigaddset(&set, SIGINT);
  return set;
}

timespec to_timespec(Duration length) {
  timespec t{};
  t.tv_sec = length / seconds(1);
  t.tv_nsec = (length % seconds(1)).count();
  return t;
}

}  // namespace

Signals::Signals() {
  const sigset_t set = stop_signals();
  ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
  // A receiver that goes away is an error of a write, not the end of the program.
  ::signal(SIGPIPE, SIG_IGN);
  // Who started us may have ignored it, which a program inherits; then nobody learns how dray-parquet ended.
  ::signal(SIGCHLD, SIG_DFL);
}

Signals::~Signals() = default;

int Signals::wait_for(Duration length) {
  const sigset_t set = stop_signals();
  const timespec wait = to_timespec(length);
  const int number = ::sigtimedwait(&set, nullptr, &wait);
  return number > 0 ? number : 0;
}

void Signals::end_at_next(int exit_code) {
  second_ = std::jthread([exit_code](const std::stop_token& stop) {
    const sigset_t set = stop_signals();
    const timespec slice = to_timespec(milliseconds(50));
    while (!stop.stop_requested()) {
      if (::sigtimedwait(&set, nullptr, &slice) > 0) ::_exit(exit_code);
    }
  });
}

void Signals::end_by_default() {
  const sigset_t set = stop_signals();
  ::pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
}

std::string Signals::name_of(int signal_number) {
  switch (signal_number) {
    case SIGTERM: return "Terminated";
    case SIGINT: return "Interrupt";
    default: return "Signal " + std::to_string(signal_number);
  }
}

}  // namespace dray::app

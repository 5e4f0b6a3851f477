// Signals: SIGTERM and SIGINT as something to wait for. A second one ends the process at once (still safe: nothing
// undelivered is ever deleted).
//
// Make it in main() before the first thread, so that every thread inherits the blocked mask. One object for the
// process; wait_for is called by one thread.
#pragma once

#include <string>
#include <thread>

#include "base/clock.h"

namespace dray::app {

class Signals {
 public:
  Signals();
  ~Signals();
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

  // The number of the signal that came, or 0 after the given time.
  [[nodiscard]] int wait_for(Duration length);
  // From now on the next signal ends the process with that exit code.
  void end_at_next(int exit_code);

  // From now on signals end the process as they would without us: for commands that hold nothing.
  static void end_by_default();

  static std::string name_of(int signal_number);

 private:
  std::jthread second_;
};

}  // namespace dray::app

// Child: one process of dray-parquet, for one object, with the socket to it. Its destructor ends it.
//
// Started by posix_spawn, which is safe in a program with threads: no code of ours runs between fork and exec. The
// child has the socket as descriptor 0, /dev/null as 1 and 2, no other descriptor, default signals, and a process group
// of its own, so that a Ctrl-C at the terminal does not reach it. The thread that started it must outlive it (the
// kernel ends the child with that thread). One thread at a time.
#pragma once

#include <sys/types.h>

#include <memory>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "base/stop.h"
#include "parquet/conversation.h"

namespace dray::parquet {

class Child final : public Channel {
 public:
  // memory_bytes_max: of address space. Error {later, "parquet_unavailable"}: it cannot be started.
  static Result<std::unique_ptr<Child>> start(const std::string& program, std::uint64_t memory_bytes_max, Clock& clock,
                                              const Stop& stop);
  Child(pid_t process, int socket, Clock& clock, const Stop& stop)
      : process_(process), socket_(socket), clock_(clock), stop_(stop) {}
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() override;

  // Errors: {stopped}; {later, "parquet_silent"} if nothing moves for two minutes; and how it ended if it did:
  // {poison, "parquet_helper_died"}, {later, "parquet_unavailable" | "parquet_helper_died"}.
  Status read(char* to, std::size_t count) override;
  Status write(std::string_view bytes) override;

  [[nodiscard]] pid_t process() const { return process_; }

 private:
  Status wait_for(short events);
  Error ending();

  const pid_t process_;
  const int socket_;
  Clock& clock_;
  const Stop& stop_;
  bool reaped_ = false;
};

}  // namespace dray::parquet

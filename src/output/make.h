// The outputs there are, made from plain values: for the assembly (pipeline/assembly.cc) and tests.
//
// Files are read at once: what cannot be used is Error(config), naming the output, the key and the file. Nothing
// connects before Output::start().
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "base/threads.h"
#include "output/output.h"
#include "output/proof_level.h"
#include "telemetry/log.h"

namespace dray::output {

struct SyslogOptions {
  std::string name;     // the key under `outputs:`
  std::string address;  // host name or address
  int port = 443;
  bool tls = true;
  std::string chain;  // files; empty: not given
  std::string cert;
  std::string key;
  bool verify_hostname = true;
  int security_level = 2;
  std::size_t connections = 0;  // 1..4; 0: as is good
  ProofMode proof = ProofMode::automatic;
  std::string host_name;  // in every event's header
};

[[nodiscard]] Result<std::unique_ptr<Output>> make_syslog_output(const SyslogOptions& options, Clock& clock,
                                                                 Threads& threads, telemetry::Log& log,
                                                                 std::uint64_t seed);

// `tag⇥event` on fd (stdout), which stays the caller's.
[[nodiscard]] std::unique_ptr<Output> make_console_output(std::string name, int fd, Clock& clock, Threads& threads,
                                                          telemetry::Log& log);

// do_not_send: tickets settle by their seal; never delete then.
[[nodiscard]] std::unique_ptr<Output> make_discard_output(std::string name);

}  // namespace dray::output

// Faults: the switches with which tests make the local cloud misbehave as AWS does on a bad day.
//
// A fault applies to requests of its operation whose subject (object key or queue name) contains its text, so many
// times, each
// time with its probability. The services ask take() at the place where the fault acts. Seeded. Thread-safe.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.h"

namespace dray::local {

enum class FaultKind {
  slow_down,           // S3 503 SlowDown; SQS and STS: throttled
  internal_error,      // 500
  cut_body,            // GetObject: connection ends after `value` bytes of this answer's body
  slow_body,           // GetObject: `value` bytes per second
  latency,             // `value` milliseconds before the first byte of the answer
  wrong_region,        // S3: refused with status `value`, 301 or 400, and the region that the bucket really has
  expired_token,       // ExpiredToken, whatever the token
  lost_response,       // executed, then the connection is reset instead of the answer
  duplicate_delivery,  // ReceiveMessage: the message stays visible as well
  partial_failure,     // an entry of a batch call fails with InternalError
};

struct Fault {
  FaultKind kind = FaultKind::internal_error;
  std::string operation;   // "GetObject", "DeleteMessageBatch", "AssumeRole"; "" any
  std::string subject;     // part of the key or the queue's name; "" any
  std::int64_t times = 1;  // -1 for ever
  double probability = 1.0;
  std::uint64_t value = 0;
};

// The kind's name as the enumerator is spelt; what the admin endpoint takes.
std::optional<FaultKind> fault_kind(std::string_view name);

class Faults {
 public:
  explicit Faults(std::uint64_t seed) : random_(seed) {}

  void add(Fault fault);
  void clear();
  // The value of the first fault that applies now, which it counts as used; nothing otherwise.
  std::optional<std::uint64_t> take(FaultKind kind, std::string_view operation, std::string_view subject);
  // How often faults were taken, all kinds together.
  [[nodiscard]] std::uint64_t taken() const { return taken_.load(); }

 private:
  std::mutex mutex_;
  Random random_;
  std::vector<Fault> faults_;
  std::atomic<bool> any_{false};  // the common case costs one load
  std::atomic<std::uint64_t> taken_{0};
};

}  // namespace dray::local

// World: everything outside the collector, simulated: the queue, the store, the receiver and its network, and the
// oracle that sees what the receiver's application has read and judges every delete at the instant it happens.
//
// Faults are drawn from the seed; faults_off() begins the second phase, in which everything must drain. The model
// follows the measurements in the delivery specification: kernels hold data nobody read, a killed process answers FIN
// or RST by what is unread, a terminator launders the death of its backend into a clean end. One OS thread (see
// fibers.h).
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "aws/object_store.h"
#include "aws/queue.h"
#include "base/random.h"
#include "sim/fibers.h"

namespace dray::sim {

// All probabilities are per opportunity. Drawn once per seed.
struct Faults {
  double receive_lost = 0;      // the answer is lost after messages went in flight
  double duplicate = 0;         // a message in flight is delivered again
  double queue_error = 0;       // a call fails, executed or not
  double entry_error = 0;       // one entry of a batch fails
  double store_error = 0;       // 503
  double store_cut = 0;         // the body ends early
  double receiver_kill = 0;     // per second
  double receiver_stall = 0;    // per second
  double connection_reset = 0;  // per connection and second
  double crossed_close = 0;     // per connection and second: it closes while data may be unread
  double backend_kill = 0;      // per second, behind a terminator
  double no_answer = 0;         // per end
  double collector_crash = 0;   // per second
  double suspend = 0;           // per second: the machine sleeps
  bool terminator = false;      // the receiver sits behind one
  bool level_changes = false;   // L3 → L2 → L3
  int connections_max = 0;      // accepts that many at once; 0: any

  static Faults draw(Random& random);
  [[nodiscard]] std::string describe() const;
};

// Judges. Objects are numbered; the event of record r of object o reads "o r padding".
class Oracle {
 public:
  explicit Oracle(Fibers& fibers) : fibers_(fibers) {}

  // lines: what the object holds; which of them are expected as events (the rest is filtered).
  void expect(int object, std::vector<bool> expected);
  void read(std::string_view line);  // the receiver's application read it
  // Called inside a DeleteMessage that deletes: the heart of all tests.
  void deleted(const std::vector<int>& objects);
  [[nodiscard]] bool complete(int object) const;
  void complain(std::string what);

  // Set when a fault may disorder first arrivals (A5: unless a settling epoch failed).
  bool order_excused = false;
  std::vector<std::string> complaints;
  std::uint64_t events_read = 0;
  std::uint64_t duplicates = 0;
  std::uint64_t bytes_read = 0;

 private:
  struct Object {
    std::vector<bool> expected;
    std::vector<std::uint32_t> reads;
  };
  Fibers& fibers_;
  std::map<int, Object> objects_;
};

// A standard SQS queue, with the semantics of aws-client and formats notes: stale handles, at-least-once, 12 h.
class SimQueue final : public aws::Queue {
 public:
  SimQueue(Fibers& fibers, Oracle& oracle, const Faults& faults, std::uint64_t seed)
      : fibers_(fibers), oracle_(oracle), faults_(faults), random_(seed), arrived_(fibers) {}

  void send(std::string body, std::vector<int> objects);

  Result<std::vector<aws::ReceivedMessage>> receive(const aws::ReceiveRequest& request, const Stop& stop) override;
  Result<std::vector<Status>> remove(const std::vector<std::string>& receipt_handles, TimePoint deadline) override;
  Result<std::vector<Status>> change_visibility(const std::vector<aws::VisibilityChange>& changes,
                                                TimePoint deadline) override;

  [[nodiscard]] std::size_t size() const { return messages_.size(); }
  // Ids of the objects whose messages are still here.
  [[nodiscard]] std::set<int> objects_left() const;
  std::uint64_t deletes = 0;
  int calls_now = 0;
  int calls_most = 0;

 private:
  struct Message {
    std::string body;
    std::vector<int> objects;
    BootTime visible_at;
    BootTime received_at;
    std::uint64_t handle = 0;  // the newest
    int receives = 0;
  };
  class Call;
  bool begin_call(TimePoint deadline);
  std::vector<aws::ReceivedMessage> take(const aws::ReceiveRequest& request);
  std::pair<std::uint64_t, std::uint64_t> parse_handle(const std::string& handle) const;

  Fibers& fibers_;
  Oracle& oracle_;
  const Faults& faults_;
  Random random_;
  std::mutex mutex_;
  Signal arrived_;
  std::map<std::uint64_t, Message> messages_;  // by id
  std::uint64_t next_id_ = 1;
  std::uint64_t next_handle_ = 1;
};

class SimStore final : public aws::ObjectStore {
 public:
  SimStore(Fibers& fibers, const Faults& faults, std::uint64_t seed)
      : fibers_(fibers), faults_(faults), random_(seed) {}
  void put(const std::string& key, std::string bytes) { objects_[key] = std::move(bytes); }
  Status get(const aws::GetRequest& request, aws::BodySink& sink, const Stop& stop) override;

 private:
  Fibers& fibers_;
  const Faults& faults_;
  Random random_;
  std::map<std::string, std::string> objects_;
};

}  // namespace dray::sim

#include "sim/world.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>

#include "base/digest.h"
#include "base/encoding.h"

namespace dray::sim {
namespace {

constexpr Duration kLeaseMax = seconds(43'200);

Error transient(const char* code) {
  return {ErrorKind::transient, code, std::string("simulated ") + code};
}

}  // namespace

Faults Faults::draw(Random& random) {
  const auto maybe = [&](double chance, double most) { return random.chance(chance) ? random.fraction() * most : 0.0; };
  Faults faults;
  faults.receive_lost = maybe(0.3, 0.2);
  faults.duplicate = maybe(0.3, 0.2);
  faults.queue_error = maybe(0.3, 0.2);
  faults.entry_error = maybe(0.3, 0.2);
  faults.store_error = maybe(0.3, 0.2);
  faults.store_cut = maybe(0.3, 0.3);
  faults.terminator = random.chance(0.3);
  faults.receiver_kill = faults.terminator ? 0 : maybe(0.4, 0.2);
  faults.receiver_stall = maybe(0.3, 0.1);
  faults.connection_reset = maybe(0.3, 0.1);
  faults.crossed_close = maybe(0.3, 0.2);
  faults.backend_kill = faults.terminator ? maybe(0.8, 0.2) : 0;
  faults.no_answer = maybe(0.2, 0.2);
  faults.collector_crash = maybe(0.3, 0.1);
  faults.suspend = maybe(0.1, 0.02);
  faults.level_changes = random.chance(0.2);
  // Behind a terminator one connection has no canary beside it: the promise excludes that, and so does this.
  const int least = faults.terminator ? 2 : 1;
  faults.connections_max = random.chance(0.15) ? least + static_cast<int>(random.below(3)) : 0;
  return faults;
}

std::string Faults::describe() const {
  return fmt::format(
      "receive_lost {:.2f} duplicate {:.2f} queue_error {:.2f} entry_error {:.2f} store_error {:.2f} store_cut {:.2f} "
      "receiver_kill {:.2f} receiver_stall {:.2f} connection_reset {:.2f} crossed_close {:.2f} backend_kill {:.2f} "
      "no_answer {:.2f} collector_crash {:.2f} suspend {:.2f} terminator {} level_changes {} connections_max {}",
      receive_lost, duplicate, queue_error, entry_error, store_error, store_cut, receiver_kill, receiver_stall,
      connection_reset, crossed_close, backend_kill, no_answer, collector_crash, suspend, terminator, level_changes,
      connections_max);
}

// ------------------------------------------------------------------------------------------------------------ oracle

void Oracle::expect(int object, std::vector<bool> expected) {
  const std::size_t records = expected.size();
  objects_[object] = {std::move(expected), std::vector<std::uint32_t>(records + 1, 0)};
}

void Oracle::read(std::string_view line) {
  bytes_read += line.size() + 1;
  const std::size_t begin = line.find("sim.t: ");
  int object = 0;
  std::size_t record = 0;
  const std::string_view text = begin == std::string_view::npos ? std::string_view() : line.substr(begin + 7);
  const char* end = text.data() + text.size();
  const auto first = std::from_chars(text.data(), end, object);
  const auto second = first.ptr < end ? std::from_chars(first.ptr + 1, end, record) : first;
  const auto place = objects_.find(object);
  if (text.empty() || second.ec != std::errc{} || place == objects_.end() || record == 0 ||
      record > place->second.expected.size() || !place->second.expected[record - 1]) {
    complain("invented event: " + std::string(line.substr(0, 100)));
    return;
  }
  Object& known = place->second;
  if (known.reads[record]++ > 0) {
    ++duplicates;
    return;
  }
  ++events_read;
  for (std::size_t earlier = record - 1; earlier > 0; --earlier) {
    if (!known.expected[earlier - 1]) continue;
    if (known.reads[earlier] == 0 && !order_excused) {
      complain(fmt::format("A5: object {}: record {} arrived before record {}", object, record, earlier));
    }
    break;
  }
}

void Oracle::deleted(const std::vector<int>& objects) {
  for (const int object : objects) {
    if (!complete(object)) complain(fmt::format("A1: deleted, but object {} was not read to the end", object));
  }
}

bool Oracle::complete(int object) const {
  const Object& known = objects_.at(object);
  for (std::size_t record = 1; record <= known.expected.size(); ++record) {
    if (known.expected[record - 1] && known.reads[record] == 0) return false;
  }
  return true;
}

void Oracle::complain(std::string what) {
  if (complaints.size() > 20) return;
  complaints.push_back(fmt::format("at {:.3f} s: {}", std::chrono::duration<double>(fibers_.now().since_start).count(),
                                   std::move(what)));
}

// ------------------------------------------------------------------------------------------------------------- queue

// Counts calls under way (A10) and takes the time of one.
class SimQueue::Call {
 public:
  explicit Call(SimQueue& queue) : queue_(queue) {
    queue_.calls_most = std::max(queue_.calls_most, ++queue_.calls_now);
  }
  ~Call() { --queue_.calls_now; }

 private:
  SimQueue& queue_;
};

void SimQueue::send(std::string body, std::vector<int> objects) {
  messages_[next_id_++] = {
      .body = std::move(body), .objects = std::move(objects), .visible_at = fibers_.boot_now(), .received_at = {}};
  arrived_.notify_all();
}

std::set<int> SimQueue::objects_left() const {
  std::set<int> left;
  for (const auto& [id, message] : messages_) left.insert(message.objects.begin(), message.objects.end());
  return left;
}

std::vector<aws::ReceivedMessage> SimQueue::take(const aws::ReceiveRequest& request) {
  std::vector<aws::ReceivedMessage> taken;
  const BootTime now = fibers_.boot_now();
  for (auto& [id, message] : messages_) {
    if (taken.size() == static_cast<std::size_t>(request.messages_max)) break;
    if (message.visible_at > now && !(message.receives > 0 && random_.chance(faults_.duplicate * 0.05))) continue;
    message.visible_at = now + request.visibility;
    message.received_at = now;
    message.handle = next_handle_++;
    ++message.receives;
    taken.push_back({.message_id = "m" + std::to_string(id),
                     .receipt_handle = fmt::format("{}/{}", id, message.handle),
                     .body = message.body,
                     .md5_of_body = hex(md5(message.body)),
                     .receive_count = message.receives,
                     .sent_at = {}});
  }
  return taken;
}

Result<std::vector<aws::ReceivedMessage>> SimQueue::receive(const aws::ReceiveRequest& request, const Stop& stop) {
  const TimePoint until = fibers_.now() + request.wait;
  fibers_.sleep_until(fibers_.now() + milliseconds(1 + static_cast<int>(random_.below(20))));
  if (random_.chance(faults_.queue_error)) return transient("ServiceUnavailable");
  while (true) {
    auto taken = take(request);
    if (!taken.empty()) {
      if (random_.chance(faults_.receive_lost)) return transient("timeout");
      return taken;
    }
    if (stop.requested()) return Error{ErrorKind::stopped, "stopped", "stopped"};
    if (fibers_.now() >= until) return taken;
    std::unique_lock lock(mutex_);
    arrived_.wait_until(lock, std::min(until, fibers_.now() + milliseconds(200)));
  }
}

bool SimQueue::begin_call(TimePoint deadline) {
  fibers_.sleep_until(std::min(deadline, fibers_.now() + milliseconds(1 + static_cast<int>(random_.below(30)))));
  return fibers_.now() < deadline;
}

std::pair<std::uint64_t, std::uint64_t> SimQueue::parse_handle(const std::string& handle) const {
  const std::size_t slash = handle.find('/');
  return {std::stoull(handle.substr(0, slash)), std::stoull(handle.substr(slash + 1))};
}

Result<std::vector<Status>> SimQueue::remove(const std::vector<std::string>& receipt_handles, TimePoint deadline) {
  const Call call(*this);
  if (!begin_call(deadline)) return transient("timeout");
  const bool unknown = random_.chance(faults_.queue_error);
  if (unknown && random_.chance(0.5)) return transient("ServiceUnavailable");
  std::vector<Status> answers;
  for (const std::string& handle : receipt_handles) {
    if (random_.chance(faults_.entry_error)) {
      answers.emplace_back(transient("InternalError"));
      continue;
    }
    answers.emplace_back();
    const auto [id, number] = parse_handle(handle);
    const auto place = messages_.find(id);
    // Not there: deleted before. An old handle: AWS says yes and deletes nothing.
    if (place == messages_.end() || place->second.handle != number) continue;
    oracle_.deleted(place->second.objects);
    ++deletes;
    messages_.erase(place);
  }
  if (unknown) return transient("timeout");
  return answers;
}

Result<std::vector<Status>> SimQueue::change_visibility(const std::vector<aws::VisibilityChange>& changes,
                                                        TimePoint deadline) {
  const Call call(*this);
  if (!begin_call(deadline)) return transient("timeout");
  const bool unknown = random_.chance(faults_.queue_error);
  if (unknown && random_.chance(0.5)) return transient("ServiceUnavailable");
  const BootTime now = fibers_.boot_now();
  std::vector<Status> answers;
  for (const aws::VisibilityChange& change : changes) {
    const auto [id, number] = parse_handle(change.receipt_handle);
    const auto place = messages_.find(id);
    const bool in_flight = place != messages_.end() && place->second.handle == number && place->second.visible_at > now;
    if (random_.chance(faults_.entry_error)) {
      answers.emplace_back(transient("InternalError"));
    } else if (!in_flight) {
      answers.emplace_back(Error{ErrorKind::lost, "MessageNotInflight", "not in flight"});
    } else if (now + change.visibility - place->second.received_at > kLeaseMax) {
      answers.emplace_back(Error{ErrorKind::lost, "InvalidParameterValue", "beyond 12 hours"});
    } else {
      place->second.visible_at = now + change.visibility;
      answers.emplace_back();
      arrived_.notify_all();
    }
  }
  if (unknown) return transient("timeout");
  return answers;
}

// ------------------------------------------------------------------------------------------------------------- store

Status SimStore::get(const aws::GetRequest& request, aws::BodySink& sink, const Stop& stop) {
  fibers_.sleep_until(fibers_.now() + milliseconds(1 + static_cast<int>(random_.below(40))));
  const auto place = objects_.find(request.key);
  if (place == objects_.end()) return Error{ErrorKind::poison, "NoSuchKey", "no such key"};
  if (random_.chance(faults_.store_error)) return transient("SlowDown");
  const std::string& bytes = place->second;
  const std::uint64_t offset = std::min<std::uint64_t>(request.offset, bytes.size());
  if (auto begun = sink.begin({.etag = "etag", .size = bytes.size(), .offset = offset}); !begun) return begun;
  std::size_t end = bytes.size();
  const bool cut = random_.chance(faults_.store_cut);
  if (cut) end = offset + random_.below(bytes.size() - offset + 1);
  for (std::size_t at = offset; at < end;) {
    if (stop.requested()) return Error{ErrorKind::stopped, "stopped", "stopped"};
    const std::size_t length = std::min<std::size_t>(end - at, 1 + random_.below(16'384));
    if (auto written = sink.write(std::string_view(bytes).substr(at, length)); !written) return written;
    at += length;
    if (random_.chance(0.2)) fibers_.sleep_until(fibers_.now() + milliseconds(1));
  }
  if (cut && end < bytes.size()) return transient("short_body");
  return {};
}

}  // namespace dray::sim

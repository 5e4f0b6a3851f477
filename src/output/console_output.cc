#include "output/console_output.h"

#include <fmt/format.h>
#include <linux/sockios.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "base/assert.h"
#include "base/give_back.h"

namespace dray::output {
namespace {

constexpr Duration kRound = milliseconds(100);
constexpr int kPatienceMs = 100;
constexpr std::size_t kLeaseBytes = std::size_t{64} << 10U;
constexpr std::size_t kPipePiece = 4096;       // PIPE_BUF: never blocks after POLLOUT
constexpr Duration kRetryAfter = seconds(10);  // a full disk may have room again

bool has_error(int fd) {
  pollfd watched{.fd = fd, .events = 0, .revents = 0};
  return ::poll(&watched, 1, 0) > 0 && (watched.revents & (POLLERR | POLLNVAL)) != 0;
}

}  // namespace

class ConsoleOutput::ConsoleLane final : public Lane {
 public:
  ConsoleLane(ConsoleOutput& output, std::shared_ptr<flow::Ticket> ticket, std::size_t index)
      : output_(output), proven_(ticket->prefix(index)), place_{.ticket = std::move(ticket), .output = index} {}

  Status send(std::uint64_t ordinal, std::string_view tag, std::string_view text) override {
    if (ordinal <= proven_) return {};
    if (!lines_.empty() && lines_.size() + tag.size() + text.size() + 2 > kLeaseBytes) {
      if (Status status = finish(); !status) return status;
    }
    lines_ += tag;
    lines_ += '\t';
    lines_ += text;
    lines_ += '\n';
    last_ordinal_ = ordinal;
    ++events_;
    return {};
  }

  Status finish() override {
    if (events_ == 0) return {};
    Status status = output_.hand_over(place_, lines_, last_ordinal_, std::exchange(events_, 0));
    lines_.clear();
    if (lines_.capacity() > 2 * kLeaseBytes) give_back(lines_);
    return status;
  }

 private:
  ConsoleOutput& output_;
  const std::uint64_t proven_;
  Place place_;
  std::string lines_;
  std::uint64_t last_ordinal_ = 0;
  std::size_t events_ = 0;
};

ConsoleOutput::ConsoleOutput(std::string name, int fd, Clock& clock, Threads& threads, telemetry::Logger log)
    : name_(std::move(name)),
      fd_(fd),
      kind_([fd] {
        struct stat status{};
        if (::fstat(fd, &status) != 0) return Kind::device;
        if (S_ISREG(status.st_mode)) return Kind::file;
        if (S_ISFIFO(status.st_mode)) return Kind::pipe;
        return S_ISSOCK(status.st_mode) ? Kind::socket : Kind::device;
      }()),
      clock_(clock),
      threads_(threads),
      log_(std::move(log)),
      changed_(clock) {
  undecided_.push_back({.id = ++last_batch_, .passengers = {}});
}

ConsoleOutput::~ConsoleOutput() {
  stop(clock_.now());
}

std::unique_ptr<Lane> ConsoleOutput::open(std::shared_ptr<flow::Ticket> ticket, std::size_t index,
                                          const flow::RetryGroup&) {
  return std::make_unique<ConsoleLane>(*this, std::move(ticket), index);
}

TimePoint ConsoleOutput::down_since() const {
  const std::int64_t since = down_since_.load();
  return since == kUp ? TimePoint::never() : TimePoint{Duration(since)};
}

void ConsoleOutput::start(flow::TicketListener& listener) {
  DRAY_ASSERT(!thread_);
  listener_ = &listener;
  thread_ = threads_.spawn("out:" + name_, [this] { drive(); });
}

void ConsoleOutput::stop(TimePoint deadline) {
  if (!thread_) return;
  stop_by_.store(std::min(deadline.since_start.count(), kUp - 1));
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    changed_.notify_all();
  }
  thread_->join();
  thread_.reset();
}

OutputStats ConsoleOutput::stats() const {
  const std::lock_guard lock(mutex_);
  OutputStats stats = stats_;
  stats.connected = ready();
  return stats;
}

Status ConsoleOutput::hand_over(Place& place, std::string_view lines, std::uint64_t end_ordinal, std::size_t events) {
  std::unique_lock lock(mutex_);
  const TimePoint deadline = clock_.now() + kLaneWaitMax;
  while (writing_ && !stopping_) {
    if (clock_.now() >= deadline) return Error{ErrorKind::later, "console_slow", "the console takes nothing"};
    changed_.wait_until(lock, deadline);
  }
  if (stopping_) return Error{ErrorKind::stopped, "stopped", "the console output was stopped"};
  Batch& batch = undecided_.back();
  if (!place.ticket->register_range(place.output, batch.id, end_ordinal)) {
    return Error{ErrorKind::later, "unproven", "what was written of this object could not be proven"};
  }
  if (place.batch != batch.id) {
    place.batch = batch.id;
    place.index = batch.passengers.size();
    batch.passengers.push_back({.ticket = place.ticket, .output = place.output, .end_ordinal = 0});
  }
  batch.passengers[place.index].end_ordinal = end_ordinal;
  batch.events += events;
  batch.bytes += lines.size();
  ++batch.unwritten;
  const flow::EpochId id = batch.id;
  writing_ = true;
  lock.unlock();
  Status status = write_all(lines);
  lock.lock();
  writing_ = false;
  stats_.events_sent += events;
  stats_.bytes_sent += lines.size();
  const auto mine = std::ranges::find(undecided_, id, &Batch::id);
  DRAY_ASSERT(mine != undecided_.end());  // a batch with unwritten leases is not decided
  --mine->unwritten;
  // A line that was cut short has no end: it is never reached, and the batch fails.
  mine->end = status.ok() ? std::max(mine->end, written_.load()) : UINT64_MAX;
  if (!status) down_since_.store(clock_.now().since_start.count());
  changed_.notify_all();
  return status;
}

Status ConsoleOutput::write_all(std::string_view lines) {
  const TimePoint deadline = clock_.now() + kLaneWaitMax;
  while (!lines.empty()) {
    pollfd watched{.fd = fd_, .events = POLLOUT, .revents = 0};
    const int polled = kind_ == Kind::file ? 1 : ::poll(&watched, 1, kPatienceMs);
    if (polled == 0 || (polled < 0 && errno == EINTR)) {
      if (clock_.now() >= deadline || stop_by_.load() != kUp) {
        return Error{ErrorKind::later, "console_slow", "the reader of the console takes nothing"};
      }
      continue;
    }
    const std::size_t piece = kind_ == Kind::file ? lines.size() : std::min(lines.size(), kPipePiece);
    const ssize_t put = ::write(fd_, lines.data(), piece);
    if (put < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (put < 0) return lost(errno);
    written_.fetch_add(static_cast<std::uint64_t>(put));
    lines.remove_prefix(static_cast<std::size_t>(put));
  }
  return {};
}

Error ConsoleOutput::lost(int error) const {
  return {ErrorKind::later, "console_write",
          fmt::format("outputs.{}: writing failed: {}", name_, std::strerror(error))};
}

void ConsoleOutput::drive() {
  for (;;) {
    prove_round();
    std::unique_lock lock(mutex_);
    const bool decided = undecided_.size() == 1 && undecided_.front().passengers.empty() && !writing_;
    const TimePoint now = clock_.now();
    if (stopping_ && decided) return;
    if (stopping_ && now.since_start.count() >= stop_by_.load() && !writing_) {
      lock.unlock();
      return fail_all("stopped");
    }
    changed_.wait_until(lock, now + kRound);
  }
}

// Seals the present batch and decides those that are proven, oldest first.
void ConsoleOutput::prove_round() {
  if (!ready() && clock_.now() - down_since() >= kRetryAfter) down_since_.store(kUp);
  {
    const std::lock_guard lock(mutex_);
    if (undecided_.size() == 1 && undecided_.back().passengers.empty()) return;
    if (!undecided_.back().passengers.empty()) undecided_.push_back({.id = ++last_batch_, .passengers = {}});
  }
  const std::uint64_t reached = proven_up_to(written_.load());
  std::deque<Batch> proven;
  bool broken = false;
  {
    const std::lock_guard lock(mutex_);
    while (undecided_.size() > 1) {
      Batch& oldest = undecided_.front();
      if (oldest.unwritten > 0) break;
      broken = oldest.end == UINT64_MAX || (kind_ != Kind::file && has_error(fd_));
      if (broken || oldest.end > reached) break;
      stats_.events_proven += oldest.events;
      stats_.bytes_proven += oldest.bytes;
      ++stats_.epochs_proven;
      proven.push_back(std::move(oldest));
      undecided_.pop_front();
    }
  }
  decide(proven, true);
  if (broken) fail_all("writing failed or the reader is gone");
}

// How many of the written bytes are known to have arrived.
std::uint64_t ConsoleOutput::proven_up_to(std::uint64_t written) {
  int left = 0;
  switch (kind_) {
    case Kind::device: return written;
    case Kind::file:
      if (::fdatasync(fd_) == 0) return written;
      log_.error(fmt::format("outputs.{}: fdatasync failed: {}; all since the last good one is written again", name_,
                             std::strerror(errno)));
      fail_all("fdatasync failed");
      return 0;
    case Kind::pipe:
      if (::ioctl(fd_, FIONREAD, &left) != 0) return 0;
      break;
    case Kind::socket:
      if (::ioctl(fd_, SIOCOUTQ, &left) != 0) return 0;
      break;
  }
  const auto unread = static_cast<std::uint64_t>(left);
  return unread > written ? 0 : written - unread;
}

void ConsoleOutput::fail_all(const std::string& reason) {
  std::deque<Batch> failed;
  {
    const std::lock_guard lock(mutex_);
    while (!undecided_.empty() && undecided_.front().unwritten == 0) {
      if (!undecided_.front().passengers.empty()) ++stats_.epochs_failed;
      failed.push_back(std::move(undecided_.front()));
      undecided_.pop_front();
    }
    if (undecided_.empty()) undecided_.push_back({.id = ++last_batch_, .passengers = {}});
    if (stop_by_.load() == kUp) down_since_.store(clock_.now().since_start.count());
  }
  if (stop_by_.load() == kUp)
    log_.warning(fmt::format("outputs.{}: {}; what is not proven will be written again", name_, reason));
  decide(failed, false);
}

void ConsoleOutput::decide(const std::deque<Batch>& batches, bool proven) {
  for (const Batch& batch : batches) {
    const flow::RetryGroup again{.id = ++last_group_, .members = batch.passengers.size(), .slot = 0};
    for (const Passenger& passenger : batch.passengers) {
      const bool settled = proven ? passenger.ticket->epoch_proven(passenger.output, batch.id)
                                  : passenger.ticket->epoch_failed(passenger.output, batch.id, again);
      if (settled) listener_->settled(passenger.ticket);
    }
  }
}

}  // namespace dray::output

#include "sim/network.h"

#include <algorithm>

#include "base/assert.h"

namespace dray::sim {
namespace {

constexpr Duration kConnectMax = seconds(10);
constexpr Duration kFlushMax = seconds(60);
constexpr Duration kEndMax = seconds(30);
constexpr Duration kStep = milliseconds(10);

}  // namespace

// A Link as the specification wants it: CONNECTION in delivery.md 2.
class SimLink final : public output::Link {
 public:
  SimLink(Fibers& fibers, Network& network, std::shared_ptr<Connection> connection)
      : fibers_(fibers), network_(network), connection_(std::move(connection)), begun_at_(fibers.now()) {}
  ~SimLink() override {
    connection_->sender_gone = true;
    if (state_ != State::ended) reset();
    network_.something_changed();
  }

  [[nodiscard]] State state() const override { return state_; }

  State advance() override {
    const TimePoint now = fibers_.now();
    switch (state_) {
      case State::connecting:
        if (connection_->refused) return abort_with("refused", "closed during the handshake", false);
        if (connection_->established) {
          state_ = State::open;
          opened_at_ = now;
        } else if (now - begun_at_ > kConnectMax) {
          return abort_with("timeout", "connect timed out", false);
        }
        break;
      case State::open:
        if (peer_ended()) return abort_with("ended", "the peer ended the connection", true);
        break;
      case State::flushing:
        // Any end of the peer before our FIN fails the connection.
        if (peer_ended()) return abort_with("ended", "the peer ended before our end", false);
        if (connection_->ours.empty()) {
          connection_->fin_sent = true;
          state_ = State::ending;
          deadline_ = now + kEndMax;
          network_.something_changed();
        } else if (now > deadline_) {
          return abort_with("timeout", "flush timed out", false);
        }
        break;
      case State::ending:
        if (peer_ended() && connection_->peer_end != Connection::PeerEnd::close_notify) {
          if (connection_->peer_end == Connection::PeerEnd::reset) return abort_with("reset", "reset", false);
          level_ = connection_->peer_end == Connection::PeerEnd::clean ? output::ProofLevel::close_notify
                                                                       : output::ProofLevel::end_of_file;
          state_ = State::ended;
          connection_->sender_gone = true;
        } else if (now > deadline_) {
          return abort_with("timeout", "the peer did not end", false);
        }
        break;
      case State::ended:
      case State::aborted: break;
    }
    return state_;
  }

  Write write(std::string_view frames) override {
    DRAY_ASSERT(state_ == State::open);
    if (advance() != State::open) return Write::failed;
    if (connection_->ours.size() >= network_.our_kernel / 2) return Write::blocked;  // poll(2)'s idea of room
    connection_->ours += frames;
    network_.something_changed();
    return Write::accepted;
  }

  void end() override {
    if (advance() != State::open) return;
    state_ = State::flushing;
    deadline_ = fibers_.now() + kFlushMax;
    network_.something_changed();
  }

  void abort() override {
    if (state_ == State::aborted || state_ == State::ended) return;
    reset();
    state_ = State::aborted;
    error_ = {ErrorKind::transient, "aborted", "aborted by us"};
  }

  [[nodiscard]] output::ProofLevel level() const override { return level_; }
  [[nodiscard]] const Error& error() const override { return error_; }
  [[nodiscard]] bool closed_in_handshake() const override { return refused_; }
  [[nodiscard]] TimePoint ended_unasked_at() const override { return unasked_at_; }
  [[nodiscard]] TimePoint opened_at() const override { return opened_at_; }
  [[nodiscard]] Duration round_trip() const override { return network_.latency; }
  [[nodiscard]] bool room() const { return connection_->ours.size() < network_.our_kernel / 2 || peer_ended(); }

 private:
  [[nodiscard]] bool peer_ended() const { return fibers_.now() >= connection_->peer_end_at; }

  State abort_with(const char* code, const char* message, bool unasked) {
    refused_ = state_ == State::connecting && connection_->refused;
    state_ = State::aborted;
    error_ = {ErrorKind::transient, code, message};
    if (unasked) unasked_at_ = std::max(connection_->peer_end_at, opened_at_);
    reset();
    return state_;
  }

  // Linger 0: what is in our kernel goes nowhere.
  void reset() {
    connection_->sender_gone = true;
    connection_->ours.clear();
    network_.something_changed();
  }

  Fibers& fibers_;
  Network& network_;
  const std::shared_ptr<Connection> connection_;
  const TimePoint begun_at_;
  State state_ = State::connecting;
  TimePoint deadline_ = TimePoint::never();
  TimePoint opened_at_ = TimePoint::never();
  TimePoint unasked_at_ = TimePoint::never();
  output::ProofLevel level_ = output::ProofLevel::none;
  Error error_;
  bool refused_ = false;
};

// ------------------------------------------------------------------------------------------------------------ dialer

std::unique_ptr<output::Link> SimDialer::dial() {
  return std::make_unique<SimLink>(fibers_, network_, network_.connect(process_));
}

void SimDialer::wait(std::span<output::Link* const>, TimePoint deadline) {
  std::unique_lock lock(network_.mutex);
  // Ends and openings have their times; looking every few milliseconds stands for poll(2).
  if (!woken_) network_.changed.wait_until(lock, std::min(deadline, fibers_.now() + milliseconds(20)));
  woken_ = false;
}

void SimDialer::wait_writable(output::Link& link, TimePoint deadline) {
  auto& sim = static_cast<SimLink&>(link);
  while (!sim.room() && fibers_.now() < deadline) {
    std::unique_lock lock(network_.mutex);
    network_.changed.wait_until(lock, std::min(deadline, fibers_.now() + milliseconds(20)));
  }
  // Never without letting others run.
  fibers_.yield();
}

void SimDialer::wake() {
  woken_ = true;
  network_.something_changed();
}

// ----------------------------------------------------------------------------------------------------------- network

Network::Network(Fibers& fibers, Oracle& oracle, const Faults& faults, std::uint64_t seed)
    : changed(fibers), fibers_(fibers), oracle_(oracle), faults_(faults), random_(seed) {}

std::shared_ptr<Connection> Network::connect(int process) {
  auto connection = std::make_shared<Connection>();
  connection->process = process;
  connection->opens_at = fibers_.now() + latency + milliseconds(1);
  ++connects;
  int standing = 0;
  for (const auto& other : connections_) {
    if (other->peer_end == Connection::PeerEnd::none && !other->sender_gone) ++standing;
  }
  if (down || fibers_.now() < up_again_at_ || (faults_.connections_max > 0 && standing >= faults_.connections_max)) {
    connection->refused = true;
    connection->peer_end = Connection::PeerEnd::plain;
    connection->peer_end_at = fibers_.now() + latency;
  }
  connections_.push_back(connection);
  sockets_most = std::max(sockets_most, sockets_now(process));
  something_changed();
  return connection;
}

int Network::sockets_now(int process) const {
  return static_cast<int>(std::ranges::count_if(connections_, [&](const auto& connection) {
    return connection->process == process && !connection->sender_gone;
  }));
}

// SIGKILL of a collector: its kernel still sends what it has, then FIN.
void Network::sender_killed(int process) {
  for (const auto& connection : connections_) {
    if (connection->process == process) connection->sender_gone = true;
  }
}

bool Network::has_work() const {
  return std::ranges::any_of(connections_, [](const auto& c) {
    return !c->ours.empty() || !c->theirs.empty() || !c->behind.empty() || !c->established || c->fin_sent || c->crossed;
  });
}

void Network::read_forever() {
  while (true) {
    if (has_work()) {
      fibers_.sleep_until(fibers_.now() + kStep);
    } else {
      std::unique_lock lock(mutex);
      changed.wait_until(lock, fibers_.now() + seconds(1));
      lock.unlock();
      fibers_.sleep_until(fibers_.now() + milliseconds(1));
    }
    step(kStep);
    something_changed();
  }
}

void Network::step(Duration span) {
  const TimePoint now = fibers_.now();
  credit_ = std::min(credit_ + bytes_per_second * std::chrono::duration<double>(span).count(),
                     bytes_per_second * 0.05 + 4096);
  for (const auto& connection : connections_) {
    if (!connection->established && !connection->refused && now >= connection->opens_at && now >= up_again_at_ &&
        !down) {
      connection->established = true;
    }
    move_to_peer(*connection);
  }
  if (now >= stalled_until_ && now >= up_again_at_) {
    // One rate for all, in turns from a random one on.
    const std::size_t start = connections_.empty() ? 0 : random_.below(connections_.size());
    for (std::size_t i = 0; i < connections_.size() && credit_ >= 1; ++i) {
      Connection& connection = *connections_[(start + i) % connections_.size()];
      const auto share = static_cast<std::size_t>(std::max(credit_ / 2, 512.0));
      credit_ -= static_cast<double>(read_some(connection, std::min(share, static_cast<std::size_t>(credit_))));
    }
  }
  for (const auto& connection : connections_) maybe_answer(*connection);
  std::erase_if(connections_, [&](const auto& c) {
    return c->sender_gone && c->ours.empty() && (c->peer_end != Connection::PeerEnd::none || c->theirs.empty()) &&
           c->behind.empty();
  });
}

void Network::move_to_peer(Connection& connection) {
  if (connection.peer_end == Connection::PeerEnd::reset || connection.refused || !connection.established) return;
  // Behind a closed descriptor the kernel takes nothing; its RST is on the way.
  if (connection.crossed && fibers_.now() >= connection.peer_end_at && !connection.ours.empty()) {
    connection.theirs += connection.ours;
    connection.ours.clear();
    return;
  }
  const std::size_t room = peer_kernel - std::min(peer_kernel, connection.theirs.size());
  const std::size_t moved = std::min(room, connection.ours.size());
  connection.theirs.append(connection.ours, 0, moved);
  connection.ours.erase(0, moved);
}

std::size_t Network::read_some(Connection& connection, std::size_t most) {
  if (connection.peer_end != Connection::PeerEnd::none) return 0;
  if (faults_.terminator) {
    // The terminator reads ahead of its backend.
    connection.behind += connection.theirs;
    connection.theirs.clear();
    const std::size_t taken = std::min(most, connection.behind.size());
    consume(connection, std::string_view(connection.behind).substr(0, taken));
    connection.behind.erase(0, taken);
    return taken;
  }
  const std::size_t taken = std::min(most, connection.theirs.size());
  consume(connection, std::string_view(connection.theirs).substr(0, taken));
  connection.theirs.erase(0, taken);
  return taken;
}

void Network::consume(Connection& connection, std::string_view bytes) {
  connection.partial += bytes;
  std::size_t begin = 0;
  for (std::size_t end = connection.partial.find('\n'); end != std::string::npos;
       end = connection.partial.find('\n', begin)) {
    oracle_.read(std::string_view(connection.partial).substr(begin, end - begin));
    begin = end + 1;
  }
  connection.partial.erase(0, begin);
}

// The application has read to our end: it answers, properly unless told otherwise.
void Network::maybe_answer(Connection& connection) {
  const TimePoint now = fibers_.now();
  if (connection.crossed && connection.peer_end == Connection::PeerEnd::close_notify &&
      now >= connection.peer_end_at + milliseconds(50)) {
    connection.peer_end = connection.theirs.empty() ? Connection::PeerEnd::clean : Connection::PeerEnd::reset;
    connection.peer_end_at = now;
    return;
  }
  if (connection.peer_end != Connection::PeerEnd::none || !connection.fin_sent) return;
  if (!connection.ours.empty() || !connection.theirs.empty() || !connection.behind.empty()) return;
  if (!connection.fin_seen) {
    connection.fin_seen = true;
    connection.never_answers = random_.chance(faults_.no_answer);
  }
  if (connection.never_answers) return;
  end(connection, plain_end ? Connection::PeerEnd::plain : Connection::PeerEnd::clean, latency);
}

void Network::end(Connection& connection, Connection::PeerEnd how, Duration after) {
  connection.peer_end = how;
  connection.peer_end_at = fibers_.now() + after;
}

void Network::fault_forever() {
  constexpr Duration kTick = milliseconds(50);
  constexpr double kTickSeconds = 0.05;
  while (true) {
    fibers_.sleep_until(fibers_.now() + kTick);
    if (random_.chance(faults_.receiver_kill * kTickSeconds)) kill_receiver();
    if (random_.chance(faults_.backend_kill * kTickSeconds)) kill_backend();
    if (random_.chance(faults_.receiver_stall * kTickSeconds)) {
      stalled_until_ = fibers_.now() + milliseconds(static_cast<int>(random_.below(20'000)));
    }
    if (faults_.level_changes && random_.chance(0.2 * kTickSeconds)) plain_end = !plain_end;
    for (const auto& connection : connections_) {
      if (connection->peer_end != Connection::PeerEnd::none || !connection->established) continue;
      if (random_.chance(faults_.connection_reset * kTickSeconds)) {
        end(*connection, Connection::PeerEnd::reset, Duration::zero());
      } else if (!faults_.terminator && random_.chance(faults_.crossed_close * kTickSeconds)) {
        connection->crossed = true;
        end(*connection, Connection::PeerEnd::close_notify, latency);
      }
    }
    something_changed();
  }
}

// SIGKILL: the kernel answers RST where data lies unread, FIN where not.
void Network::kill_receiver() {
  for (const auto& connection : connections_) {
    if (connection->peer_end != Connection::PeerEnd::none) continue;
    const bool unread = !connection->theirs.empty() || !connection->ours.empty();
    connection->theirs.clear();
    end(*connection, unread ? Connection::PeerEnd::reset : Connection::PeerEnd::plain, latency);
  }
  up_again_at_ = fibers_.now() + milliseconds(100 + static_cast<int>(random_.below(5000)));
}

// Behind a terminator: unread data is gone and every connection ends cleanly, within milliseconds of each other.
void Network::kill_backend() {
  oracle_.order_excused = true;
  for (const auto& connection : connections_) {
    if (connection->peer_end != Connection::PeerEnd::none) continue;
    connection->behind.clear();
    connection->theirs.clear();
    connection->ours.clear();
    end(*connection, Connection::PeerEnd::clean, milliseconds(random_.below(4)));
  }
  up_again_at_ = fibers_.now() + milliseconds(100 + static_cast<int>(random_.below(3000)));
}

}  // namespace dray::sim

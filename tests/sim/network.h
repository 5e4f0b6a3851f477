// Network: the simulated receiver, its kernels and connections, and the Dialer that the real delivery engine dials it
// with.
//
// A connection has two kernels: bytes accepted from us (SIOCOUTQ counts them until the peer's kernel has room) and
// bytes in the peer's kernel that its application may never read. All connections share one reading rate. SimLink is a
// model of a correct Link: it obeys the end rule of the delivery specification (rule 1); the simulation tests what the
// engine makes of links.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/random.h"
#include "output/link.h"
#include "sim/fibers.h"
#include "sim/world.h"

namespace dray::sim {

// One TCP connection as the world sees it; shared by the link that made it and the receiver.
struct Connection {
  int process = 0;  // the collector that made it
  TimePoint opens_at;
  bool established = false;
  bool refused = false;   // closed during the handshake
  std::string ours;       // in our kernel
  std::string theirs;     // in the peer's kernel, unread
  std::string behind;     // read by a terminator, not yet by its backend
  std::string partial;    // the application's cut-off line
  bool fin_sent = false;  // we half-closed (after close_notify)
  bool fin_seen = false;  // and the peer's application read that far
  bool sender_gone = false;
  // The peer's side of the end.
  enum class PeerEnd { none, close_notify, clean, plain, reset };
  PeerEnd peer_end = PeerEnd::none;
  TimePoint peer_end_at = TimePoint::never();
  bool crossed = false;  // close_notify sent early; what follows depends on unread data
  TimePoint answers_at = TimePoint::never();
  bool never_answers = false;
};

class Network {
 public:
  Network(Fibers& fibers, Oracle& oracle, const Faults& faults, std::uint64_t seed);

  // The fiber bodies of the receiver.
  void read_forever();
  void fault_forever();

  std::shared_ptr<Connection> connect(int process);
  void sender_killed(int process);
  void something_changed() { changed.notify_all(); }

  // How the peer behaves without faults.
  double bytes_per_second = 4e6;
  std::size_t our_kernel = 64U << 10U;
  std::size_t peer_kernel = 256U << 10U;
  Duration latency = milliseconds(2);
  bool plain_end = false;  // L2: answers without close_notify
  bool down = false;

  int sockets_now(int process) const;
  int sockets_most = 0;
  std::uint64_t connects = 0;
  std::mutex mutex;
  Signal changed;

 private:
  void step(Duration span);
  void move_to_peer(Connection& connection);
  std::size_t read_some(Connection& connection, std::size_t most);
  void consume(Connection& connection, std::string_view bytes);
  void maybe_answer(Connection& connection);
  void end(Connection& connection, Connection::PeerEnd how, Duration after);
  void kill_receiver();
  void kill_backend();
  [[nodiscard]] bool has_work() const;

  Fibers& fibers_;
  Oracle& oracle_;
  const Faults& faults_;
  Random random_;
  std::vector<std::shared_ptr<Connection>> connections_;
  TimePoint stalled_until_{};
  TimePoint up_again_at_{};
  double credit_ = 0;
};

class SimDialer final : public output::Dialer {
 public:
  SimDialer(Fibers& fibers, Network& network, int process) : fibers_(fibers), network_(network), process_(process) {}
  std::unique_ptr<output::Link> dial() override;
  void wait(std::span<output::Link* const> links, TimePoint deadline) override;
  void wait_writable(output::Link& link, TimePoint deadline) override;
  void wake() override;
  [[nodiscard]] const std::string& peer() const override { return peer_; }

 private:
  Fibers& fibers_;
  Network& network_;
  const int process_;
  const std::string peer_ = "receiver.sim:6514";
  bool woken_ = false;
};

}  // namespace dray::sim

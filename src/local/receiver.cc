#include "local/receiver.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <list>
#include <thread>
#include <utility>

#include "local/receiver_connection.h"
#include "local/receiver_state.h"

namespace dray::local {

namespace {

// A receiver on loopback has a few connections a sender; the bound keeps a broken client from filling us with threads.
constexpr std::uint64_t kConnectionsMax = 1024;
constexpr int kBacklog = 256;

Error cannot_listen(const ReceiverOptions& options) {
  return {ErrorKind::config, "receiver_listen",
          "cannot listen on " + options.address + ":" + std::to_string(options.port) + ": " + std::strerror(errno)};
}

Result<int> listen_on(const ReceiverOptions& options) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(options.port));
  if (inet_pton(AF_INET, options.address.c_str(), &address.sin_addr) != 1) {
    return Error{ErrorKind::config, "receiver_listen", "the address " + options.address + " is no IPv4 address"};
  }
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return cannot_listen(options);
  const int on = 1;
  ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (::bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 || ::listen(fd, kBacklog) != 0) {
    const Error error = cannot_listen(options);
    ::close(fd);
    return error;
  }
  return fd;
}

}  // namespace

class Receiver::Listener {
 public:
  Listener(ReceiverOptions options, Clock& clock, telemetry::Logger log)
      : state_(std::move(options), clock, std::move(log)) {}

  ~Listener() {
    stop();
    if (fd_ >= 0) ::close(fd_);
  }

  Status open() {
    if (state_.options.tls) {
      Result<TlsContext> context = make_receiver_context(*state_.options.tls, state_.options.read_ahead);
      if (!context) return context.error();
      context_ = std::move(context).value();
    }
    if (Status opened = state_.open_destination(); !opened) return opened;
    Result<int> listening = listen_on(state_.options);
    if (!listening) return listening.error();
    fd_ = listening.value();
    sockaddr_in bound{};
    socklen_t size = sizeof bound;
    if (::getsockname(fd_, reinterpret_cast<sockaddr*>(&bound), &size) != 0) return cannot_listen(state_.options);
    port_ = ntohs(bound.sin_port);
    // OpenSSL writes without MSG_NOSIGNAL.
    ::signal(SIGPIPE, SIG_IGN);
    acceptor_ = std::thread([this] { accept_until_stopped(); });
    return {};
  }

  void stop() {
    state_.stop.request();
    if (acceptor_.joinable()) acceptor_.join();
  }

  [[nodiscard]] int port() const { return port_; }
  ReceiverState& state() { return state_; }

 private:
  struct Worker {
    std::thread thread;
    std::atomic<bool> done{false};
  };

  void accept_until_stopped() {
    while (!state_.stop.requested()) {
      pollfd entry{fd_, POLLIN, 0};
      const bool stalled = state_.behaviour().stalled;
      if (::poll(&entry, 1, 20) > 0 && !stalled) accept_one();
      if (stalled) state_.clock.sleep_until(state_.clock.now() + kReceiverTick);
      join_done();
    }
    for (Worker& worker : workers_) worker.thread.join();
    workers_.clear();
    // Connections that were not accepted yet are refused from here on.
    ::shutdown(fd_, SHUT_RDWR);
  }

  void accept_one() {
    const int fd = ::accept4(fd_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd < 0) return;
    const std::uint64_t id = state_.counters.connections.fetch_add(1) + 1;
    const Behaviour behaviour = state_.behaviour();
    const std::uint64_t open = state_.counters.open.load();
    const bool full = open >= kConnectionsMax ||
                      (behaviour.connections_max > 0 && open >= static_cast<std::uint64_t>(behaviour.connections_max));
    if (full || (behaviour.refuse_handshake && state_.claim_fault(behaviour))) {
      ::close(fd);
      return;
    }
    state_.counters.open.fetch_add(1);
    Worker& worker = workers_.emplace_back();
    worker.thread = std::thread([this, fd, id, &worker] {
      ReceiverConnection(fd, context_.get(), id, state_).run();
      state_.counters.open.fetch_sub(1);
      worker.done.store(true);
    });
  }

  void join_done() {
    for (auto worker = workers_.begin(); worker != workers_.end();) {
      if (!worker->done.load()) {
        ++worker;
        continue;
      }
      worker->thread.join();
      worker = workers_.erase(worker);
    }
  }

  ReceiverState state_;
  TlsContext context_;
  int fd_ = -1;
  int port_ = 0;
  std::thread acceptor_;
  std::list<Worker> workers_;  // the acceptor's alone
};

Receiver::Receiver(std::unique_ptr<Listener> listener) : listener_(std::move(listener)) {}
Receiver::~Receiver() = default;

Result<std::unique_ptr<Receiver>> Receiver::start(ReceiverOptions options, Clock& clock, telemetry::Logger log) {
  auto listener = std::make_unique<Listener>(std::move(options), clock, std::move(log));
  if (Status opened = listener->open(); !opened) return opened.error();
  return std::unique_ptr<Receiver>(new Receiver(std::move(listener)));
}

int Receiver::port() const {
  return listener_->port();
}
void Receiver::behave(const Behaviour& behaviour) {
  listener_->state().set_behaviour(behaviour);
}
void Receiver::stop() {
  listener_->stop();
}

ReceiverStats Receiver::stats() const {
  const ReceiverCounters& now = listener_->state().counters;
  return {now.bytes, now.events, now.connections, now.open, now.ended, now.failed, now.torn, now.faults};
}

}  // namespace dray::local

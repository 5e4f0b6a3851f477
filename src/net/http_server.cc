#include "net/http_server.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <map>
#include <mutex>

#include "base/threads.h"
#include "net/http_connection.h"

namespace dray::net {
namespace {

// Enough for a service that parses JSON and XML, small enough for 1,024 threads.
constexpr std::size_t kStackBytes = std::size_t{384} * 1024;
// While all connections are taken, the listener looks again this often.
constexpr Duration kFullPause = milliseconds(20);

struct ContextFree {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
using Context = std::unique_ptr<SSL_CTX, ContextFree>;

Error start_error(const HttpServerOptions& options, const std::string& what) {
  return {ErrorKind::config, "listen", fmt::format("HTTP server on {}:{}: {}", options.address, options.port, what)};
}

Result<Context> make_context(const HttpServerOptions& options) {
  if (options.certificate_file.empty()) return Context();
  Context context(SSL_CTX_new(TLS_server_method()));
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  SSL_CTX_set_mode(context.get(), SSL_MODE_RELEASE_BUFFERS);
  const bool good = SSL_CTX_use_certificate_chain_file(context.get(), options.certificate_file.c_str()) == 1 &&
                    SSL_CTX_use_PrivateKey_file(context.get(), options.key_file.c_str(), SSL_FILETYPE_PEM) == 1;
  ERR_clear_error();
  if (!good) {
    return start_error(options,
                       fmt::format("cannot use certificate {} with key {}: both must be PEM and belong together",
                                   options.certificate_file, options.key_file));
  }
  return context;
}

Result<int> listen_on(const HttpServerOptions& options) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(options.port);
  if (::inet_pton(AF_INET, options.address.c_str(), &address.sin_addr) != 1) {
    return start_error(options, "the address must be an IPv4 address");
  }
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return start_error(options, std::strerror(errno));
  const int on = 1;
  ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr generic{};
  std::memcpy(&generic, &address, sizeof address);
  if (::bind(fd, &generic, sizeof address) != 0 || ::listen(fd, SOMAXCONN) != 0) {
    const std::string why = std::strerror(errno);
    ::close(fd);
    return start_error(options, why);
  }
  return fd;
}

std::uint16_t port_of(int fd) {
  sockaddr generic{};
  socklen_t length = sizeof generic;
  ::getsockname(fd, &generic, &length);
  sockaddr_in address{};
  std::memcpy(&address, &generic, sizeof address);
  return ntohs(address.sin_port);
}

void tune(int fd, seconds idle_max) {
  const int on = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  const timeval idle{idle_max.count(), 0};
  ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &idle, sizeof idle);
  ::setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &idle, sizeof idle);
}

// Signals belong to the program's own threads; SIGPIPE would come from writes inside OpenSSL.
void block_signals() {
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, nullptr);
}

}  // namespace

class HttpServer::Listener {
 public:
  Listener(const HttpServerOptions& options, Clock& clock, HttpService service)
      : options_(options), clock_(clock), service_(std::move(service)) {}

  ~Listener() {
    stop();
    if (fd_ >= 0) ::close(fd_);
  }

  Status open() {
    auto context = make_context(options_);
    if (!context) return context.error();
    context_ = std::move(context).value();
    const auto fd = listen_on(options_);
    if (!fd) return fd.error();
    fd_ = fd.value();
    port_ = port_of(fd_);
    url_ = fmt::format("{}://{}:{}", context_ ? "https" : "http", options_.address, port_);
    accept_thread_ = threads_.spawn("http-accept", [this] {
      block_signals();
      accept_all();
    });
    return {};
  }

  void stop() {
    if (!accept_thread_ || stopping_.exchange(true)) return;
    ::shutdown(fd_, SHUT_RDWR);  // wakes accept(2)
    accept_thread_->join();
    {
      const std::lock_guard lock(mutex_);
      for (const auto& [id, connection] : open_) ::shutdown(connection->fd, SHUT_RDWR);
    }
    for (;;) {
      std::map<std::uint64_t, std::unique_ptr<Connection>> all;
      {
        const std::lock_guard lock(mutex_);
        if (open_.empty() && ended_.empty()) return;
        all.swap(ended_);
        if (all.empty()) all.insert(open_.extract(open_.begin()));
      }
      for (const auto& [id, connection] : all) join(*connection);
    }
  }

  std::uint16_t port_ = 0;
  std::string url_;
  std::atomic<std::uint64_t> accepted_{0};

 private:
  struct Connection {
    std::uint64_t id = 0;
    int fd = -1;
    std::unique_ptr<Thread> thread;
  };

  void accept_all() {
    while (!stopping_.load()) {
      reap();
      if (open_count() >= options_.connections_max) {
        clock_.sleep_until(clock_.now() + kFullPause);
        continue;
      }
      const int fd = ::accept4(fd_, nullptr, nullptr, SOCK_CLOEXEC);
      if (fd >= 0) {
        admit(fd);
      } else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
        clock_.sleep_until(clock_.now() + kFullPause);
      }
    }
  }

  void admit(int fd) {
    tune(fd, options_.idle_max);
    const std::uint64_t id = accepted_.fetch_add(1);
    auto connection = std::make_unique<Connection>();
    connection->id = id;
    connection->fd = fd;
    const std::lock_guard lock(mutex_);
    Connection& here = *connection;
    open_.emplace(id, std::move(connection));
    here.thread = threads_.spawn("http-serve", [this, &here] {
      block_signals();
      serve(here);
    });
  }

  void serve(Connection& connection) {
    std::unique_ptr<SSL, SslFree> ssl;
    if (context_) {
      ssl.reset(SSL_new(context_.get()));
      SSL_set_fd(ssl.get(), connection.fd);
    }
    HttpConnection(connection.fd, std::move(ssl), options_.head_bytes_max).run(service_);
    const std::lock_guard lock(mutex_);
    auto node = open_.extract(connection.id);
    if (node.empty()) return;  // stop() took it: it joins this thread and then closes the socket
    ::close(std::exchange(connection.fd, -1));
    ended_.insert(std::move(node));
  }

  void reap() {
    std::map<std::uint64_t, std::unique_ptr<Connection>> ended;
    {
      const std::lock_guard lock(mutex_);
      ended.swap(ended_);
    }
    for (const auto& [id, connection] : ended) join(*connection);
  }

  static void join(const Connection& connection) {
    connection.thread->join();
    if (connection.fd >= 0) ::close(connection.fd);
  }

  std::size_t open_count() {
    const std::lock_guard lock(mutex_);
    return open_.size();
  }

  const HttpServerOptions options_;
  Clock& clock_;
  const HttpService service_;
  Context context_;
  int fd_ = -1;
  SystemThreads threads_{kStackBytes};
  std::unique_ptr<Thread> accept_thread_;
  std::atomic<bool> stopping_{false};
  std::mutex mutex_;
  std::map<std::uint64_t, std::unique_ptr<Connection>> open_;
  std::map<std::uint64_t, std::unique_ptr<Connection>> ended_;  // served, thread to be joined
};

HttpServer::HttpServer(std::unique_ptr<Listener> listener) : listener_(std::move(listener)) {}
HttpServer::~HttpServer() = default;

Result<std::unique_ptr<HttpServer>> HttpServer::start(const HttpServerOptions& options, Clock& clock,
                                                      HttpService service) {
  auto listener = std::make_unique<Listener>(options, clock, std::move(service));
  if (auto opened = listener->open(); !opened) return opened.error();
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(listener)));
}

void HttpServer::stop() {
  listener_->stop();
}
std::uint16_t HttpServer::port() const {
  return listener_->port_;
}
const std::string& HttpServer::url() const {
  return listener_->url_;
}
std::uint64_t HttpServer::connections_accepted() const {
  return listener_->accepted_.load();
}

}  // namespace dray::net

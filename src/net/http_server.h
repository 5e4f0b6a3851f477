// HttpServer: a small HTTP/1.1 server on loopback, over TCP or TLS. The local cloud speaks through it.
//
// One blocking thread per connection, because a request that waits (a long poll, a slow body) then costs nothing
// but its
// stack, and a small request costs one read and one write. Keep-alive and pipelining, Content-Length and chunked
// request
// bodies, `Expect: 100-continue`, bodies of any length in either direction without buffering (RFC 9110, RFC 9112).
// Guarantees: answers leave in the order of the requests; what the service leaves unread of a body never becomes
// the next
// request. Bounds: connections_max, head_bytes_max, idle_max for every wait on the peer.
// On failure: start() answers an Error of kind config; a fault of one connection ends that connection alone.
// Threads: start and stop by the owner; the service is called from many threads at once, one per connection.
// Limits: no HTTP/2, no compression, no trailers towards the client.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

namespace dray::net {

using ServerHeaders = std::vector<std::pair<std::string, std::string>>;

struct HttpServerOptions {
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;        // 0: any free one, see HttpServer::port()
  std::string certificate_file;  // PEM, leaf first; empty: plain http
  std::string key_file;          // PEM, without passphrase
  std::size_t connections_max = 1024;
  seconds idle_max{65};
  std::size_t head_bytes_max = 64 * 1024;
};

// One request and the answer to it; lives while the service works on it. One thread.
class ServerExchange {
 public:
  virtual ~ServerExchange() = default;

  [[nodiscard]] virtual const std::string& method() const = 0;
  // As on the wire, still encoded: "/bucket/a%20b?list-type=2" is path "/bucket/a%20b" and query "list-type=2".
  [[nodiscard]] virtual std::string_view path() const = 0;
  [[nodiscard]] virtual std::string_view query() const = 0;
  // Names in lower case, in the order of the wire.
  [[nodiscard]] virtual const ServerHeaders& headers() const = 0;
  // The first header of that (lower-case) name, or "".
  [[nodiscard]] virtual std::string_view header(std::string_view name) const = 0;

  // The next bytes of the body, at most `size`; 0 is its end. Sends "100 Continue" first if the client waits for it.
  virtual Result<std::size_t> read_body(char* into, std::size_t size) = 0;
  // The rest of the body; {poison, "body_too_large"} over bytes_max.
  Result<std::string> read_whole_body(std::size_t bytes_max);

  // A whole answer. Content-Length is added; a HEAD request gets the headers alone.
  Status answer(int status, const ServerHeaders& headers, std::string_view body);
  // An answer in pieces: begin, then write until exactly content_length bytes are out.
  virtual Status begin_answer(int status, const ServerHeaders& headers, std::uint64_t content_length) = 0;
  virtual Status write_answer(std::string_view bytes) = 0;
  // Sends what is still buffered; call before waiting in the middle of an answer.
  virtual Status flush() = 0;
  // The client has ended its side or the connection broke: worth asking after a long wait, before doing what only
  // it wants.
  [[nodiscard]] virtual bool peer_is_gone() const = 0;
  // Ends the connection after what was written, in order (FIN) or torn (RST), for tests that need it.
  virtual void close_after_this() = 0;
  virtual void reset_connection() = 0;
};

using HttpService = std::function<void(ServerExchange&)>;

class HttpServer {
 public:
  // Listens and serves from now on. The service must outlive the server.
  static Result<std::unique_ptr<HttpServer>> start(const HttpServerOptions& options, Clock& clock, HttpService service);

  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;
  // Stops: no new connection, open ones are shut down, their threads joined. A service that waits by itself must
  // be woken
  // by its owner before.
  ~HttpServer();
  void stop();

  [[nodiscard]] std::uint16_t port() const;
  // "http://127.0.0.1:41234", without a slash at the end.
  [[nodiscard]] const std::string& url() const;
  // Connections accepted since the start.
  [[nodiscard]] std::uint64_t connections_accepted() const;

 private:
  class Listener;
  explicit HttpServer(std::unique_ptr<Listener> listener);
  std::unique_ptr<Listener> listener_;
};

}  // namespace dray::net

// HttpClient: HTTP/1.1 requests over kept-alive connections. The seam at which tests put a transport of their own.
//
// One request, one answer; redirects are answers like others, cookies and .netrc do not exist, nothing is decoded.
// send() blocks its caller, is thread-safe, and every wait in it has an end: see HttpTimeouts. `stop` is noticed
// within a second.
// Faults of the transport are Errors of kind transient with one of these codes, or {stopped, "stopped"}:
//   connect_failed    no connection: name, route, refused, proxy
//   tls_failed        handshake or certificate
//   timeout           one of HttpTimeouts passed
//   connection_reset  cut before the answer's head was whole
//   short_body        cut after it
//   bad_answer        not HTTP, or larger than its bounds
// A status of 400 or 500 is an answer, not an Error.
// A request on a kept connection that the peer closed before one byte of answer came is repeated once on a new one.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "base/secret.h"
#include "base/stop.h"

namespace dray::net {

struct HttpHeader {
  std::string name;
  std::string value;
};

struct HttpTimeouts {
  milliseconds connect{3100};    // name, TCP and TLS together
  milliseconds response{10000};  // from the start until the answer's head is whole
  // An answer's body slower than stall_bytes within this time is a timeout. The time in which the sink works does not
  // count.
  milliseconds stall{30000};
  std::uint64_t stall_bytes = 30 * 1024;
  TimePoint deadline = TimePoint::never();  // of the whole request
};

struct HttpRequest {
  std::string_view method = "GET";
  std::string url;                  // http or https, encoded; the path is sent as it stands
  std::vector<HttpHeader> headers;  // sent as they stand; the client adds Content-Length and User-Agent only
  std::string_view body;            // of a POST or PUT; must live until send() returns
  HttpTimeouts timeouts;
  std::size_t body_bytes_max = std::size_t{64} * 1024;  // of a collected answer body
};

struct HttpResponse {
  int status = 0;
  std::vector<HttpHeader> headers;  // names in lower case
  std::string body;                 // empty if a sink took it

  // The first header of that lower-case name, or "".
  [[nodiscard]] std::string_view header(std::string_view name) const;
};

// Takes the body of a 2xx answer. Called on the thread of send().
class HttpBodySink {
 public:
  virtual ~HttpBodySink() = default;
  // Once, before the first byte; also for an empty body. An error here or in write() ends the transfer and is what
  // send() returns.
  virtual Status begin(const HttpResponse& head) = 0;
  virtual Status write(std::string_view chunk) = 0;
};

class HttpClient {
 public:
  virtual ~HttpClient() = default;

  // sink null: the body of every answer is collected. Otherwise that of a 2xx answer goes to the sink.
  // A collected body over body_bytes_max is cut there if the status is not 2xx, else it is a bad_answer.
  virtual Result<HttpResponse> send(const HttpRequest& request, HttpBodySink* sink, const Stop& stop) = 0;
};

struct HttpClientOptions {
  std::string user_agent = "dray";
  Secret proxy;         // URL; empty: HTTPS_PROXY, http_proxy and NO_PROXY of the environment. Never for loopback
  std::string ca_file;  // PEM; empty: the system's
  // Per connection. 64 KiB costs nothing measurable against 128 KiB over TLS, and hundreds of connections hold one
  // each.
  std::size_t receive_buffer_bytes = std::size_t{64} * 1024;
  seconds idle_connection_max{10};  // S3 closes idle connections early (aws-client.md 3)
  std::size_t idle_handles_max = 512;
};

// The client over libcurl. An Error of kind config tells that ca_file cannot be read.
// Connections are kept per handle, and handles in a pool, the last used first: as many as there are callers at once.
Result<std::unique_ptr<HttpClient>> make_http_client(const HttpClientOptions& options, Clock& clock);

}  // namespace dray::net

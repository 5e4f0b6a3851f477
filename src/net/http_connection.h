// HttpConnection: one accepted connection of the HttpServer: reads requests, hands each to the service, writes the
// answers.
//
// Made and run by the server's connection thread alone; http_server.h states what clients of the server may rely on.
// Every wait on the peer ends by the socket's own time-outs (SO_RCVTIMEO, SO_SNDTIMEO), set from idle_max.
#pragma once

#include <openssl/ssl.h>

#include <memory>
#include <string>

#include "net/http_server.h"

namespace dray::net {

struct SslFree {
  void operator()(SSL* ssl) const { SSL_free(ssl); }
};

class HttpConnection final : public ServerExchange {
 public:
  // Takes no ownership of fd; ssl is null for plain http and otherwise not yet shaken hands.
  HttpConnection(int fd, std::unique_ptr<SSL, SslFree> ssl, std::size_t head_bytes_max);

  // Serves requests until the peer goes, a fault, or shutdown(2) of the socket by another thread.
  void run(const HttpService& service);

  [[nodiscard]] const std::string& method() const override { return method_; }
  [[nodiscard]] std::string_view path() const override;
  [[nodiscard]] std::string_view query() const override;
  [[nodiscard]] const ServerHeaders& headers() const override { return headers_; }
  [[nodiscard]] std::string_view header(std::string_view name) const override;
  Result<std::size_t> read_body(char* into, std::size_t size) override;
  Status begin_answer(int status, const ServerHeaders& headers, std::uint64_t content_length) override;
  Status write_answer(std::string_view bytes) override;
  Status flush() override;
  [[nodiscard]] bool peer_is_gone() const override;
  void close_after_this() override { keep_alive_ = false; }
  void reset_connection() override;

 private:
  enum class Framing { none, length, chunked };
  enum class Head { request, end, fault };

  Head read_head();
  bool parse_head(std::string_view head);
  bool parse_framing();
  void serve_one(const HttpService& service);
  bool drain_body();
  void refuse(int status);
  Result<std::size_t> next_chunk();
  Result<std::string> read_line();
  [[nodiscard]] std::string_view unread_bytes() const {
    return std::string_view(in_).substr(in_begin_, in_end_ - in_begin_);
  }
  bool fill();
  std::size_t take_buffered(char* into, std::size_t size);
  std::ptrdiff_t receive(char* into, std::size_t size);
  bool send_all(std::string_view bytes, bool more);
  void close_orderly();

  const int fd_;
  const std::unique_ptr<SSL, SslFree> ssl_;
  const std::size_t head_bytes_max_;
  std::string in_;  // in [in_begin_, in_end_): read from the peer, not consumed yet
  std::size_t in_begin_ = 0;
  std::size_t in_end_ = 0;
  std::string out_;  // an answer's head and small pieces, not sent yet

  std::string method_;
  std::string target_;
  ServerHeaders headers_;
  Framing framing_ = Framing::none;
  std::uint64_t body_left_ = 0;  // of the body, or of the current chunk
  bool body_ended_ = true;
  bool continue_expected_ = false;
  bool keep_alive_ = true;
  bool broken_ = false;  // the transport failed; nothing more can be sent
  bool answer_begun_ = false;
  std::uint64_t answer_left_ = 0;
};

}  // namespace dray::net

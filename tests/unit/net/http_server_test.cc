// HttpServer over real sockets, spoken to byte by byte.
#include "net/http_server.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <thread>

namespace dray::net {
namespace {

class RawClient {
 public:
  explicit RawClient(std::uint16_t port) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    sockaddr generic{};
    std::memcpy(&generic, &address, sizeof address);
    connected_ = ::connect(fd_, &generic, sizeof address) == 0;
    const timeval limit{10, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  }
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;
  ~RawClient() { ::close(fd_); }

  void send(std::string_view bytes) const {
    while (!bytes.empty()) {
      const auto sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
  }

  // Reads until `mark` was seen in what is left unread, and takes everything up to its end.
  std::string until(std::string_view mark) {
    for (;;) {
      const auto at = unread_.find(mark);
      if (at != std::string::npos) {
        std::string taken = unread_.substr(0, at + mark.size());
        unread_.erase(0, at + mark.size());
        return taken;
      }
      if (!more()) return std::exchange(unread_, {});
    }
  }

  std::string until_end() {
    while (more()) {
    }
    return std::exchange(unread_, {});
  }

  [[nodiscard]] int last_errno() const { return last_errno_; }
  [[nodiscard]] bool connected() const { return connected_; }

 private:
  bool more() {
    char piece[65536];
    const auto got = ::recv(fd_, piece, sizeof piece, 0);
    if (got < 0) last_errno_ = errno;
    if (got > 0) unread_.append(piece, static_cast<std::size_t>(got));
    return got > 0;
  }

  const int fd_;
  bool connected_ = false;
  int last_errno_ = 0;
  std::string unread_;
};

void echo(ServerExchange& exchange) {
  const auto body = exchange.read_whole_body(1 << 20);
  ASSERT_TRUE(body.ok());
  static_cast<void>(exchange.answer(200, {{"x-path", std::string(exchange.path())}},
                                    "<" + exchange.method() + ":" + body.value() + ">"));
}

class HttpServerTest : public ::testing::Test {
 protected:
  HttpServer& serve(HttpService service, HttpServerOptions options = {}) {
    auto started = HttpServer::start(options, clock_, std::move(service));
    EXPECT_TRUE(started.ok());
    server_ = std::move(started).value();
    return *server_;
  }

  SystemClock clock_;
  std::unique_ptr<HttpServer> server_;
};

TEST_F(HttpServerTest, AnswersPipelinedRequestsInTheirOrder) {
  RawClient client(serve(echo).port());
  client.send(
      "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\none"
      "POST /b HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n2\r\ntw\r\n1;x=y\r\no\r\n0\r\nTrailer: "
      "t\r\n\r\n"
      "GET /c?q HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_NE(client.until("<POST:one>").find("x-path: /a\r\n"), std::string::npos);
  EXPECT_NE(client.until("<POST:two>").find("x-path: /b\r\n"), std::string::npos);
  EXPECT_NE(client.until("<GET:>").find("x-path: /c\r\n"), std::string::npos);
  EXPECT_EQ(server_->connections_accepted(), 1U);
}

TEST_F(HttpServerTest, SendsContinueOnlyWhenTheBodyIsWanted) {
  RawClient client(serve(echo).port());
  client.send("PUT /k HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n");
  EXPECT_EQ(client.until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("body");
  EXPECT_NE(client.until("<PUT:body>").find("HTTP/1.1 200 OK"), std::string::npos);
}

TEST_F(HttpServerTest, RefusesABodyBeforeItIsSentAndThenCloses) {
  serve([](ServerExchange& exchange) { static_cast<void>(exchange.answer(403, {}, "no")); });
  RawClient client(server_->port());
  client.send("PUT /k HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n");
  const std::string answer = client.until_end();
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 403 Forbidden\r\n")) << answer;
  EXPECT_EQ(answer.find("100 Continue"), std::string::npos);
}

TEST_F(HttpServerTest, SkipsABodyThatTheServiceDidNotRead) {
  serve([](ServerExchange& exchange) { static_cast<void>(exchange.answer(200, {}, "[" + exchange.method() + "]")); });
  RawClient client(server_->port());
  client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 22\r\n\r\nGET /evil HTTP/1.1\r\n\r\n");
  client.send("HEAD / HTTP/1.1\r\nHost: h\r\n\r\nDELETE / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  EXPECT_NE(client.until("[POST]").find("200"), std::string::npos);
  const std::string head = client.until("\r\n\r\n");
  EXPECT_NE(head.find("Content-Length: 6"), std::string::npos) << head;
  const std::string rest = client.until_end();
  EXPECT_TRUE(rest.ends_with("[DELETE]")) << rest;
}

TEST_F(HttpServerTest, StreamsABodyLargerThanAnyBuffer) {
  constexpr std::uint64_t kSize = 300ULL << 20U;
  serve([](ServerExchange& exchange) {
    ASSERT_TRUE(exchange.begin_answer(200, {}, kSize).ok());
    const std::string piece(1 << 20, 'x');
    for (std::uint64_t sent = 0; sent < kSize; sent += piece.size()) ASSERT_TRUE(exchange.write_answer(piece).ok());
  });
  RawClient client(server_->port());
  client.send("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  client.until("\r\n\r\n");
  EXPECT_EQ(client.until_end().size(), kSize);
}

TEST_F(HttpServerTest, AnAnswerCutShortEndsTheConnectionInOrder) {
  serve([](ServerExchange& exchange) {
    ASSERT_TRUE(exchange.begin_answer(200, {}, 10).ok());
    ASSERT_TRUE(exchange.write_answer("four").ok());
  });
  RawClient client(server_->port());
  client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_TRUE(client.until_end().ends_with("\r\n\r\nfour"));
  EXPECT_EQ(client.last_errno(), 0);
}

TEST_F(HttpServerTest, AResetIsSeenAsAReset) {
  serve([](ServerExchange& exchange) { exchange.reset_connection(); });
  RawClient client(server_->port());
  client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(client.until_end(), "");
  EXPECT_EQ(client.last_errno(), ECONNRESET);
}

TEST_F(HttpServerTest, RefusesNonsenseWithAStatusAndCloses) {
  HttpServerOptions options;
  options.head_bytes_max = 1024;
  serve(echo, options);
  for (const auto& [sent, status] : std::vector<std::pair<std::string, std::string>>{
           {"hello\r\n\r\n", "400"},
           {"GET / HTTP/2.0\r\n\r\n", "400"},
           {"GET / HTTP/1.1\r\nbroken\r\n\r\n", "400"},
           {"POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", "400"},
           {"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", "400"},
           {"GET / HTTP/1.1\r\nx: " + std::string(2000, 'x'), "431"}}) {
    RawClient client(server_->port());
    client.send(sent);
    EXPECT_TRUE(client.until_end().starts_with("HTTP/1.1 " + status)) << sent;
  }
}

TEST_F(HttpServerTest, ServesManyConnectionsAtOnceAndStopsWhileTheyAreOpen) {
  std::atomic<int> served{0};
  serve([&](ServerExchange& exchange) {
    ++served;
    static_cast<void>(exchange.answer(200, {}, "ok"));
  });
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i < 200; ++i) clients.push_back(std::make_unique<RawClient>(server_->port()));
  for (auto& client : clients) client->send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  for (auto& client : clients) EXPECT_TRUE(client->until("\r\n\r\nok").ends_with("ok"));
  EXPECT_EQ(served.load(), 200);
  server_->stop();
  for (auto& client : clients) EXPECT_EQ(client->until_end(), "");
}

TEST_F(HttpServerTest, SaysWhichCertificateItCannotUse) {
  HttpServerOptions options;
  options.certificate_file = "/nonexistent.pem";
  options.key_file = "/nonexistent.key";
  const auto started = HttpServer::start(options, clock_, echo);
  ASSERT_FALSE(started.ok());
  EXPECT_EQ(started.error().kind, ErrorKind::config);
  EXPECT_NE(started.error().message.find("/nonexistent.pem"), std::string::npos);
}

}  // namespace
}  // namespace dray::net

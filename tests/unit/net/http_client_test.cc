// The client against real sockets: what it sends, how it keeps connections, and what it says about each way to fail.
#include "net/http_client.h"

#include <gtest/gtest.h>

#include <thread>

#include "net/http_server.h"
#include "raw_server.h"
#include "test_certificate.h"

namespace dray::net {
namespace {

class CollectingSink final : public HttpBodySink {
 public:
  Status begin(const HttpResponse& head) override {
    ++begun;
    length = head.header("content-length");
    return begin_result;
  }
  Status write(std::string_view chunk) override {
    body.append(chunk);
    return write_result;
  }
  int begun = 0;
  std::string length;
  std::string body;
  Status begin_result;
  Status write_result;
};

class HttpClientTest : public testing::Test {
 protected:
  std::unique_ptr<HttpClient> make(const HttpClientOptions& options = {}) {
    auto made = make_http_client(options, clock_);
    EXPECT_TRUE(made.ok());
    return std::move(made).value();
  }
  std::unique_ptr<HttpServer> serve(HttpService service) {
    auto started = HttpServer::start({}, clock_, std::move(service));
    EXPECT_TRUE(started.ok());
    return std::move(started).value();
  }
  static HttpRequest get(const std::string& url) {
    HttpRequest request;
    request.url = url;
    return request;
  }

  SystemClock clock_;
  Stop stop_;
};

std::string code_of(const Result<HttpResponse>& answer) {
  return answer.ok() ? "ok" : answer.error().code;
}

TEST_F(HttpClientTest, AnAnswerIsCollectedWithLowerCaseHeaderNames) {
  auto server = serve([](ServerExchange& exchange) {
    (void)exchange.answer(404, {{"X-Amz-Request-Id", "R1"}}, std::string(exchange.header("x-given")) + "!");
  });
  auto client = make();
  HttpRequest request = get(server->url() + "/");
  request.headers = {{"X-Given", "value"}};
  const auto answer = client->send(request, nullptr, stop_);
  ASSERT_TRUE(answer.ok()) << answer.error().message;
  EXPECT_EQ(answer->status, 404);
  EXPECT_EQ(answer->header("x-amz-request-id"), "R1");
  EXPECT_EQ(answer->body, "value!");
}

TEST_F(HttpClientTest, OnlyTheHeadersThatTheCallerKnowsAreSent) {
  std::string head;
  RawServer server([&](RawConnection& connection, int) {
    head = connection.read_head();
    connection.send_text("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  });
  auto client = make();
  HttpRequest request = get(server.url() + "/a/../b//c%2e?x");
  request.method = "POST";
  request.headers = {{"Host", "signed.example"}, {"X-Empty", ""}};
  EXPECT_EQ(code_of(client->send(request, nullptr, stop_)), "ok");
  EXPECT_EQ(head,
            "POST /a/../b//c%2e?x HTTP/1.1\r\nHost: signed.example\r\nUser-Agent: dray\r\nX-Empty:\r\nContent-Length: "
            "0\r\n\r\n");
}

TEST_F(HttpClientTest, BodiesOfPostAndPutArriveWhole) {
  auto server = serve([](ServerExchange& exchange) {
    const auto body = exchange.read_whole_body(10'000'000);
    (void)exchange.answer(200, {}, exchange.method() + std::to_string(body.ok() ? body->size() : 0));
  });
  auto client = make();
  const std::string body(3'000'000, 'x');
  for (const char* method : {"POST", "PUT"}) {
    HttpRequest request = get(server->url() + "/");
    request.method = method;
    request.body = body;
    const auto answer = client->send(request, nullptr, stop_);
    ASSERT_TRUE(answer.ok());
    EXPECT_EQ(answer->body, method + std::string("3000000"));
  }
  const auto after = client->send(get(server->url() + "/"), nullptr, stop_);
  ASSERT_TRUE(after.ok());
  EXPECT_EQ(after->body, "GET0");
}

TEST_F(HttpClientTest, ASinkTakesTheBodyOfSuccessOnly) {
  auto server = serve(
      [](ServerExchange& exchange) { (void)exchange.answer(exchange.path() == "/good" ? 200 : 503, {}, "content"); });
  auto client = make();
  CollectingSink sink;
  auto answer = client->send(get(server->url() + "/bad"), &sink, stop_);
  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(answer->body, "content");
  EXPECT_EQ(sink.begun, 0);
  answer = client->send(get(server->url() + "/good"), &sink, stop_);
  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(answer->body, "");
  EXPECT_EQ(sink.begun, 1);
  EXPECT_EQ(sink.body, "content");
  EXPECT_EQ(sink.length, "7");
}

TEST_F(HttpClientTest, AnEmptyBodyStillBeginsTheSink) {
  auto server = serve([](ServerExchange& exchange) { (void)exchange.answer(200, {}, ""); });
  CollectingSink sink;
  EXPECT_EQ(code_of(make()->send(get(server->url() + "/"), &sink, stop_)), "ok");
  EXPECT_EQ(sink.begun, 1);
}

TEST_F(HttpClientTest, AnErrorOfTheSinkIsReturnedUnchanged) {
  auto server = serve([](ServerExchange& exchange) { (void)exchange.answer(200, {}, "content"); });
  auto client = make();
  for (const bool at_begin : {true, false}) {
    CollectingSink sink;
    (at_begin ? sink.begin_result : sink.write_result) = Error{ErrorKind::lost, "mine", "text"};
    const auto answer = client->send(get(server->url() + "/"), &sink, stop_);
    ASSERT_FALSE(answer.ok());
    EXPECT_EQ(answer.error().kind, ErrorKind::lost);
    EXPECT_EQ(answer.error().code, "mine");
    EXPECT_EQ(answer.error().message, "text");
  }
}

TEST_F(HttpClientTest, ACutBodyIsShortAfterWhatArrivedWasPushed) {
  for (const bool by_reset : {false, true}) {
    RawServer server([&](RawConnection& connection, int) {
      connection.read_head();
      connection.send_text("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
      if (by_reset) {
        connection.wait_readable(100);  // lets the bytes be read before the reset discards them
        connection.reset();
      }
    });
    CollectingSink sink;
    const auto answer = make()->send(get(server.url() + "/"), &sink, stop_);
    EXPECT_EQ(code_of(answer), "short_body");
    EXPECT_EQ(sink.body, "half");
    EXPECT_EQ(server.connections(), 1);
  }
}

TEST_F(HttpClientTest, ARefusedConnectionIsAConnectFailureThatNamesThePeer) {
  std::string url;
  {
    RawServer gone([](RawConnection&, int) {});
    url = gone.url();
  }
  const auto answer = make()->send(get(url + "/secret-path"), nullptr, stop_);
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.error().kind, ErrorKind::transient);
  EXPECT_EQ(answer.error().code, "connect_failed");
  EXPECT_NE(answer.error().message.find(url), std::string::npos) << answer.error().message;
}

TEST_F(HttpClientTest, AResetBeforeAnyAnswerIsToldApartFromAShortBody) {
  RawServer server([](RawConnection& connection, int) {
    connection.read_head();
    connection.reset();
  });
  EXPECT_EQ(code_of(make()->send(get(server.url() + "/"), nullptr, stop_)), "connection_reset");
  EXPECT_EQ(server.connections(), 1);
}

TEST_F(HttpClientTest, AKeptConnectionThatDiedIsReplacedUnnoticed) {
  RawServer server([](RawConnection& connection, int number) {
    connection.read_head();
    connection.send_text("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n" + std::to_string(number));
    if (number == 0) {
      connection.read_head();  // the second request comes in, and dies
      connection.reset();
    }
  });
  auto client = make();
  EXPECT_EQ(code_of(client->send(get(server.url() + "/"), nullptr, stop_)), "ok");
  const auto second = client->send(get(server.url() + "/"), nullptr, stop_);
  ASSERT_TRUE(second.ok()) << second.error().message;
  EXPECT_EQ(second->body, "1");
}

TEST_F(HttpClientTest, AServerThatClosesEveryHundredRequestsCostsOnlyConnections) {
  std::atomic<int> requests{0};
  auto server = serve([&](ServerExchange& exchange) {
    if (++requests % 100 == 0) exchange.close_after_this();
    (void)exchange.answer(200, {}, "x");
  });
  auto client = make();
  for (int i = 0; i < 250; ++i) ASSERT_EQ(code_of(client->send(get(server->url() + "/"), nullptr, stop_)), "ok") << i;
  EXPECT_EQ(server->connections_accepted(), 3U);
}

TEST_F(HttpClientTest, ASilentServerIsATimeout) {
  RawServer server([](RawConnection& connection, int) {
    connection.read_head();
    connection.send_text("HTTP/1.1 200 OK\r\nX-Slow: ");
    connection.wait_readable(4000);
  });
  HttpRequest request = get(server.url() + "/");
  request.timeouts.response = milliseconds(100);
  EXPECT_EQ(code_of(make()->send(request, nullptr, stop_)), "timeout");
}

TEST_F(HttpClientTest, AStalledBodyIsATimeoutButASlowSinkIsNot) {
  RawServer server([](RawConnection& connection, int) {
    connection.read_head();
    connection.send_text("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nab");
    connection.wait_readable(4000);
  });
  HttpRequest request = get(server.url() + "/");
  request.timeouts.stall = milliseconds(100);
  request.timeouts.stall_bytes = 10;
  CollectingSink stalled;
  EXPECT_EQ(code_of(make()->send(request, &stalled, stop_)), "timeout");
  EXPECT_EQ(stalled.body, "ab");

  class SlowSink final : public HttpBodySink {
   public:
    explicit SlowSink(Clock& clock) : clock_(clock) {}
    Status begin(const HttpResponse&) override { return {}; }
    Status write(std::string_view) override {
      clock_.sleep_until(clock_.now() + milliseconds(300));
      return {};
    }

   private:
    Clock& clock_;
  };
  auto quick = serve([](ServerExchange& exchange) { (void)exchange.answer(200, {}, std::string(100'000, 'x')); });
  request.url = quick->url() + "/";
  SlowSink slow(clock_);
  EXPECT_EQ(code_of(make()->send(request, &slow, stop_)), "ok");
}

TEST_F(HttpClientTest, TheDeadlineEndsALongRequest) {
  RawServer server([](RawConnection& connection, int) {
    connection.read_head();
    connection.wait_readable(4000);
  });
  HttpRequest request = get(server.url() + "/");
  request.timeouts.deadline = clock_.now() + milliseconds(100);
  EXPECT_EQ(code_of(make()->send(request, nullptr, stop_)), "timeout");
}

TEST_F(HttpClientTest, AnswersBeyondTheirBoundsAreRefusedOrCut) {
  auto server = serve([](ServerExchange& exchange) {
    if (exchange.path() == "/head") {
      (void)exchange.answer(200, {{"X-Huge", std::string(70'000, 'h')}}, "");
    } else {
      (void)exchange.answer(exchange.path() == "/good" ? 200 : 500, {}, std::string(1000, 'b'));
    }
  });
  auto client = make();
  HttpRequest request = get(server->url() + "/head");
  EXPECT_EQ(code_of(client->send(request, nullptr, stop_)), "bad_answer");
  request.body_bytes_max = 100;
  request.url = server->url() + "/good";
  EXPECT_EQ(code_of(client->send(request, nullptr, stop_)), "bad_answer");
  request.url = server->url() + "/bad";
  const auto cut = client->send(request, nullptr, stop_);
  ASSERT_TRUE(cut.ok()) << cut.error().message;
  EXPECT_EQ(cut->status, 500);
  EXPECT_EQ(cut->body, std::string(100, 'b'));
}

TEST_F(HttpClientTest, WhatIsNotHttpIsABadAnswer) {
  RawServer server([](RawConnection& connection, int) {
    connection.read_head();
    connection.send_text("SSH-2.0-OpenSSH_9.2\r\n\r\n");
  });
  EXPECT_EQ(code_of(make()->send(get(server.url() + "/"), nullptr, stop_)), "bad_answer");
}

TEST_F(HttpClientTest, RedirectsAreAnswers) {
  auto server = serve([](ServerExchange& exchange) { (void)exchange.answer(307, {{"Location", "/elsewhere"}}, ""); });
  const auto answer = make()->send(get(server->url() + "/"), nullptr, stop_);
  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(answer->status, 307);
}

TEST_F(HttpClientTest, InterimAnswersAreReadOver) {
  RawServer server([](RawConnection& connection, int) {
    connection.read_head();
    connection.send_text("HTTP/1.1 100 Continue\r\nX-A: 1\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
  });
  const auto answer = make()->send(get(server.url() + "/"), nullptr, stop_);
  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(answer->body, "ok");
  EXPECT_EQ(answer->header("x-a"), "");
}

TEST_F(HttpClientTest, HeadersThatWouldSplitTheRequestAreRefused) {
  HttpRequest request = get("http://127.0.0.1:9/");
  request.headers = {{"X-A", "one\r\nX-B: two"}};
  EXPECT_EQ(code_of(make()->send(request, nullptr, stop_)), "bad_header");
}

TEST_F(HttpClientTest, AnUnreadableAuthorityFileIsAConfigurationError) {
  HttpClientOptions options;
  options.ca_file = "/nonexistent/ca.pem";
  const auto made = make_http_client(options, clock_);
  ASSERT_FALSE(made.ok());
  EXPECT_EQ(made.error().kind, ErrorKind::config);
  EXPECT_NE(made.error().message.find("/nonexistent/ca.pem"), std::string::npos);
}

TEST_F(HttpClientTest, AProxyIsUsedForDistantHostsOnly) {
  RawServer proxy([](RawConnection& connection, int) {
    const std::string head = connection.read_head();
    const std::string line = head.substr(0, head.find('\r'));
    connection.send_text("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(line.size()) + "\r\n\r\n" + line);
  });
  auto server = serve([](ServerExchange& exchange) { (void)exchange.answer(200, {}, "direct"); });
  HttpClientOptions options;
  options.proxy = Secret(proxy.url());
  auto client = make(options);
  const auto near = client->send(get(server->url() + "/"), nullptr, stop_);
  ASSERT_TRUE(near.ok());
  EXPECT_EQ(near->body, "direct");
  const auto far = client->send(get("http://sqs.example.test/"), nullptr, stop_);
  ASSERT_TRUE(far.ok()) << far.error().message;
  EXPECT_EQ(far->body, "GET http://sqs.example.test/ HTTP/1.1");
}

// The proxy sees a host and bytes that it cannot read; the server's name is checked behind it.
TEST_F(HttpClientTest, TlsGoesThroughAProxyByConnect) {
  const TestCertificate certificate;
  HttpServerOptions server_options;
  server_options.certificate_file = certificate.certificate_file();
  server_options.key_file = certificate.key_file();
  auto server = HttpServer::start(
      server_options, clock_, [](ServerExchange& exchange) { (void)exchange.answer(200, {}, "through the tunnel"); });
  ASSERT_TRUE(server.ok());
  const std::string url = (*server)->url();
  const int port = std::stoi(url.substr(url.rfind(':') + 1));
  std::vector<std::string> heads;
  RawServer proxy([&](RawConnection& connection, int) {
    heads.push_back(connection.read_head());
    EXPECT_TRUE(connection.tunnel_to(port));
  });
  HttpClientOptions options;
  options.proxy = Secret(proxy.url());
  options.ca_file = certificate.certificate_file();
  // A client each: the proxy serves one tunnel after another.
  const auto answer = make(options)->send(get("https://store.example/secret-path"), nullptr, stop_);
  ASSERT_TRUE(answer.ok()) << answer.error().message;
  EXPECT_EQ(answer->body, "through the tunnel");
  EXPECT_EQ(code_of(make(options)->send(get("https://other.example/"), nullptr, stop_)), "tls_failed");
  ASSERT_EQ(heads.size(), 2U);
  EXPECT_TRUE(heads[0].starts_with("CONNECT store.example:443 HTTP/1.1\r\n")) << heads[0];
  EXPECT_EQ(heads[0].find("secret-path"), std::string::npos);
}

TEST_F(HttpClientTest, OverTlsOnlyTrustedServersAreTalkedTo) {
  const TestCertificate certificate;
  HttpServerOptions server_options;
  server_options.certificate_file = certificate.certificate_file();
  server_options.key_file = certificate.key_file();
  auto server = HttpServer::start(server_options, clock_, [](ServerExchange& exchange) {
    (void)exchange.answer(200, {}, std::string(100'000, 's'));
  });
  ASSERT_TRUE(server.ok());

  const auto distrusted = make()->send(get((*server)->url() + "/"), nullptr, stop_);
  EXPECT_EQ(code_of(distrusted), "tls_failed");
  EXPECT_NE(distrusted.error().message.find("ca_file"), std::string::npos) << distrusted.error().message;

  HttpClientOptions options;
  options.ca_file = certificate.certificate_file();
  auto client = make(options);
  const std::uint64_t before = (*server)->connections_accepted();
  for (int i = 0; i < 3; ++i) {
    CollectingSink sink;
    const auto answer = client->send(get((*server)->url() + "/"), &sink, stop_);
    ASSERT_TRUE(answer.ok()) << answer.error().message;
    EXPECT_EQ(sink.body.size(), 100'000U);
  }
  EXPECT_EQ((*server)->connections_accepted(), before + 1);

  // The name must fit too, not only the authority.
  std::string by_name = (*server)->url() + "/";
  by_name.replace(by_name.find("127.0.0.1"), 9, "localhost");
  EXPECT_EQ(code_of(client->send(get(by_name), nullptr, stop_)), "tls_failed");
}

class HttpClientThreads : public HttpClientTest {};

TEST_F(HttpClientThreads, StopEndsAWaitOfAnotherThread) {
  RawServer server([](RawConnection& connection, int) {
    connection.read_head();
    connection.wait_readable(5000);
  });
  auto client = make();
  Result<HttpResponse> answer = Error{};
  std::thread caller([&] { answer = client->send(get(server.url() + "/"), nullptr, stop_); });
  clock_.sleep_until(clock_.now() + milliseconds(50));
  stop_.request();
  caller.join();
  EXPECT_EQ(code_of(answer), "stopped");
  EXPECT_EQ(answer.error().kind, ErrorKind::stopped);
}

TEST_F(HttpClientThreads, CallersShareAClientAndKeepOneConnectionEach) {
  auto server = serve([](ServerExchange& exchange) { (void)exchange.answer(200, {}, std::string(exchange.path())); });
  auto client = make();
  std::atomic<int> right{0};
  std::vector<std::thread> callers;
  for (int i = 0; i < 8; ++i) {
    callers.emplace_back([&, i] {
      for (int j = 0; j < 100; ++j) {
        const std::string path = "/" + std::to_string(i) + "/" + std::to_string(j);
        CollectingSink sink;
        if (client->send(get(server->url() + path), &sink, stop_).ok() && sink.body == path) ++right;
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(right, 800);
  EXPECT_LE(server->connections_accepted(), 8U);
}

}  // namespace
}  // namespace dray::net

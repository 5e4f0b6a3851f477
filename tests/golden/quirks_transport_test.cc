// Quirk 2 of formats.md 6.1: what stands in Content-Encoding. The chain from the wire on: HTTP client, decoder.
#include <gtest/gtest.h>

#include "chain.h"
#include "codec/decompressor.h"
#include "decode/object_decoder.h"
#include "flow/event_sink.h"
#include "net/http_client.h"
#include "net/http_server.h"

namespace dray::golden {
namespace {

class Texts final : public flow::EventSink {
 public:
  Status send(std::uint64_t /*ordinal*/, std::string_view /*tag*/, std::string_view text) override {
    all.emplace_back(text);
    return {};
  }
  std::vector<std::string> all;
};

class IntoDecoder final : public net::HttpBodySink {
 public:
  explicit IntoDecoder(decode::ObjectDecoder& decoder) : decoder_(decoder) {}
  Status begin(const net::HttpResponse& head) override {
    length = head.header("content-length");
    return {};
  }
  Status write(std::string_view chunk) override { return decoder_.write(chunk); }
  std::string length;

 private:
  decode::ObjectDecoder& decoder_;
};

// The bytes as stored come, whatever the header says, so that lengths, ETags and ranges mean what they say; and the
// decoder looks at the bytes only.
TEST(Quirks, Quirk02ContentEncodingIsNeitherAskedForNorBelieved) {
  SystemClock clock;
  std::string stored;
  std::string says;
  bool asked = false;
  auto server = net::HttpServer::start({}, clock, [&](net::ServerExchange& exchange) {
    asked = asked || !exchange.header("accept-encoding").empty();
    (void)exchange.answer(200, {{"Content-Encoding", says}}, stored);
  });
  ASSERT_TRUE(server);
  auto client = net::make_http_client({}, clock);
  ASSERT_TRUE(client);
  const auto service = decode::prepare(definition_of("line_split_processor"), std::size_t{16} << 20U);
  ASSERT_TRUE(service);
  for (const std::string& bytes : {gzip("alpha\n"), std::string("alpha\n"), gzip(gzip("alpha\n"))}) {
    for (const char* encoding : {"gzip", "aws-chunked", "gzip,aws-chunked", "br"}) {
      stored = bytes;
      says = encoding;
      Texts texts;
      codec::DecompressorScratch scratch;
      const flow::ObjectRef object;
      decode::ObjectDecoder decoder(*service, object, texts, scratch);
      IntoDecoder sink(decoder);
      net::HttpRequest request;
      request.url = "http://127.0.0.1:" + std::to_string((*server)->port()) + "/corp-logs/a.gz";
      ASSERT_TRUE((*client)->send(request, &sink, Stop{}));
      ASSERT_TRUE(decoder.finish());
      EXPECT_EQ(texts.all, std::vector<std::string>{"alpha"}) << encoding;
      EXPECT_EQ(sink.length, std::to_string(bytes.size()));
    }
  }
  EXPECT_FALSE(asked);
}

}  // namespace
}  // namespace dray::golden

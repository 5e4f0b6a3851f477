// What a large record made large is given back behind it, while the splitter lives on: a worker keeps nothing of it.
// Not with the address sanitizer, whose allocator keeps what is freed and tells mallinfo2() nothing.
#include <malloc.h>

#include <map>

#include "split.h"
#include "support/format_options.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define DRAY_OTHER_ALLOCATOR
#endif
#endif

#if !defined(DRAY_OTHER_ALLOCATOR)
namespace dray::format {
namespace {

constexpr std::size_t kLarge = std::size_t{8} << 20U;
constexpr std::size_t kChunk = std::size_t{64} << 10U;
constexpr std::size_t kKeptMax = std::size_t{1} << 20U;

std::size_t heap_bytes() {
  const struct mallinfo2 heap = ::mallinfo2();
  return heap.uordblks + heap.hblkhd;
}

// Knows whether a large record has come, and a small one behind it.
class Nowhere final : public flow::RecordSink {
 public:
  Status accept(const flow::Record& record) override {
    const bool is_large = record.bytes.size() > kChunk;
    behind = !is_large && record.flaw != flow::Flaw::oversize && (large || behind);
    large = large || is_large;
    return {};
  }
  bool large = false;
  bool behind = false;
};

// One large record among small ones, as lines and as JSON.
std::vector<std::string> inputs() {
  const std::string large(kLarge, 'x');
  const std::string members = [] {
    std::string text;
    while (text.size() < kLarge) text += "\"a\":1,";
    return text;
  }();
  std::string lines;
  for (std::size_t i = 0; i < kLarge / 2; ++i) lines += "y\n";
  const std::string end = "\n{\"Records\":[{\"a\":1}],\"x\":1}\n{\"Records\":[{\"a\":1}],\"x\":1}\n";
  return {
      "l\n" + large + "\nl\nl\n",
      "l," + large + "\nl,b\nl,b\n",
      "l\n" + lines + "l\nl\n",
      R"({"Records":[{"a":")" + large + R"("},{"a":1}],"x":1})" + end,
      R"({"Records":[{)" + members + R"("b":1},{"a":1}],"x":1})" + end,
      R"({"logEvents":[{"message":")" + large + R"("},{"message":"b"}]})" + end,
      R"({"detail":{"a":")" + large + R"("}})" + end,
      "{\"a\":\"" + large + "\"}\n{\"a\":1}\n{\"a\":1}\n",
      "<Event>" + large + "\n</Event>\n<Event>1</Event>\n<Event>1</Event>\n",
  };
}

TEST(Memory, OfALargeRecordIsGivenBackBehindIt) {
  ASSERT_GT(heap_bytes(), 0U);
  const std::vector<std::string> all = inputs();
  const std::vector<FormatCase> cases = format_cases();
  std::map<std::string_view, int> looked_at;
  for (const FormatCase& one : cases) {
    for (const bool pieces : {false, true}) {
      for (std::size_t i = 0; i < all.size(); ++i) {
        const SplitterOptions options{
            .record_bytes_max = pieces ? kLarge / 4 : 2 * kLarge, .options = one.options, .oversize_in_pieces = pieces};
        const std::size_t before = heap_bytes();
        Nowhere sink;
        const auto splitter = one.format->make(options, sink);
        Status status;
        for (std::size_t at = 0; status.ok() && at < all[i].size(); at += kChunk) {
          status = splitter->write(std::string_view(all[i]).substr(at, kChunk));
        }
        if (!status || !sink.behind) continue;  // not its form, or it waits for more
        ++looked_at[one.format->name];
        const std::size_t after = heap_bytes();
        EXPECT_LT(after, before + kKeptMax) << one.format->name << ", case " << (&one - cases.data()) << ", input " << i
                                            << (pieces ? " in pieces" : "");
      }
    }
  }
  for (const Format* format : all_formats()) {
    const bool is_text = format->name != "parquet_processor";
    EXPECT_EQ(looked_at[format->name] > 0, is_text) << format->name;
  }
}

}  // namespace
}  // namespace dray::format
#endif

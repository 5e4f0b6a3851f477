#include "decoded.h"

#include <functional>

namespace dray::codec {
namespace {

class Collected final : public ByteSink {
 public:
  Status write(std::string_view chunk) override {
    EXPECT_FALSE(finished);
    text.append(chunk);
    return {};
  }
  Status finish() override {
    EXPECT_FALSE(finished);
    finished = true;
    return {};
  }
  std::string text;
  bool finished = false;
};

class CollectedFiles final : public FileSink {
 public:
  Status write(std::string_view chunk) override {
    text.append(chunk);
    return {};
  }
  Status end_file() override {
    files.push_back(std::exchange(text, {}));
    return {};
  }
  std::string text;
  std::vector<std::string> files;
};

Status feed(ByteSink& sink, std::string_view stored, const std::function<std::size_t()>& step) {
  while (!stored.empty()) {
    const std::string_view piece = stored.substr(0, step());
    // A copy of its own, so that a sanitizer sees a read beyond it.
    const std::vector<char> copy(piece.begin(), piece.end());
    if (Status status = sink.write({copy.data(), copy.size()}); !status) return status;
    stored.remove_prefix(piece.size());
  }
  return sink.finish();
}

Outcome outcome(std::string_view stored, const DecompressorOptions& options, const std::function<std::size_t()>& step) {
  Collected sink;
  const auto decompressor = make_decompressor(options, sink);
  const Status status = feed(*decompressor, stored, step);
  EXPECT_EQ(sink.finished, status.ok());
  if (!status) {
    EXPECT_EQ(status.error().kind, ErrorKind::poison);
  }
  return {sink.text, status ? "" : status.error().code, decompressor->trailing_garbage()};
}

}  // namespace

Outcome decode(std::string_view stored, std::size_t step, const DecompressorOptions& options) {
  return outcome(stored, options, [&] { return step == 0 ? stored.size() : step; });
}

Outcome decode_cut(std::string_view stored, Random& random, const DecompressorOptions& options) {
  const std::uint64_t largest = random.chance(0.5) ? 20 : stored.size() / 2 + 2;
  return outcome(stored, options, [&] { return 1 + random.below(largest); });
}

std::vector<std::string> decode_files(std::string_view stored, std::size_t step) {
  CollectedFiles sink;
  DecompressorScratch scratch;
  const auto decompressor = make_decompressor({}, sink, scratch);
  const Status status = feed(*decompressor, stored, [&] { return step == 0 ? stored.size() : step; });
  EXPECT_TRUE(status.ok());
  return sink.files;
}

std::string random_text(Random& random, std::size_t size) {
  std::string text;
  while (text.size() < size) {
    text.append(random.below(40), static_cast<char>('a' + random.below(26)));
    text += std::to_string(random.next());
    text += random.chance(0.2) ? "\n" : " ";
  }
  return text;
}

}  // namespace dray::codec

// What the tests of this room share: a store that answers as told, a clock that passes by sleeping.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aws/object_store.h"
#include "base/byte_sink.h"
#include "base/clock.h"
#include "base/stop.h"
#include "flow/object_ref.h"

namespace dray::object {

// Time passes only by sleeping.
class ScriptedClock final : public Clock {
 public:
  [[nodiscard]] TimePoint now() const override { return now_; }
  [[nodiscard]] BootTime boot_now() const override { return {now_.since_start}; }
  [[nodiscard]] WallTime wall_now() const override { return {1}; }
  void sleep_until(TimePoint when) override {
    now_ = std::max(now_, when);
    if (stop_at_sleep != nullptr) stop_at_sleep->request();
  }
  Stop* stop_at_sleep = nullptr;

 private:
  void wait(Signal&, std::unique_lock<std::mutex>&, TimePoint) override {}
  void wake(Signal&, bool) override {}
  TimePoint now_;
};

// What the store does with one GET: gives at most `bytes` bytes of what was asked for, then the error.
struct Answer {
  std::size_t bytes = std::string::npos;
  std::optional<Error> error = std::nullopt;
  std::string etag = "e1";
  bool ignores_range = false;
};

inline const Error kCut{ErrorKind::transient, "short_body", "cut"};

class ScriptedStore final : public aws::ObjectStore {
 public:
  Status get(const aws::GetRequest& request, aws::BodySink& sink, const Stop&) override {
    requests.push_back(request);
    Answer answer;
    if (!answers.empty()) {
      answer = answers.front();
      if (answers.size() > 1 || !repeat_last) answers.pop_front();
    }
    if (answer.bytes == 0 && answer.error) return *answer.error;
    auto first = static_cast<std::size_t>(request.offset);
    std::size_t length = request.length == 0 ? std::string::npos : static_cast<std::size_t>(request.length);
    if (request.from_end) first = content.size() - std::min(content.size(), length);
    if (answer.ignores_range) first = 0, length = std::string::npos;
    if (Status status = sink.begin({answer.etag, content.size(), first}); !status) return status;
    std::string_view body = std::string_view(content).substr(first, std::min(length, answer.bytes));
    for (; !body.empty(); body.remove_prefix(std::min<std::size_t>(7, body.size()))) {
      if (Status status = sink.write(body.substr(0, 7)); !status) return status;
    }
    return answer.error ? Status(*answer.error) : Status();
  }

  std::string content;
  std::deque<Answer> answers;
  bool repeat_last = false;
  std::vector<aws::GetRequest> requests;
};

class Collected final : public ByteSink {
 public:
  Status write(std::string_view chunk) override {
    text.append(chunk);
    return refusal ? Status(*refusal) : Status();
  }
  Status finish() override {
    ++finished;
    return {};
  }
  std::string text;
  int finished = 0;
  std::optional<Error> refusal;
};

struct StoredObject : ::testing::Test {
  ScriptedClock clock;
  ScriptedStore store;
  Collected sink;
  Stop stop;
  flow::ObjectRef object{.bucket = "b",
                         .key = "k",
                         .region = "eu-west-1",
                         .account = {},
                         .size = {},
                         .etag = {},
                         .version_id = "v",
                         .sequencer = {}};
};

}  // namespace dray::object

#include "output/discard_output.h"

namespace dray::output {

class DiscardOutput::DiscardLane final : public Lane {
 public:
  explicit DiscardLane(DiscardOutput& output) : output_(output) {}
  ~DiscardLane() override {
    output_.events_.fetch_add(events_, std::memory_order_relaxed);
    output_.bytes_.fetch_add(bytes_, std::memory_order_relaxed);
  }
  DiscardLane(const DiscardLane&) = delete;
  DiscardLane& operator=(const DiscardLane&) = delete;

  Status send(std::uint64_t, std::string_view tag, std::string_view text) override {
    ++events_;
    bytes_ += tag.size() + text.size();
    return {};
  }
  Status send_all(std::uint64_t, std::string_view tag, std::span<const std::string_view> texts,
                  std::size_t& sent) override {
    sent = texts.size();
    events_ += sent;
    bytes_ += sent * tag.size();
    for (const std::string_view text : texts) bytes_ += text.size();
    return {};
  }
  Status finish() override { return {}; }

 private:
  DiscardOutput& output_;
  std::uint64_t events_ = 0;
  std::uint64_t bytes_ = 0;
};

std::unique_ptr<Lane> DiscardOutput::open(std::shared_ptr<flow::Ticket>, std::size_t, const flow::RetryGroup&) {
  return std::make_unique<DiscardLane>(*this);
}

OutputStats DiscardOutput::stats() const {
  OutputStats stats;
  stats.events_sent = events_.load();
  stats.bytes_sent = bytes_.load();
  return stats;
}

}  // namespace dray::output

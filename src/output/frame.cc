#include "output/frame.h"

#include <algorithm>
#include <chrono>

namespace dray::output {
namespace {

constexpr std::string_view kPriority = "<14>";  // facility user, severity info
constexpr std::size_t kDateAt = kPriority.size();
constexpr std::size_t kMillisecondAt = kDateAt + std::string_view("2024-01-16 17:02:56.").size();
constexpr std::size_t kFirstBytes = 1024;

void put(std::string& text, std::size_t at, unsigned digits, std::uint64_t number) {
  for (unsigned i = digits; i-- > 0; number /= 10) text[at + i] = static_cast<char>('0' + number % 10);
}

}  // namespace

FrameBuilder::FrameBuilder(Clock& clock, const std::string& host_name)
    : clock_(clock),
      header_(std::string(kPriority) + "0000-00-00 00:00:00.000 " + host_name + " "),
      tag_at_(header_.size()) {
  header_ += ": ";
}

void FrameBuilder::set_tag(std::string_view tag) {
  header_.resize(tag_at_);
  header_ += tag;
  header_ += ": ";
  tag_size_ = tag.size();
}

void FrameBuilder::clear() {
  size_ = 0;
  until_reading_ = 0;
  if (capacity_ <= 2 * kLeaseBytes) return;
  frames_.reset();
  capacity_ = 0;
}

void FrameBuilder::read_clock() {
  until_reading_ = kEventsPerReading;
  const std::int64_t millisecond = clock_.wall_now().micros / 1000;
  if (millisecond == millisecond_) return;
  millisecond_ = millisecond;
  put(header_, kMillisecondAt, 3, static_cast<std::uint64_t>(millisecond % 1000));
  if (millisecond / 1000 == second_) return;
  second_ = millisecond / 1000;
  const std::chrono::sys_seconds when{seconds(second_)};
  const auto day = std::chrono::floor<std::chrono::days>(when);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(when - day);
  put(header_, kDateAt, 4, static_cast<std::uint64_t>(static_cast<int>(date.year())));
  put(header_, kDateAt + 5, 2, static_cast<unsigned>(date.month()));
  put(header_, kDateAt + 8, 2, static_cast<unsigned>(date.day()));
  put(header_, kDateAt + 11, 2, static_cast<std::uint64_t>(time.hours().count()));
  put(header_, kDateAt + 14, 2, static_cast<std::uint64_t>(time.minutes().count()));
  put(header_, kDateAt + 17, 2, static_cast<std::uint64_t>(time.seconds().count()));
}

// Doubling, but not beyond a lease for the sake of a small frame: 256 workers hold such a buffer each.
void FrameBuilder::make_room(std::size_t bytes) {
  const std::size_t needed = size_ + bytes;
  const std::size_t doubled = std::max(kFirstBytes, capacity_ * 2);
  capacity_ = std::max(needed, std::min(doubled, kLeaseBytes));
  auto larger = std::make_unique_for_overwrite<char[]>(capacity_);
  if (size_ != 0) std::memcpy(larger.get(), frames_.get(), size_);
  frames_ = std::move(larger);
}

}  // namespace dray::output

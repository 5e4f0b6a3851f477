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
    : clock_(clock), time_and_host_(std::string(kPriority) + "0000-00-00 00:00:00.000 " + host_name + " ") {}

void FrameBuilder::append(std::string_view tag, std::string_view text) {
  if (until_reading_ == 0) read_clock();
  --until_reading_;
  if (tag_.size() != tag.size() + 2 || std::string_view(tag_).substr(0, tag.size()) != tag) {
    tag_.assign(tag);
    tag_ += ": ";
  }
  make_room(time_and_host_.size() + tag_.size() + text.size() + 1);
  frames_ += time_and_host_;
  frames_ += tag_;
  frames_ += text;
  frames_ += '\n';
}

void FrameBuilder::clear() {
  frames_.clear();
  until_reading_ = 0;
  if (frames_.capacity() > 2 * kLeaseBytes) frames_ = std::string();
}

void FrameBuilder::read_clock() {
  until_reading_ = kEventsPerReading;
  const std::int64_t millisecond = clock_.wall_now().micros / 1000;
  if (millisecond == millisecond_) return;
  millisecond_ = millisecond;
  put(time_and_host_, kMillisecondAt, 3, static_cast<std::uint64_t>(millisecond % 1000));
  if (millisecond / 1000 == second_) return;
  second_ = millisecond / 1000;
  const std::chrono::sys_seconds when{seconds(second_)};
  const auto day = std::chrono::floor<std::chrono::days>(when);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(when - day);
  put(time_and_host_, kDateAt, 4, static_cast<std::uint64_t>(static_cast<int>(date.year())));
  put(time_and_host_, kDateAt + 5, 2, static_cast<unsigned>(date.month()));
  put(time_and_host_, kDateAt + 8, 2, static_cast<unsigned>(date.day()));
  put(time_and_host_, kDateAt + 11, 2, static_cast<std::uint64_t>(time.hours().count()));
  put(time_and_host_, kDateAt + 14, 2, static_cast<std::uint64_t>(time.minutes().count()));
  put(time_and_host_, kDateAt + 17, 2, static_cast<std::uint64_t>(time.seconds().count()));
}

// Doubling, but not beyond a lease for the sake of a small frame: 256 workers hold such a buffer each.
void FrameBuilder::make_room(std::size_t bytes) {
  const std::size_t needed = frames_.size() + bytes;
  if (needed <= frames_.capacity()) return;
  const std::size_t doubled = std::max(kFirstBytes, frames_.capacity() * 2);
  frames_.reserve(std::max(needed, std::min(doubled, kLeaseBytes)));
}

}  // namespace dray::output

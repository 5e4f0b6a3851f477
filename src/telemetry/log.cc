#include "telemetry/log.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>

#include "base/encoding.h"
#include "base/json.h"

namespace dray::telemetry {
namespace {

constexpr std::size_t kShortestSecret = 4;
constexpr std::string_view kCut = " [cut]";

// 2024-01-16T12:47:04.044, as the product prints it.
std::string time_text(WallTime when) {
  using namespace std::chrono;
  const sys_time<microseconds> time{microseconds(when.micros)};
  const auto day = floor<days>(time);
  const year_month_day date{day};
  const hh_mm_ss clock{floor<milliseconds>(time - day)};
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), clock.hours().count(),
                     clock.minutes().count(), clock.seconds().count(), clock.subseconds().count());
}

std::string_view level_text(Level level) {
  switch (level) {
    case Level::debug: return "DEBUG";
    case Level::info: return "INFO";
    case Level::warning: return "WARNING";
    case Level::error: return "ERROR";
  }
  return "ERROR";
}

bool is_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

// Control characters would end the line early or drive a terminal; U+0080..U+009F (0xC2 and the byte) drive some too.
std::string escaped(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const auto next = i + 1 < text.size() ? static_cast<unsigned char>(text[i + 1]) : 0U;
    if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += "\\t";
    } else if (c == '\r') {
      out += "\\r";
    } else if (is_control(c)) {
      out += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    } else if (c == '\xc2' && next >= 0x80 && next <= 0x9f) {
      out += fmt::format("\\u{:04x}", next);
      ++i;
    } else {
      out += c;
    }
  }
  return out;
}

std::string redacted(std::string_view text, const std::vector<Secret>& secrets) {
  std::string out(text);
  for (const Secret& secret : secrets) {
    const std::string_view hidden = secret.reveal();
    for (std::size_t at = out.find(hidden); at != std::string::npos; at = out.find(hidden, at)) {
      out.replace(at, hidden.size(), "***");
      at += 3;
    }
  }
  return out;
}

std::string text_line(WallTime when, Level level, std::string_view who, std::string_view message) {
  return fmt::format("{} {:>7} {} -> {}\n", time_text(when), level_text(level), escaped(who), escaped(message));
}

std::string json_line(WallTime when, Level level, std::string_view who, std::string_view message) {
  const std::size_t colons = who.find("::");
  const std::string_view process = who.substr(0, colons);
  const std::string_view thread = colons == std::string_view::npos ? "" : who.substr(colons + 2);
  return fmt::format(R"({{"time":"{}Z","level":"{}","process":{},"thread":{},"message":{}}})"
                     "\n",
                     time_text(when), level_text(level), Json(process).dump(), Json(thread).dump(),
                     Json(message).dump());
}

void write_all(int fd, std::string_view line) {
  while (!line.empty()) {
    const ssize_t written = ::write(fd, line.data(), line.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;
    line.remove_prefix(static_cast<std::size_t>(written));
  }
}

}  // namespace

Log::Log(Clock& clock, int fd, Format format, Level threshold)
    : clock_(clock), fd_(fd), format_(format), threshold_(threshold) {}

void Log::configure(Format format, Level threshold) {
  const std::lock_guard lock(mutex_);
  format_ = format;
  threshold_.store(threshold, std::memory_order_relaxed);
}

void Log::add_secret(const Secret& secret) {
  if (secret.reveal().size() < kShortestSecret) return;
  Secret encoded(percent_encode(secret.reveal(), false));
  const std::lock_guard lock(mutex_);
  for (const Secret& form : {secret, encoded}) {
    if (std::find(secrets_.begin(), secrets_.end(), form) == secrets_.end()) secrets_.push_back(form);
  }
  std::sort(secrets_.begin(), secrets_.end(),
            [](const Secret& a, const Secret& b) { return a.reveal().size() > b.reveal().size(); });
}

void Log::write(Level level, std::string_view who, std::string_view message) {
  if (!enabled(level)) return;
  const WallTime now = clock_.wall_now();
  const std::lock_guard lock(mutex_);
  std::string clean_who, clean_message;
  if (!secrets_.empty()) {
    who = clean_who = redacted(who, secrets_);
    message = clean_message = redacted(message, secrets_);
  }
  std::string cut;
  if (message.size() > kLineBytesMax) message = cut = fmt::format("{}{}", message.substr(0, kLineBytesMax), kCut);
  write_all(fd_, format_ == Format::text ? text_line(now, level, who, message) : json_line(now, level, who, message));
}

}  // namespace dray::telemetry

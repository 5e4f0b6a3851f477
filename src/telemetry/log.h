// Log: what the program says about itself, line by line on stderr, in UTC.
//
// text: `2024-01-16T12:47:04.044    INFO InputProcess::MainThread -> Process Started`, as the product prints it
// (devo.md 2.4): level right-aligned to 7, then Process::Thread. json: one object a line with time, level, process,
// thread, message. Every line passes the redactor: registered secrets (see add_secret) come out as ***. A line
// holds no line end and no other control character: in text they are written as \n, \t or \xNN. Longer ones than
// kLineBytesMax are cut, with a mark. If stderr cannot be written to, the line is lost; nothing stops for it.
// Thread-safe; a line is one write(2).
#pragma once

#include <atomic>
#include <cstddef>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/secret.h"

namespace dray::telemetry {

enum class Level { debug, info, warning, error };
enum class Format { text, json };

class Log {
 public:
  static constexpr std::size_t kLineBytesMax = std::size_t{16} << 10U;

  Log(Clock& clock, int fd, Format format, Level threshold);

  void configure(Format format, Level threshold);
  // Values shorter than 4 bytes are not registered: they would blot out ordinary text. The percent-encoded form of
  // the value, as it may stand in a URL, is hidden too.
  void add_secret(const Secret& secret);

  void write(Level level, std::string_view who, std::string_view message);
  [[nodiscard]] bool enabled(Level level) const { return level >= threshold_.load(std::memory_order_relaxed); }

 private:
  Clock& clock_;
  const int fd_;
  std::mutex mutex_;  // guards what follows, and keeps lines whole
  Format format_;
  std::atomic<Level> threshold_;
  std::vector<Secret> secrets_;  // longest first, so that one inside another leaves no rest
};

// A Log with a name: "InputProcess::AWSsqsPuller(sqs_collector,12345,aws_sqs_vpc,predefined)". Cheap to copy; any
// thread.
class Logger {
 public:
  Logger(Log& log, std::string who) : log_(&log), who_(std::move(who)) {}
  void debug(std::string_view message) const { log_->write(Level::debug, who_, message); }
  void info(std::string_view message) const { log_->write(Level::info, who_, message); }
  void warning(std::string_view message) const { log_->write(Level::warning, who_, message); }
  void error(std::string_view message) const { log_->write(Level::error, who_, message); }
  [[nodiscard]] bool debug_enabled() const { return log_->enabled(Level::debug); }
  [[nodiscard]] Logger named(std::string who) const { return {*log_, std::move(who)}; }

 private:
  Log* log_;
  std::string who_;
};

}  // namespace dray::telemetry

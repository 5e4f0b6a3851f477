// Log: what the program says about itself, line by line on stderr, in UTC.
//
// text: `2024-01-16T12:47:04.044    INFO InputProcess::MainThread -> Process Started`, as the product prints it (devo.md 2.4): level
// right-aligned to 7, then Process::Thread. json: one object a line with time, level, process, thread, message.
// Every line passes the redactor: registered secrets (see add_secret) come out as ***. Thread-safe; a line is one write(2).
#pragma once

#include <memory>
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
  Log(Clock& clock, int fd, Format format, Level threshold);

  void configure(Format format, Level threshold);
  // Values shorter than 4 bytes are not registered: they would blot out ordinary text.
  void add_secret(const Secret& secret);

  void write(Level level, std::string_view who, std::string_view message);
  [[nodiscard]] bool enabled(Level level) const { return level >= threshold_; }

 private:
  Clock& clock_;
  const int fd_;
  mutable std::mutex mutex_;
  Format format_;
  Level threshold_;
  std::vector<Secret> secrets_;
};

// A Log with a name: "InputProcess::AWSsqsPuller(sqs_collector,12345,aws_sqs_vpc,predefined)". Cheap to copy; any thread.
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

// SparingLog: lines that may be wanted a million times. At most one a second is written, and tells how many were not.
//
// Thread-safe.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <utility>

#include "base/clock.h"
#include "telemetry/log.h"

namespace dray::pipeline {

class SparingLog {
 public:
  SparingLog(telemetry::Level level, Clock& clock, telemetry::Logger log)
      : level_(level), clock_(clock), log_(std::move(log)) {}
  // What was not written yet is told at the end.
  ~SparingLog() {
    if (left_out_ > 0) put(std::to_string(left_out_) + " more lines like the last one of this kind");
  }
  SparingLog(const SparingLog&) = delete;
  SparingLog& operator=(const SparingLog&) = delete;

  void write(std::string line) {
    {
      const std::lock_guard lock(mutex_);
      const TimePoint now = clock_.now();
      if (written_ && now - at_ < kApart) {
        ++left_out_;
        return;
      }
      written_ = true;
      at_ = now;
      if (left_out_ > 0) line += " (and " + std::to_string(left_out_) + " more like this since the last such line)";
      left_out_ = 0;
    }
    put(line);
  }

 private:
  void put(const std::string& line) { level_ == telemetry::Level::error ? log_.error(line) : log_.warning(line); }

  static constexpr Duration kApart = seconds(1);

  const telemetry::Level level_;
  Clock& clock_;
  const telemetry::Logger log_;
  std::mutex mutex_;
  bool written_ = false;
  TimePoint at_;
  std::uint64_t left_out_ = 0;
};

}  // namespace dray::pipeline

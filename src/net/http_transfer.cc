#include "net/http_transfer.h"

#include <fmt/core.h>

namespace dray::net {
namespace {

constexpr std::size_t kHeadBytesMax = std::size_t{64} * 1024;

std::string_view trimmed(std::string_view text) {
  const auto blank = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

// "HTTP/1.1 206 Partial Content" → 206; 0 if there is no such number.
int status_of(std::string_view line) {
  const std::size_t space = line.find(' ');
  if (space == std::string_view::npos || line.size() < space + 4) return 0;
  int status = 0;
  for (const char c : line.substr(space + 1, 3)) {
    if (c < '0' || c > '9') return 0;
    status = status * 10 + (c - '0');
  }
  return status;
}

}  // namespace

HttpTransfer::HttpTransfer(const HttpRequest& request, HttpBodySink* sink, const Stop& stop, Clock& clock)
    : request_(request), sink_(sink), stop_(stop), clock_(clock), started_(clock.now()), window_start_(started_) {}

bool HttpTransfer::end(Error error) {
  fault_ = std::move(error);
  return false;
}

bool HttpTransfer::end(ErrorKind kind, std::string code, std::string message) {
  return end(Error{kind, std::move(code), std::move(message)});
}

bool HttpTransfer::take_header_line(std::string_view line) {
  head_bytes_ += line.size();
  if (head_bytes_ > kHeadBytesMax) {
    return end(ErrorKind::transient, "bad_answer",
               fmt::format("the answer's head is larger than {} bytes", kHeadBytesMax));
  }
  if (line.starts_with("HTTP/")) {
    response_.headers.clear();
    response_.status = status_of(line);
    head_is_whole_ = false;
    return true;
  }
  const std::string_view text = trimmed(line);
  if (text.empty()) {
    // 1xx heads are followed by the real one.
    head_is_whole_ = response_.status >= 200;
    window_start_ = clock_.now();
    return true;
  }
  const std::size_t colon = text.find(':');
  if (colon != std::string_view::npos) {
    response_.headers.push_back({lower(trimmed(text.substr(0, colon))), std::string(trimmed(text.substr(colon + 1)))});
  }
  return true;
}

bool HttpTransfer::goes_to_sink() const {
  return sink_ != nullptr && response_.status >= 200 && response_.status < 300;
}

bool HttpTransfer::begin_sink() {
  if (sink_begun_) return true;
  sink_begun_ = true;
  Status begun = sink_->begin(response_);
  return begun.ok() || end(std::move(begun).error());
}

bool HttpTransfer::take_body(std::string_view chunk) {
  if (!goes_to_sink()) return collect(chunk);
  const TimePoint before = clock_.now();
  if (!begin_sink()) return false;
  Status written = sink_->write(chunk);
  if (!written.ok()) return end(std::move(written).error());
  window_start_ = window_start_ + (clock_.now() - before);
  window_bytes_ += chunk.size();
  return true;
}

bool HttpTransfer::collect(std::string_view chunk) {
  window_bytes_ += chunk.size();
  const std::size_t room = request_.body_bytes_max - response_.body.size();
  response_.body.append(chunk.substr(0, room));
  if (chunk.size() <= room) return true;
  cut_ = true;
  if (response_.status >= 200 && response_.status < 300) {
    return end(ErrorKind::transient, "bad_answer",
               fmt::format("the answer is larger than {} bytes", request_.body_bytes_max));
  }
  return false;
}

bool HttpTransfer::may_continue() {
  if (stop_.requested()) return end(ErrorKind::stopped, "stopped", "the program was asked to stop");
  const TimePoint now = clock_.now();
  const HttpTimeouts& limits = request_.timeouts;
  if (now >= limits.deadline) return end(ErrorKind::transient, "timeout", "the time allowed for the request is over");
  if (!head_is_whole_) {
    if (now - started_ < limits.response) return true;
    return end(ErrorKind::transient, "timeout", fmt::format("no answer within {} ms", limits.response.count()));
  }
  if (now - window_start_ < limits.stall) return true;
  if (window_bytes_ < limits.stall_bytes) {
    return end(ErrorKind::transient, "timeout",
               fmt::format("only {} bytes arrived within {} ms", window_bytes_, limits.stall.count()));
  }
  window_start_ = now;
  window_bytes_ = 0;
  return true;
}

void HttpTransfer::restart() {
  response_ = HttpResponse();
  head_bytes_ = 0;
  head_is_whole_ = false;
}

Result<HttpResponse> HttpTransfer::finish() {
  if (response_.status == 0) return Error{ErrorKind::transient, "bad_answer", "the answer is not HTTP"};
  if (goes_to_sink() && !begin_sink()) return *fault_;
  return std::move(response_);
}

}  // namespace dray::net

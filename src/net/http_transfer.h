// HttpTransfer: what is known of one request while its answer arrives: the head so far, where the body goes, and when
// the transfer has to end. It knows nothing of the library that moves the bytes (curl_http_client.cc feeds it). One
// thread.
#pragma once

#include <optional>
#include <string_view>

#include "net/http_client.h"

namespace dray::net {

class HttpTransfer {
 public:
  HttpTransfer(const HttpRequest& request, HttpBodySink* sink, const Stop& stop, Clock& clock);

  // One line of an answer's head with its line end, the status line first, the empty line last. False: end the
  // transfer.
  bool take_header_line(std::string_view line);
  // The next bytes of the body. False: end the transfer.
  bool take_body(std::string_view chunk);
  // Called often, at least once a second. False: end the transfer.
  bool may_continue();

  // Before a repetition on another connection.
  void restart();
  // The library's own verdict was "all arrived".
  Result<HttpResponse> finish();

  [[nodiscard]] bool any_answer() const { return head_bytes_ > 0; }
  [[nodiscard]] bool head_is_whole() const { return head_is_whole_; }
  // Why this object ended the transfer, if it did; an answer that was cut on purpose has no fault.
  [[nodiscard]] const std::optional<Error>& fault() const { return fault_; }
  [[nodiscard]] bool cut_on_purpose() const { return cut_; }

 private:
  bool end(ErrorKind kind, std::string code, std::string message);
  bool end(Error error);
  bool begin_sink();
  bool collect(std::string_view chunk);
  [[nodiscard]] bool goes_to_sink() const;

  const HttpRequest& request_;
  HttpBodySink* const sink_;
  const Stop& stop_;
  Clock& clock_;
  const TimePoint started_;
  HttpResponse response_;
  std::size_t head_bytes_ = 0;
  bool head_is_whole_ = false;
  bool sink_begun_ = false;
  bool cut_ = false;
  std::optional<Error> fault_;
  TimePoint window_start_;  // of the stall rule, moved on by the time the sink took
  std::uint64_t window_bytes_ = 0;
};

}  // namespace dray::net

// EventPrinter: the events of `dray try` on a file descriptor, in one of three forms; ends after --head events.
//
// lines: `tag⇥event`, the event's bytes as they are. json: {"tag":…,"event":…}, or "event_base64" where the bytes are
// not UTF-8. counts: `N⇥tag` per tag in the order of their bytes, then `N⇥total`, printed by finish(). When it has
// enough, or when nobody reads any more (EPIPE), send() answers {stopped} and ended() is true: the caller reads no
// further and that is no failure. Another refusal of the descriptor is {stopped, "stdout"}. One thread at a time.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "flow/event_sink.h"

namespace dray::app {

class EventPrinter final : public flow::EventSink {
 public:
  enum class Form { lines, json, counts };

  // head: 0 or as many events as are wanted.
  EventPrinter(int fd, Form form, std::uint64_t head) : fd_(fd), form_(form), head_(head) {}

  Status send(std::uint64_t ordinal, std::string_view tag, std::string_view text) override;
  // Writes out what is kept back.
  Status flush();
  // The counts, and flush.
  Status finish();

  [[nodiscard]] bool ended() const { return ended_; }
  // Why the descriptor refused, if it did for another reason than that its reader went away.
  [[nodiscard]] const std::optional<Error>& refusal() const { return refusal_; }

 private:
  void count(std::string_view tag);
  Status write_out();

  const int fd_;
  const Form form_;
  const std::uint64_t head_;
  std::uint64_t events_ = 0;
  bool ended_ = false;
  std::optional<Error> refusal_;
  std::string kept_;  // to be written
  std::map<std::string, std::uint64_t, std::less<>> counts_;
  std::map<std::string, std::uint64_t, std::less<>>::iterator last_ = counts_.end();  // most events follow their like
};

}  // namespace dray::app

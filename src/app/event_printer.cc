#include "app/event_printer.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "app/json_line.h"
#include "base/give_back.h"

namespace dray::app {
namespace {

constexpr std::size_t kKeptMax = std::size_t{64} << 10U;

}  // namespace

Status EventPrinter::send(std::uint64_t /*ordinal*/, std::string_view tag, std::string_view text) {
  if (ended_) return Error{ErrorKind::stopped, "enough", "nothing more is wanted"};
  switch (form_) {
    case Form::lines: kept_.append(tag).append(1, '\t').append(text).append(1, '\n'); break;
    case Form::json:
      append_json_line(tag, text, kept_);
      kept_ += '\n';
      break;
    case Form::counts: count(tag); break;
  }
  ++events_;
  if (kept_.size() >= kKeptMax) {
    if (Status written = write_out(); !written) return written;
  }
  if (head_ == 0 || events_ < head_) return {};
  ended_ = true;
  return Error{ErrorKind::stopped, "enough", "as many events as were asked for"};
}

void EventPrinter::count(std::string_view tag) {
  if (last_ == counts_.end() || last_->first != tag) last_ = counts_.emplace(tag, 0).first;
  ++last_->second;
}

Status EventPrinter::flush() {
  return write_out();
}

Status EventPrinter::finish() {
  if (form_ == Form::counts && !refusal_) {
    std::uint64_t total = 0;
    for (const auto& [tag, events] : counts_) {
      kept_ += fmt::format("{}\t{}\n", events, tag);
      total += events;
    }
    kept_ += fmt::format("{}\ttotal\n", total);
  }
  return write_out();
}

Status EventPrinter::write_out() {
  std::string_view rest = kept_;
  while (!rest.empty()) {
    const ssize_t written = ::write(fd_, rest.data(), rest.size());
    if (written >= 0) {
      rest.remove_prefix(static_cast<std::size_t>(written));
      continue;
    }
    if (errno == EINTR) continue;
    ended_ = true;
    const Error error{ErrorKind::stopped, "stdout", fmt::format("standard output: {}", std::strerror(errno))};
    if (errno != EPIPE) refusal_ = error;
    kept_.clear();
    return error;
  }
  kept_.clear();
  // One record may be very long; its memory is not for the others.
  if (kept_.capacity() > 4 * kKeptMax) give_back(kept_);
  return {};
}

}  // namespace dray::app

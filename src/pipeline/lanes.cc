#include "pipeline/lanes.h"

namespace dray::pipeline {

Lanes::Lanes(const std::vector<output::Output*>& outputs, const Task& task, const Ledger::Attempt& attempt)
    : stop_(task.job->stop) {
  lanes_.reserve(outputs.size());
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    lanes_.push_back(outputs[i]->open(attempt.ticket, i, task.group));
  }
}

Status Lanes::send(std::uint64_t ordinal, std::string_view tag, std::string_view text) {
  if (stop_.requested()) return Error{ErrorKind::stopped, "stopped", "stopping"};
  for (const auto& lane : lanes_) {
    if (auto sent = lane->send(ordinal, tag, text); !sent) return sent;
  }
  text_bytes_ += text.size();
  return {};
}

// To one output after the other: what one has and another has not at an error is sent again to both.
Status Lanes::send_all(std::uint64_t first, std::string_view tag, std::span<const std::string_view> texts,
                       std::size_t& sent) {
  sent = 0;
  if (stop_.requested()) return Error{ErrorKind::stopped, "stopped", "stopping"};
  for (const auto& lane : lanes_) {
    if (auto all = lane->send_all(first, tag, texts, sent); !all) return all;
  }
  sent = texts.size();
  for (const std::string_view text : texts) text_bytes_ += text.size();
  return {};
}

Status Lanes::finish() {
  Status first;
  for (const auto& lane : lanes_) {
    if (auto finished = lane->finish(); !finished && first.ok()) first = std::move(finished);
  }
  return first;
}

}  // namespace dray::pipeline

#include "decode/recognizer.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include <fmt/core.h>

namespace dray::decode {
namespace {

// What a person would say of such bytes without reading them out.
std::string_view kind_of(std::string_view bytes) {
  const auto control = [](char c) {
    const auto code = static_cast<unsigned char>(c);
    return code < 0x20U && c != '\n' && c != '\r' && c != '\t' && c != '\x1B' && c != '\f';
  };
  if (std::ranges::any_of(bytes, control)) return "binary";
  const std::size_t first = bytes.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return "white space";
  switch (bytes[first]) {
    case '{': return "what looks like JSON objects";
    case '[': return "what looks like a JSON array";
    case '<': return "what looks like XML";
    case '#': return "lines of text behind a comment";
    default: return "text";
  }
}

}  // namespace

Status Recognizer::write(std::string_view chunk) {
  if (chosen_ != nullptr) return chosen_->write(chunk);
  const std::string_view first = chunk.substr(0, kRecognizedBytes - held_.size());
  held_ += first;
  if (held_.size() < kRecognizedBytes) return {};
  if (Status decided = decide(); !decided) return decided;
  chunk.remove_prefix(first.size());
  return chunk.empty() ? Status() : chosen_->write(chunk);
}

Status Recognizer::finish() {
  if (chosen_ == nullptr) {
    if (held_.empty()) return {};
    if (Status decided = decide(); !decided) return decided;
  }
  return chosen_->finish();
}

void Recognizer::release() {
  if (chosen_ != nullptr || held_.empty()) return;
  // An error of its own comes second: the object is damaged, whoever it is.
  [[maybe_unused]] const Status decided = decide();
}

Status Recognizer::decide() {
  const ReadyService* taker = nullptr;
  bool excluded = false;
  for (const ReadyService& member : service_.members) {
    if (!member.content || !member.content->found_in(held_)) continue;
    excluded = member.service->excludes_key(object_.key);
    taker = &member;
    if (!excluded) break;
  }
  if (taker == nullptr) {
    if (service_.format == nullptr) return not_recognised();
    taker = &service_;
    excluded = false;
  }
  chosen_ = &begin_(excluded ? nullptr : taker);
  const std::string held = std::exchange(held_, {});
  return chosen_->write(held);
}

Error Recognizer::not_recognised() const {
  std::string asked;
  for (const ReadyService& member : service_.members) {
    if (!asked.empty()) asked += ", ";
    asked += member.service->definition().name;
  }
  return {
      ErrorKind::poison, "not_recognised",
      fmt::format("{}: {} knows it neither by its key nor by its first {} bytes ({}); asked: {}; give it a fallback "
                  "(file_format and routing_template) or name its service",
                  object_.url(), service_.service->definition().name, held_.size(), kind_of(held_), asked)};
}

}  // namespace dray::decode

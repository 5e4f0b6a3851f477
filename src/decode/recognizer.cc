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

// Who takes an object of this key in which a member's pattern is found or not. nullptr as service: its filename filters
// leave the key out.
struct Taker {
  bool found = false;
  const ReadyService* service = nullptr;
};

template <class Finds>
Taker find_taker(const ReadyService& service, std::string_view key, const Finds& finds) {
  Taker taker;
  for (const ReadyService& member : service.members) {
    if (!member.content || !finds(member)) continue;
    taker.found = true;
    if (member.service->excludes_key(key)) continue;
    taker.service = &member;
    break;
  }
  return taker;
}

Error not_recognised(const ReadyService& service, const flow::ObjectRef& object, std::string_view held,
                     std::string_view kind) {
  std::string asked;
  for (const ReadyService& member : service.members) {
    if (!asked.empty()) asked += ", ";
    asked += member.service->definition().name;
  }
  return {
      ErrorKind::poison, "not_recognised",
      fmt::format("{}: {} knows it neither by its key nor by its first {} bytes ({}); asked: {}; give it a fallback "
                  "(file_format and routing_template) or name its service",
                  object.url(), service.service->definition().name, held.size(), kind, asked)};
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

Status Recognizer::release() {
  return chosen_ != nullptr || held_.empty() ? Status() : decide();
}

Status Recognizer::decide() {
  Taker taker = find_taker(service_, object_.key, [this](const ReadyService& member) {
    return !reads_parquet(member) && member.content->found_in(held_);
  });
  if (!taker.found) {
    if (service_.format == nullptr) return not_recognised(service_, object_, held_, kind_of(held_));
    taker.service = &service_;
  }
  chosen_ = &begin_(taker.service);
  const std::string held = std::exchange(held_, {});
  return chosen_->write(held);
}

Status RowRecognizer::accept(const flow::Record& row) {
  if (!decided_) {
    if (held_.size() + row.bytes.size() + 1 < kRecognizedBytes) {
      held_.append(row.bytes).push_back('\n');
      return {};
    }
    if (Status status = decide(row.bytes); !status) return status;
  }
  return to_ == nullptr ? Status() : to_->accept(row);
}

Status RowRecognizer::finish() {
  return decided_ || held_.empty() ? Status() : decide({});
}

Status RowRecognizer::decide(std::string_view more) {
  const std::string rows = std::exchange(held_, {});
  std::string first = rows;
  first += more.substr(0, kRecognizedBytes - rows.size());
  Taker taker =
      find_taker(service_, object_.key, [&](const ReadyService& one) { return one.content->found_in(first); });
  if (!taker.found) {
    taker = find_taker(service_, object_.key, [](const ReadyService& one) { return one.content->found_in("PAR1"); });
  }
  if (!taker.found) {
    if (service_.format == nullptr) return not_recognised(service_, object_, first, "rows of parquet");
    taker.service = &service_;
  }
  to_ = begin_(taker.service);
  decided_ = true;
  for (std::string_view rest = rows; to_ != nullptr && !rest.empty();) {
    const std::string_view row = rest.substr(0, rest.find('\n'));
    if (Status status = to_->accept({.bytes = row, .is_json = true}); !status) return status;
    rest.remove_prefix(row.size() + 1);
  }
  return {};
}

}  // namespace dray::decode

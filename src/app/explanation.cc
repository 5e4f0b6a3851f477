#include "app/explanation.h"

#include <fmt/format.h>

#include <cstdio>
#include <utility>

namespace dray::app {
namespace {

constexpr std::size_t kKeptMax = std::size_t{64} << 10U;
constexpr std::size_t kShownBytes = 60;

std::string rule_text(const service::FilterRule& rule, bool of_lines) {
  std::string what = "key";
  if (of_lines) what = (rule.source == service::FilterRule::Source::file ? "file " : "record ") + rule.key;
  const std::string_view negated = rule.negate ? "not " : "";
  return rule.pattern ? fmt::format("{} {}matched by {}", what, negated, *rule.pattern)
                      : fmt::format("{} {}equal to \"{}\"", what, negated, rule.value.value_or(""));
}

// "line_filter_rules[1]: record level equal to "debug" and …"
std::string filter_text(std::string_view name, const service::Filter& filter, std::size_t index, bool of_lines) {
  std::string text = fmt::format("{}[{}]", name, index);
  if (index >= filter.size()) return text;
  std::string_view between = ": ";
  for (const service::FilterRule& rule : filter[index]) {
    text += between;
    text += rule_text(rule, of_lines);
    between = " and ";
  }
  return text;
}

std::string_view flaw_text(flow::Flaw flaw) {
  switch (flaw) {
    case flow::Flaw::none: return "";
    case flow::Flaw::undecodable: return "not what its format promises (undecodable), as it stands; ";
    case flow::Flaw::oversize: return "a piece of a record over record_bytes_max; ";
  }
  return "";
}

// The first bytes, on one line.
std::string excerpt(std::string_view bytes) {
  std::string text;
  for (const char c : bytes.substr(0, kShownBytes)) {
    const auto byte = static_cast<unsigned char>(c);
    text += byte < 0x20 || byte > 0x7E ? '.' : c;
  }
  return bytes.size() > kShownBytes ? text + "…" : text;
}

}  // namespace

void Explanation::say(std::string_view line) {
  kept_ += line;
  kept_ += '\n';
  if (kept_.size() >= kKeptMax) flush();
}

void Explanation::flush() {
  std::fwrite(kept_.data(), 1, kept_.size(), stderr);
  kept_.clear();
}

void Explanation::begin(std::string_view name, const flow::ObjectRef& object, const route::Selection& selection) {
  flawed_ = left_out_ = 0;
  asked_ = nullptr;
  definition_ = nullptr;
  say(fmt::format("{}:", name));
  say(fmt::format("  key: {}", object.key));
  explain_selection(object, selection);
  if (selection.kind != route::Selection::Kind::taken) {
    flush();
    return;
  }
  asked_ = &chosen_.services[selection.index];
}

void Explanation::chosen(const decode::ReadyService* service, bool by_first_bytes) {
  if (service == nullptr) {
    say("  all its services that match the key or the first bytes leave this key out");
    return;
  }
  definition_ = &service->service->definition();
  if (service != asked_) {
    say(fmt::format(
        "  of its services {}: {}", definition_->name,
        by_first_bytes ? "its content_pattern is found in the first bytes: " + definition_->content_pattern.value_or("")
                       : "its key_pattern matches: " + definition_->key_pattern.value_or("")));
  } else if (by_first_bytes) {
    say("  none of its services knows the key or the first bytes: its own file_format");
  }
  say(fmt::format("  format: {} ({})", service->format->name, service->format->summary));
}

void Explanation::explain_selection(const flow::ObjectRef& object, const route::Selection& selection) {
  const bool alone = chosen_.services.size() == 1;
  for (std::size_t i = 0; i < chosen_.services.size(); ++i) {
    const route::CompiledService& service = *chosen_.services[i].service;
    const service::Definition& definition = service.definition();
    if (!alone && !service.matches_key(object.key)) {
      say(fmt::format("  service {}: its key_pattern does not match: {}", definition.name,
                      definition.key_pattern.value_or("")));
      continue;
    }
    if (const auto rule = service.excluding_rule(object.key)) {
      say(fmt::format("  service {}: leaves this key out by {}", definition.name,
                      filter_text("filename_filter_rules", definition.filename_filter_rules, *rule, false)));
      continue;
    }
    if (selection.kind != route::Selection::Kind::taken || selection.index != i) continue;
    const std::string why = alone                    ? "the only one, so its key_pattern is not asked"
                            : definition.key_pattern ? "its key_pattern matches: " + *definition.key_pattern
                                                     : "it has no key_pattern and takes every key";
    say(fmt::format("  service {}: takes it; {}", definition.name, why));
    return;
  }
}

void Explanation::routed(const flow::Record& record, const route::Fate& fate) {
  if (record.flaw != flow::Flaw::none) ++flawed_;
  std::string line = fmt::format("  record {}: {}", fate.ordinal, flaw_text(record.flaw));
  if (fate.filtered_by) {
    line += fate.sent ? "sent to " + std::string(fate.tag) : "not sent";
    line +=
        "; filtered by " + filter_text("line_filter_rules", definition_->line_filter_rules, *fate.filtered_by, true);
  } else {
    line += fate.tag;
    if (fate.overlong_tag) line += "; its own tag would be over 1,024 characters";
  }
  say(line);
}

void Explanation::left_out(std::string_view bytes, std::string_view why) {
  ++left_out_;
  say(fmt::format("  no record: {}: {}", why, excerpt(bytes)));
}

void Explanation::end(const decode::ObjectDecoder& decoder, const ObjectRead& read) {
  sums(decoder, read);
  flush();
}

void Explanation::sums(const decode::ObjectDecoder& decoder, const ObjectRead& read) {
  const std::vector<std::string_view> layers = decoder.layers();
  std::string codec = layers.empty() ? "none, the bytes are plain" : fmt::format("{}", fmt::join(layers, ", in it "));
  if (read.by_rows) codec = "parquet, read row by row";
  say("  codec: " + codec);
  say(fmt::format("  summary: records={} events={} filtered={} flawed={} left_out={} stored_bytes={} plain_bytes={}",
                  decoder.records(), decoder.events(), decoder.filtered(), flawed_, left_out_, read.stored_bytes,
                  decoder.plain_bytes()));
  if (decoder.events() > 0) return;
  std::string_view why = "the object holds no records";
  if (decoder.plain_bytes() == 0 && !read.by_rows) why = "the object is empty";
  if (left_out_ > 0) why = "all that it holds is no record by the rules of its format";
  if (decoder.records() > 0) why = "every record was filtered";
  say(fmt::format("  no events: {}", why));
}

}  // namespace dray::app

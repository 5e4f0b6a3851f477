#include "app/explanation.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <utility>

#include "decode/flaw_reason.h"
#include "route/pattern.h"

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

std::string flaw_text(const flow::Record& record) {
  if (record.flaw == flow::Flaw::none) return {};
  const std::string reason = decode::reason_of(record);
  if (record.flaw == flow::Flaw::oversize) return reason + "; ";
  return fmt::format("not what its format promises (undecodable): {}; as it stands; ", reason);
}

std::string operation_text(const service::Operation& operation) {
  switch (operation.kind) {
    case service::Operation::Kind::split:
      return fmt::format(", split at \"{}\", part {}", operation.on, operation.element);
    case service::Operation::Kind::replace:
      return fmt::format(R"(, "{}" replaced by "{}")", operation.to_replace, operation.replace_with);
    case service::Operation::Kind::lower: return ", in lower case";
  }
  return "";
}

// "[record-level] is the member level, in lower case; where there is none: null"
std::string variable_text(std::string_view kind, const service::Variable& variable, bool may_be_absent) {
  std::string text = fmt::format("    [{}-{}] is ", kind, variable.name);
  for (const service::When& when : variable.when) {
    text += fmt::format("{} if {} is \"{}\", else ", when.then, fmt::join(when.keys, "."), when.value);
  }
  text += variable.keys.empty() ? "the key" : fmt::format("the member {}", fmt::join(variable.keys, "."));
  for (const service::Operation& operation : variable.operations) text += operation_text(operation);
  const std::string_view absent = may_be_absent ? "nothing" : "null";
  return text + fmt::format("; where there is none: {}", variable.default_value.value_or(std::string(absent)));
}

bool has_null(std::string_view tag) {
  while (!tag.empty()) {
    const std::string_view level = tag.substr(0, tag.find('.'));
    if (level == "null") return true;
    tag.remove_prefix(std::min(level.size() + 1, tag.size()));
  }
  return false;
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
  if (!loud_) return;
  kept_ += line;
  kept_ += '\n';
  if (kept_.size() >= kKeptMax) flush();
}

void Explanation::flush() {
  std::fwrite(kept_.data(), 1, kept_.size(), stderr);
  kept_.clear();
}

void Explanation::begin(std::string_view name, const flow::ObjectRef& object, const route::Selection& selection) {
  sums_ = {};
  rest_ = left_out_by_key_ = tag_of_record_ = fell_back_ = false;
  null_says_ = nullptr;
  no_events_ = {};
  first_flaw_sent_ = 0;
  key_ = object.key;
  of_object_ = {{{"bucket", object.bucket}, {"region", object.region}, {"account", object.account}}};
  asked_ = &chosen_.unknown;
  say(fmt::format("{}:", name));
  say(fmt::format("  key: {}", object.key));
  explain_selection(object, selection);
  if (selection.kind == route::Selection::Kind::taken) asked_ = &chosen_.services[selection.index];
  definition_ = &asked_->service->definition();
  if (selection.kind != route::Selection::Kind::taken) flush();
}

void Explanation::chosen(const decode::ReadyService* service, bool by_first_bytes) {
  if (service == nullptr) {
    left_out_by_key_ = true;
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
    fell_back_ = true;
    say("  none of its services knows the key or the first bytes: its own file_format");
  }
  say(fmt::format("  format: {} ({})", service->format->name, service->format->summary));
  explain_tag();
}

// What stands in the tag, and where its variables come from.
void Explanation::explain_tag() {
  std::string_view tag = definition_->routing_template;
  std::string why;
  for (const service::RoutingCase& one : definition_->routing_cases) {
    const auto pattern = route::Pattern::compile(one.key_pattern);
    if (!pattern || !pattern->found_in(key_)) continue;
    tag = one.routing_template;
    why = "; of routing_cases, because the key matches " + one.key_pattern;
    break;
  }
  say(fmt::format("  tag: {}{}", tag, why));
  tag_of_record_ = tag.find("record-") != std::string_view::npos;
  if (tag.find('[') != std::string_view::npos) null_says_ = " (null: there is nothing of the kind)";
  const auto say_variables = [&](std::string_view kind, const std::vector<service::Variable>& variables) {
    for (const service::Variable& variable : variables) {
      const bool may_be_absent = tag.find(fmt::format("[.{}-{}]", kind, variable.name)) != std::string_view::npos;
      const bool stands = tag.find(fmt::format("[{}-{}]", kind, variable.name)) != std::string_view::npos;
      if (stands || may_be_absent) say(variable_text(kind, variable, !stands));
    }
  };
  for (const auto& [name, value] : of_object_) {
    if (tag.find(fmt::format("[{}]", name)) == std::string_view::npos) continue;
    say(fmt::format("    [{0}] is the object's: {1}", name,
                    value.empty() ? fmt::format("null; --{} tells another", name) : value));
  }
  say_variables("record", definition_->record_field_mapping);
  say_variables("file", definition_->file_field_definitions);
}

void Explanation::entry(std::uint64_t number) {
  say(fmt::format("  entry {}:", number));
}

void Explanation::entry_fault(const Error& error) {
  say(fmt::format("  {}; its rest is passed over, the entries behind it are read", error.message));
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
    const std::string why = alone ? "the only one, or named by --service, so its key_pattern is not asked"
                            : definition.key_pattern ? "its key_pattern matches: " + *definition.key_pattern
                                                     : "it has no key_pattern and takes every key";
    say(fmt::format("  service {}: takes it; {}", definition.name, why));
    return;
  }
}

void Explanation::routed(const flow::Record& record, const route::Fate& fate) {
  ++(fate.sent ? sums_.events : sums_.filtered);
  if (rest_) ++sums_.raw;
  // The fate counts what came to the filters; what was disposed of before them counts here too.
  const std::uint64_t number = fate.ordinal + sums_.quarantined + sums_.deleted;
  if (record.flaw != flow::Flaw::none) {
    ++sums_.flawed;
    if (fate.sent) ++(record.flaw == flow::Flaw::oversize ? sums_.pieces_sent : sums_.undecodable_sent);
    if (fate.sent && flow::is_undecodable(record.flaw) && first_flaw_sent_ == 0) {
      first_flaw_sent_ = number;
      first_flaw_ = decode::reason_of(record);
    }
  }
  if (loud_) explain_record(number, record, fate);
}

void Explanation::explain_record(std::uint64_t number, const flow::Record& record, const route::Fate& fate) {
  std::string line =
      fmt::format("  record {}: {}{}", number, rest_ ? "a line of the rest, raw; " : "", flaw_text(record));
  if (fate.filtered_by) {
    line += fate.sent ? "sent to " + std::string(fate.tag) : "not sent";
    line +=
        "; filtered by " + filter_text("line_filter_rules", definition_->line_filter_rules, *fate.filtered_by, true);
  } else {
    line += fate.tag;
    if (null_says_ != nullptr && has_null(fate.tag)) {
      line += record.is_json || !tag_of_record_ ? null_says_ : " (null: the record is no JSON)";
    }
    if (fate.overlong_tag) line += "; its own tag would be over 1,024 characters";
  }
  say(line);
}

void Explanation::disposed(std::uint64_t number, flow::Trouble trouble, flow::Disposition disposition) {
  const bool deleted = disposition == flow::Disposition::remove;
  ++(deleted ? sums_.deleted : sums_.quarantined);
  ++sums_.flawed;
  if (!loud_) return;
  say(fmt::format("  record {}: not sent; {} (on_error.{}: {})", number, deleted ? "dropped" : "put into quarantine",
                  flow::name_of(trouble), flow::name_of(disposition)));
}

void Explanation::left_out(std::string_view bytes, std::string_view why) {
  ++sums_.left_out;
  if (!loud_) return;
  say(fmt::format("  no record: {}: {}", why, excerpt(bytes)));
}

void Explanation::begin_rest() {
  rest_ = true;
}

void Explanation::end(const decode::ObjectDecoder& decoder, const ObjectRead& read) {
  std::string codec =
      read.layers.empty() ? "none, the bytes are plain" : fmt::format("{}", fmt::join(read.layers, ", in it "));
  if (read.by_rows) codec = "parquet, read row by row";
  if (read.layers.empty() && decoder.trouble() == flow::Trouble::unknown_codec) codec = "none that is read here";
  say("  codec: " + codec);
  say_sums("  summary", sums_, fmt::format("stored_bytes={} plain_bytes={}", read.stored_bytes, decoder.plain_bytes()));
  if (sums_.events == 0) {
    no_events_ = read.failed ? std::string_view() : why_no_events(decoder, read);
    say(fmt::format("  no events: {}", read.failed ? "the message below tells why" : no_events_));
  }
  flush();
  ++(read.failed ? failed_ : decoded_);
  all_.add(sums_);
}

std::vector<std::string> Explanation::remarks() const {
  std::vector<std::string> all;
  // Others that are any of several have a format of their own for what those do not know.
  if (fell_back_ && !loud_ && asked_->service->definition().name == kRecognising) {
    all.push_back(fmt::format("none of the services of {} knows its key or its first bytes; --service NAME names it",
                              kRecognising));
  }
  if (sums_.undecodable_sent > 0) {
    all.push_back(sums_.undecodable_sent == 1
                      ? fmt::format("record {} is not what its format promises, sent as it stands: {}",
                                    first_flaw_sent_, first_flaw_)
                      : fmt::format("{} records are not what their format promises, sent as they stand; the first is "
                                    "record {}: {}",
                                    sums_.undecodable_sent, first_flaw_sent_, first_flaw_));
  }
  if (sums_.pieces_sent > 0) {
    all.push_back(fmt::format("{} events are pieces of records over record_bytes_max", sums_.pieces_sent));
  }
  if (!no_events_.empty() && !loud_) all.push_back(fmt::format("no events: {}", no_events_));
  return all;
}

void Explanation::finish() {
  if (decoded_ + failed_ + excluded_ + unknown_ < 2) return;
  say_sums("all objects", all_,
           fmt::format("decoded={} failed={} excluded={} unknown={}", decoded_, failed_, excluded_, unknown_));
  flush();
}

void Explanation::say_sums(std::string_view what, const Sums& sums, const std::string& more) {
  say(fmt::format("{}: records={} events={} filtered={} quarantined={} dropped={} flawed={} raw={} left_out={} {}",
                  what, sums.records(), sums.events, sums.filtered, sums.quarantined, sums.deleted, sums.flawed,
                  sums.raw, sums.left_out, more));
}

void Explanation::Sums::add(const Sums& other) {
  events += other.events;
  filtered += other.filtered;
  quarantined += other.quarantined;
  deleted += other.deleted;
  flawed += other.flawed;
  raw += other.raw;
  left_out += other.left_out;
}

std::string_view Explanation::why_no_events(const decode::ObjectDecoder& decoder, const ObjectRead& read) const {
  if (left_out_by_key_) return "filename_filter_rules leave this key out";
  if (sums_.quarantined + sums_.deleted == sums_.records() && sums_.records() > 0) return "on_error kept every record";
  if (sums_.quarantined + sums_.deleted > 0) return "every record was filtered, or kept by on_error";
  if (sums_.filtered > 0) return "every record was filtered";
  if (sums_.left_out > 0) return "all that it holds is no record by the rules of its format";
  if (decoder.plain_bytes() == 0 && !read.by_rows) return "the object is empty";
  return "the object holds no records";
}

}  // namespace dray::app

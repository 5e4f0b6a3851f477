#include "app/try_command.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <set>
#include <utility>
#include <variant>

#include "app/event_printer.h"
#include "app/exit_codes.h"
#include "app/explanation.h"
#include "app/file_ranges.h"
#include "app/try_services.h"
#include "app/try_sources.h"
#include "aws/endpoints.h"
#include "aws/session.h"
#include "decode/first_bytes.h"
#include "decode/object_decoder.h"
#include "decode/trouble.h"
#include "pipeline/assembly.h"
#include "pipeline/object_stream.h"

namespace dray::app {
namespace {

std::optional<std::string> environment(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

EventPrinter::Form form_of(const TryCommand& command) {
  if (command.count) return EventPrinter::Form::counts;
  return command.json ? EventPrinter::Form::json : EventPrinter::Form::lines;
}

// What one can do about it, where the message does not say so itself.
std::string_view way_out(const Error& error, bool gave_records) {
  struct Advice {
    std::string_view code;
    std::string_view text;
    bool of_all = true;  // also if records came before
  };
  static constexpr std::string_view kOther =
      "is this the right service? `dray services` lists them, --service NAME takes another";
  static constexpr std::string_view kCut =
      "the file is cut short: fetch it again; what stands before the cut was decoded";
  static constexpr Advice kAdvice[] = {
      {"bad_json", kOther, false},
      {"no_records", kOther, false},
      {"no_service", "--key tells another key, --service NAME decides whatever the key is"},
      {"truncated", kCut},
      {"truncated_json", kCut},
      {"NoSuchKey", "an s3:// URL holds the key as it is, not percent-encoded"},
      {"AccessDenied", "reading needs s3:GetObject, and kms:Decrypt for encrypted objects"},
  };
  // Of a whole archive: its entry was stored like that.
  const bool of_entry = error.message.find(": entry ") != std::string::npos;
  for (const Advice& advice : kAdvice) {
    if (of_entry && advice.text == kCut) continue;
    if (advice.code == error.code && (advice.of_all || !gave_records)) return advice.text;
  }
  return {};
}

// Counts what passes.
class StoredBytes final : public ByteSink {
 public:
  explicit StoredBytes(ByteSink& sink) : sink_(sink) {}
  Status write(std::string_view chunk) override {
    bytes_ += chunk.size();
    return sink_.write(chunk);
  }
  Status finish() override { return sink_.finish(); }
  [[nodiscard]] std::uint64_t bytes() const { return bytes_; }

 private:
  ByteSink& sink_;
  std::uint64_t bytes_ = 0;
};

// With the object's name before the message, unless it is there already.
Error named(Error error, const std::string& name) {
  return error.message.starts_with(name) ? error : with_context(std::move(error), name);
}

// One line, whatever stands in the name of a file.
void say(const std::string& message) {
  std::string line = "dray: ";
  for (const char c : message) {
    const auto byte = static_cast<unsigned char>(c);
    line += byte < 0x20 || byte == 0x7F ? fmt::format("\\x{:02x}", byte) : std::string(1, c);
  }
  std::fputs((line + "\n").c_str(), stderr);
}

void say_more(std::string_view message) {
  std::fputs(fmt::format("      {}\n", message).c_str(), stderr);
}

// Takes what the collector would put into its quarantine, and keeps nothing.
class NoQuarantine final : public decode::RecordQuarantine {
 public:
  Status keep(flow::Trouble /*trouble*/, std::uint64_t /*number*/, const flow::Record& /*record*/) override {
    return {};
  }
};

std::string counted(std::uint64_t records) {
  return fmt::format("{} record{}", records, records == 1 ? "" : "s");
}

std::string_view fate_of_notification(flow::Disposition disposition) {
  switch (disposition) {
    case flow::Disposition::quarantine: return "put it into quarantine and delete its notification";
    case flow::Disposition::remove: return "drop it and delete its notification";
    case flow::Disposition::leave:
    case flow::Disposition::send_raw: break;
  }
  return "leave its notification on the queue";
}

class TryRun {
 public:
  TryRun(const TryCommand& command, TryServices chosen, Clock& clock, telemetry::Log& log)
      : command_(command),
        chosen_(std::move(chosen)),
        clock_(clock),
        log_(log),
        printer_(STDOUT_FILENO, form_of(command), command.head.value_or(0)),
        explanation_(chosen_, command.explain) {}

  int run() {
    expand_sources(
        command_.paths, overrides(), [this](const TrySource& source) { return take(source); },
        [this](const Error& fault) { fault.code == kPassedOver ? say(fault.message) : fail(fault); });
    explanation_.finish();
    (void)printer_.finish();
    if (printer_.refusal()) {
      say(printer_.refusal()->message);
      return kExitWorkLeft;
    }
    return failed_ ? kExitUndecoded : kExitDone;
  }

 private:
  [[nodiscard]] SourceOverrides overrides() const {
    SourceOverrides overrides;
    if (command_.key) overrides.key = &*command_.key;
    overrides.bucket = command_.bucket.value_or("");
    overrides.region = command_.region.value_or(region_of_input());
    if (command_.account) overrides.account = &*command_.account;
    return overrides;
  }

  // A notification tells the region of its bucket, which is the queue's.
  [[nodiscard]] std::string region_of_input() const {
    if (!chosen_.input) return {};
    if (!chosen_.input->region.empty()) return chosen_.input->region;
    return std::string(aws::region_of_queue_url(chosen_.input->base_url));
  }

  // False: no more events are wanted.
  bool take(const TrySource& source) {
    const route::Selection selection = chosen_.selector->select(source.object.key);
    explanation_.begin(source.name, source.object, selection);
    switch (selection.kind) {
      case route::Selection::Kind::excluded:
        explanation_.excluded();
        say(source.name + ": no events: filename_filter_rules leave this key out: " + source.object.key);
        return true;
      case route::Selection::Kind::none: take_unknown(source, selection); return !printer_.ended();
      case route::Selection::Kind::taken: break;
    }
    decode(source, chosen_.services[selection.index]);
    return !printer_.ended();
  }

  // As Worker::deliver does.
  void take_unknown(const TrySource& source, const route::Selection& selection) {
    const Error error{
        ErrorKind::poison, "no_service",
        fmt::format("{}: no service takes the key {} (asked: {})", source.name, source.object.key, selection.asked)};
    const flow::Trouble trouble = flow::Trouble::unknown_format;
    if (chosen_.dispositions.of(trouble) != flow::Disposition::send_raw) {
      explanation_.unknown();
      fail(error, fate(trouble));
    } else if (decode(source, chosen_.unknown)) {
      fail(error, said(trouble, "all its lines are sent raw"));
    }
  }

  // True if all of it was decoded, or sent raw.
  bool decode(const TrySource& source, const decode::ReadyService& service) {
    NoQuarantine quarantine;
    decode::ObjectDecoder decoder(service, source.object, printer_, scratch_, {chosen_.dispositions, &quarantine},
                                  &explanation_);
    ObjectRead read;
    Status decoded = stream(source, decoder, read);
    read.layers = decoder.layers();
    const bool gave_records = decoder.records() > 0;
    std::string fate;
    if (!decoded && decoder.trouble()) fate = follow_on_error(source, decoder, decoded);
    read.failed = !decoded && !printer_.ended();
    explanation_.end(decoder, read);
    if (Status flushed = printer_.flush(); !flushed && decoded) decoded = std::move(flushed);
    if (printer_.ended()) return false;
    if (!decoded) {
      const std::string other = gave_records ? std::string() : other_source(source, service);
      fail(named(decoded.error(), source.name), fate, gave_records || !other.empty());
      if (!other.empty()) say_more(fmt::format("it reads like {0}: --service {0}", other));
    }
    for (const std::string& remark : explanation_.remarks()) say(source.name + ": " + remark);
    if (decoded && gave_records) hint_at_other_source(source, service);
    if (decoder.disposed().first > 0) say(told(source, decoder.disposed()));
    if (decoder.trailing_garbage()) say(source.name + ": bytes after the last gzip member were ignored");
    return decoded.ok();
  }

  // Of a service that was named: lines are lines to all of them. Once for each other one.
  void hint_at_other_source(const TrySource& source, const decode::ReadyService& service) {
    const std::string other = other_source(source, service);
    if (other.empty() || !hinted_.insert(other).second) return;
    say(fmt::format("{}: reads like {}, not like {}: is this the right --service?", source.name, other,
                    service.service->definition().name));
  }

  // Which one it reads like; "" if it is the one that was named, or nobody knows.
  std::string other_source(const TrySource& source, const decode::ReadyService& service) {
    if (command_.service.empty() || source.kind != TrySource::Kind::file) return {};
    const service::Definition& asked = service.service->definition();
    if (!beside_) beside_.emplace(services_beside(asked));
    if (!*beside_) return {};
    std::string other = decode::recognised_by_bytes(**beside_, source.object, hint_scratch_,
                                                    [&](ByteSink& sink) { return read_source(source, sink, {}); });
    return is_other_source(other, asked) ? other : std::string();
  }

  static std::string told(const TrySource& source, const decode::Disposed& records) {
    std::string text = source.name + ": not sent, as on_error says: ";
    if (records.quarantined > 0) text += fmt::format("{} into quarantine", counted(records.quarantined));
    if (records.quarantined > 0 && records.deleted > 0) text += ", ";
    if (records.deleted > 0) text += fmt::format("{} dropped", counted(records.deleted));
    return text + fmt::format("; the first is record {} ({})", records.first, flow::name_of(records.trouble));
  }

  // What the collector does with an object that is itself at fault, carried out as Worker::dispose does it.
  std::string follow_on_error(const TrySource& source, decode::ObjectDecoder& decoder, Status& decoded) {
    const flow::Trouble trouble = *decoder.trouble();
    if (chosen_.dispositions.of(trouble) != flow::Disposition::send_raw) return fate(trouble);
    if (!decoder.rest_is_text()) return fate(trouble, "no lines can be made of its rest, so ");
    const bool begun_only = decoder.rest_sent();
    if (!begun_only) {
      if (source.kind == TrySource::Kind::pipe) {
        return said(trouble,
                    "the collector would read it again and send its rest raw; a pipe comes once: give it as a file");
      }
      decoder.begin_rest();
      explanation_.begin_rest();
      ObjectRead again;
      if (Status rest = stream(source, decoder, again); !rest) {
        decoded = std::move(rest);
        return said(trouble, "the second reading, of its rest, failed, so the collector would leave its notification");
      }
    }
    if (decoder.records() == 0) return fate(trouble, "nothing came out to be sent raw, so ");
    return said(trouble, begun_only ? "the record that was begun is sent as far as it came"
                                    : "what follows the last whole record is sent raw, line by line");
  }

  [[nodiscard]] std::string fate(flow::Trouble trouble, std::string_view why = "") const {
    const flow::Disposition disposition = decode::unsent_disposition(chosen_.dispositions, trouble);
    return said(trouble, fmt::format("{}the collector would {}", why, fate_of_notification(disposition)));
  }

  [[nodiscard]] std::string said(flow::Trouble trouble, std::string_view what) const {
    return fmt::format("{} (on_error.{}: {})", what, flow::name_of(trouble),
                       flow::name_of(chosen_.dispositions.of(trouble)));
  }

  Status stream(const TrySource& source, decode::ObjectDecoder& decoder, ObjectRead& read) {
    if (source.kind == TrySource::Kind::s3) {
      if (Status open = open_session(); !open) return open;
      object::Fetched fetched;
      Status status =
          pipeline::ObjectStream(session_->store(), clock_).read(source.object, "", decoder, stop_, fetched);
      read.stored_bytes = fetched.bytes;
      return status;
    }
    const bool is_file = source.kind == TrySource::Kind::file;
    if (is_file && pipeline::is_parquet_by_name(decoder, source.object.key)) {
      auto ranges = FileRanges::open(source.path);
      if (ranges && pipeline::ends_like_parquet((*ranges)->end())) return rows(**ranges, decoder, read);
    }
    StoredBytes stored(decoder);
    const auto paused = [&] {
      Status status = decoder.pause();
      return status ? show() : std::move(status);
    };
    Status status = read_source(source, stored, {.after_chunk = [&] { return show(); }, .paused = paused});
    read.stored_bytes = stored.bytes();
    if (status || status.error().code != decode::kParquetObject) return status;
    if (!is_file) {
      return Error{ErrorKind::poison, "parquet_in_a_pipe",
                   "is parquet, whose structure stands at its end: give it as a file"};
    }
    auto ranges = FileRanges::open(source.path);
    return ranges ? rows(**ranges, decoder, read) : Status(std::move(ranges).error());
  }

  // What comes through a pipe is shown as it comes.
  Status show() {
    explanation_.flush();
    return printer_.flush();
  }

  Status rows(FileRanges& ranges, decode::ObjectDecoder& decoder, ObjectRead& read) {
    read = {.stored_bytes = ranges.size(), .by_rows = true};
    return pipeline::read_parquet(ranges, decoder, clock_, stop_);
  }

  Status open_session() {
    if (session_ != nullptr) return {};
    aws::SessionConfig config = chosen_.input ? pipeline::session_config(*chosen_.input) : aws::SessionConfig{};
    if (command_.region) config.region = *command_.region;
    if (!chosen_.input) {
      if (config.region.empty()) config.region = environment("AWS_REGION").value_or("");
      if (config.region.empty()) config.region = environment("AWS_DEFAULT_REGION").value_or("");
      if (config.region.empty()) {
        return Error{ErrorKind::config, "no_region",
                     "the bucket's region is not known: give --region, or set AWS_REGION"};
      }
      // A session has a queue; this one is never asked.
      config.queue_url = "https://sqs." + config.region + ".amazonaws.com/";
    }
    auto session = aws::Session::open(std::move(config), clock_, log_, environment);
    if (!session) return std::move(session).error();
    session_ = *std::move(session);
    return {};
  }

  // fate: what the collector would do; advice is for what gave nothing.
  void fail(const Error& error, const std::string& fate = "", bool gave_records = false) {
    failed_ = true;
    say(error.message);
    if (!fate.empty()) say_more(fate);
    const std::string_view advice = way_out(error, gave_records);
    if (!advice.empty() && advised_.insert(advice).second) say_more(advice);
  }

  const TryCommand& command_;
  const TryServices chosen_;
  Clock& clock_;
  telemetry::Log& log_;
  EventPrinter printer_;
  Explanation explanation_;
  codec::DecompressorScratch scratch_;
  std::unique_ptr<aws::Session> session_;  // opened for the first s3:// URL
  const Stop stop_;
  bool failed_ = false;
  std::set<std::string_view> advised_;  // once each
  // Once each, of the one service that was named; made when they are first wanted.
  std::optional<std::optional<decode::ReadyService>> beside_;
  std::set<std::string> hinted_;
  codec::DecompressorScratch hint_scratch_;  // the object's own decoder may still want the other
};

// What the options forbid each other. "" if they agree.
std::string disagreement(const TryCommand& command) {
  if (command.count && command.json) return "--count prints counts and --json events: give one of them";
  std::error_code ignored;
  const bool many = command.paths.size() > 1 ||
                    (command.paths.size() == 1 && std::filesystem::is_directory(command.paths.front(), ignored));
  if (command.key && many) return "--key is the key of one object: give one file";
  return {};
}

}  // namespace

int run_try(const TryCommand& command, Clock& clock, telemetry::Log& log) {
  if (const std::string wrong = disagreement(command); !wrong.empty()) {
    say(wrong);
    return kExitUsage;
  }
  const bool reads_s3 = std::ranges::any_of(command.paths, is_s3_url);
  auto chosen = choose_services(
      {.files = command.files, .service = command.service, .input = command.input, .reads_s3 = reads_s3});
  if (const auto* refusal = std::get_if<Refusal>(&chosen)) {
    std::fputs(refusal->text.c_str(), stderr);
    return refusal->exit_code;
  }
  if (command.paths.empty() && ::isatty(STDIN_FILENO) == 1) {
    std::fputs("dray: reading standard input; end it with Ctrl-D\n", stderr);
  }
  Signals::end_by_default();
  return TryRun(command, std::get<TryServices>(std::move(chosen)), clock, log).run();
}

}  // namespace dray::app

#include "app/try_command.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
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
#include "decode/object_decoder.h"
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
std::string_view way_out(const Error& error) {
  struct Advice {
    std::string_view code;
    std::string_view text;
  };
  static constexpr Advice kAdvice[] = {
      {"bad_json", "is this the right service? `dray services` lists them, --service NAME takes another"},
      {"no_records", "is this the right service? `dray services` lists them, --service NAME takes another"},
      {"truncated", "the file is cut short: fetch it again; what stands before the cut was decoded"},
      {"truncated_json", "the file is cut short: fetch it again; what stands before the cut was decoded"},
      {"NoSuchKey", "an s3:// URL holds the key as it is, not percent-encoded"},
      {"AccessDenied", "reading needs s3:GetObject, and kms:Decrypt for encrypted objects"},
  };
  for (const Advice& advice : kAdvice) {
    if (advice.code == error.code) return advice.text;
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

void say(const std::string& message) {
  std::fputs(("dray: " + message + "\n").c_str(), stderr);
}

// Tells of the records that the collector would keep in its quarantine.
class ToldQuarantine final : public decode::RecordQuarantine {
 public:
  explicit ToldQuarantine(const std::string& object) : object_(object) {}
  Status keep(flow::Trouble trouble, std::uint64_t record, std::string_view /*bytes*/) override {
    say(fmt::format("{}: record {}: {}: the collector would put it into quarantine", object_, record,
                    flow::name_of(trouble)));
    return {};
  }

 private:
  const std::string& object_;
};

class TryRun {
 public:
  TryRun(const TryCommand& command, TryServices chosen, Clock& clock, telemetry::Log& log)
      : command_(command),
        chosen_(std::move(chosen)),
        clock_(clock),
        log_(log),
        printer_(STDOUT_FILENO, form_of(command), command.head.value_or(0)),
        explanation_(chosen_) {}

  int run() {
    expand_sources(
        command_.paths, overrides(), [this](const TrySource& source) { return take(source); },
        [this](const Error& fault) { fail(fault); });
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
    if (command_.explain) explanation_.begin(source.name, source.object, selection);
    switch (selection.kind) {
      case route::Selection::Kind::excluded:
        say(source.name + ": no events: filename_filter_rules leave this key out: " + source.object.key);
        return true;
      case route::Selection::Kind::none:
        fail(
            {ErrorKind::poison, "no_service",
             fmt::format("{}: no service takes the key {} (asked: {}); --key gives another key, --service NAME decides",
                         source.name, source.object.key, selection.asked)});
        return true;
      case route::Selection::Kind::taken: break;
    }
    decode(source, chosen_.services[selection.index]);
    return !printer_.ended();
  }

  void decode(const TrySource& source, const decode::ReadyService& service) {
    ToldQuarantine quarantine(source.name);
    decode::ObjectDecoder decoder(service, source.object, printer_, scratch_, {chosen_.dispositions, &quarantine},
                                  command_.explain ? &explanation_ : nullptr);
    ObjectRead read;
    Status decoded = stream(source, decoder, read);
    if (!decoded && decoder.trouble()) decoded = follow_on_error(source, decoder, std::move(decoded).error());
    if (command_.explain) explanation_.end(decoder, read);
    if (Status flushed = printer_.flush(); !flushed && decoded) decoded = std::move(flushed);
    if (printer_.ended()) return;
    if (!decoded) fail(named(std::move(decoded).error(), source.name));
    if (const auto dropped = decoder.disposed().deleted; dropped > 0) {
      say(fmt::format("{}: {} records were dropped by on_error, the first is record {}", source.name, dropped,
                      decoder.disposed().first));
    }
    if (decoder.trailing_garbage()) say(source.name + ": bytes after the last gzip member were ignored");
  }

  // What the collector would do with an object that is itself at fault. An error all the same.
  Error follow_on_error(const TrySource& source, decode::ObjectDecoder& decoder, Error error) {
    const flow::Trouble trouble = *decoder.trouble();
    const flow::Disposition disposition = chosen_.dispositions.of(trouble);
    error.message += fmt::format(" [on_error.{}: {}]", flow::name_of(trouble), flow::name_of(disposition));
    const bool again = disposition == flow::Disposition::send_raw && !decoder.rest_sent() && decoder.rest_is_text();
    if (!again || source.kind == TrySource::Kind::stdin) return error;
    decoder.begin_rest();
    ObjectRead read;
    if (Status rest = stream(source, decoder, read); !rest && !printer_.ended()) return rest.error();
    return error;
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
    // What comes through a pipe is shown as it comes.
    Status status = read_source(source, stored, [&] { return is_file ? Status() : printer_.flush(); });
    read.stored_bytes = stored.bytes();
    if (status || status.error().code != decode::kParquetObject) return status;
    if (!is_file) {
      return Error{ErrorKind::poison, "parquet_in_a_pipe",
                   "is parquet, whose structure stands at its end: give it as a file"};
    }
    auto ranges = FileRanges::open(source.path);
    return ranges ? rows(**ranges, decoder, read) : Status(std::move(ranges).error());
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

  void fail(const Error& error) {
    failed_ = true;
    const std::string_view advice = way_out(error);
    say(advice.empty() ? error.message : fmt::format("{} ({})", error.message, advice));
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
  auto chosen = choose_services({.files = command.files, .service = command.service, .input = command.input});
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

#include "pipeline/worker.h"

#include <optional>
#include <utility>

#include "pipeline/lanes.h"

namespace dray::pipeline {
namespace {

constexpr Duration kOutputPause = milliseconds(100);
constexpr Duration kTaskWait = seconds(1);

// The first error on the way decides; what came before it was handed over and counts.
std::optional<Error> first_error(Status streamed, Status handed_over) {
  if (!streamed) return std::move(streamed).error();
  if (!handed_over) return std::move(handed_over).error();
  return std::nullopt;
}

// An object that was disposed of, for the summary.
Status counted(const Result<flow::Disposition>& done, Ledger::Streamed& streamed) {
  if (!done) return done.error();
  ++(*done == flow::Disposition::quarantine ? streamed.quarantined : streamed.dropped);
  return {};
}

}  // namespace

void Worker::run() {
  while (true) {
    const auto task = tasks_.pop(clock_.now() + kTaskWait);
    if (!task) {
      if (tasks_.closed()) return;
      continue;
    }
    wait_for_outputs(*task);
    if (auto attempt = ledger_.begin(*task)) ledger_.end(*task, deliver(*task, *attempt));
    tasks_.done(*task);
  }
}

// Bounded: after 30 minutes of it the collector stops every job.
void Worker::wait_for_outputs(const Task& task) {
  while (!ledger_.outputs_ready() && !task.job->stop.requested()) {
    clock_.sleep_until(clock_.now() + kOutputPause);
  }
}

// Read this and the next function and you know the program.
Ledger::Streamed Worker::deliver(const Task& task, const Ledger::Attempt& attempt) {
  if (task.is_md5()) return send_md5(task, attempt);

  const flow::ObjectRef& object = task.work().object;
  const route::Selection selection = plan_.selector->select(object.key);
  switch (selection.kind) {
    case route::Selection::Kind::excluded: log_.debug("Skipped by filename_filter_rules: " + object.url()); return {};
    case route::Selection::Kind::none:
      if (plan_.dispositions.of(flow::Trouble::unknown_format) == flow::Disposition::send_raw) break;
      return dispose_of_unknown(task, selection.asked);
    case route::Selection::Kind::taken: break;
  }
  const bool taken = selection.kind == route::Selection::Kind::taken;
  const decode::ReadyService& service = taken ? plan_.services[selection.index] : plan_.unknown;
  Ledger::Streamed streamed = stream(service, task, attempt);
  if (streamed.error && streamed.error->code == "object_replaced") {
    // Other bytes than those whose prefix was proven: the new ones count from their first record.
    ledger_.restart_from_zero(task);
    streamed = stream(service, task, {.ticket = task.work().ticket, .expected_etag = {}});
  }
  return streamed;
}

Ledger::Streamed Worker::stream(const decode::ReadyService& service, const Task& task, const Ledger::Attempt& attempt) {
  const flow::ObjectRef& object = task.work().object;

  auto lanes = Lanes(plan_.outputs, task, attempt);
  auto quarantine = RecordsOf(disposals_, task, service.service->definition().name);
  auto decoder = decode::ObjectDecoder(service, object, lanes, scratch_, {plan_.dispositions, &quarantine});

  object::Fetched fetched;
  auto streamed_whole = stream_.read(object, attempt.expected_etag, decoder, task.job->stop, fetched);
  Ledger::Streamed streamed;
  streamed.etag = fetched.etag;
  if (decoder.trouble()) streamed_whole = dispose(decoder, task, std::move(streamed_whole).error(), streamed);
  auto handed_over = lanes.finish();
  disposals_.tell(task, decoder.disposed());

  if (decoder.trailing_garbage()) {
    log_.warning("Bytes after the last gzip member were ignored: " + object.url());
  }
  streamed.records = decoder.records();
  streamed.events = decoder.events();
  streamed.bytes = lanes.text_bytes();
  streamed.quarantined += decoder.disposed().quarantined;
  streamed.dropped += decoder.disposed().deleted;
  streamed.error = first_error(std::move(streamed_whole), std::move(handed_over));
  return streamed;
}

// The object itself is at fault, and its good part is under way. Ok: the user's `on_error` was carried out, so that it
// counts as delivered once that part is proven.
Status Worker::dispose(decode::ObjectDecoder& decoder, const Task& task, Error error, Ledger::Streamed& streamed) {
  const auto dispose_unsent = [&]() -> Status {
    const auto done = disposals_.dispose(task, {.trouble = *decoder.trouble(),
                                                .error = std::move(error),
                                                .service = decoder.service_name(),
                                                .etag = streamed.etag,
                                                .bytes = decoder.bytes_in_hand()});
    return counted(done, streamed);
  };
  const bool raw = plan_.dispositions.of(*decoder.trouble()) == flow::Disposition::send_raw;
  if (!raw || !decoder.rest_is_text()) return dispose_unsent();
  if (!decoder.rest_sent()) {
    decoder.begin_rest();
    object::Fetched again;
    auto rest = fetcher_.fetch(task.work().object, streamed.etag, decoder, task.job->stop, again);
    if (!again.etag.empty()) streamed.etag = again.etag;
    if (!rest) return rest;
  }
  // Nothing came out of its compression, before the damage or behind it: that is not "sent raw".
  if (decoder.records() == 0) return dispose_unsent();
  disposals_.tell_sent_raw(task, error);
  return {};
}

Ledger::Streamed Worker::dispose_of_unknown(const Task& task, const std::string& asked) {
  Error error{ErrorKind::poison, "no_service",
              "no service takes this key (asked: " + asked + "); add one, or a catch-all service without key_pattern"};
  const auto done = disposals_.dispose(
      task,
      {.trouble = flow::Trouble::unknown_format, .error = std::move(error), .service = {}, .etag = {}, .bytes = {}});
  Ledger::Streamed streamed;
  streamed.error = first_error(counted(done, streamed), {});
  return streamed;
}

// debug_md5: the message's MD5OfBody as one event, part of its proof.
Ledger::Streamed Worker::send_md5(const Task& task, const Ledger::Attempt& attempt) {
  auto lanes = Lanes(plan_.outputs, task, attempt);
  auto sent = lanes.send(1, "my.app.sqs.message_body", task.job->md5_of_body);
  auto handed_over = lanes.finish();
  return {.records = 1,
          .events = 1,
          .bytes = 32,
          .etag = {},
          .error = first_error(std::move(sent), std::move(handed_over))};
}

}  // namespace dray::pipeline

#include "pipeline/input_run.h"

#include <utility>

namespace dray::pipeline {

InputRun::InputRun(Plan plan, aws::Queue& queue, aws::ObjectStore& store, Clock& clock, Threads& threads,
                   telemetry::Logger log, InputRunOptions options)
    : plan_(std::move(plan)),
      queue_(queue),
      store_(store),
      clock_(clock),
      threads_(threads),
      log_(std::move(log)),
      options_(options),
      tasks_(clock, options.large_objects),
      // What waits for a worker is at most what the workers hold already: it starts soon.
      disposals_(plan_, clock, log_),
      ledger_(plan_, tasks_, clock, log_, 2 * options.workers, options.seed),
      acknowledger_(queue, clock, threads, ledger_, log_, options.acknowledger) {
  ledger_.connect(acknowledger_);
}

void InputRun::start() {
  acknowledger_.start();
  for (std::size_t i = 0; i < options_.workers; ++i) {
    workers_.push_back(threads_.spawn("worker", [this] {
      Worker({.plan = plan_, .tasks = tasks_, .ledger = ledger_, .disposals = disposals_}, store_, clock_, log_).run();
    }));
  }
  for (std::size_t i = 0; i < options_.pollers; ++i) {
    pollers_.push_back(threads_.spawn("poller", [this, seed = options_.seed + i] {
      intake::Poller(queue_, ledger_, clock_, log_, options_.receive, seed).run(stop_, cancel_);
    }));
  }
}

void InputRun::stop_receiving() {
  stop_.request();
  ledger_.stop_all();
}

void InputRun::cancel_polls() {
  cancel_.request();
}

void InputRun::finish_workers() {
  for (auto& poller : pollers_) poller->join();
  pollers_.clear();
  tasks_.close();
  for (auto& worker : workers_) worker->join();
  workers_.clear();
}

void InputRun::stop_acknowledging(TimePoint deadline) {
  acknowledger_.stop(deadline);
}

}  // namespace dray::pipeline

#include "sim/simulation.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <memory>
#include <optional>

#include "decode/ready_service.h"
#include "output/syslog_output.h"
#include "pipeline/collector.h"
#include "sim/network.h"
#include "sim/world.h"

namespace dray::sim {
namespace {

constexpr Duration kPhase1 = seconds(40);
constexpr Duration kPhase2Max = std::chrono::minutes(40);
// A13 is looked at where it matters: with receivers that are slow.
constexpr double kSlowReceiver = 1e6;
constexpr double kRateSeconds = 30;
constexpr double kRateBytesMax = 6e6;
constexpr Duration kRateSlack = seconds(25);  // the first small epochs, and the end of the last one
constexpr int kWorldGroup = 0;

// What the seed chose beside the faults.
struct Shape {
  int objects = 40;
  int lines_most = 60;
  int line_bytes = 80;
  seconds visibility{30};
  std::size_t workers = 4;
  std::size_t connections = 2;
  bool filters = false;
  int objects_per_message = 1;
};

Shape draw_shape(Random& random) {
  Shape shape;
  shape.objects = 10 + static_cast<int>(random.below(120));
  shape.lines_most = 1 + static_cast<int>(random.below(200));
  shape.line_bytes = 20 + static_cast<int>(random.below(400));
  shape.visibility = seconds(6 + static_cast<int>(random.below(120)));
  shape.workers = 1 + random.below(8);
  shape.connections = 1 + random.below(4);
  shape.filters = random.chance(0.3);
  shape.objects_per_message = random.chance(0.3) ? 1 + static_cast<int>(random.below(5)) : 1;
  return shape;
}

service::Definition definition_of(const Shape& shape) {
  service::Definition definition;
  definition.name = "custom_service";
  definition.file_format.type = "line_split_processor";
  definition.routing_template = "sim.t";
  if (shape.filters) {
    definition.file_format.options.set("json", "true");
  }
  return definition;
}

// One life of the collector: crash() leaves it where it stands.
class Life {
 public:
  Life(Fibers& fibers, Network& network, SimQueue& queue, SimStore& store, telemetry::Log& log, const Shape& shape,
       int process, std::uint64_t seed)
      : collector_(fibers, telemetry::Logger(log, "collector")) {
    auto dialer = std::make_unique<SimDialer>(fibers, network, process);
    output::EngineOptions engine;
    engine.name = "receiver";
    engine.host_name = "sim";
    engine.connections = shape.connections;
    engine.seed = seed;
    auto output = std::make_unique<output::SyslogOutput>(engine, std::move(dialer), fibers, fibers,
                                                         telemetry::Logger(log, "output"));
    pipeline::Plan plan;
    plan.input = "input";
    plan.identity_scope = "sim";
    auto service = decode::prepare(definition_of(shape), std::size_t{16} << 20U);
    DRAY_ASSERT(service.ok());
    plan.selector = std::make_unique<const route::Selector>(std::vector{service->service});
    plan.services.push_back(*std::move(service));
    plan.outputs = {output.get()};
    pipeline::InputRunOptions options;
    options.workers = shape.workers;
    options.pollers = 2;
    options.large_objects = 2;
    options.receive = {.messages_max = 10, .wait = seconds(5), .visibility = shape.visibility};
    options.acknowledger.visibility = shape.visibility;
    options.acknowledger.calls_max = 16;
    options.seed = seed;
    collector_.add_output(std::move(output));
    collector_.add_input(std::make_unique<pipeline::InputRun>(std::move(plan), queue, store, fibers, fibers,
                                                              telemetry::Logger(log, "input"), options));
    collector_.start();
  }

  [[nodiscard]] pipeline::Collector& collector() { return collector_; }

 private:
  pipeline::Collector collector_;
};

std::string s3_event(const std::vector<int>& objects) {
  std::string records;
  for (const int object : objects) {
    if (!records.empty()) records += ',';
    records += fmt::format(
        R"({{"eventVersion":"2.1","eventSource":"aws:s3","awsRegion":"us-east-1","eventName":"ObjectCreated:Put",)"
        R"("s3":{{"bucket":{{"name":"b"}},"object":{{"key":"o{}","size":1,"eTag":"e","sequencer":"{:016X}"}}}}}})",
        object, object);
  }
  return R"({"Records":[)" + records + "]}";
}

class Run {
 public:
  explicit Run(const SimulationOptions& options)
      : options_(options),
        random_(options.seed),
        fibers_(random_.next()),
        oracle_(fibers_),
        faults_(Faults::draw(random_)),
        shape_(draw_shape(random_)),
        network_(fibers_, oracle_, faults_, random_.next()),
        queue_(fibers_, oracle_, faults_, random_.next()),
        store_(fibers_, faults_, random_.next()),
        log_fd_(options.verbose ? ::dup(STDERR_FILENO) : ::open("/dev/null", O_WRONLY | O_CLOEXEC)),
        log_(fibers_, log_fd_, telemetry::Format::text, telemetry::Level::info) {
    network_.bytes_per_second = 50e3 * (1 + static_cast<double>(random_.below(200)));
    network_.our_kernel = std::size_t{16} << (10U + random_.below(6));
    network_.peer_kernel = std::size_t{16} << (10U + random_.below(8));
  }
  ~Run() { ::close(log_fd_); }
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;

  Verdict run() {
    fibers_.set_group(kWorldGroup);
    world_.push_back(fibers_.spawn("receiver", [this] { network_.read_forever(); }));
    world_.push_back(fibers_.spawn("faults", [this] { network_.fault_forever(); }));
    world_.push_back(fibers_.spawn("uploads", [this] { upload(); }));
    start_life();
    phase1();
    faults_off();
    phase2();
    if (oracle_.complaints.empty() && network_.bytes_per_second <= kSlowReceiver) phase3();
    end();
    return {std::move(oracle_.complaints), summary()};
  }

 private:
  void start_life() {
    ++process_;
    fibers_.set_group(process_);
    life_ = new Life(fibers_, network_, queue_, store_, log_, shape_, process_, random_.next());
  }

  // Objects arrive over the first half of phase 1.
  void upload() {
    std::vector<int> batch;
    for (int object = 1; object <= shape_.objects; ++object) {
      const int lines = static_cast<int>(random_.below(static_cast<std::uint64_t>(shape_.lines_most) + 1));
      std::string bytes;
      for (int line = 1; line <= lines; ++line) {
        const std::size_t padding = random_.below(static_cast<std::uint64_t>(shape_.line_bytes));
        bytes += fmt::format("{} {} {}\n", object, line, std::string(padding, 'x'));
      }
      oracle_.expect(object, std::vector<bool>(static_cast<std::size_t>(lines), true));
      store_.put("o" + std::to_string(object), std::move(bytes));
      batch.push_back(object);
      if (static_cast<int>(batch.size()) >= shape_.objects_per_message || object == shape_.objects) {
        queue_.send(s3_event(batch), batch);
        batch.clear();
      }
      fibers_.sleep_until(fibers_.now() + milliseconds(random_.below(300)));
    }
    uploaded_ = true;
  }

  void phase1() {
    const TimePoint end = fibers_.now() + kPhase1;
    while (fibers_.now() < end) {
      const TimePoint slice = fibers_.now() + milliseconds(500);
      // False at the end of the slice: that is what is wanted here.
      (void)fibers_.run_until([&] { return fibers_.now() >= slice; }, slice);
      tick_world();
    }
  }

  void tick_world() {
    if (random_.chance(faults_.collector_crash / 2)) crash();
    if (random_.chance(faults_.suspend / 2)) fibers_.suspend(seconds(random_.below(300)));
  }

  // SIGKILL and a new start: the memory is gone, the world is not.
  void crash() {
    fibers_.crash(process_);
    network_.sender_killed(process_);
    queue_.calls_now = 0;
    oracle_.order_excused = true;  // a new process begins its objects again
    start_life();
  }

  void faults_off() {
    faults_ = {};
    // A terminator stays where it is; only its backend stops dying.
    faults_.terminator = was_terminator_;
  }

  void phase2() {
    const TimePoint limit = fibers_.now() + kPhase2Max;
    const bool drained = fibers_.run_until([&] { return uploaded_ && queue_.size() == 0; }, limit);
    if (!drained) {
      oracle_.complain(fmt::format("liveness: {} notifications left after {} minutes without faults\n{}", queue_.size(),
                                   std::chrono::duration_cast<std::chrono::minutes>(kPhase2Max).count(),
                                   fibers_.describe()));
    }
    for (int object = 1; drained && object <= shape_.objects; ++object) {
      if (!oracle_.complete(object)) oracle_.complain(fmt::format("lost: object {}", object));
    }
    if (network_.sockets_most > 2 * static_cast<int>(shape_.connections) + 1) {
      oracle_.complain(fmt::format("A10: {} sockets at once", network_.sockets_most));
    }
    if (queue_.calls_most > 16) oracle_.complain(fmt::format("A10: {} SQS calls at once", queue_.calls_most));
  }

  // A13: a backlog against a slow receiver is proven at 80 % of its rate or better.
  void phase3() {
    const double rate_seconds = std::min(kRateSeconds, kRateBytesMax / network_.bytes_per_second);
    const auto wanted = static_cast<std::size_t>(network_.bytes_per_second * rate_seconds);
    const std::uint64_t read_before = oracle_.bytes_read;
    constexpr int kLines = 100;
    int object = shape_.objects;
    for (std::size_t bytes = 0; bytes < wanted;) {
      std::string text;
      ++object;
      for (int line = 1; line <= kLines; ++line) text += fmt::format("{} {} {}\n", object, line, std::string(380, 'x'));
      bytes += text.size();
      oracle_.expect(object, std::vector<bool>(kLines, true));
      store_.put("o" + std::to_string(object), std::move(text));
      queue_.send(s3_event({object}), {object});
    }
    const TimePoint begun = fibers_.now();
    const auto longest = std::chrono::duration_cast<Duration>(std::chrono::duration<double>(rate_seconds / 0.8));
    // Frames are longer than their text: the receiver's time is for what it reads.
    const double framing = 1.2;
    const TimePoint limit = begun + std::chrono::duration_cast<Duration>(longest * framing) + kRateSlack;
    if (!fibers_.run_until([&] { return queue_.size() == 0; }, limit)) {
      oracle_.complain(
          fmt::format("A13: at {:.0f} bytes/s {} of {} bytes were read and {} notifications are left after "
                      "{:.0f} s",
                      network_.bytes_per_second, oracle_.bytes_read - read_before, wanted, queue_.size(),
                      std::chrono::duration<double>(fibers_.now() - begun).count()));
    }
  }

  // A clean stop, so that it is simulated too; then the world ends.
  void end() {
    fibers_.set_group(process_);
    bool stopped = false;
    auto stopper = fibers_.spawn("stopper", [&] {
      if (!life_->collector().stop(seconds(8))) oracle_.complain("stop: an idle collector was not clean");
      stopped = true;
    });
    if (oracle_.complaints.empty()) {
      if (!fibers_.run_until([&] { return stopped; }, fibers_.now() + seconds(60))) {
        oracle_.complain("stop: not ended after 60 s\n" + fibers_.describe());
      }
    }
    fibers_.crash(process_);
    fibers_.crash(kWorldGroup);
  }

  [[nodiscard]] std::string summary() const {
    return fmt::format(
        "seed {}: {} objects, {} events read, {} duplicates, {} deletes, {} lives, {} switches, {:.0f} s; {}",
        options_.seed, shape_.objects, oracle_.events_read, oracle_.duplicates, queue_.deletes, process_,
        fibers_.switches(), std::chrono::duration<double>(fibers_.now().since_start).count() - 3600, drawn_);
  }

  const SimulationOptions options_;
  Random random_;
  Fibers fibers_;
  Oracle oracle_;
  Faults faults_;
  const bool was_terminator_ = faults_.terminator;
  const std::string drawn_ = faults_.describe();
  const Shape shape_;
  Network network_;
  SimQueue queue_;
  SimStore store_;
  const int log_fd_;
  telemetry::Log log_;
  std::vector<std::unique_ptr<Thread>> world_;
  Life* life_ = nullptr;  // leaked on purpose: SIGKILL runs no destructors
  int process_ = 0;
  bool uploaded_ = false;
};

}  // namespace

Verdict simulate(const SimulationOptions& options) {
  return Run(options).run();
}

}  // namespace dray::sim

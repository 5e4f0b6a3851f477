#include "app/demo_command.h"

#include <fmt/core.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <mutex>
#include <sstream>
#include <string>

#include "app/exit_codes.h"
#include "app/run_session.h"
#include "app/samples.h"
#include "base/encoding.h"
#include "base/random.h"
#include "config/load.h"
#include "local/cloud.h"
#include "local/receiver.h"
#include "local/test_certificates.h"

namespace dray::app {
namespace {

constexpr std::string_view kQueue = "dray-demo";
constexpr std::string_view kAccessKey = "AKIADRAYDEMO";
constexpr std::uint64_t kSeed = 2024;
// Of the events that arrive, so many are shown whole; then one in a hundred.
constexpr std::uint64_t kShownWhole = 12;
constexpr std::uint64_t kShownEvery = 100;
constexpr std::size_t kShownBytes = 160;

// Removed when the demo ends.
class ScratchDirectory {
 public:
  ScratchDirectory() {
    std::string path = (std::filesystem::temp_directory_path() / "dray-demo-XXXXXX").string();
    if (::mkdtemp(path.data()) != nullptr) path_ = path;
  }
  ~ScratchDirectory() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  ScratchDirectory(const ScratchDirectory&) = delete;
  ScratchDirectory& operator=(const ScratchDirectory&) = delete;
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

class Demo {
 public:
  Demo(const DemoCommand& command, Signals& signals, Clock& clock, telemetry::Log& log)
      : command_(command), signals_(signals), clock_(clock), log_(log), say_(log, "Demo::MainThread") {}

  int run() {
    if (auto ready = prepare(); !ready) {
      say_.error(ready.error().message);
      return kExitConfig;
    }
    config::Surroundings around = config::system_surroundings();
    around.directory = scratch_.path();
    const config::Loaded loaded = config::load_text(config_text(), "demo/config.yaml", around);
    if (!loaded.config) {
      say_.error(loaded.complaints.text());
      return kExitConfig;
    }
    const int exit_code =
        run_session(*loaded.config, {.validate = false, .until_idle = command_.keep ? 0 : 2}, signals_, clock_, log_);
    receiver_->stop();
    const auto queue = cloud_->queue_counters(kQueue);
    say_.info(fmt::format("The receiver read {} events ({} expected); the queue deleted {} notifications and holds {}.",
                          received_.load(), expected_, deleted_.load(), queue ? queue->visible + queue->in_flight : 0));
    // Duplicates are no loss, and a signal before the end is no fault.
    const bool to_the_end = deleted_ > 0 && queue && queue->visible + queue->in_flight == 0;
    if (to_the_end && received_ < expected_) return kExitBug;
    return exit_code;
  }

 private:
  Status prepare() {
    if (scratch_.path().empty()) return Error{ErrorKind::config, "no_directory", "cannot make a temporary directory"};
    auto certificates = local::make_test_certificates(scratch_.path() + "/certs", {"localhost", "127.0.0.1"});
    if (!certificates) return std::move(certificates).error();
    if (auto started = start_receiver(*certificates); !started) return started;
    return start_cloud();
  }

  Status start_receiver(const local::CertificateFiles& certificates) {
    local::ReceiverOptions options;
    options.tls = {.certificate = certificates.server_certificate,
                   .key = certificates.server_key,
                   .client_authority = certificates.chain};
    options.on_event = [this](const local::ReceivedEvent& event) { show(event); };
    auto receiver = local::Receiver::start(std::move(options), clock_, say_.named("Demo::Receiver"));
    if (!receiver) return std::move(receiver).error();
    receiver_ = *std::move(receiver);
    say_.info(fmt::format("A TLS receiver that wants client certificates listens on 127.0.0.1:{}", receiver_->port()));
    return {};
  }

  Status start_cloud() {
    Random random(static_cast<std::uint64_t>(clock_.wall_now().micros));
    secret_ = hex(std::to_string(random.next()) + std::to_string(random.next()));
    local::CloudOptions options;
    options.keys.push_back({.id = std::string(kAccessKey),
                            .secret = Secret(secret_),
                            .session_token = {},
                            .expires = {},
                            .arn = {},
                            .role = {}});
    options.on_delete = [this](const local::DeletedMessage&) { ++deleted_; };
    auto cloud = local::Cloud::start(options, clock_);
    if (!cloud) return std::move(cloud).error();
    cloud_ = *std::move(cloud);
    auto queue = cloud_->create_queue(std::string(kQueue));
    if (!queue) return std::move(queue).error();
    queue_url_ = *queue;
    say_.info("A local SQS and S3 that check every signature listen on " + cloud_->url());
    return upload();
  }

  Status upload() {
    std::string known;
    std::size_t objects = 0;
    std::uint64_t bytes = 0;
    for (SampleObject& sample : make_samples(kSeed)) {
      if (known.find("|" + sample.bucket + "|") == std::string::npos) {
        known += "|" + sample.bucket + "|";
        if (auto added = cloud_->add_bucket(sample.bucket); !added) return added;
        if (auto linked = cloud_->notify(sample.bucket, kQueue); !linked) return linked;
      }
      expected_ += sample.expected_events;
      bytes += sample.bytes.size();
      ++objects;
      if (auto put = cloud_->put_object(sample.bucket, sample.key, std::move(sample.bytes)); !put) return put;
    }
    say_.info(fmt::format("{} sample objects ({} bytes as stored, {} events) were uploaded; the queue was told of each",
                          objects, bytes, expected_));
    return {};
  }

  // Called by the receiver's threads.
  void show(const local::ReceivedEvent& event) {
    const std::uint64_t number = ++received_;
    if (command_.quiet || (number > kShownWhole && number % kShownEvery != 0)) return;
    const std::lock_guard lock(print_);
    const bool cut = event.text.size() > kShownBytes;
    fmt::print("event {:>5}  {}  {}{}\n", number, event.tag, event.text.substr(0, kShownBytes), cut ? "…" : "");
    std::fflush(stdout);
  }

  [[nodiscard]] std::string config_text() const {
    std::string services;
    std::istringstream lines{std::string(kSampleServices)};
    for (std::string line; std::getline(lines, line);) services += "      " + line + "\n";
    return fmt::format(
        "globals:\n  id: \"1\"\n  name: demo\n"
        "outputs:\n  devo_1:\n    type: devo_platform\n    config:\n      address: 127.0.0.1\n      port: {}\n"
        "      chain: chain.crt\n      cert: client.crt\n      key: client.key\n"
        "inputs:\n  sqs_collector:\n    id: \"12345\"\n    enabled: true\n    base_url: {}\n    region: {}\n"
        "    credentials:\n      aws_access_key_id: {}\n      aws_secret_access_key: {}\n"
        "    endpoints: {{ sqs: \"{}\", s3: \"{}\", sts: \"{}\" }}\n    sqs_visibility_timeout: 120\n"
        "    services:\n{}",
        receiver_->port(), queue_url_, cloud_->region(), kAccessKey, secret_, cloud_->url(), cloud_->url(),
        cloud_->url(), services);
  }

  const DemoCommand command_;
  Signals& signals_;
  Clock& clock_;
  telemetry::Log& log_;
  const telemetry::Logger say_;
  const ScratchDirectory scratch_;
  std::string secret_;
  std::string queue_url_;
  std::uint64_t expected_ = 0;
  std::atomic<std::uint64_t> received_{0};
  std::atomic<std::uint64_t> deleted_{0};
  std::mutex print_;
  std::unique_ptr<local::Receiver> receiver_;
  std::unique_ptr<local::Cloud> cloud_;
};

}  // namespace

int run_demo(const DemoCommand& command, Signals& signals, Clock& clock, telemetry::Log& log) {
  return Demo(command, signals, clock, log).run();
}

}  // namespace dray::app

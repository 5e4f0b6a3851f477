#include "local/cloud_command.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <utility>

#include "local/cloud.h"

namespace dray::local {
namespace {

constexpr int kExitDone = 0;
constexpr int kExitConfiguration = 78;
constexpr Duration kStopTick = milliseconds(50);

Error wrong(std::string message) {
  return {ErrorKind::config, "option", std::move(message)};
}

Status check(const CloudCommand& command) {
  if (command.port < 0 || command.port > 65535) return wrong(fmt::format("--port {} is not 0 to 65535", command.port));
  if (command.cert.empty() != command.key.empty()) {
    return wrong("--cert and --key go together: both for https, none for http");
  }
  if (!command.notify.empty() && command.notify != "plain" && command.notify != "sns") {
    return wrong(fmt::format("--notify {} is unknown; allowed: plain, sns", command.notify));
  }
  if (!command.notify.empty() && command.queues.empty()) return wrong("--notify needs a --queue to tell");
  return {};
}

// The given secret, the file's first line, or a made-up one.
Result<Secret> secret_of(const CloudCommand& command, Clock& clock) {
  if (!command.secret_access_key.empty()) return command.secret_access_key;
  if (command.secret_access_key_file.empty()) {
    return Secret(IdSource(static_cast<std::uint64_t>(clock.wall_now().micros)).upper_hex(40));
  }
  std::ifstream file(command.secret_access_key_file);
  std::string line;
  std::getline(file, line);
  if (line.empty())
    return wrong(fmt::format("--secret-access-key-file {} cannot be read or is empty", command.secret_access_key_file));
  return Secret(std::move(line));
}

CloudOptions options_of(const CloudCommand& command, const Secret& secret, Clock& clock) {
  CloudOptions options;
  options.port = static_cast<std::uint16_t>(command.port);
  options.certificate_file = command.cert;
  options.key_file = command.key;
  options.region = command.region;
  options.account = command.account;
  options.journal_file = command.journal;
  options.watch_files = command.watch_files;
  options.seed = static_cast<std::uint64_t>(clock.wall_now().micros);
  AccessKey key;
  key.id = command.access_key_id;
  key.secret = secret;
  key.arn = fmt::format("arn:aws:iam::{}:user/local", command.account);
  for (const std::string& arn : command.roles) {
    Role role;
    role.arn = arn;
    // Earlier roles are trusted too, so that two of them make a chain.
    role.trusted.push_back(key.arn);
    for (const Role& before : options.roles) role.trusted.push_back(before.arn);
    role.external_id = command.external_id;
    options.roles.push_back(std::move(role));
  }
  options.keys.push_back(std::move(key));
  return options;
}

// The buckets: those named, and each directory in --directory.
Result<std::vector<std::string>> buckets_of(const CloudCommand& command) {
  std::vector<std::string> names = command.buckets;
  if (command.directory.empty()) return names;
  std::error_code failed;
  for (const auto& entry : std::filesystem::directory_iterator(command.directory, failed)) {
    if (entry.is_directory()) names.push_back(entry.path().filename().string());
  }
  if (failed) return wrong(fmt::format("--directory {} cannot be read: {}", command.directory, failed.message()));
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

Result<std::size_t> fill(Cloud& cloud, const CloudCommand& command) {
  for (const std::string& queue : command.queues) {
    const auto made = cloud.create_queue(queue, {{"VisibilityTimeout", std::to_string(command.visibility_timeout)}});
    if (!made) return with_context(made.error(), fmt::format("--queue {}", queue));
  }
  const auto buckets = buckets_of(command);
  if (!buckets) return buckets.error();
  std::size_t objects = 0;
  for (const std::string& bucket : buckets.value()) {
    if (auto made = cloud.add_bucket(bucket); !made)
      return with_context(made.error(), fmt::format("bucket {}", bucket));
    if (!command.notify.empty()) {
      NotifyOptions options;
      options.form = command.notify == "sns" ? NotificationForm::sns : NotificationForm::plain;
      if (auto linked = cloud.notify(bucket, command.queues.front(), options); !linked) return linked.error();
    }
    const auto path = std::filesystem::path(command.directory) / bucket;
    std::error_code none;
    if (command.directory.empty() || !std::filesystem::is_directory(path, none)) continue;
    const auto put = cloud.put_directory(bucket, path.string());
    if (!put) return put.error();
    objects += put.value();
  }
  return objects;
}

// The made-up secret is shown, because nobody else can know it; a given one is not.
void print_usage(const CloudCommand& command, const Cloud& cloud, const Secret& secret) {
  std::string out =
      fmt::format("export AWS_ENDPOINT_URL={}\nexport AWS_DEFAULT_REGION={}\nexport AWS_ACCESS_KEY_ID={}\n",
                  cloud.url(), cloud.region(), command.access_key_id);
  const bool made_up = command.secret_access_key.empty() && command.secret_access_key_file.empty();
  out +=
      fmt::format("export AWS_SECRET_ACCESS_KEY={}\n", made_up ? secret.reveal() : std::string_view("'the one given'"));
  if (!command.cert.empty()) out += "# https with a certificate of your own: also set AWS_CA_BUNDLE to its authority\n";
  for (const std::string& queue : cloud.queues()) out += fmt::format("# queue {}\n", cloud.queue_url(queue));
  out +=
      "# version 1 of the AWS CLI overlooks AWS_ENDPOINT_URL in `aws sqs`: give it --endpoint-url "
      "\"$AWS_ENDPOINT_URL\"\n";
  std::fputs(out.c_str(), stdout);
  std::fflush(stdout);
}

Status write_port_file(const std::string& path, const std::string& url) {
  const std::string draft = path + ".new";
  {
    std::ofstream file(draft, std::ios::trunc);
    file << url.substr(url.rfind(':') + 1) << '\n';
    if (!file.flush()) return wrong(fmt::format("--port-file {} cannot be written", path));
  }
  std::error_code failed;
  std::filesystem::rename(draft, path, failed);
  if (failed) return wrong(fmt::format("--port-file {} cannot be written: {}", path, failed.message()));
  return {};
}

void log_summary(const Cloud& cloud, const telemetry::Logger& logger) {
  for (const std::string& queue : cloud.queues()) {
    const auto counters = cloud.queue_counters(queue);
    if (!counters) continue;
    logger.info(fmt::format("Queue {}: sent={} received={} deleted={} left={}", queue, counters.value().sent,
                            counters.value().received, counters.value().deleted, counters.value().left()));
  }
  const CloudCounters all = cloud.counters();
  logger.info(fmt::format("Summary: requests={} gets={} puts={} bytes={} faults={}", all.requests, all.gets, all.puts,
                          all.bytes_out, all.faults));
}

Status serve(const CloudCommand& command, Clock& clock, const telemetry::Logger& logger, Stop& stop) {
  if (auto good = check(command); !good) return good;
  const auto secret = secret_of(command, clock);
  if (!secret) return secret.error();
  const auto cloud = Cloud::start(options_of(command, secret.value(), clock), clock);
  if (!cloud) return cloud.error();
  const auto objects = fill(*cloud.value(), command);
  if (!objects) return objects.error();
  logger.info(fmt::format("Listening on {} with {} objects (SQS, S3 and STS)", cloud.value()->url(), objects.value()));
  print_usage(command, *cloud.value(), secret.value());
  if (!command.port_file.empty()) {
    if (auto written = write_port_file(command.port_file, cloud.value()->url()); !written) return written;
  }
  while (!stop.requested()) clock.sleep_until(clock.now() + kStopTick);
  cloud.value()->stop();
  log_summary(*cloud.value(), logger);
  return {};
}

}  // namespace

int run_cloud(const CloudCommand& command, Clock& clock, telemetry::Log& log, Stop& stop) {
  const telemetry::Logger logger(log, "LocalCloud");
  const Status served = serve(command, clock, logger, stop);
  if (served) return kExitDone;
  logger.error(served.error().message);
  return kExitConfiguration;
}

}  // namespace dray::local

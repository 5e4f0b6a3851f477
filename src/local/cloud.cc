#include "local/cloud.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <utility>

#include "base/digest.h"
#include "base/encoding.h"
#include "local/admin_service.h"
#include "local/delete_journal.h"
#include "local/s3_service.h"
#include "local/sqs_service.h"
#include "local/sts_service.h"
#include "net/http_server.h"

namespace dray::local {
namespace {

constexpr std::string_view kSqsTarget = "AmazonSQS.";
constexpr std::string_view kForm = "application/x-www-form-urlencoded";

}  // namespace

class Cloud::Services {
 public:
  Services(const CloudOptions& options, Clock& clock)
      : options_(options),
        ids(options.seed),
        faults(options.seed + 1),
        identities(clock, ids),
        context{clock, ids, faults, identities, options.region, options.account, {}, {}},
        queues(clock, ids),
        events(context, buckets, queues),
        s3(context, buckets, events),
        sqs(context, queues),
        sts(context) {}

  Status open(Cloud& cloud) {
    if (!options_.journal_file.empty()) {
      auto opened = DeleteJournal::open(options_.journal_file, options_.watch_files, context.clock);
      if (!opened) return opened.error();
      journal = std::move(opened).value();
    }
    context.on_delete = [this](const DeletedMessage& deleted) {
      if (journal) journal->note(deleted);
      if (options_.on_delete) options_.on_delete(deleted);
    };
    for (const AccessKey& key : options_.keys) add_key(key);
    for (const Role& role : options_.roles) identities.add_role(role);
    net::HttpServerOptions server_options;
    server_options.port = options_.port;
    server_options.certificate_file = options_.certificate_file;
    server_options.key_file = options_.key_file;
    // No request is served before the cloud knows its own address.
    const std::unique_lock hold(starting);
    auto started = net::HttpServer::start(server_options, context.clock, [this, &cloud](net::ServerExchange& exchange) {
      if (!is_ready.load()) const std::unique_lock wait(starting);
      serve(cloud, exchange);
    });
    if (!started) return started.error();
    server = std::move(started).value();
    context.url = server->url();
    is_ready.store(true);
    return {};
  }

  void stop() {
    queues.stop();
    if (server) server->stop();
  }

  void add_key(AccessKey key) {
    if (key.arn.empty()) key.arn = fmt::format("arn:aws:iam::{}:root", options_.account);
    identities.add_key(std::move(key));
  }

  void serve(Cloud& cloud, net::ServerExchange& exchange) {
    requests.fetch_add(1, std::memory_order_relaxed);
    if (exchange.path().starts_with("/_dray/")) return serve_admin(cloud, exchange);
    const std::string_view target = exchange.header("x-amz-target");
    if (target.starts_with(kSqsTarget)) return sqs.serve(exchange, target.substr(kSqsTarget.size()));
    const bool is_form = exchange.method() == "POST" && exchange.header("content-type").starts_with(kForm);
    if (is_form || scope_service(exchange) == "sts") return sts.serve(exchange);
    s3.serve(exchange);
  }

  const CloudOptions options_;
  IdSource ids;
  Faults faults;
  Identities identities;
  CloudContext context;
  QueueDirectory queues;
  BucketStore buckets;
  S3Events events;
  S3Service s3;
  SqsService sqs;
  StsService sts;
  std::unique_ptr<DeleteJournal> journal;
  std::atomic<std::uint64_t> requests{0};
  std::mutex starting;
  std::atomic<bool> is_ready{false};
  std::unique_ptr<net::HttpServer> server;  // last: its threads use all of the above
};

Cloud::Cloud(std::unique_ptr<Services> services) : services_(std::move(services)) {}
Cloud::~Cloud() {
  stop();
}
void Cloud::stop() {
  services_->stop();
}

Result<std::unique_ptr<Cloud>> Cloud::start(const CloudOptions& options, Clock& clock) {
  std::unique_ptr<Cloud> cloud(new Cloud(std::make_unique<Services>(options, clock)));
  if (auto opened = cloud->services_->open(*cloud); !opened) return opened.error();
  return cloud;
}

const std::string& Cloud::url() const {
  return services_->context.url;
}
const std::string& Cloud::region() const {
  return services_->context.region;
}
std::string Cloud::queue_url(std::string_view queue) const {
  return services_->sqs.queue_url(queue);
}
std::string Cloud::queue_arn(std::string_view queue) const {
  return fmt::format("arn:aws:sqs:{}:{}:{}", services_->context.region, services_->context.account, queue);
}

void Cloud::add_key(AccessKey key) {
  services_->add_key(std::move(key));
}
void Cloud::add_role(Role role) {
  services_->identities.add_role(std::move(role));
}

Status Cloud::add_bucket(const std::string& bucket, const std::string& region) {
  return services_->buckets.create(bucket, region.empty() ? services_->context.region : region);
}

Status Cloud::put_object(std::string_view bucket, const std::string& key, std::string bytes) {
  std::string etag = hex(md5(bytes));
  return services_->s3.put(bucket, key, memory_content(std::move(bytes)), std::move(etag));
}

Status Cloud::put_object(std::string_view bucket, const std::string& key, Content content, std::string etag) {
  if (etag.empty()) etag = hex(md5(fmt::format("{}/{}/{}", bucket, key, content->size()))) + "-1";
  return services_->s3.put(bucket, key, std::move(content), std::move(etag));
}

Result<std::size_t> Cloud::put_directory(std::string_view bucket, const std::string& directory) {
  namespace fs = std::filesystem;
  std::error_code failed;
  std::vector<std::string> keys;
  for (auto at = fs::recursive_directory_iterator(directory, failed);
       !failed && at != fs::recursive_directory_iterator(); at.increment(failed)) {
    if (at->is_regular_file(failed)) keys.push_back(at->path().lexically_relative(directory).string());
  }
  if (failed) {
    return Error{ErrorKind::config, "directory",
                 fmt::format("cannot read the directory {}: {}", directory, failed.message())};
  }
  std::sort(keys.begin(), keys.end());
  for (const std::string& key : keys) {
    auto content = file_content((fs::path(directory) / key).string());
    if (!content) return content.error();
    if (auto put = put_object(bucket, key, std::move(content).value()); !put) return put.error();
  }
  return keys.size();
}

Result<std::string> Cloud::create_queue(const std::string& queue, const QueueAttributes& attributes) {
  if (auto created = services_->queues.create(queue, attributes); !created) return created.error();
  return queue_url(queue);
}

Status Cloud::notify(std::string_view bucket, std::string_view queue, const NotifyOptions& options) {
  NotificationRule rule;
  rule.id = fmt::format("{}-to-{}", bucket, queue);
  rule.form = options.form;
  rule.arn = fmt::format("arn:aws:{}:{}:{}:{}", options.form == NotificationForm::sns ? "sns" : "sqs",
                         services_->context.region, services_->context.account, queue);
  rule.events = {"s3:ObjectCreated:*"};
  rule.prefix = options.prefix;
  rule.suffix = options.suffix;
  return services_->events.add(bucket, rule, options.test_event);
}

Status Cloud::send_message(std::string_view queue, std::string body) {
  auto found = services_->queues.find(queue);
  if (!found) return found.error();
  found.value().queue->send(std::move(body), found.value().defaults.delay, Json());
  return {};
}

Faults& Cloud::faults() {
  return services_->faults;
}

CloudCounters Cloud::counters() const {
  const S3Counters& s3 = services_->s3.counters();
  return {s3.gets.load(), s3.puts.load(), s3.bytes_out.load(), services_->faults.taken(), services_->requests.load()};
}

Result<QueueCounters> Cloud::queue_counters(std::string_view queue) const {
  const auto found = services_->queues.find(queue);
  if (!found) return found.error();
  return found.value().queue->counters();
}

std::vector<std::string> Cloud::queues() const {
  return services_->queues.names("");
}

}  // namespace dray::local

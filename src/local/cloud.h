// Cloud: the local cloud: SQS, S3 and STS on one loopback port, state in memory.
//
// Used by `dray local`, the demo, the tests and the benchmark, in their own process or over HTTP. Every request's
// signature is
// verified and refused as AWS would. Misbehaves on demand (faults()). Tests may also steer it over HTTP, unsigned,
// under /_dray/:
// admin_service.h. Errors carry AWS's codes. Thread-safe but for start and stop, which are the owner's.
// Limits: what the services' headers say; a few GiB of objects put through S3, any amount of generated or file
// objects.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "local/bucket_store.h"
#include "local/cloud_context.h"
#include "local/faults.h"
#include "local/identities.h"
#include "local/queue_directory.h"

namespace dray::local {

struct CloudOptions {
  std::uint16_t port = 0;        // 0: any free one
  std::string certificate_file;  // PEM; empty: plain http
  std::string key_file;
  std::string region = "us-east-1";
  std::string account = "123456789012";
  std::vector<AccessKey> keys;  // an empty arn becomes "arn:aws:iam::ACCOUNT:root"
  std::vector<Role> roles;
  std::string journal_file;  // "" = none, see delete_journal.h
  std::vector<std::string> watch_files;
  std::uint64_t seed = 1;  // of ids and of faults' chances
  // Called after a message was removed for good and before the delete is answered, on the connection's thread.
  std::function<void(const DeletedMessage&)> on_delete;
};

struct NotifyOptions {
  NotificationForm form = NotificationForm::plain;
  std::string prefix, suffix;  // of the decoded key
  bool test_event = false;     // send s3:TestEvent now
};

struct CloudCounters {
  std::uint64_t gets = 0;  // GetObject answered
  std::uint64_t puts = 0;
  std::uint64_t bytes_out = 0;  // of object bodies
  std::uint64_t faults = 0;     // taken
  std::uint64_t requests = 0;
};

class Cloud {
 public:
  static Result<std::unique_ptr<Cloud>> start(const CloudOptions& options, Clock& clock);
  Cloud(const Cloud&) = delete;
  Cloud& operator=(const Cloud&) = delete;
  ~Cloud();
  void stop();

  [[nodiscard]] const std::string& url() const;  // the endpoint of all three services
  [[nodiscard]] const std::string& region() const;
  [[nodiscard]] std::string queue_url(std::string_view queue) const;
  [[nodiscard]] std::string queue_arn(std::string_view queue) const;

  void add_key(AccessKey key);
  void add_role(Role role);

  Status add_bucket(const std::string& bucket, const std::string& region = "");  // "" = the cloud's
  // Overwrites; tells the queues that notify() linked. The ETag is the MD5 of the bytes.
  Status put_object(std::string_view bucket, const std::string& key, std::string bytes);
  // Without an ETag one is made up that looks like that of an upload in parts.
  Status put_object(std::string_view bucket, const std::string& key, Content content, std::string etag = "");
  // Every file below `directory`, keys relative to it, in the order of keys; read when asked for. Answers how many.
  Result<std::size_t> put_directory(std::string_view bucket, const std::string& directory);

  // Attributes as in CreateQueue ("VisibilityTimeout", "RedrivePolicy"…). Answers the queue's URL.
  Result<std::string> create_queue(const std::string& queue, const QueueAttributes& attributes = {});
  Status notify(std::string_view bucket, std::string_view queue, const NotifyOptions& options = {});
  Status send_message(std::string_view queue, std::string body);

  [[nodiscard]] Faults& faults();
  [[nodiscard]] CloudCounters counters() const;
  [[nodiscard]] Result<QueueCounters> queue_counters(std::string_view queue) const;
  [[nodiscard]] std::vector<std::string> queues() const;

 private:
  class Services;
  explicit Cloud(std::unique_ptr<Services> services);
  std::unique_ptr<Services> services_;
};

}  // namespace dray::local

// S3Events: tells queues about objects, in the two forms in which S3 events reach SQS: as they are, or wrapped by
// SNS.
//
// Shapes: S3 User Guide, "Event message structure"; SNS Developer Guide, "Parsing Amazon SNS message formats"
// (formats.md 2.1, 2.2).
// A topic is named like the queue it feeds. Thread-safe.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "local/bucket_store.h"
#include "local/cloud_context.h"
#include "local/queue_directory.h"
#include "local/xml_element.h"

namespace dray::local {

class S3Events {
 public:
  S3Events(CloudContext& context, BucketStore& buckets, QueueDirectory& queues)
      : context_(context), buckets_(buckets), queues_(queues) {}

  // Replaces a bucket's rules and sends each new target its s3:TestEvent. InvalidArgument if a target does not exist.
  Status configure(std::string_view bucket, const std::vector<NotificationRule>& rules);
  // Adds one rule to those a bucket has, with or without its s3:TestEvent.
  Status add(std::string_view bucket, const NotificationRule& rule, bool test_event);
  // "ObjectCreated:Put", "ObjectCreated:CompleteMultipartUpload", "ObjectRemoved:Delete"… to all that want it.
  void publish(std::string_view bucket, std::string_view key, const StoredObject& object, std::string_view event);

 private:
  [[nodiscard]] std::string event_body(std::string_view bucket, std::string_view key, const StoredObject& object,
                                       std::string_view event, const NotificationRule& rule) const;
  [[nodiscard]] Status check_target(const NotificationRule& rule) const;
  void send_test_event(std::string_view bucket, const NotificationRule& rule);
  void deliver(const NotificationRule& rule, std::string message);

  CloudContext& context_;
  BucketStore& buckets_;
  QueueDirectory& queues_;
};

// The document of PutBucketNotificationConfiguration to rules and back.
Result<std::vector<NotificationRule>> parse_notification_configuration(const XmlElement& root, IdSource& ids);
std::string notification_configuration_xml(const std::vector<NotificationRule>& rules);

}  // namespace dray::local

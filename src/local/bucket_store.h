// BucketStore: the buckets of the local cloud: objects by key, notification rules, uploads in parts. In memory.
//
// Used by the S3 service and by the Cloud's own interface. Errors carry S3's code (NoSuchBucket, NoSuchKey,
// NoSuchUpload…).
// Thread-safe; an object once found stays alive as long as the caller holds it.
// Limits: one version per key.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "local/object_content.h"
#include "net/http_server.h"

namespace dray::local {

struct StoredObject {
  Content content;
  std::string etag;  // without quotes
  WallTime modified;
  net::ServerHeaders headers;    // content-type, content-encoding, x-amz-meta-…: sent back as they came
  net::ServerHeaders checksums;  // x-amz-checksum-…, of the whole object
  std::string sequencer;
};
using ObjectPointer = std::shared_ptr<const StoredObject>;

enum class NotificationForm { plain, sns };

struct NotificationRule {
  std::string id;
  NotificationForm form = NotificationForm::plain;
  std::string arn;                  // of the queue, or of a topic that is named like a queue
  std::vector<std::string> events;  // "s3:ObjectCreated:*"
  std::string prefix;               // of the decoded key
  std::string suffix;
  [[nodiscard]] std::string_view target() const { return std::string_view(arn).substr(arn.rfind(':') + 1); }
};

struct ListQuery {
  std::string prefix, delimiter, after;  // after: the last key or common prefix of the page before
  std::size_t keys_max = 1000;
};

struct ListPage {
  std::vector<std::pair<std::string, ObjectPointer>> objects;
  std::vector<std::string> common_prefixes;
  std::string last;  // to go on after, when truncated
  bool truncated = false;
};

class BucketStore {
 public:
  Status create(const std::string& bucket, const std::string& region);
  Status remove(std::string_view bucket);  // BucketNotEmpty
  [[nodiscard]] std::vector<std::string> names() const;
  [[nodiscard]] Result<std::string> region(std::string_view bucket) const;

  Status put(std::string_view bucket, const std::string& key, StoredObject object);
  [[nodiscard]] Result<ObjectPointer> find(std::string_view bucket, std::string_view key) const;
  Status erase(std::string_view bucket, std::string_view key);
  [[nodiscard]] Result<ListPage> list(std::string_view bucket, const ListQuery& query) const;

  Status set_rules(std::string_view bucket, std::vector<NotificationRule> rules);
  [[nodiscard]] Result<std::vector<NotificationRule>> rules(std::string_view bucket) const;
  // Those that want an event "ObjectCreated:Put" of that key.
  [[nodiscard]] std::vector<NotificationRule> matching(std::string_view bucket, std::string_view key,
                                                       std::string_view event) const;

  // An upload in parts (S3 API, CreateMultipartUpload). `base` holds the headers of the object to be.
  Status begin_upload(std::string_view bucket, const std::string& upload_id, const std::string& key, StoredObject base);
  Result<std::string> put_part(std::string_view bucket, std::string_view upload_id, int number, std::string bytes);
  // Parts as the client lists them, each with its ETag: InvalidPart, InvalidPartOrder. The object is stored.
  Result<ObjectPointer> complete_upload(std::string_view bucket, std::string_view upload_id,
                                        const std::vector<std::pair<int, std::string>>& parts);
  Status abort_upload(std::string_view bucket, std::string_view upload_id);

 private:
  struct Part {
    std::string bytes;
    std::string md5;  // raw
  };
  struct Upload {
    std::string key;
    StoredObject base;
    std::map<int, Part> parts;
  };
  struct Bucket {
    std::string region;
    std::map<std::string, ObjectPointer, std::less<>> objects;
    std::map<std::string, Upload, std::less<>> uploads;
    std::vector<NotificationRule> rules;
  };

  [[nodiscard]] const Bucket* bucket_of(std::string_view name) const;
  [[nodiscard]] Bucket* bucket_of(std::string_view name);
  static Status join(const Upload& upload, const std::vector<std::pair<int, std::string>>& parts, std::string& bytes,
                     std::string& digests);

  mutable std::shared_mutex mutex_;
  std::map<std::string, Bucket, std::less<>> buckets_;
};

}  // namespace dray::local

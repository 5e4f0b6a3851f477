#include "local/bucket_store.h"

#include <fmt/format.h>

#include <algorithm>
#include <mutex>
#include <utility>

#include "base/digest.h"
#include "base/encoding.h"

namespace dray::local {
namespace {

constexpr int kPartNumberMax = 10'000;

Error no_bucket(std::string_view name) {
  return {ErrorKind::denied, "NoSuchBucket", fmt::format("The specified bucket does not exist: {}", name)};
}
Error no_key() {
  return {ErrorKind::poison, "NoSuchKey", "The specified key does not exist."};
}
Error no_upload() {
  return {ErrorKind::poison, "NoSuchUpload", "The specified multipart upload does not exist."};
}

bool wants(const NotificationRule& rule, std::string_view event) {
  return std::any_of(rule.events.begin(), rule.events.end(), [&](std::string_view pattern) {
    if (pattern.starts_with("s3:")) pattern.remove_prefix(3);
    if (pattern.ends_with('*')) return event.starts_with(pattern.substr(0, pattern.size() - 1));
    return pattern == event;
  });
}

}  // namespace

const BucketStore::Bucket* BucketStore::bucket_of(std::string_view name) const {
  const auto found = buckets_.find(name);
  return found == buckets_.end() ? nullptr : &found->second;
}

BucketStore::Bucket* BucketStore::bucket_of(std::string_view name) {
  const auto found = buckets_.find(name);
  return found == buckets_.end() ? nullptr : &found->second;
}

Status BucketStore::create(const std::string& bucket, const std::string& region) {
  const bool good = bucket.size() >= 3 && bucket.size() <= 63 && std::all_of(bucket.begin(), bucket.end(), [](char c) {
                      return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
                    });
  if (!good)
    return Error{ErrorKind::poison, "InvalidBucketName", fmt::format("The specified bucket is not valid: {}", bucket)};
  const std::unique_lock lock(mutex_);
  buckets_.try_emplace(bucket).first->second.region = region;
  return {};
}

Status BucketStore::remove(std::string_view bucket) {
  const std::unique_lock lock(mutex_);
  const auto found = buckets_.find(bucket);
  if (found == buckets_.end()) return no_bucket(bucket);
  if (!found->second.objects.empty()) {
    return Error{ErrorKind::poison, "BucketNotEmpty", "The bucket you tried to delete is not empty"};
  }
  buckets_.erase(found);
  return {};
}

std::vector<std::string> BucketStore::names() const {
  const std::shared_lock lock(mutex_);
  std::vector<std::string> out;
  out.reserve(buckets_.size());
  for (const auto& [name, bucket] : buckets_) out.push_back(name);
  return out;
}

Result<std::string> BucketStore::region(std::string_view bucket) const {
  const std::shared_lock lock(mutex_);
  const Bucket* const found = bucket_of(bucket);
  if (found == nullptr) return no_bucket(bucket);
  return found->region;
}

Status BucketStore::put(std::string_view bucket, const std::string& key, StoredObject object) {
  if (key.empty() || key.size() > 1024) {
    return Error{ErrorKind::poison, "KeyTooLongError", "Your key must be 1 to 1,024 bytes long"};
  }
  auto stored = std::make_shared<const StoredObject>(std::move(object));
  const std::unique_lock lock(mutex_);
  Bucket* const found = bucket_of(bucket);
  if (found == nullptr) return no_bucket(bucket);
  found->objects.insert_or_assign(key, std::move(stored));
  return {};
}

Result<ObjectPointer> BucketStore::find(std::string_view bucket, std::string_view key) const {
  const std::shared_lock lock(mutex_);
  const Bucket* const found = bucket_of(bucket);
  if (found == nullptr) return no_bucket(bucket);
  const auto object = found->objects.find(key);
  if (object == found->objects.end()) return no_key();
  return object->second;
}

Status BucketStore::erase(std::string_view bucket, std::string_view key) {
  const std::unique_lock lock(mutex_);
  Bucket* const found = bucket_of(bucket);
  if (found == nullptr) return no_bucket(bucket);
  const auto object = found->objects.find(key);
  if (object != found->objects.end()) found->objects.erase(object);
  return {};
}

Result<ListPage> BucketStore::list(std::string_view bucket, const ListQuery& query) const {
  const std::shared_lock lock(mutex_);
  const Bucket* const found = bucket_of(bucket);
  if (found == nullptr) return no_bucket(bucket);
  ListPage page;
  const auto& objects = found->objects;
  auto at = query.after > query.prefix ? objects.upper_bound(query.after) : objects.lower_bound(query.prefix);
  // A page that ended with a common prefix goes on behind everything below it.
  while (at != objects.end() && !query.delimiter.empty() && query.after.ends_with(query.delimiter) &&
         query.after > query.prefix && at->first.starts_with(query.after)) {
    ++at;
  }
  while (at != objects.end() && at->first.starts_with(query.prefix)) {
    if (page.objects.size() + page.common_prefixes.size() >= query.keys_max) {
      page.truncated = true;
      break;
    }
    const std::size_t cut =
        query.delimiter.empty() ? std::string::npos : at->first.find(query.delimiter, query.prefix.size());
    if (cut == std::string::npos) {
      page.objects.emplace_back(at->first, at->second);
      page.last = at->first;
      ++at;
      continue;
    }
    page.last = at->first.substr(0, cut + query.delimiter.size());
    page.common_prefixes.push_back(page.last);
    while (at != objects.end() && at->first.starts_with(page.last)) ++at;
  }
  return page;
}

Status BucketStore::set_rules(std::string_view bucket, std::vector<NotificationRule> rules) {
  const std::unique_lock lock(mutex_);
  Bucket* const found = bucket_of(bucket);
  if (found == nullptr) return no_bucket(bucket);
  found->rules = std::move(rules);
  return {};
}

Result<std::vector<NotificationRule>> BucketStore::rules(std::string_view bucket) const {
  const std::shared_lock lock(mutex_);
  const Bucket* const found = bucket_of(bucket);
  if (found == nullptr) return no_bucket(bucket);
  return found->rules;
}

std::vector<NotificationRule> BucketStore::matching(std::string_view bucket, std::string_view key,
                                                    std::string_view event) const {
  const std::shared_lock lock(mutex_);
  std::vector<NotificationRule> out;
  const Bucket* const found = bucket_of(bucket);
  if (found == nullptr) return out;
  for (const NotificationRule& rule : found->rules) {
    if (key.starts_with(rule.prefix) && key.ends_with(rule.suffix) && wants(rule, event)) out.push_back(rule);
  }
  return out;
}

Status BucketStore::begin_upload(std::string_view bucket, const std::string& upload_id, const std::string& key,
                                 StoredObject base) {
  const std::unique_lock lock(mutex_);
  Bucket* const found = bucket_of(bucket);
  if (found == nullptr) return no_bucket(bucket);
  found->uploads.insert_or_assign(upload_id, Upload{key, std::move(base), {}});
  return {};
}

Result<std::string> BucketStore::put_part(std::string_view bucket, std::string_view upload_id, int number,
                                          std::string bytes) {
  if (number < 1 || number > kPartNumberMax) {
    return Error{ErrorKind::poison, "InvalidArgument", "Part number must be an integer between 1 and 10000, inclusive"};
  }
  Part part;
  part.md5 = md5(bytes);
  part.bytes = std::move(bytes);
  std::string etag = hex(part.md5);
  const std::unique_lock lock(mutex_);
  Bucket* const found = bucket_of(bucket);
  if (found == nullptr) return no_bucket(bucket);
  const auto upload = found->uploads.find(upload_id);
  if (upload == found->uploads.end()) return no_upload();
  upload->second.parts.insert_or_assign(number, std::move(part));
  return etag;
}

Status BucketStore::join(const Upload& upload, const std::vector<std::pair<int, std::string>>& parts,
                         std::string& bytes, std::string& digests) {
  int before = 0;
  for (const auto& [number, etag] : parts) {
    if (number <= before)
      return Error{ErrorKind::poison, "InvalidPartOrder", "The list of parts was not in ascending order."};
    before = number;
    const auto part = upload.parts.find(number);
    if (part == upload.parts.end() || hex(part->second.md5) != etag) {
      return Error{ErrorKind::poison, "InvalidPart",
                   fmt::format("One or more of the specified parts could not be found: {}", number)};
    }
    bytes.append(part->second.bytes);
    digests.append(part->second.md5);
  }
  if (parts.empty()) return Error{ErrorKind::poison, "MalformedXML", "You must specify at least one part"};
  return {};
}

Result<ObjectPointer> BucketStore::complete_upload(std::string_view bucket, std::string_view upload_id,
                                                   const std::vector<std::pair<int, std::string>>& parts) {
  const std::unique_lock lock(mutex_);
  Bucket* const found = bucket_of(bucket);
  if (found == nullptr) return no_bucket(bucket);
  const auto upload = found->uploads.find(upload_id);
  if (upload == found->uploads.end()) return no_upload();
  std::string bytes;
  std::string digests;
  if (auto joined = join(upload->second, parts, bytes, digests); !joined) return joined.error();
  StoredObject object = std::move(upload->second.base);
  object.content = memory_content(std::move(bytes));
  object.etag = fmt::format("{}-{}", hex(md5(digests)), parts.size());
  auto stored = std::make_shared<const StoredObject>(std::move(object));
  found->objects.insert_or_assign(upload->second.key, stored);
  found->uploads.erase(upload);
  return stored;
}

Status BucketStore::abort_upload(std::string_view bucket, std::string_view upload_id) {
  const std::unique_lock lock(mutex_);
  Bucket* const found = bucket_of(bucket);
  if (found == nullptr) return no_bucket(bucket);
  const auto upload = found->uploads.find(upload_id);
  if (upload == found->uploads.end()) return no_upload();
  found->uploads.erase(upload);
  return {};
}

}  // namespace dray::local

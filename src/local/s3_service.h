// S3Service: S3's REST interface over a BucketStore, path style and virtual-host style.
//
// Verifies signature and body of each request, answers as S3 does, errors as XML with S3's codes, and tells
// S3Events of what
// changed. What `aws s3` and boto3 use is there: objects with Range and conditions, listing (1 and 2), copy,
// deletion one by one
// and in lists, uploads in parts, buckets, their region and notifications. Thread-safe.
// Limits: no versions, no ACLs or policies, no presigned URLs; anything else answers NotImplemented.
#pragma once

#include <atomic>
#include <string>
#include <string_view>

#include "local/bucket_store.h"
#include "local/cloud_context.h"
#include "local/s3_events.h"
#include "local/upload_body.h"

namespace dray::local {

struct S3Counters {
  std::atomic<std::uint64_t> gets{0};       // GetObject answered with 200 or 206
  std::atomic<std::uint64_t> puts{0};       // objects stored
  std::atomic<std::uint64_t> bytes_out{0};  // of object bodies
};

class S3Service {
 public:
  S3Service(CloudContext& context, BucketStore& buckets, S3Events& events)
      : context_(context), buckets_(buckets), events_(events) {}

  void serve(net::ServerExchange& exchange);
  // Stores an object and tells those who want to know, as a PUT would.
  Status put(std::string_view bucket, const std::string& key, Content content, std::string etag);
  [[nodiscard]] const S3Counters& counters() const { return counters_; }

 private:
  struct Request {
    net::ServerExchange& exchange;
    std::string bucket, key;
    Fields query;
    std::string operation;  // S3's name for it: "GetObject"
    Caller caller;
    [[nodiscard]] bool asks(std::string_view name) const { return query.contains(name); }
    [[nodiscard]] std::string_view field(std::string_view name) const;
  };
  using Operation = Status (S3Service::*)(Request&);
  struct OperationRow {
    std::string_view method;
    bool on_key;
    std::string_view marker;  // a query field that selects it, "" = none
    std::string_view name;
    Operation operation;
  };
  struct Span {
    std::uint64_t begin = 0, length = 0;
    bool partial = false;
  };

  Request address(net::ServerExchange& exchange) const;
  Status authenticate(Request& request);
  static const OperationRow* row_for(const Request& request);
  Status run(Request& request);
  void refuse(Request& request, const Error& error);
  static Status answer_xml(Request& request, std::string_view root, std::string_view inner);
  static Result<XmlElement> read_xml(Request& request, ChecksumsOf checksums = ChecksumsOf::body);
  [[nodiscard]] StoredObject described(const Request& request) const;

  // s3_buckets.cc
  Status list_buckets(Request& request);
  Status create_bucket(Request& request);
  Status head_bucket(Request& request);
  Status delete_bucket(Request& request);
  Status bucket_location(Request& request);
  Status bucket_versioning(Request& request);
  Status get_notifications(Request& request);
  Status put_notifications(Request& request);
  Status list_objects(Request& request);
  Status list_objects_v2(Request& request);
  Status delete_objects(Request& request);

  // s3_objects.cc
  Status get_object(Request& request);
  Status put_object(Request& request);
  Status copy_object(Request& request);
  Status delete_object(Request& request);
  Status begin_upload(Request& request);
  Status upload_part(Request& request);
  Status complete_upload(Request& request);
  Status abort_upload(Request& request);
  static Result<Span> span_of(const Request& request, std::uint64_t size);
  Status send_body(Request& request, const StoredObject& object, Span span);
  Status not_implemented(Request& request);

  CloudContext& context_;
  BucketStore& buckets_;
  S3Events& events_;
  S3Counters counters_;
};

}  // namespace dray::local

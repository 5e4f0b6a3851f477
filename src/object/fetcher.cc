#include "object/fetcher.h"

#include <algorithm>
#include <optional>
#include <string_view>

#include <fmt/core.h>

#include "object/patience.h"

namespace dray::object {
namespace {

Error replaced(const flow::ObjectRef& object) {
  return {ErrorKind::later, "object_replaced",
          fmt::format("{} was replaced while it was read; starting again", object.url())};
}

// The bytes of one object over several GETs: drops what a server sends twice, notices another object under the same
// key.
class ResumedBody final : public aws::BodySink {
 public:
  ResumedBody(const flow::ObjectRef& object, const std::string& expected_etag, ByteSink& sink)
      : object_(object), etag_(expected_etag), sink_(sink) {}

  Status begin(const aws::ObjectHead& head) override {
    const bool other = (!etag_.empty() && head.etag != etag_) || (size_known_ && head.size != size_);
    if (other) {
      return keep(replaced(object_));
    }
    if (head.offset > received_) {
      return keep(
          {ErrorKind::later, "bad_range",
           fmt::format("{}: asked for bytes from {}, the answer begins at {}", object_.url(), received_, head.offset)});
    }
    etag_ = head.etag;
    size_ = head.size;
    size_known_ = true;
    to_skip_ = received_ - head.offset;
    return {};
  }

  Status write(std::string_view chunk) override {
    const auto skipped = std::min<std::uint64_t>(to_skip_, chunk.size());
    to_skip_ -= skipped;
    chunk.remove_prefix(static_cast<std::size_t>(skipped));
    if (chunk.empty()) {
      return {};
    }
    if (chunk.size() > size_ - received_) {
      return keep({ErrorKind::later, "long_body",
                   fmt::format("{}: more bytes came than the {} that were announced", object_.url(), size_)});
    }
    received_ += chunk.size();
    const Status status = sink_.write(chunk);
    return status ? Status() : keep(status.error());
  }

  Status finish() override { return {}; }

  // The error that this sink gave, which is not the transport's and ends the fetch.
  [[nodiscard]] const std::optional<Error>& refused() const { return refused_; }
  [[nodiscard]] bool whole() const { return size_known_ && received_ == size_; }
  [[nodiscard]] std::uint64_t received() const { return received_; }
  [[nodiscard]] const std::string& etag() const { return etag_; }

 private:
  Status keep(Error error) {
    refused_ = error;
    return error;
  }

  const flow::ObjectRef& object_;
  std::string etag_;
  ByteSink& sink_;
  bool size_known_ = false;
  std::uint64_t size_ = 0;
  std::uint64_t received_ = 0;
  std::uint64_t to_skip_ = 0;
  std::optional<Error> refused_;
};

aws::GetRequest request_for(const flow::ObjectRef& object, const ResumedBody& body) {
  aws::GetRequest request;
  request.bucket = object.bucket;
  request.key = object.key;
  request.region = object.region;
  request.version_id = object.version_id;
  request.offset = body.received();
  request.if_match = body.etag();
  return request;
}

}  // namespace

Status Fetcher::fetch(const flow::ObjectRef& object, const std::string& expected_etag, ByteSink& sink, const Stop& stop,
                      Fetched& fetched) {
  ResumedBody body(object, expected_etag, sink);
  Patience patience(clock_, object.key);
  while (true) {
    if (stop.requested()) {
      return Error{ErrorKind::stopped, "stopped", object.url() + ": stopped while it was read"};
    }
    const Status status = store_.get(request_for(object, body), body, stop);
    fetched = {body.etag(), body.received()};
    if (body.refused()) {
      return *body.refused();
    }
    if (body.whole()) {
      return sink.finish();
    }
    Error error =
        status ? Error{ErrorKind::transient, "short_body", object.url() + ": the body ended early"} : status.error();
    if (error.code == "PreconditionFailed") {
      return replaced(object);
    }
    if (error.kind != ErrorKind::transient) {
      return error;
    }
    patience.progress(body.received());
    if (patience.exhausted()) {
      error.kind = ErrorKind::later;
      return with_context(std::move(error), fmt::format("{}: gave up after {} bytes", object.url(), body.received()));
    }
    patience.wait(stop);
  }
}

}  // namespace dray::object

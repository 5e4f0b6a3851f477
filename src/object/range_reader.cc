#include "object/range_reader.h"

#include <algorithm>
#include <optional>
#include <utility>

#include <fmt/core.h>

#include "object/patience.h"

namespace dray::object {
namespace {

Error replaced(const flow::ObjectRef& object) {
  return {ErrorKind::later, "object_replaced",
          fmt::format("{} was replaced while it was read; starting again", object.url())};
}

class InString final : public ByteSink {
 public:
  explicit InString(std::string& text) : text_(text) {}
  Status write(std::string_view chunk) override {
    text_ += chunk;
    return {};
  }
  Status finish() override { return {}; }

 private:
  std::string& text_;
};

}  // namespace

// One range over several GETs. Of the object's end neither the size nor the first byte is known before the answer.
class RangeReader::Part final : public aws::BodySink {
 public:
  Part(const flow::ObjectRef& object, std::string etag, ByteSink& sink)
      : object_(object), etag_(std::move(etag)), sink_(sink) {}

  void expect(std::uint64_t size, std::uint64_t offset, std::uint64_t length) {
    size_ = size;
    next_ = offset;
    missing_ = length;
  }

  Status begin(const aws::ObjectHead& head) override {
    if ((!etag_.empty() && head.etag != etag_) || (size_ && head.size != *size_)) return keep(replaced(object_));
    etag_ = head.etag;
    if (!size_) {
      const std::uint64_t length = std::min(kEndBytes, head.size);
      expect(head.size, head.size - length, length);
    }
    if (head.offset > next_) {
      return keep(
          {ErrorKind::later, "bad_range",
           fmt::format("{}: asked for bytes from {}, the answer begins at {}", object_.url(), next_, head.offset)});
    }
    to_skip_ = next_ - head.offset;
    return {};
  }

  Status write(std::string_view chunk) override {
    const auto skipped = std::min<std::uint64_t>(to_skip_, chunk.size());
    to_skip_ -= skipped;
    chunk.remove_prefix(static_cast<std::size_t>(skipped));
    const std::string_view wanted =
        chunk.substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(missing_, chunk.size())));
    if (!wanted.empty()) {
      next_ += wanted.size();
      missing_ -= wanted.size();
      if (Status status = sink_.write(wanted); !status) return keep(std::move(status).error());
    }
    if (wanted.size() == chunk.size()) return {};
    // A server that ignored the range: the rest of the object is not wanted.
    return keep({ErrorKind::later, "long_body", object_.url() + ": more bytes came than were asked for"});
  }

  Status finish() override { return {}; }

  [[nodiscard]] bool whole() const { return size_ && missing_ == 0; }
  [[nodiscard]] bool known() const { return size_.has_value(); }
  [[nodiscard]] std::uint64_t size() const { return size_.value_or(0); }
  [[nodiscard]] std::uint64_t next() const { return next_; }
  [[nodiscard]] std::uint64_t missing() const { return missing_; }
  [[nodiscard]] const std::string& etag() const { return etag_; }
  [[nodiscard]] const std::optional<Error>& refused() const { return refused_; }

 private:
  Status keep(Error error) {
    if (whole() && error.code == "long_body") return error;
    refused_ = error;
    return error;
  }

  const flow::ObjectRef& object_;
  std::string etag_;
  ByteSink& sink_;
  std::optional<std::uint64_t> size_;
  std::uint64_t next_ = 0;
  std::uint64_t missing_ = 0;
  std::uint64_t to_skip_ = 0;
  std::optional<Error> refused_;
};

aws::GetRequest RangeReader::request() const {
  aws::GetRequest request;
  request.bucket = object_.bucket;
  request.key = object_.key;
  request.region = object_.region;
  request.version_id = object_.version_id;
  return request;
}

Status RangeReader::open(const std::string& expected_etag) {
  InString sink(end_);
  Part part(object_, expected_etag, sink);
  aws::GetRequest asked = request();
  asked.from_end = true;
  asked.length = kEndBytes;
  if (Status status = get(std::move(asked), part); !status) {
    // There is no last byte of nothing.
    if (status.error().code != "InvalidRange" || object_.size.value_or(0) != 0) return status;
  }
  size_ = part.size();
  etag_ = part.etag();
  is_open_ = true;
  return {};
}

Status RangeReader::read(std::uint64_t offset, std::uint64_t length, ByteSink& sink) {
  DRAY_ASSERT(is_open_ && offset <= size_ && length <= size_ - offset);
  if (length == 0) return {};
  const std::uint64_t end_offset = size_ - end_.size();
  if (offset >= end_offset) {
    return sink.write(
        std::string_view(end_).substr(static_cast<std::size_t>(offset - end_offset), static_cast<std::size_t>(length)));
  }
  Part part(object_, etag_, sink);
  part.expect(size_, offset, length);
  return get(request(), part);
}

Status RangeReader::get(aws::GetRequest request, Part& part) {
  Patience patience(clock_, object_.key);
  std::uint64_t received = 0;
  while (true) {
    if (stop_.requested()) {
      return Error{ErrorKind::stopped, "stopped", object_.url() + ": stopped while it was read"};
    }
    if (part.known()) {
      request.from_end = false;
      request.offset = part.next();
      request.length = part.missing();
    }
    request.if_match = part.etag();
    const std::uint64_t before = part.missing();
    const Status status = store_.get(request, part, stop_);
    if (part.refused()) return *part.refused();
    if (part.whole()) return {};
    Error error =
        status ? Error{ErrorKind::transient, "short_body", object_.url() + ": the body ended early"} : status.error();
    if (error.code == "PreconditionFailed") return replaced(object_);
    if (error.kind != ErrorKind::transient || error.code == "InvalidRange") return error;
    received += before > part.missing() ? before - part.missing() : 0;
    patience.progress(received);
    if (patience.exhausted()) {
      error.kind = ErrorKind::later;
      return with_context(std::move(error), object_.url() + ": gave up on a range");
    }
    patience.wait(stop_);
  }
}

}  // namespace dray::object

// Recognizer: holds back the first plain bytes of an object, or of an entry of an archive, until they say which of
// several services it belongs to.
// RowRecognizer: the same for the rows of a parquet object, whose first bytes as stored say no more than `PAR1`.
//
// Asked in order: members whose content_pattern is found in the first kRecognizedBytes (or in all of a smaller object)
// and whose filename filters do not exclude the key; then the definition's own format, its fallback. Members that read
// parquet are asked of parquet only: text is none of theirs. Rows are looked at as lines; if no member finds itself in
// them, those that name the magic bytes (`^PAR1`) are asked once more. What it chose gets every byte or row through the
// sink that `begin` makes. Chosen by what stands in the bytes alone, however they come.
// Error: {poison, "not_recognised"} with bucket, key, the services asked and the kind of the bytes, never their text.
// An object without bytes or rows is nobody's and nothing is lost: ok. One thread at a time.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "base/byte_sink.h"
#include "decode/ready_service.h"
#include "flow/object_ref.h"
#include "flow/record.h"

namespace dray::decode {

inline constexpr std::size_t kRecognizedBytes = 4096;

class Recognizer final : public ByteSink {
 public:
  // The chosen service (nullptr: excluded, its records are nobody's) → where the bytes go; outlived by both.
  using Begin = std::function<ByteSink&(const ReadyService*)>;

  Recognizer(const ReadyService& service, const flow::ObjectRef& object, Begin begin)
      : service_(service), object_(object), begin_(std::move(begin)) {}

  Status write(std::string_view chunk) override;
  Status finish() override;
  // After a fault of the compression: what is held back is good, and goes out if it says whose it is. Errors as those
  // of finish(), which is not to be called after one.
  Status release();

 private:
  Status decide();

  const ReadyService& service_;
  const flow::ObjectRef& object_;
  const Begin begin_;
  std::string held_;
  ByteSink* chosen_ = nullptr;
};

class RowRecognizer final : public flow::RecordSink {
 public:
  // The chosen service (nullptr: excluded) → where the rows go; nullptr: nowhere.
  using Begin = std::function<flow::RecordSink*(const ReadyService*)>;

  RowRecognizer(const ReadyService& service, const flow::ObjectRef& object, Begin begin)
      : service_(service), object_(object), begin_(std::move(begin)) {}

  Status accept(const flow::Record& row) override;
  // All rows have come, or those before a fault: what is held back goes out.
  Status finish();

 private:
  Status decide(std::string_view more);

  const ReadyService& service_;
  const flow::ObjectRef& object_;
  const Begin begin_;
  std::string held_;  // rows, each with LF behind it
  flow::RecordSink* to_ = nullptr;
  bool decided_ = false;
};

}  // namespace dray::decode

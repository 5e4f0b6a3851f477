// Recognizer: holds back the first plain bytes of an object until they say which of several services it belongs to.
//
// Asked in order: members whose content_pattern is found in the first kRecognizedBytes (or in all of a smaller object)
// and whose filename filters do not exclude the key; then the definition's own format, its fallback. What it chose gets
// every byte through the ByteSink that `begin` makes. Chosen by what stands in the bytes alone, however they come.
// Error: {poison, "not_recognised"} with bucket, key, the services asked and the kind of the bytes, never their text.
// An object without bytes is nobody's and nothing is lost: ok. One thread at a time.
#pragma once

#include <cstddef>
#include <functional>
#include <string>

#include "base/byte_sink.h"
#include "decode/ready_service.h"
#include "flow/object_ref.h"

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
  // After a fault of the compression: what is held back is good, and goes out if it says whose it is.
  void release();

 private:
  Status decide();
  [[nodiscard]] Error not_recognised() const;

  const ReadyService& service_;
  const flow::ObjectRef& object_;
  const Begin begin_;
  std::string held_;
  ByteSink* chosen_ = nullptr;
};

}  // namespace dray::decode

// RangeReader: an object's bytes in any order, for formats whose structure stands at their end.
//
// open() takes the object's last bytes, learns its size and pins it: every later range is asked for with If-Match, so
// that bytes of two objects are never mixed ({later, "object_replaced"}). A cut is resumed at the first missing byte.
// Ranges within the end that open() read cost no request. Blocks; one object and one thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "aws/object_store.h"
#include "base/byte_sink.h"
#include "base/clock.h"
#include "base/stop.h"
#include "flow/object_ref.h"

namespace dray::object {

class RangeReader {
 public:
  // As much of the end as a parquet reader wants at once (parquet_program/object_rows.cc asks for the same).
  static constexpr std::uint64_t kEndBytes = 256U << 10U;

  // What it gets outlives it.
  RangeReader(aws::ObjectStore& store, Clock& clock, const flow::ObjectRef& object, const Stop& stop)
      : store_(store), clock_(clock), object_(object), stop_(stop) {}

  // expected_etag: "" or the ETag that an earlier attempt read; another one is {later, "object_replaced"}.
  Status open(const std::string& expected_etag);
  [[nodiscard]] bool is_open() const { return is_open_; }

  // After open():
  [[nodiscard]] std::uint64_t size() const { return size_; }
  [[nodiscard]] const std::string& etag() const { return etag_; }
  [[nodiscard]] std::string_view end() const { return end_; }  // the last bytes, kEndBytes or all
  // Pushes these bytes, which lie within the object. An error of the sink is returned unchanged.
  Status read(std::uint64_t offset, std::uint64_t length, ByteSink& sink);

 private:
  class Part;
  Status get(aws::GetRequest request, Part& part);
  [[nodiscard]] aws::GetRequest request() const;

  aws::ObjectStore& store_;
  Clock& clock_;
  const flow::ObjectRef& object_;
  const Stop& stop_;
  bool is_open_ = false;
  std::uint64_t size_ = 0;
  std::string etag_;
  std::string end_;
};

}  // namespace dray::object

// Fetcher: an object's bytes as stored, from the first to the last, whatever happens on the way.
//
// Pushes into one ByteSink; a cut is resumed by Range + If-Match at the first missing byte (budget renewed by
// progress). If the object changed meanwhile ({later, "object_replaced"}) the caller starts again from 0. finish() of
// the sink is called only when every byte came. Blocks; one object per thread; thread-safe across objects.
#pragma once

#include <cstdint>
#include <string>

#include "aws/object_store.h"
#include "base/byte_sink.h"
#include "base/clock.h"
#include "flow/object_ref.h"

namespace dray::object {

struct Fetched {
  std::string etag;         // of the bytes that were read
  std::uint64_t bytes = 0;  // as stored
};

class Fetcher {
 public:
  Fetcher(aws::ObjectStore& store, Clock& clock) : store_(store), clock_(clock) {}

  // expected_etag: "" or the ETag that the resumed prefix was read from; another one is {later, "object_replaced"}.
  // fetched is filled as far as it came, also when an error is returned: its etag says which bytes were pushed.
  Status fetch(const flow::ObjectRef& object, const std::string& expected_etag, ByteSink& sink, const Stop& stop,
               Fetched& fetched);

 private:
  aws::ObjectStore& store_;
  Clock& clock_;
};

}  // namespace dray::object

// ObjectStream: one object into its decoder, whatever way its bytes want to be read.
//
// As a stream, from the first byte to the last (object/fetcher.h); or, if it is parquet, by ranges through dray-parquet
// (parquet/row_reader.h), whose rows go into the decoder as records. Parquet is tried first if the definition or the
// key says so, and else when the first bytes do. Bytes decide: what only looks like parquet by its name is streamed.
// Rows come in the file's order in every attempt, so that what is proven can be skipped. Errors: those of both ways;
// fetched says what was read in either. Blocks; thread-safe across objects.
#pragma once

#include <string>

#include "base/clock.h"
#include "base/stop.h"
#include "decode/object_decoder.h"
#include "object/fetcher.h"
#include "object/range_reader.h"
#include "parquet/range_source.h"
#include "parquet/row_reader.h"

namespace dray::pipeline {

class ObjectStream {
 public:
  ObjectStream(aws::ObjectStore& store, Clock& clock) : store_(store), clock_(clock), fetcher_(store, clock) {}

  Status read(const flow::ObjectRef& object, const std::string& expected_etag, decode::ObjectDecoder& decoder,
              const Stop& stop, object::Fetched& fetched);

 private:
  aws::ObjectStore& store_;
  Clock& clock_;
  object::Fetcher fetcher_;
};

// The key or the definition says that the object is parquet.
bool is_parquet_by_name(const decode::ObjectDecoder& decoder, std::string_view key);
// Its last bytes say so.
bool ends_like_parquet(std::string_view end);
// All rows of the source into the decoder. Also for `dray try`.
Status read_parquet(parquet::RangeSource& source, decode::ObjectDecoder& decoder, Clock& clock, const Stop& stop);

}  // namespace dray::pipeline

// ReadyService: a service definition made ready to decode objects: patterns compiled, format found, encoding known.
//
// Made once at the start by pipeline/assembly.cc, `dray try` and the tests of definitions, all through prepare().
// Immutable; any thread.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "base/result.h"
#include "codec/decompressor.h"
#include "format/splitter.h"
#include "route/router.h"
#include "service/definition.h"

namespace dray::decode {

struct ReadyService {
  std::shared_ptr<const route::CompiledService> service;
  const format::Format* format = nullptr;
  format::SplitterOptions splitter;
  codec::DecompressorOptions decompressor;
};

// Error (config): the first fault; the message names the service and the key.
Result<ReadyService> prepare(const service::Definition& definition, std::size_t record_bytes_max);
// Every fault that prepare() could name, for `dray check`; none if it is ready.
std::vector<Error> faults(const service::Definition& definition);

}  // namespace dray::decode

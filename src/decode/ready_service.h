// ReadyService: a service definition made ready to decode objects: patterns compiled, format found, encoding known.
//
// Made once at the start by pipeline/assembly.cc, `dray try` and the tests of definitions, all through prepare().
// A definition that is any of several has members, among which each object finds its own: by its key here, by its
// first bytes in decode/recognizer.h. Immutable; any thread.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "codec/decompressor.h"
#include "format/splitter.h"
#include "route/pattern.h"
#include "route/router.h"
#include "service/definition.h"
#include "service/definition_fault.h"

namespace dray::decode {

struct ReadyService {
  std::shared_ptr<const route::CompiledService> service;
  const format::Format* format = nullptr;  // nullptr: any of its members, and no fallback
  format::SplitterOptions splitter;
  codec::DecompressorOptions decompressor;
  std::optional<route::Pattern> content;  // of a member: content_pattern
  std::vector<ReadyService> members;      // any_of, in order, those of members in their place
};

struct PrepareOptions {
  std::size_t record_bytes_max = 16U << 20U;
  bool oversize_in_pieces = false;  // see format/splitter.h
  std::uint64_t object_bytes_max = codec::DecompressorOptions{}.bytes_max;
};

// Error (config): the first fault; the message names the service and the key.
Result<ReadyService> prepare(const service::Definition& definition, const PrepareOptions& options);
Result<ReadyService> prepare(const service::Definition& definition, std::size_t record_bytes_max);
// Every fault that prepare() could name; none if it is ready. Given to config/, which tells them with their lines.
std::vector<service::DefinitionFault> faults(const service::Definition& definition);

// Its definition says that its objects are parquet.
inline bool reads_parquet(const ReadyService& service) {
  return service.decompressor.encoding == codec::Encoding::parquet ||
         (service.format != nullptr && service.format->name == "parquet_processor");
}

// Which service decodes the object of that key, as far as the key tells.
struct Choice {
  enum class Kind {
    taken,     // by `service`
    excluded,  // by the filename filters of those whose key_pattern matches: done, no events
    unknown,   // the first bytes decide, then the fallback
  };
  Kind kind = Kind::unknown;
  const ReadyService* service = nullptr;  // if taken; lives in what was asked
};
// Of a service without members: itself. Else the first member with a key_pattern that takes the key.
Choice choose_by_key(const ReadyService& service, std::string_view key);

}  // namespace dray::decode

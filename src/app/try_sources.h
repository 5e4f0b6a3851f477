// TrySource: one object that `dray try` was asked to decode, and where its bytes are: a file, a pipe or S3.
//
// expand_sources turns what stands on the command line into objects, one after the other: a directory gives every file
// below it in the order of their paths. Reads no file's content. One thread at a time.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/byte_sink.h"
#include "base/result.h"
#include "flow/object_ref.h"

namespace dray::app {

struct TrySource {
  enum class Kind { file, pipe, s3 };  // a pipe cannot be read twice, and is shown as it comes
  Kind kind = Kind::file;
  std::string name;  // for messages: the path or URL as given
  std::string path;  // of a file, and of a pipe that is not stdin
  flow::ObjectRef object;
};

struct SourceOverrides {
  const std::string* key = nullptr;  // else the path, below a given directory the path from there on
  std::string bucket;                // of files and pipes; "" as of an object that tells none
  std::string region;
  const std::string* account = nullptr;  // else what AWS's own keys tell (AWSLogs/<account>/)
};

using TakeSource = std::function<bool(const TrySource& source)>;  // false: no more
using TakeFault = std::function<void(const Error& fault)>;
// The code of what nobody meant to be read: a pipe in a directory, a link to another one.
inline constexpr const char* kPassedOver = "passed_over";

// Calls take for each object, fault for each place that cannot be listed.
void expand_sources(const std::vector<std::string>& paths, const SourceOverrides& overrides, const TakeSource& take,
                    const TakeFault& fault);
// True for what names a bucket and a key.
bool is_s3_url(const std::string& path);

// Called when a chunk of a pipe was handed over, and when no other has come for a moment.
struct PipeWatch {
  std::function<Status()> after_chunk;
  std::function<Status()> paused;
};

// The bytes of a file or pipe, chunk by chunk, then finish(). Errors: the sink's and the watch's, unchanged;
// {later, "unreadable"} if it cannot be opened or read.
Status read_source(const TrySource& source, ByteSink& sink, const PipeWatch& watch);

}  // namespace dray::app

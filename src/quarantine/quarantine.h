// Quarantine: the directory of what could not be sent and must not be lost (`on_error: quarantine`, docs/errors.md).
//
// One file for each record or object: a line of JSON with the reason, LF, then the bytes as they were. Written beside
// its place, synced, renamed, and the directory synced, which itself was synced into its parent when it was made: when
// keep() answers ok, the file survives a power cut. The name comes from the object's identity, the record's number and
// its bytes, so that a second attempt writes the same file again and never another's. Directory 0700, files 0600, links
// are not followed. Bounded in bytes and files, counting what earlier runs left. What cannot be kept is an error and
// was not kept: its notification stays on the queue. Thread-safe. Limits: nothing reads or
// removes the files but people; two collectors with one directory each count what was there at their start.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "flow/disposition.h"
#include "flow/object_ref.h"

namespace dray::quarantine {

struct Limits {
  std::uint64_t bytes_max = std::uint64_t{1} << 30U;
  // A directory with more is slow to list.
  std::size_t files_max = 100'000;
};

// Why something is here: the first line of its file. No secret is among it.
struct Reason {
  flow::Trouble trouble = flow::Trouble::corrupt_object;
  Error error;
  std::string input;
  std::string service;     // empty if none took it
  std::string message_id;  // empty if unknown
  flow::ObjectRef object;
  std::string etag;                     // of the bytes that were read; empty if they were not
  std::optional<std::uint64_t> record;  // absent: the object as a whole
};

class Quarantine {
 public:
  Quarantine(std::string directory, const Limits& limits, Clock& clock);
  ~Quarantine();
  Quarantine(const Quarantine&) = delete;
  Quarantine& operator=(const Quarantine&) = delete;

  // Makes the directory if need be and counts what is in it. keep() does it too; this says early that it will not work.
  Status open();
  // Error {poison, "quarantine_unavailable"}: full, or the file system refuses; the message says what to do.
  Status keep(const Reason& reason, std::string_view bytes);

  [[nodiscard]] std::uint64_t bytes() const;
  [[nodiscard]] std::size_t files() const;

 private:
  Status open_locked();
  Status count_locked();
  Status write_locked(const std::string& name, std::string_view head, std::string_view bytes);
  [[nodiscard]] Status write_beside(std::string_view head, std::string_view bytes) const;
  [[nodiscard]] Error refused(std::string_view what) const;

  const std::string directory_;
  const Limits limits_;
  Clock& clock_;
  const std::string beside_;  // where the one file is written that is being written; of this process alone
  mutable std::mutex mutex_;  // held over the file's system calls: quarantine is rare, and the bounds are exact
  int fd_ = -1;               // of the directory
  std::map<std::string, std::uint64_t> sizes_;
  std::uint64_t bytes_ = 0;
};

}  // namespace dray::quarantine

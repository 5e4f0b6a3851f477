// Progress: what this process knows of objects it has worked on: done, or proven up to which record.
//
// It only saves duplicates; losing it loses nothing. Kept by object identity, not by message, so a retry under another
// message id, or a second notification for the same object version, sends nothing twice that was proven. A duplicate is
// suppressed only if eTag, version or sequencer is known (delivery.md rule 7). Two notifications for one identity at
// the same time: the second waits here, never in a worker. Bounded: the oldest idle identities are forgotten first. Not
// thread-safe: the Ledger guards it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "flow/object_ref.h"
#include "pipeline/task.h"

namespace dray::pipeline {

struct Resume {
  std::string etag;                     // of the bytes the prefixes count records of
  std::vector<std::uint64_t> prefixes;  // per output
};

class Progress {
 public:
  explicit Progress(std::size_t entries_max) : entries_max_(entries_max) {}

  enum class Start { go, done, parked };
  // go: the caller works on it and must call finish(). parked: the task is kept and comes back from finish().
  Start start(const std::string& identity, const Task& task, std::optional<Resume>& resume);
  // Returns the tasks that waited.
  std::vector<Task> finish(const std::string& identity, bool done, Resume resume);

  // "" if the object cannot be recognised again.
  static std::string identity_of(const std::string& scope, const flow::ObjectRef& object);

 private:
  struct Entry {
    bool busy = false;
    bool done = false;
    Resume resume;
    std::vector<Task> waiting;
    std::list<std::string>::iterator age;  // valid while not busy
  };
  void forget_oldest();

  const std::size_t entries_max_;
  std::unordered_map<std::string, Entry> entries_;
  std::list<std::string> oldest_first_;  // idle ones
};

}  // namespace dray::pipeline

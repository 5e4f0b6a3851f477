#include "pipeline/progress.h"

#include <utility>

#include "base/assert.h"
#include "base/digest.h"

namespace dray::pipeline {

Progress::Start Progress::start(const std::string& identity, const Task& task, std::optional<Resume>& resume) {
  if (identity.empty()) return Start::go;
  Entry& entry = entries_[identity];
  if (entry.busy) {
    entry.waiting.push_back(task);
    return Start::parked;
  }
  if (entry.done) return Start::done;
  if (!entry.resume.prefixes.empty()) {
    resume = entry.resume;
    oldest_first_.erase(entry.age);
  }
  entry.busy = true;
  return Start::go;
}

std::vector<Task> Progress::finish(const std::string& identity, bool done, Resume resume) {
  if (identity.empty()) return {};
  const auto place = entries_.find(identity);
  DRAY_ASSERT(place != entries_.end() && place->second.busy);
  Entry& entry = place->second;
  std::vector<Task> waiting = std::exchange(entry.waiting, {});
  entry.busy = false;
  entry.done = done;
  bool useful = done;
  for (const std::uint64_t prefix : resume.prefixes) useful = useful || prefix > 0;
  if (!useful) {
    entries_.erase(place);
    return waiting;
  }
  entry.resume = done ? Resume{} : std::move(resume);
  entry.age = oldest_first_.insert(oldest_first_.end(), identity);
  forget_oldest();
  return waiting;
}

void Progress::forget_oldest() {
  while (oldest_first_.size() > entries_max_) {
    entries_.erase(oldest_first_.front());
    oldest_first_.pop_front();
  }
}

std::string Progress::identity_of(const std::string& scope, const flow::ObjectRef& object) {
  if (object.etag.empty() && object.version_id.empty() && object.sequencer.empty()) return {};
  std::string text;
  for (const std::string* part :
       {&scope, &object.bucket, &object.key, &object.version_id, &object.sequencer, &object.etag}) {
    text += std::to_string(part->size());
    text += ':';
    text += *part;
  }
  return sha256(text).substr(0, 16);
}

}  // namespace dray::pipeline

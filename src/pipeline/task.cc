#include "pipeline/task.h"

#include <algorithm>

#include "base/assert.h"

namespace dray::pipeline {

void TaskQueue::push(Line& line, Task task) {
  const std::lock_guard lock(mutex_);
  (task.is_large() ? line.large : line.small).push_back(std::move(task));
  changed_.notify_one();
}

std::optional<Task> TaskQueue::pop(TimePoint deadline) {
  std::unique_lock lock(mutex_);
  while (true) {
    if (auto task = take(retries_)) return task;
    if (auto task = take(fresh_)) return task;
    const bool empty = retries_.large.empty() && fresh_.large.empty();
    if ((closed_ && empty) || clock_.now() >= deadline) return std::nullopt;
    changed_.wait_until(lock, deadline);
  }
}

// Under mutex_. Small and large objects in turns, so that neither starves.
std::optional<Task> TaskQueue::take(Line& line) {
  const bool may_large = !line.large.empty() && large_out_ < large_max_;
  if (!may_large && line.small.empty()) return std::nullopt;
  const bool large = may_large && (line.small.empty() || large_turn_);
  large_turn_ = !large_turn_;
  std::deque<Task>& tasks = large ? line.large : line.small;
  std::optional<Task> task(std::move(tasks.front()));
  tasks.pop_front();
  if (large) ++large_out_;
  return task;
}

void TaskQueue::done(const Task& task) {
  if (!task.is_large()) return;
  const std::lock_guard lock(mutex_);
  DRAY_ASSERT(large_out_ > 0);
  --large_out_;
  if (!retries_.large.empty() || !fresh_.large.empty()) changed_.notify_one();
}

void TaskQueue::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  changed_.notify_all();
}

bool TaskQueue::closed() const {
  const std::lock_guard lock(mutex_);
  return closed_;
}

std::size_t TaskQueue::room(std::size_t soon) const {
  const std::lock_guard lock(mutex_);
  const std::size_t waiting = fresh_.small.size() + fresh_.large.size();
  if (fresh_.large.size() >= 2 * large_max_) return 0;
  return soon - std::min(soon, waiting);
}

}  // namespace dray::pipeline

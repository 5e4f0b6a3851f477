#include "pipeline/task.h"

#include <utility>

namespace dray::pipeline {

void TaskQueue::push_fresh(Task task) { push(fresh_, std::move(task)); }

void TaskQueue::push_retry(Task task) { push(retries_, std::move(task)); }

void TaskQueue::push(std::deque<Task>& tasks, Task task) {
  const std::lock_guard lock(mutex_);
  tasks.push_back(std::move(task));
  not_empty_.notify_one();
}

std::optional<Task> TaskQueue::pop(TimePoint deadline) {
  std::unique_lock lock(mutex_);
  while (retries_.empty() && fresh_.empty()) {
    if (closed_ || clock_.now() >= deadline) return std::nullopt;
    not_empty_.wait_until(lock, deadline);
  }
  std::deque<Task>& tasks = retries_.empty() ? fresh_ : retries_;
  std::optional<Task> task(std::move(tasks.front()));
  tasks.pop_front();
  return task;
}

void TaskQueue::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  not_empty_.notify_all();
}

bool TaskQueue::closed() const {
  const std::lock_guard lock(mutex_);
  return closed_;
}

std::size_t TaskQueue::fresh() const {
  const std::lock_guard lock(mutex_);
  return fresh_.size();
}

}  // namespace dray::pipeline

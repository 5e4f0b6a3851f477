// BoundedQueue: the hand-over of whole work items between threads. It carries notifications and tasks, never records.
//
// push waits while the queue is full, pop while it is empty; both give up at a deadline or when the queue is closed.
// Thread-safe.
#pragma once

#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <utility>

#include "base/clock.h"

namespace dray {

template <class T>
class BoundedQueue {
 public:
  BoundedQueue(std::size_t capacity, Clock& clock)
      : capacity_(capacity), clock_(clock), not_empty_(clock), not_full_(clock) {}

  // False when closed, or still full at the deadline; the item is then not taken.
  bool push(T item, TimePoint deadline) {
    std::unique_lock lock(mutex_);
    while (!closed_ && items_.size() >= capacity_) {
      if (clock_.now() >= deadline) return false;
      not_full_.wait_until(lock, deadline);
    }
    if (closed_) return false;
    items_.push_back(std::move(item));
    not_empty_.notify_one();
    return true;
  }

  // Empty when nothing came by the deadline, or when closed and drained.
  std::optional<T> pop(TimePoint deadline) {
    std::unique_lock lock(mutex_);
    while (items_.empty()) {
      if (closed_ || clock_.now() >= deadline) return std::nullopt;
      not_empty_.wait_until(lock, deadline);
    }
    std::optional<T> item(std::move(items_.front()));
    items_.pop_front();
    not_full_.notify_one();
    return item;
  }

  // No push succeeds any more; pops drain what is left.
  void close() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    not_empty_.notify_all();
    not_full_.notify_all();
  }

  [[nodiscard]] std::size_t size() const {
    const std::lock_guard lock(mutex_);
    return items_.size();
  }

 private:
  const std::size_t capacity_;
  Clock& clock_;
  mutable std::mutex mutex_;
  Signal not_empty_;
  Signal not_full_;
  std::deque<T> items_;
  bool closed_ = false;
};

}  // namespace dray

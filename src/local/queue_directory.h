// QueueDirectory: the queues of the local cloud by name, with the attributes they were made with.
//
// Used by the SQS service, by S3's notifications and by the Cloud's own interface. Errors carry SQS's code.
// Thread-safe; a queue
// once found stays alive as long as the caller holds it.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "local/message_queue.h"

namespace dray::local {

using QueueAttributes = std::map<std::string, std::string, std::less<>>;

struct QueueDefaults {
  seconds visibility{30};
  seconds delay{0};
  seconds wait{0};
  std::size_t message_bytes_max = 1'048'576;
};

struct NamedQueue {
  std::shared_ptr<MessageQueue> queue;  // shared: a long poll may still hold a queue that was deleted
  QueueDefaults defaults;
};

class QueueDirectory {
 public:
  QueueDirectory(Clock& clock, IdSource& ids) : clock_(clock), ids_(ids) {}

  // The same name with the same attributes is the same queue; with others QueueNameExists.
  Status create(const std::string& name, const QueueAttributes& attributes);
  Status set_attributes(std::string_view name, const QueueAttributes& attributes);
  Status remove(std::string_view name);
  [[nodiscard]] Result<NamedQueue> find(std::string_view name) const;
  [[nodiscard]] Result<QueueAttributes> attributes(std::string_view name) const;
  [[nodiscard]] std::vector<std::string> names(std::string_view prefix) const;
  // Ends all long polls and unties dead-letter queues.
  void stop();

 private:
  struct Entry {
    NamedQueue named;
    QueueAttributes attributes;
    WallTime created_at;
  };

  Status apply(Entry& entry, const QueueAttributes& attributes);

  Clock& clock_;
  IdSource& ids_;
  mutable std::mutex mutex_;
  std::map<std::string, Entry, std::less<>> queues_;
};

}  // namespace dray::local

// DeleteJournal: one JSON line a deleted message, on the disk before the delete is answered.
//
// {"time":…,"queue":…,"message_id":…,"body":…,"sizes":{path: bytes}}: the sizes of watched files at that instant.
// A receiver that
// appends what it has read to such a file makes the line a proof: what it had read when its notification was deleted.
// Lines are whole (one write(2) each, O_APPEND). Thread-safe.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "local/cloud_context.h"

namespace dray::local {

class DeleteJournal {
 public:
  // Appends to `path`, which is made if it is not there.
  static Result<std::unique_ptr<DeleteJournal>> open(const std::string& path, std::vector<std::string> watch_files,
                                                     Clock& clock);
  DeleteJournal(const DeleteJournal&) = delete;
  DeleteJournal& operator=(const DeleteJournal&) = delete;
  ~DeleteJournal();

  void note(const DeletedMessage& deleted);

 private:
  DeleteJournal(int fd, std::vector<std::string> watch_files, Clock& clock);
  const int fd_;
  const std::vector<std::string> watch_files_;
  Clock& clock_;
};

}  // namespace dray::local

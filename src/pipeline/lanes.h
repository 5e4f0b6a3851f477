// Lanes: one object's way into every output of its input. Each event goes to all; it fails if any fails. One thread.
#pragma once

#include <memory>
#include <vector>

#include "flow/event_sink.h"
#include "output/output.h"
#include "pipeline/ledger.h"
#include "pipeline/task.h"

namespace dray::pipeline {

class Lanes final : public flow::EventSink {
 public:
  Lanes(const std::vector<output::Output*>& outputs, const Task& task, const Ledger::Attempt& attempt);

  Status send(std::uint64_t ordinal, std::string_view tag, std::string_view text) override;
  Status send_all(std::uint64_t first, std::string_view tag, std::span<const std::string_view> texts,
                  std::size_t& sent) override;
  // Hands over what is buffered, also after an error: the good prefix counts.
  Status finish();

  [[nodiscard]] std::uint64_t text_bytes() const { return text_bytes_; }

 private:
  std::vector<std::unique_ptr<output::Lane>> lanes_;
  const Stop& stop_;
  std::uint64_t text_bytes_ = 0;
};

}  // namespace dray::pipeline

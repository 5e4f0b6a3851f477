// Rows of parquet through the chain as the pipeline sends them: decoder, the real dray-parquet, filters and tags.
// One object at a time; one thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "decoded_object.h"
#include "flow/disposition.h"
#include "flow/event_sink.h"
#include "service/definition.h"

namespace dray::golden {

struct ParquetRows {
  class Events final : public flow::EventSink {
   public:
    Status send(std::uint64_t ordinal, std::string_view tag, std::string_view text) override;
    std::vector<Event> events;
  };

  struct Reading {
    std::uint64_t offset;
    std::uint64_t length;
    std::size_t events_before;  // that had been sent when these bytes were asked for
  };

  // Forgets the object before.
  void decode(const service::Definition& definition, const std::string& bytes,
              const std::string& key = "in/flow.log.parquet");
  // With a definition that only tags; the texts of its events.
  std::vector<std::string> rows(const std::string& bytes);
  // The same of an object that is read to its end without a fault.
  std::vector<std::string> all_rows(const std::string& bytes);

  Events events;
  Status ended;
  std::optional<flow::Trouble> trouble;
  std::uint64_t records = 0;
  std::vector<Reading> readings;
};

}  // namespace dray::golden

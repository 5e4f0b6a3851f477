// Router: records in, filtered and tagged events out. One per object and attempt.
//
// CompiledService is a Definition made ready once at the start (RE2 compiled, templates cut); shared by all workers,
// immutable. Router counts the source records from 1, before filters, and keeps the file variables of its object.
// Filtered records are counted, not sent (or sent with tag unknown.unknown). Tag rules: design.md 3 "Tags". Router:
// one thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "flow/event_sink.h"
#include "flow/object_ref.h"
#include "flow/record.h"
#include "route/record_observer.h"
#include "service/definition.h"
#include "service/definition_fault.h"

namespace dray::route {

class CompiledService {
 public:
  // Error (config): a pattern RE2 refuses, an unknown variable, bad template text; the message names the key.
  static Result<std::shared_ptr<const CompiledService>> compile(const service::Definition& definition);
  // Every fault that compile could name; none if it compiles.
  static std::vector<service::DefinitionFault> faults(const service::Definition& definition);
  virtual ~CompiledService() = default;

  [[nodiscard]] virtual const service::Definition& definition() const = 0;
  // key_pattern matches.
  [[nodiscard]] virtual bool matches_key(std::string_view key) const = 0;
  // filename_filter_rules say: skip this object.
  [[nodiscard]] virtual bool excludes_key(std::string_view key) const = 0;
  // The outer list of its own filename_filter_rules that holds, from 0.
  [[nodiscard]] virtual std::optional<std::size_t> excluding_rule(std::string_view key) const = 0;
  // The top-level members of a JSON record that tag and filters depend on, each name once; none if they depend on none.
  [[nodiscard]] virtual std::vector<std::string> wanted_members() const = 0;
  // The sink outlives the router.
  [[nodiscard]] virtual std::unique_ptr<class Router> make_router(const flow::ObjectRef& object,
                                                                  flow::EventSink& sink) const = 0;
};

class Router : public flow::RecordSink {
 public:
  // From now on it is told of every record. Outlives the router; nullptr: nobody.
  virtual void observe(RecordObserver* observer) = 0;
  [[nodiscard]] virtual std::uint64_t records() const = 0;   // source records so far
  [[nodiscard]] virtual std::uint64_t events() const = 0;    // of those, sent
  [[nodiscard]] virtual std::uint64_t filtered() const = 0;  // by line_filter_rules, sent to unknown.unknown or not
  [[nodiscard]] virtual std::uint64_t overlong_tags() const = 0;  // sent with unknown.unknown instead
};

}  // namespace dray::route

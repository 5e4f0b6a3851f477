#include "local/faults.h"

#include <array>
#include <utility>

namespace dray::local {

std::optional<FaultKind> fault_kind(std::string_view name) {
  static constexpr std::array<std::pair<std::string_view, FaultKind>, 10> kNames{{
      {"slow_down", FaultKind::slow_down},
      {"internal_error", FaultKind::internal_error},
      {"cut_body", FaultKind::cut_body},
      {"slow_body", FaultKind::slow_body},
      {"latency", FaultKind::latency},
      {"wrong_region", FaultKind::wrong_region},
      {"expired_token", FaultKind::expired_token},
      {"lost_response", FaultKind::lost_response},
      {"duplicate_delivery", FaultKind::duplicate_delivery},
      {"partial_failure", FaultKind::partial_failure},
  }};
  for (const auto& [text, kind] : kNames) {
    if (text == name) return kind;
  }
  return std::nullopt;
}

void Faults::add(Fault fault) {
  const std::lock_guard lock(mutex_);
  faults_.push_back(std::move(fault));
  any_.store(true);
}

void Faults::clear() {
  const std::lock_guard lock(mutex_);
  faults_.clear();
  any_.store(false);
}

std::optional<std::uint64_t> Faults::take(FaultKind kind, std::string_view operation, std::string_view subject) {
  if (!any_.load(std::memory_order_relaxed)) return std::nullopt;
  const std::lock_guard lock(mutex_);
  for (Fault& fault : faults_) {
    if (fault.kind != kind || fault.times == 0) continue;
    if (!fault.operation.empty() && fault.operation != operation) continue;
    if (subject.find(fault.subject) == std::string_view::npos) continue;
    if (fault.probability < 1.0 && !random_.chance(fault.probability)) continue;
    if (fault.times > 0) --fault.times;
    taken_.fetch_add(1);
    return fault.value;
  }
  return std::nullopt;
}

}  // namespace dray::local

#include "decode/routes.h"

namespace dray::decode {

void Routes::begin(const ReadyService& service) {
  if (service_ == &service) return;
  const bool first = router_ == nullptr;
  records_before_ = records();
  events_before_ = events();
  filtered_before_ = filtered();
  service_ = &service;
  router_ = service.service->make_router(object_, first ? events_ : onward_);
  if (observer_ != nullptr) router_->observe(first ? static_cast<route::RecordObserver*>(observer_) : &onward_);
}

std::uint64_t Routes::records() const {
  return router_ == nullptr ? 0 : records_before_ + router_->records();
}

std::uint64_t Routes::events() const {
  return router_ == nullptr ? 0 : events_before_ + router_->events();
}

std::uint64_t Routes::filtered() const {
  return router_ == nullptr ? 0 : filtered_before_ + router_->filtered();
}

void Routes::Onward::routed(const flow::Record& record, const route::Fate& fate) {
  route::Fate onward = fate;
  onward.ordinal += routes_.records_before_;
  routes_.observer_->routed(record, onward);
}

}  // namespace dray::decode

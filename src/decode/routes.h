// Routes: where the records of one object go: the router of its service, or, for the entries of an archive, one after
// the other the routers of their services, with ordinals and counts that go on.
//
// The first router sends straight to the object's events; only what follows is numbered anew. One thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "decode/decode_observer.h"
#include "decode/ready_service.h"
#include "flow/event_sink.h"
#include "flow/object_ref.h"
#include "route/router.h"

namespace dray::decode {

class Routes final {
 public:
  // All of them outlive the routes. observer: nullptr if nobody wants to know.
  Routes(const flow::ObjectRef& object, flow::EventSink& events, DecodeObserver* observer)
      : object_(object), events_(events), observer_(observer), onward_(*this) {}

  // From here on records are routed as the service says.
  void begin(const ReadyService& service);
  // Good until the next begin(); nullptr before the first.
  [[nodiscard]] flow::RecordSink* sink() const { return router_.get(); }

  [[nodiscard]] std::uint64_t records() const;
  [[nodiscard]] std::uint64_t events() const;
  [[nodiscard]] std::uint64_t filtered() const;

 private:
  // Behind every router but the first.
  class Onward final : public flow::EventSink, public route::RecordObserver {
   public:
    explicit Onward(Routes& routes) : routes_(routes) {}
    Status send(std::uint64_t ordinal, std::string_view tag, std::string_view text) override {
      return routes_.events_.send(routes_.records_before_ + ordinal, tag, text);
    }
    Status send_all(std::uint64_t first, std::string_view tag, std::span<const std::string_view> texts,
                    std::size_t& sent) override {
      return routes_.events_.send_all(routes_.records_before_ + first, tag, texts, sent);
    }
    void routed(const flow::Record& record, const route::Fate& fate) override;
    void left_out(std::string_view bytes, std::string_view why) override { routes_.observer_->left_out(bytes, why); }

   private:
    Routes& routes_;
  };

  const flow::ObjectRef& object_;
  flow::EventSink& events_;
  DecodeObserver* const observer_;
  Onward onward_;
  const ReadyService* service_ = nullptr;
  std::unique_ptr<route::Router> router_;
  std::uint64_t records_before_ = 0;
  std::uint64_t events_before_ = 0;
  std::uint64_t filtered_before_ = 0;
};

}  // namespace dray::decode

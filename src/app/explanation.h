// Explanation: what `dray try --explain` says on stderr about an object and each of its records.
//
// Which service takes the object and why the ones before it do not; for each record its tag, or the filter that keeps
// it back, or what is wrong with it; at the end the compressions found and the sums. Names rules and variables, and
// of what the format leaves out the first bytes; of records their number alone. One thread at a time.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "app/try_services.h"
#include "decode/decode_observer.h"
#include "decode/object_decoder.h"
#include "flow/object_ref.h"

namespace dray::app {

struct ObjectRead {
  std::uint64_t stored_bytes = 0;
  bool by_rows = false;  // parquet: nothing was unpacked here
};

class Explanation final : public decode::DecodeObserver {
 public:
  explicit Explanation(const TryServices& chosen) : chosen_(chosen) {}
  ~Explanation() override { flush(); }
  Explanation(const Explanation&) = delete;
  Explanation& operator=(const Explanation&) = delete;

  // Before the object's first byte.
  void begin(std::string_view name, const flow::ObjectRef& object, const route::Selection& selection);
  void chosen(const decode::ReadyService* service, bool by_first_bytes) override;
  void routed(const flow::Record& record, const route::Fate& fate) override;
  void left_out(std::string_view bytes, std::string_view why) override;
  // After its last.
  void end(const decode::ObjectDecoder& decoder, const ObjectRead& read);
  // Writes out what is kept back.
  void flush();

 private:
  void say(std::string_view line);
  void explain_selection(const flow::ObjectRef& object, const route::Selection& selection);
  void sums(const decode::ObjectDecoder& decoder, const ObjectRead& read);

  const TryServices& chosen_;
  const decode::ReadyService* asked_ = nullptr;      // for the object at hand
  const service::Definition* definition_ = nullptr;  // that decodes it
  std::uint64_t flawed_ = 0;
  std::uint64_t left_out_ = 0;
  std::string kept_;
};

}  // namespace dray::app

// Explanation: what `dray try --explain` says on stderr about an object and each of its records.
//
// Which service takes the object and why the ones before it do not; for each record its tag, or the filter that keeps
// it back, or what is wrong with it; at the end the compressions found and the sums. Names rules and variables, and
// of what the format leaves out the first bytes; of records their number alone. One thread at a time.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "app/try_services.h"
#include "decode/decode_observer.h"
#include "decode/object_decoder.h"
#include "flow/object_ref.h"

namespace dray::app {

struct ObjectRead {
  std::uint64_t stored_bytes = 0;
  bool by_rows = false;                       // parquet: nothing was unpacked here
  bool failed = false;                        // a message tells why
  std::vector<std::string_view> layers = {};  // of compression, as the first reading found them
};

class Explanation final : public decode::DecodeObserver {
 public:
  // Silent, it only counts, for remarks().
  Explanation(const TryServices& chosen, bool loud) : chosen_(chosen), loud_(loud) {}
  ~Explanation() override { flush(); }
  Explanation(const Explanation&) = delete;
  Explanation& operator=(const Explanation&) = delete;

  // Before the object's first byte.
  void begin(std::string_view name, const flow::ObjectRef& object, const route::Selection& selection);
  void chosen(const decode::ReadyService* service, bool by_first_bytes) override;
  void entry(std::uint64_t number) override;
  void entry_fault(const Error& error) override;
  void routed(const flow::Record& record, const route::Fate& fate) override;
  void disposed(std::uint64_t number, flow::Trouble trouble, flow::Disposition disposition) override;
  void left_out(std::string_view bytes, std::string_view why) override;
  // From now on come the lines of what is sent raw.
  void begin_rest();
  // After its last.
  void end(const decode::ObjectDecoder& decoder, const ObjectRead& read);
  // What is worth a line without being asked, after end(): why there were no events, which records are not what their
  // format promises and are sent all the same, who decoded what nobody knows.
  [[nodiscard]] std::vector<std::string> remarks() const;
  // In place of end(): no service takes the key, or filters leave it out.
  void unknown() { ++unknown_; }
  void excluded() { ++excluded_; }
  // The sums over several objects.
  void finish();
  // Writes out what is kept back.
  void flush();

 private:
  void say(std::string_view line);
  void explain_tag();
  void explain_record(std::uint64_t number, const flow::Record& record, const route::Fate& fate);
  void explain_selection(const flow::ObjectRef& object, const route::Selection& selection);
  [[nodiscard]] std::string_view why_no_events(const decode::ObjectDecoder& decoder, const ObjectRead& read) const;

  const TryServices& chosen_;
  const bool loud_;
  const decode::ReadyService* asked_ = nullptr;      // for the object at hand
  const service::Definition* definition_ = nullptr;  // that decodes it
  // Of that object. Every record of it is one of the first four.
  struct Sums {
    std::uint64_t events = 0;
    std::uint64_t filtered = 0;  // and not sent
    std::uint64_t quarantined = 0;
    std::uint64_t deleted = 0;
    std::uint64_t flawed = 0;
    std::uint64_t raw = 0;
    std::uint64_t left_out = 0;
    std::uint64_t pieces_sent = 0;       // of records over the limit
    std::uint64_t undecodable_sent = 0;  // as they stand
    [[nodiscard]] std::uint64_t records() const { return events + filtered + quarantined + deleted; }
    void add(const Sums& other);
  };
  void say_sums(std::string_view what, const Sums& sums, const std::string& more);

  Sums sums_;
  bool rest_ = false;
  bool tag_of_record_ = false;       // some of its variables are
  const char* null_says_ = nullptr;  // if the tag has variables
  bool left_out_by_key_ = false;
  bool fell_back_ = false;             // nothing was recognised
  std::uint64_t first_flaw_sent_ = 0;  // its number; of those that are undecodable
  std::string first_flaw_;             // what is wrong with it
  std::string_view no_events_;         // why there were none
  // Of all objects.
  Sums all_;
  std::uint64_t decoded_ = 0;
  std::uint64_t failed_ = 0;
  std::uint64_t excluded_ = 0;
  std::uint64_t unknown_ = 0;
  std::string key_;
  std::array<std::pair<std::string_view, std::string>, 3> of_object_;  // what a tag may want of it
  std::string kept_;
};

}  // namespace dray::app

// Troubles: what is wrong with one object. An archive has a text in each entry, and each of them may be in trouble.
//
// The object can be disposed of in one way only, so the trouble whose disposition keeps most speaks for all: leave
// before quarantine before send_raw before delete; of equals the first. Of texts that are to be sent raw it keeps how
// far they were read, for the second reading. Memory: 24 bytes for each of them, kRestsMax at most; beyond that
// has_too_many() says so. One thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "flow/disposition.h"

namespace dray::decode {

struct ReadyService;

// A text whose records behind the first `given` are still to be sent.
struct TextRest {
  std::uint64_t number = 0;  // of the object's texts, from 1
  const ReadyService* service = nullptr;
  std::uint64_t given = 0;
};

class Troubles {
 public:
  static constexpr std::size_t kRestsMax = 1000;

  explicit Troubles(const flow::Dispositions& dispositions) : dispositions_(dispositions) {}

  void note(flow::Trouble trouble, Error error, const ReadyService* service, std::string_view bytes_in_hand);
  [[nodiscard]] bool any() const { return count_ > 0; }
  // Of the one that speaks. The service: nullptr if nobody recognised it. The bytes: those in hand when it was noted.
  [[nodiscard]] std::optional<flow::Trouble> trouble() const { return trouble_; }
  [[nodiscard]] Error error() const;
  [[nodiscard]] const ReadyService* service() const { return service_; }
  [[nodiscard]] std::string_view bytes_in_hand() const { return bytes_in_hand_; }

  // In the order of the texts.
  void keep_rest(const TextRest& rest);
  [[nodiscard]] const std::vector<TextRest>& rests() const { return rests_; }
  [[nodiscard]] bool has_too_many() const { return too_many_; }
  // Asked for text after text: what is to be sent of this one; nullptr for nothing.
  const TextRest* take_rest(std::uint64_t number);
  [[nodiscard]] bool all_rests_taken() const { return taken_ == rests_.size(); }

 private:
  [[nodiscard]] int caution(flow::Trouble trouble) const;

  const flow::Dispositions dispositions_;
  std::uint64_t count_ = 0;
  std::optional<flow::Trouble> trouble_;
  Error error_;
  const ReadyService* service_ = nullptr;
  std::string bytes_in_hand_;
  std::vector<TextRest> rests_;
  std::size_t taken_ = 0;
  bool too_many_ = false;
};

}  // namespace dray::decode

// PlainLink: a Link over bare TCP, for relays in the same house. Its best proof is the peer's TCP end (L2).
#pragma once

#include <cstddef>

#include "output/socket_link.h"

namespace dray::output {

class PlainLink final : public SocketLink {
 public:
  PlainLink(Clock& clock, Target target) : SocketLink(clock, std::move(target)) {}

 private:
  Progress handshake() override { return Progress::done; }
  bool watch() override;
  Write offer(std::string_view frames) override;
  Progress say_end() override { return Progress::done; }
  Progress read_end(ProofLevel& level) override;

  std::size_t taken_ = 0;  // of the frames being offered
};

}  // namespace dray::output

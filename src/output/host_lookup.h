// HostLookup: the addresses of a host, asked for without blocking (getaddrinfo_a(3): the C library asks in a thread of
// its own).
//
// All addresses count, IPv4 and IPv6, in the resolver's order. One owner. A lookup that is given up while the C
// library is still at it leaves its few hundred bytes to the library, for want of a way to cancel it.
#pragma once

#include <sys/socket.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"

namespace dray::output {

struct Address {
  sockaddr_storage storage{};
  socklen_t length = 0;
};

class HostLookup {
 public:
  HostLookup(std::string host, int port);
  ~HostLookup();
  HostLookup(const HostLookup&) = delete;
  HostLookup& operator=(const HostLookup&) = delete;

  // Nothing yet; the addresses, at least one; or why there are none. The answer is given once.
  [[nodiscard]] std::optional<Result<std::vector<Address>>> answer();

 private:
  struct Question;
  std::unique_ptr<Question> question_;
};

}  // namespace dray::output

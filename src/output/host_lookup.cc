#include "output/host_lookup.h"

#include <netdb.h>

#include <cstring>
#include <utility>

namespace dray::output {

struct HostLookup::Question {
  std::string host;
  std::string port;
  addrinfo hints{};
  gaicb request{};
  int refused = 0;
};

HostLookup::HostLookup(std::string host, int port) : question_(std::make_unique<Question>()) {
  question_->host = std::move(host);
  question_->port = std::to_string(port);
  question_->hints.ai_socktype = SOCK_STREAM;
  question_->hints.ai_flags = AI_NUMERICSERV | AI_ADDRCONFIG;
  addrinfo numeric = question_->hints;
  numeric.ai_flags = AI_NUMERICSERV | AI_NUMERICHOST;
  // An address needs no resolver, and is answered at once.
  if (::getaddrinfo(question_->host.c_str(), question_->port.c_str(), &numeric, &question_->request.ar_result) == 0)
    return;
  question_->request.ar_name = question_->host.c_str();
  question_->request.ar_service = question_->port.c_str();
  question_->request.ar_request = &question_->hints;
  gaicb* requests[] = {&question_->request};
  question_->refused = ::getaddrinfo_a(GAI_NOWAIT, requests, 1, nullptr);
}

HostLookup::~HostLookup() {
  if (!question_) return;
  const bool asked = question_->request.ar_name != nullptr && question_->refused == 0;
  if (asked && ::gai_error(&question_->request) == EAI_INPROGRESS &&
      ::gai_cancel(&question_->request) != EAI_CANCELED && ::gai_error(&question_->request) == EAI_INPROGRESS) {
    question_.release();  // NOLINT(bugprone-unused-return-value): still written to
    return;
  }
  if (question_->request.ar_result != nullptr) ::freeaddrinfo(question_->request.ar_result);
}

std::optional<Result<std::vector<Address>>> HostLookup::answer() {
  int outcome = question_->refused;
  if (outcome == 0 && question_->request.ar_name != nullptr) outcome = ::gai_error(&question_->request);
  if (outcome == EAI_INPROGRESS) return std::nullopt;
  if (outcome != 0) {
    return Error{ErrorKind::transient, "unknown_host",
                 "the name " + question_->host + " has no address: " + ::gai_strerror(outcome)};
  }
  std::vector<Address> addresses;
  for (const addrinfo* entry = question_->request.ar_result; entry != nullptr; entry = entry->ai_next) {
    Address address;
    if (entry->ai_addrlen > sizeof address.storage) continue;
    std::memcpy(&address.storage, entry->ai_addr, entry->ai_addrlen);
    address.length = entry->ai_addrlen;
    addresses.push_back(address);
  }
  if (addresses.empty()) {
    return Error{ErrorKind::transient, "unknown_host", "the name " + question_->host + " has no address"};
  }
  return addresses;
}

}  // namespace dray::output

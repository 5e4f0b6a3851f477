// ScriptedHttp: an HttpClient that gives prepared answers in order and remembers the requests. Single-threaded tests
// only.
#pragma once

#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "net/http_client.h"

namespace dray::aws {

struct SeenRequest {
  std::string method, url, body;
  std::vector<net::HttpHeader> headers;

  [[nodiscard]] std::string header(std::string_view name) const {
    for (const net::HttpHeader& header : headers) {
      if (header.name == name) return header.value;
    }
    return "";
  }
};

class ScriptedHttp final : public net::HttpClient {
 public:
  // `status` with body; the last answer repeats for ever.
  ScriptedHttp& answer(int status, std::string body, std::vector<net::HttpHeader> headers = {}) {
    net::HttpResponse response;
    response.status = status;
    response.headers = std::move(headers);
    response.body = std::move(body);
    answers_.push_back({std::move(response), std::nullopt});
    return *this;
  }
  ScriptedHttp& fail(std::string code) {
    answers_.push_back({{}, Error{ErrorKind::transient, std::move(code), "transport"}});
    return *this;
  }
  // Content-Length bytes are announced, `body` is sent, then the connection ends.
  ScriptedHttp& cut(int status, std::string body, std::vector<net::HttpHeader> headers) {
    answer(status, std::move(body), std::move(headers));
    answers_.back().fault = Error{ErrorKind::transient, "short_body", "transport"};
    answers_.back().body_first = true;
    return *this;
  }

  Result<net::HttpResponse> send(const net::HttpRequest& request, net::HttpBodySink* sink, const Stop& stop) override {
    seen.push_back({std::string(request.method), request.url, std::string(request.body), request.headers});
    if (stop.requested()) return Error{ErrorKind::stopped, "stopped", "stopped"};
    Prepared prepared = answers_.front();
    if (answers_.size() > 1) answers_.pop_front();
    if (prepared.fault.has_value() && !prepared.body_first) return *prepared.fault;
    const bool good = prepared.response.status >= 200 && prepared.response.status < 300;
    if (sink != nullptr && good) {
      if (Status begun = sink->begin(prepared.response); !begun.ok()) return std::move(begun).error();
      if (Status written = sink->write(prepared.response.body); !written.ok()) return std::move(written).error();
      prepared.response.body.clear();
    }
    if (prepared.fault.has_value()) return *prepared.fault;
    return prepared.response;
  }

  std::vector<SeenRequest> seen;

 private:
  struct Prepared {
    net::HttpResponse response;
    std::optional<Error> fault;
    bool body_first = false;
  };
  std::deque<Prepared> answers_;
};

}  // namespace dray::aws

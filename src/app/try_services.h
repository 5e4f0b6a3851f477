// TryServices: the services that `dray try` decodes with, and the input of the configuration whose access it uses.
//
// One predefined service; or those of an input of a configuration, all of them or one. A Refusal says what the user
// can do about it, and the exit code. Made once; immutable.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "app/run_command.h"
#include "config/config.h"
#include "decode/ready_service.h"
#include "flow/disposition.h"
#include "route/selector.h"

namespace dray::app {

// The service that stands for any of the others.
inline constexpr std::string_view kRecognising = "aws_sqs_auto";

struct TryServices {
  std::vector<decode::ReadyService> services;
  std::unique_ptr<const route::Selector> selector;
  std::optional<config::Input> input;  // if there is a configuration
  flow::Dispositions dispositions;     // its `on_error`
  decode::ReadyService unknown;        // sends lines raw that no service takes, if `on_error` says so
};

struct Refusal {
  int exit_code = 0;
  std::string text;  // whole lines
};

struct ServiceChoice {
  ConfigFiles files;
  std::string service;
  std::string input;
  bool reads_s3 = false;  // then the configuration must say how to reach it
};

std::variant<TryServices, Refusal> choose_services(const ServiceChoice& choice);

// For a hint: all predefined services that first bytes tell apart, `asked` before the others; nothing if they tell
// nothing of `asked`.
std::optional<decode::ReadyService> services_beside(const service::Definition& asked);
// That another one of them recognised the bytes is worth a word: it has another tag, and is none that `asked` stands
// for.
bool is_other_source(std::string_view recognised, const service::Definition& asked);

// "dray: …" with the names, and the nearest one, for a name that no predefined service has.
std::string no_such_service(std::string_view name);

}  // namespace dray::app

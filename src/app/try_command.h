// `dray try`: what the collector would make of an object, printed and not sent.
//
// Decodes local files, standard input and s3:// objects with a predefined service or with the services of a
// configuration, chosen by the key as the collector does. `tag⇥event` lines go to stdout, all else to stderr. It reads
// objects only: no queue is touched, nothing is sent, nothing is deleted. Streaming: memory does not depend on the
// size of an object. docs/try.md shows it to a newcomer. One thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "app/run_command.h"
#include "app/signals.h"
#include "base/clock.h"
#include "telemetry/log.h"

namespace dray::app {

struct TryCommand {
  ConfigFiles files;
  std::string service;             // --service
  std::string input;               // --input: of the configuration
  std::vector<std::string> paths;  // files, directories, s3:// URLs, "-"; none is "-"
  // What a notification would have told of the object.
  std::optional<std::string> key;
  std::optional<std::string> bucket;
  std::optional<std::string> region;
  std::optional<std::string> account;
  std::optional<std::uint64_t> head;  // stop after so many events
  bool count = false;
  bool json = false;
  bool explain = false;
};

// Returns the exit code: 0, 64 usage, 65 something could not be decoded, 75 stdout refused, 78 configuration.
int run_try(const TryCommand& command, Clock& clock, telemetry::Log& log);

}  // namespace dray::app

// Plan: one input's configuration made ready to run: services compiled, formats found, options fixed.
//
// Made once by assembly.cc, read by every worker of the input. Immutable; any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "decode/ready_service.h"
#include "flow/disposition.h"
#include "output/output.h"
#include "quarantine/quarantine.h"
#include "route/selector.h"

namespace dray::pipeline {

struct Plan {
  std::string input;                           // the key under `inputs:`
  std::string identity_scope;                  // input, services and outputs: part of every object's identity
  std::vector<decode::ReadyService> services;  // in the file's order
  std::unique_ptr<const route::Selector> selector;
  std::vector<output::Output*> outputs;          // they outlive the plan
  flow::Dispositions dispositions;               // on_error
  quarantine::Quarantine* quarantine = nullptr;  // outlives the plan; nullptr: nothing may go there
  decode::ReadyService unknown;                  // sends lines raw that no service takes
  bool ack_messages = true;
  bool debug_md5 = false;
};

}  // namespace dray::pipeline

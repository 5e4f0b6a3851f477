// Plan: one input's configuration made ready to run: services compiled, formats found, options fixed.
//
// Made once by assembly.cc, read by every worker of the input. Immutable; any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "format/splitter.h"
#include "object/decompressor.h"
#include "output/output.h"
#include "route/router.h"
#include "route/selector.h"

namespace dray::pipeline {

// A service with its format looked up.
struct ServicePlan {
  std::shared_ptr<const route::CompiledService> service;
  const format::Format* format = nullptr;
  format::SplitterOptions splitter;
  object::Encoding encoding = object::Encoding::detect;
};

struct Plan {
  std::string input;                  // the key under `inputs:`
  std::string identity_scope;         // input, services and outputs: part of every object's identity
  std::vector<ServicePlan> services;  // in the file's order
  std::unique_ptr<const route::Selector> selector;
  std::vector<output::Output*> outputs;  // they outlive the plan
  bool ack_messages = true;
  bool debug_md5 = false;
};

}  // namespace dray::pipeline

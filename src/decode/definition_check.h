// check_definition: runs the tests that a service definition carries, and says what came out otherwise.
//
// For `dray check` and for the unit test of the predefined services. Each test's bytes go through the chain that the
// collector uses (ObjectDecoder), alone, with the defaults of `on_error`. Touches no network; reads the files that
// tests name through ReadInput. Any thread.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "decode/ready_service.h"
#include "service/definition.h"

namespace dray::decode {

// The bytes of an input_file; the path is as written in the test.
using ReadInput = std::function<Result<std::string>(const service::DefinitionTest& test)>;

struct FailedTest {
  const service::DefinitionTest* test = nullptr;  // in the definition
  std::size_t number = 0;                         // from 0
  std::string difference;                         // one sentence: expected …, got …
};

// The service is made from the definition.
std::vector<FailedTest> check_definition(const service::Definition& definition, const ReadyService& service,
                                         const ReadInput& read_input);

}  // namespace dray::decode

// read_definition_tests: `tests:` of a service definition, into service::DefinitionTest.
//
//   tests:
//     - name: a flow and the header before it
//       key: AWSLogs/111122223333/vpcflowlogs/eu-west-1/2024/03/05/x.log.gz   # optional; also bucket, region, account
//       input: |                                # or input_base64, or input_file (a path beside this file)
//         version account-id …
//         2 111122223333 …
//       expect:                                 # or expect_count: 1
//         - { tag: cloud.aws.vpc.flow, event: 2 111122223333 … }              # or event_base64
//
// Used by definition_parser.cc alone, and included only there, because it shows yaml-cpp. They are run by
// decode/definition_check.h. Pure; any thread.
#pragma once

#include <string>

#include "config/complaint.h"
#include "config/yaml_walk.h"
#include "service/definition.h"

namespace dray::config {

struct DefinitionPlace {
  const std::string& file;
  const std::string& key_path;  // of the definition
};

// definition: the whole node. Where it changes a predefined service and brings no tests, that one's do not hold any
// more and are removed from `into`. False after an error.
bool read_definition_tests(const YAML::Node& definition, const DefinitionPlace& place, service::Definition& into,
                           Complaints& out);

}  // namespace dray::config

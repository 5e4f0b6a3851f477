// The tests that the predefined services carry (`tests:` in services/*.yaml).
#include <gtest/gtest.h>

#include "config/predefined.h"
#include "decode/definition_check.h"

namespace dray::golden {
namespace {

TEST(PredefinedServices, PassTheirOwnTests) {
  std::size_t tests = 0;
  for (const service::Definition& definition : config::all_predefined()) {
    const auto service = decode::prepare(definition, 16U << 20U);
    ASSERT_TRUE(service) << service.error().message;
    const auto no_files = [](const service::DefinitionTest&) -> Result<std::string> {
      return Error{ErrorKind::config, "no_file", "the binary holds no files"};
    };
    for (const decode::FailedTest& failed : decode::check_definition(definition, *service, no_files)) {
      ADD_FAILURE() << "services/" << definition.name << ".yaml:" << failed.test->line << ": " << failed.test->name
                    << ": " << failed.difference;
    }
    tests += definition.tests.size();
  }
  EXPECT_GE(tests, 8U);
}

}  // namespace
}  // namespace dray::golden

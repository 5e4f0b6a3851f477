#include "app/check_command.h"

#include <fmt/format.h>

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "app/exit_codes.h"
#include "app/standard_output.h"
#include "config/describe.h"
#include "config/surroundings.h"
#include "decode/definition_check.h"

namespace dray::app {
namespace {

// The path is written as seen from the folder of the file that holds the test.
Result<std::string> read_input(const service::DefinitionTest& test) {
  const std::filesystem::path path = std::filesystem::path(test.file).parent_path() / test.input_file;
  auto file = config::system_surroundings().read_file(path.string());
  if (!file) return std::move(file).error();
  return std::move(file->text);
}

// Adds a complaint for each that fails, and a line about those that pass.
void run_tests(const config::Input& input, const service::Definition& definition, config::Complaints& complaints,
               std::string& passed) {
  if (definition.tests.empty()) return;
  const auto service = decode::prepare(definition, input.record_bytes_max);
  if (!service) return;  // load_config has told why
  const auto failed = decode::check_definition(definition, *service, read_input);
  for (const decode::FailedTest& one : failed) {
    const std::string name = one.test->name.empty() ? "" : one.test->name + ": ";
    complaints.error(one.test->file, one.test->line,
                     fmt::format("inputs.{}.services.{}.tests[{}]", input.name, definition.name, one.number),
                     name + one.difference);
  }
  const std::size_t count = definition.tests.size();
  if (failed.empty()) {
    passed += fmt::format("service {}: {} test{}\n", definition.name, count, count == 1 ? " passes" : "s pass");
  }
}

}  // namespace

int check_config(const CheckCommand& command) {
  const config::Loaded loaded = load_config(command.files);
  std::string text = loaded.complaints.text();
  if (!loaded.config) {
    text += fmt::format("{} error(s), {} warning(s). Nothing would start.\n", loaded.complaints.errors(),
                        loaded.complaints.warnings());
    return write_stdout(text, kExitConfig);
  }
  config::Complaints failed;
  std::string passed;
  for (const config::Input& input : loaded.config->inputs) {
    for (const service::Definition& definition : input.services) run_tests(input, definition, failed, passed);
  }
  text += failed.text() + config::plan(*loaded.config) + passed;
  if (failed.errors() == 0) return write_stdout(text, kExitDone);
  text += fmt::format("{} test(s) of definitions fail.\n", failed.errors());
  return write_stdout(text, kExitConfig);
}

}  // namespace dray::app

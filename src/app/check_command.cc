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

// What the tests of all definitions come to.
struct Tested {
  config::Complaints failed;
  std::string passed;  // lines

  // Their complaints, and a last line if there are any.
  [[nodiscard]] std::string text() const {
    if (failed.errors() == 0) return passed;
    return failed.text() + passed + fmt::format("{} test(s) of definitions fail.\n", failed.errors());
  }
};

Tested run_all_tests(const config::Config& config) {
  Tested tested;
  for (const config::Input& input : config.inputs) {
    for (const service::Definition& definition : input.services) {
      run_tests(input, definition, tested.failed, tested.passed);
    }
  }
  return tested;
}

// Of a configuration that would not start: a test wants no credentials and no receiver, only sound definitions.
std::string tests_all_the_same(const ConfigFiles& files) {
  const config::Loaded loaded = load_config(files, config::Purpose::decode);
  return loaded.config ? run_all_tests(*loaded.config).text() : "Tests of definitions were not run.\n";
}

}  // namespace

int check_config(const CheckCommand& command) {
  const config::Loaded loaded = load_config(command.files);
  std::string text = loaded.complaints.text();
  if (!loaded.config) {
    text += tests_all_the_same(command.files);
    text += fmt::format("{} error(s), {} warning(s). Nothing would start.\n", loaded.complaints.errors(),
                        loaded.complaints.warnings());
    return write_stdout(text, kExitConfig);
  }
  const Tested tested = run_all_tests(*loaded.config);
  text += config::plan(*loaded.config) + tested.text();
  return write_stdout(text, tested.failed.errors() == 0 ? kExitDone : kExitConfig);
}

}  // namespace dray::app

// rooms: config decode
// Any bytes as a configuration: an answer, never a crash; and every service of one that is accepted can be made ready.
// Touches neither files nor the environment.
// The first byte chooses the form: config.yaml, or one of the Collector Server's two files.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "config/describe.h"
#include "config/load.h"
#include "decode/ready_service.h"

namespace {

using dray::config::FileText;
using dray::config::Loaded;

constexpr std::string_view kJob = R"({"inputs": {"a": {"id": 1, "base_url": "https://sqs.us-east-1.amazonaws.com/1/q",
  "credentials": {"aws_access_key_id": "A", "aws_secret_access_key": "B"}, "services": {"aws_sqs_vpc": {}}}}})";
constexpr std::string_view kCollector = R"({"job_id": 1, "loggers": [{"type": "console"}]})";

dray::config::Surroundings surroundings() {
  dray::config::Surroundings around;
  around.environment = [](const std::string& name) -> std::optional<std::string> {
    if (name == "NAME") return "value";
    return std::nullopt;
  };
  around.read_file = [](const std::string& path) -> dray::Result<FileText> {
    if (path.ends_with(".key")) return FileText{"-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n", true};
    if (path.ends_with(".crt")) return FileText{"-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n", false};
    return dray::Error{dray::ErrorKind::config, "bad_file", "No such file"};
  };
  around.faults_of = [](const dray::service::Definition& definition) { return dray::decode::faults(definition); };
  return around;
}

bool all_ready(const dray::config::Config& config) {
  for (const dray::config::Input& input : config.inputs) {
    for (const dray::service::Definition& definition : input.services) {
      if (!dray::decode::prepare(definition, std::size_t{1} << 20U)) return false;
    }
  }
  return true;
}

Loaded load(char form, std::string_view text) {
  if (form == 'j')
    return dray::config::load_collector_server({"job.json", text}, {"c.json", kCollector}, surroundings());
  if (form == 'c') return dray::config::load_collector_server({"job.json", kJob}, {"c.json", text}, surroundings());
  return dray::config::load_text(text, "config.yaml", surroundings());
}

}  // namespace

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer's name
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string text(data, data + size);
  const Loaded loaded = load(text[0], std::string_view(text).substr(1));
  if (loaded.config.has_value() != (loaded.complaints.errors() == 0)) __builtin_trap();
  if (loaded.config && !all_ready(*loaded.config)) __builtin_trap();
  std::size_t bytes = loaded.complaints.text().size();
  if (loaded.config) bytes += dray::config::plan(*loaded.config).size();
  return bytes == SIZE_MAX ? 1 : 0;
}

#include "config/load.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <utility>
#include <vector>

#include "config/document.h"
#include "config/sections.h"

namespace dray::config {
namespace {

constexpr const char* kJobFile = "/etc/devo/job/job_config.json";
constexpr const char* kCollectorFile = "/etc/devo/collector/collector_config.json";

// Where a part of the configuration stands: in the Collector Server's form the parts come from two files.
struct Part {
  const Reading& reading;
  YAML::Node node;
  std::string path;
  int line;
};

void read_inputs(const Part& part, Config& into) {
  const Reading& reading = part.reading;
  const auto nodes = named_children(reading, part.node, part.path, "inputs");
  const std::string prefix = part.path.empty() ? "" : part.path + ".";
  for (const Named& node : nodes) {
    auto input = read_input(reading, node, prefix + node.name, into.globals.debug);
    if (!input) continue;
    for (const Input& other : into.inputs) {
      if (other.id == input->id && !input->id.empty()) {
        reading.out.warning(
            reading.file, node.line, prefix + node.name + ".id",
            fmt::format("{} is also the id of input {}; give each its own", in_quotes(input->id), other.name));
      }
      if (other.base_url == input->base_url && !input->base_url.empty()) {
        reading.out.warning(reading.file, node.line, prefix + node.name + ".base_url",
                            fmt::format("input {} reads the same queue", other.name));
      }
    }
    into.inputs.push_back(std::move(*input));
  }
  if (!into.inputs.empty()) return;
  reading.out.error(reading.file, part.line, part.path.empty() ? "inputs" : part.path,
                    nodes.empty() ? "is missing: name at least one queue, such as sqs_collector"
                                  : "none is enabled: there is nothing to read");
}

void read_outputs(const Part& part, Config& into) {
  const Reading& reading = part.reading;
  std::vector<Named> nodes;
  if (part.node.IsSequence()) {
    std::size_t index = 0;
    for (const YAML::Node& item : part.node) {
      const bool typed = item.IsMap() && item["type"].IsDefined() && item["type"].IsScalar();
      nodes.push_back(
          {fmt::format("{}_{}", typed ? item["type"].Scalar() : "output", ++index), item, item.Mark().line + 1});
    }
  } else {
    nodes = named_children(reading, part.node, part.path, "outputs");
  }
  const std::size_t errors = reading.out.errors();
  for (const Named& node : nodes) {
    auto output = read_output(reading, node, fmt::format("{}.{}", part.path, node.name), into.globals);
    if (output) into.outputs.push_back(std::move(*output));
  }
  if (!into.outputs.empty() || reading.out.errors() > errors) return;
  reading.out.error(reading.file, part.line, part.path,
                    nodes.empty() ? "is missing: name at least one, such as devo_1 with type devo_platform"
                                  : "none is enabled: there is nowhere to send events");
}

Part part_of(const Fields& fields, std::string_view name) {
  return {fields.reading(), fields.node(name), fields.path_of(name), fields.line(name)};
}

void finish(const Surroundings& around, Config& config) {
  config.globals.state_directory = placed(around, "", config.globals.state_directory);
}

void read_top(const Reading& reading, const YAML::Node& root, Config& into) {
  const Fields top(reading, Section::top, root, "");
  read_globals(top.child("globals", Section::globals), into.globals);
  if (top.has("global_overrides")) read_globals(top.child("global_overrides", Section::globals), into.globals);
  read_inputs(part_of(top, "inputs"), into);
  read_outputs(part_of(top, "outputs"), into);
  finish(reading.around, into);
}

void read_collector(const Fields& collector, Config& into) {
  if (const auto id = collector.text("job_id")) into.globals.id = *id;
  if (const auto name = collector.text("job_name")) into.globals.name = collector_name(collector, "job_name", *name);
  if (const auto debug = collector.boolean("debug")) into.globals.debug = *debug;
  if (collector.has("state_store"))
    read_persistence(collector.child("state_store", Section::persistence), into.globals);
}

// The Parameters: {"global_overrides": …, "inputs": …}, or the mapping of inputs itself.
void read_job(const Reading& reading, const YAML::Node& root, Config& into) {
  if (!root["inputs"].IsDefined() && !root["global_overrides"].IsDefined()) {
    read_inputs({reading, root, "", 0}, into);
    return;
  }
  const Fields job(reading, Section::job, root, "");
  if (job.has("global_overrides")) read_globals(job.child("global_overrides", Section::globals), into.globals);
  read_inputs(part_of(job, "inputs"), into);
}

// Does `decode` or `read_objects` use what stands at this dotted path? Inputs stand under `inputs` or, in the Collector
// Server's form, at the top.
bool is_used(std::string_view path, const LoadOptions& options) {
  static constexpr std::array<std::string_view, 6> kDecode = {
      "services", "on_error", "record_bytes_max", "object_bytes_max", "compressed_events", "enabled"};
  static constexpr std::array<std::string_view, 7> kAccess = {"credentials", "base_url", "region",    "endpoints",
                                                              "proxy",       "ca_file",  "path_style"};
  static constexpr std::array<std::string_view, 5> kOthers = {"globals", "global_overrides", "outputs", "loggers",
                                                              "state_store"};
  const auto step = [&path] {
    const std::string_view name = path.substr(0, path.find('.'));
    path.remove_prefix(std::min(name.size() + 1, path.size()));
    return name;
  };
  const auto is_one_of = [](const auto& names, std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  std::string_view name = step();
  if (is_one_of(kOthers, name)) return false;
  if (name == "inputs" && !path.empty()) name = step();
  if (path.empty()) return true;  // the file, the inputs or an input as a whole
  if (!options.input.empty() && name != options.input) return false;
  const std::string_view field = step();
  return is_one_of(kDecode, field) || (options.purpose == Purpose::read_objects && is_one_of(kAccess, field));
}

// A list that was cut tells nothing of what fell off it.
void keep_used(const LoadOptions& options, Complaints& complaints) {
  if (options.purpose == Purpose::collect || complaints.full()) return;
  Complaints used;
  for (const Complaint& complaint : complaints.all()) {
    if (is_used(complaint.key, options)) used.add(complaint);
  }
  complaints = std::move(used);
}

// Runs `read` where no exception of yaml-cpp gets out: a tree may hold what only shows when it is touched.
template <class Read>
Loaded contained(const std::string& file, const LoadOptions& options, const Read& read) {
  Loaded loaded;
  Config config;
  config.path = file;
  try {
    read(config, loaded.complaints);
  } catch (const std::exception& fault) {
    loaded.complaints.error(file, 0, "", fmt::format("cannot be read as YAML or JSON: {}", fault.what()));
  }
  keep_used(options, loaded.complaints);
  if (loaded.complaints.errors() == 0) loaded.config = std::move(config);
  return loaded;
}

bool is_file(const std::string& path) {
  std::error_code fault;
  return std::filesystem::is_regular_file(path, fault);
}

std::optional<std::string> text_of(const std::string& path, const Surroundings& around, Complaints& out) {
  auto file = around.read_file(path);
  if (file) return std::move(file->text);
  out.error(path, 0, "", fmt::format("cannot be read: {}", file.error().message));
  return std::nullopt;
}

// The directory that holds config/, certs/, credentials/ and state/.
std::string directory_of(const std::string& file) {
  std::error_code fault;
  const std::filesystem::path folder = std::filesystem::absolute(file, fault).lexically_normal().parent_path();
  if (folder.filename() != "config") return "";
  return folder.parent_path().string();
}

Loaded load_server_files(const LoadOptions& options, const Surroundings& around) {
  Loaded loaded;
  const NamedText job{options.job_config.empty() ? kJobFile : options.job_config, ""};
  const NamedText collector{options.collector_config.empty() ? kCollectorFile : options.collector_config, ""};
  const auto job_text = text_of(job.file, around, loaded.complaints);
  const auto collector_text = text_of(collector.file, around, loaded.complaints);
  if (!job_text || !collector_text) return loaded;
  return load_collector_server({job.file, *job_text}, {collector.file, *collector_text}, around, options);
}

}  // namespace

Loaded load_text(std::string_view text, const std::string& file, const Surroundings& around,
                 const LoadOptions& options) {
  return contained(file, options, [&](Config& config, Complaints& out) {
    const auto root = read_document(text, file, around.environment, out);
    if (root) read_top({file, around, out}, *root, config);
  });
}

Loaded load_collector_server(const NamedText& job, const NamedText& collector, const Surroundings& around,
                             const LoadOptions& options) {
  return contained(job.file, options, [&](Config& config, Complaints& out) {
    const auto job_root = read_document(job.text, job.file, around.environment, out);
    const auto collector_root = read_document(collector.text, collector.file, around.environment, out);
    if (!job_root || !collector_root) return;
    const Fields fields({collector.file, around, out}, Section::collector, *collector_root, "");
    read_collector(fields, config);
    read_job({job.file, around, out}, *job_root, config);
    read_outputs(part_of(fields, "loggers"), config);
    finish(around, config);
  });
}

Loaded load_file(const LoadOptions& options, Surroundings around) {
  if (!options.job_config.empty() || !options.collector_config.empty()) return load_server_files(options, around);
  std::string file = options.config;
  if (file.empty() && around.environment) file = around.environment("CONFIG_FILE").value_or("");
  const bool named = !file.empty();
  if (!named && is_file(kJobFile) && is_file(kCollectorFile)) return load_server_files(options, around);
  if (!named) file = "config.yaml";
  const std::string below = (std::filesystem::path("config") / file).string();
  if (!is_file(file) && is_file(below)) file = below;
  Loaded loaded;
  if (!is_file(file)) {
    std::error_code ignored;
    const auto status = std::filesystem::status(file, ignored);
    std::string what = fmt::format("there is no such file, nor {}", below);
    if (std::filesystem::exists(status)) what = "is no regular file";
    if (std::filesystem::is_directory(status)) what = "is a directory";
    loaded.complaints.error(file, 0, "", what + "; name a file with --config FILE or $CONFIG_FILE");
    return loaded;
  }
  around.directory = directory_of(file);
  const auto text = text_of(file, around, loaded.complaints);
  if (!text) return loaded;
  return load_text(*text, file, around, options);
}

}  // namespace dray::config

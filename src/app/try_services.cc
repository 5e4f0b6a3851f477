#include "app/try_services.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "app/exit_codes.h"
#include "config/complaint.h"
#include "config/predefined.h"
#include "pipeline/assembly.h"

namespace dray::app {
namespace {

using service::Definition;

std::vector<std::string_view> predefined_names() {
  std::vector<std::string_view> names;
  names.reserve(config::all_predefined().size());
  for (const Definition& definition : config::all_predefined()) names.push_back(definition.name);
  return names;
}

Refusal usage(std::string text) {
  return {kExitUsage, "dray: " + std::move(text) + "\n"};
}

bool given(const ConfigFiles& files) {
  return !files.config.empty() || !files.job_config_loc.empty() || !files.collector_config_loc.empty();
}

// What the configuration says wrong about services (about that one, if it is named) is worth a look here; the rest is
// the business of `dray check`.
std::string complaints_of_services(const config::Complaints& complaints, const std::string& named) {
  std::string text;
  for (const config::Complaint& complaint : complaints.sorted()) {
    const std::string::size_type at = complaint.key.find(".services.");
    if (at == std::string::npos) continue;
    if (!named.empty() && !(complaint.key + ".").substr(at).starts_with(".services." + named + ".")) continue;
    text += to_text(complaint) + "\n";
  }
  return text;
}

std::string names_of(const std::vector<config::Input>& inputs) {
  std::vector<std::string_view> names;
  names.reserve(inputs.size());
  for (const config::Input& input : inputs) names.push_back(input.name);
  return fmt::format("{}", fmt::join(names, ", "));
}

std::variant<config::Input, Refusal> choose_input(const config::Config& config, const std::string& name) {
  if (name.empty() && config.inputs.size() == 1) return config.inputs.front();
  if (name.empty()) {
    return usage("the configuration has several inputs; choose one with --input: " + names_of(config.inputs));
  }
  for (const config::Input& input : config.inputs) {
    if (input.name == name) return input;
  }
  return usage(fmt::format("the configuration has no enabled input \"{}\"; it has {}", name, names_of(config.inputs)));
}

// Of the input's services the one of that name, else the predefined one.
std::variant<std::vector<Definition>, Refusal> choose_definitions(const std::vector<Definition>& of_input,
                                                                  const std::string& name) {
  if (name.empty()) return of_input;
  for (const Definition& definition : of_input) {
    if (definition.name == name) return std::vector{definition};
  }
  if (const Definition* shipped = config::predefined(name)) return std::vector{*shipped};
  std::string text = no_such_service(name);
  if (!of_input.empty()) {
    text += "The input's services:\n";
    for (const Definition& definition : of_input) text += "  " + definition.name + "\n";
  }
  return Refusal{kExitUsage, std::move(text)};
}

std::variant<TryServices, Refusal> prepare_all(const std::vector<Definition>& definitions,
                                               std::optional<config::Input> input) {
  TryServices chosen;
  std::vector<std::shared_ptr<const route::CompiledService>> compiled;
  // As pipeline/assembly.cc does for the collector.
  const config::Input standard;
  const config::Input& options = input ? *input : standard;
  chosen.dispositions = options.on_error.dispositions;
  auto unknown = pipeline::unknown_service(options);
  if (!unknown) return Refusal{kExitConfig, "dray: " + unknown.error().message + "\n"};
  chosen.unknown = *std::move(unknown);
  for (const Definition& definition : definitions) {
    auto ready = decode::prepare(definition, pipeline::prepare_options(options));
    if (!ready) return Refusal{kExitConfig, "dray: " + ready.error().message + "\n"};
    compiled.push_back(ready->service);
    chosen.services.push_back(*std::move(ready));
  }
  chosen.selector = std::make_unique<const route::Selector>(std::move(compiled));
  chosen.input = std::move(input);
  return chosen;
}

}  // namespace

std::string no_such_service(std::string_view name) {
  const auto names = predefined_names();
  std::string_view near = config::nearest_key(name, names);
  // Who leaves the product's prefix away is near too.
  constexpr std::string_view kPrefix = "aws_sqs_";
  std::vector<std::string_view> bare = names;
  for (std::string_view& one : bare) one.remove_prefix(one.starts_with(kPrefix) ? kPrefix.size() : 0);
  if (near.empty()) near = config::nearest_key(name, bare);
  if (near.empty()) near = config::name_with_part(name, bare);
  const auto found = std::find(bare.begin(), bare.end(), near);
  if (found != bare.end()) near = names[static_cast<std::size_t>(found - bare.begin())];
  std::string text = fmt::format("dray: there is no service \"{}\"", name);
  if (!near.empty()) text += fmt::format("; did you mean {}?", near);
  return text + fmt::format("\nPredefined:\n  {}\n", fmt::join(names, "\n  "));
}

std::optional<decode::ReadyService> services_beside(const Definition& asked) {
  const Definition* any = config::predefined(kRecognising);
  if (any == nullptr || !asked.content_pattern || config::predefined(asked.name) == nullptr) return std::nullopt;
  Definition several = *any;
  several.any_of.insert(several.any_of.begin(), asked.name);
  config::resolve_members(several);
  auto ready = decode::prepare(several, decode::PrepareOptions{});
  return ready ? std::optional(*std::move(ready)) : std::nullopt;
}

bool is_other_source(std::string_view recognised, const Definition& asked) {
  if (recognised == asked.name || recognised == kRecognising) return false;
  if (std::find(asked.any_of.begin(), asked.any_of.end(), recognised) != asked.any_of.end()) return false;
  const Definition* other = config::predefined(recognised);
  // What an envelope of CloudWatch Logs holds its first bytes do not tell.
  constexpr std::string_view kEnvelopes = "cloudwatch_logs_processor";
  if (other == nullptr || (asked.file_format.type == kEnvelopes && other->file_format.type == kEnvelopes)) return false;
  return other->routing_template != asked.routing_template;
}

std::variant<TryServices, Refusal> choose_services(const ServiceChoice& choice) {
  if (!given(choice.files)) {
    if (!choice.input.empty()) return usage("--input names an input of a configuration: give --config too");
    if (choice.service.empty() && config::predefined(kRecognising) == nullptr) {
      return usage(
          fmt::format("which service? Name one with --service, or a configuration with --config.\n"
                      "Predefined:\n  {}",
                      fmt::join(predefined_names(), "\n  ")));
    }
    const std::string name = choice.service.empty() ? std::string(kRecognising) : choice.service;
    auto definitions = choose_definitions({}, name);
    if (auto* refusal = std::get_if<Refusal>(&definitions)) return std::move(*refusal);
    return prepare_all(std::get<std::vector<Definition>>(definitions), std::nullopt);
  }
  const auto purpose = choice.reads_s3 ? config::Purpose::read_objects : config::Purpose::decode;
  const config::Loaded loaded = load_config(choice.files, purpose, choice.input);
  if (!loaded.config) return Refusal{kExitConfig, loaded.complaints.text()};
  std::fputs(complaints_of_services(loaded.complaints, choice.service).c_str(), stderr);
  auto input = choose_input(*loaded.config, choice.input);
  if (auto* refusal = std::get_if<Refusal>(&input)) return std::move(*refusal);
  auto& chosen = std::get<config::Input>(input);
  auto definitions = choose_definitions(chosen.services, choice.service);
  if (auto* refusal = std::get_if<Refusal>(&definitions)) return std::move(*refusal);
  return prepare_all(std::get<std::vector<Definition>>(definitions), std::move(chosen));
}

}  // namespace dray::app

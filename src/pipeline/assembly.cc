#include "pipeline/assembly.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <thread>
#include <utility>

#include "output/make.h"
#include "route/tag_template.h"

namespace dray::pipeline {
namespace {

// Workers mostly wait for S3: at 30 ms a request, 128 of them fetch 4,000 objects a second.
constexpr std::size_t kWorkersPerCore = 64;
constexpr std::size_t kWorkersMax = 512;

std::size_t cores() {
  return std::max(1U, std::thread::hardware_concurrency());
}

std::string host_name() {
  std::array<char, 256> name{};
  ::gethostname(name.data(), name.size() - 1);
  return name[0] == '\0' ? "localhost" : name.data();
}

std::uint64_t seed_of(Clock& clock) {
  return static_cast<std::uint64_t>(clock.wall_now().micros) ^ (static_cast<std::uint64_t>(::getpid()) << 40U);
}

// `delivery_proof` is written at an input and lived by the outputs that all inputs share: the strictest one wins.
output::ProofMode proof_of(const config::Config& config) {
  const auto any = [&](config::DeliveryProof proof) {
    return std::ranges::any_of(config.inputs,
                               [&](const config::Input& input) { return input.delivery_proof == proof; });
  };
  if (any(config::DeliveryProof::strict)) return output::ProofMode::strict;
  if (any(config::DeliveryProof::automatic)) return output::ProofMode::automatic;
  return output::ProofMode::kernel;
}

Result<std::unique_ptr<output::Output>> make_output(const config::OutputConfig& one, const config::Config& config,
                                                    const Surroundings& around) {
  switch (one.type) {
    case config::OutputType::console:
      return output::make_console_output(one.name, STDOUT_FILENO, around.clock, around.threads, around.log);
    case config::OutputType::devo_platform: break;
  }
  output::SyslogOptions options;
  options.name = one.name;
  options.address = one.address;
  options.port = one.port;
  options.chain = one.chain;
  options.cert = one.cert;
  options.key = one.key;
  options.verify_hostname = one.verify_hostname;
  options.security_level = one.security_level;
  options.connections = static_cast<std::size_t>(one.concurrent_connections);
  options.proof = proof_of(config);
  options.host_name = host_name();
  return output::make_syslog_output(options, around.clock, around.threads, around.log, seed_of(around.clock));
}

Result<Plan> plan_input(const config::Input& input, std::vector<output::Output*> outputs) {
  const decode::PrepareOptions options = prepare_options(input);
  Plan plan;
  plan.dispositions = input.on_error.dispositions;
  plan.input = input.name;
  plan.ack_messages = input.ack_messages;
  plan.debug_md5 = input.debug_md5;
  plan.identity_scope = input.name;
  std::vector<std::shared_ptr<const route::CompiledService>> compiled;
  for (const service::Definition& definition : input.services) {
    auto service = decode::prepare(definition, options);
    if (!service) return with_context(std::move(service).error(), "inputs." + input.name + ".services");
    plan.identity_scope += "," + definition.name;
    compiled.push_back(service->service);
    plan.services.push_back(*std::move(service));
  }
  auto unknown = unknown_service(input);
  if (!unknown) return std::move(unknown).error();
  plan.unknown = *std::move(unknown);
  for (const output::Output* output : outputs) plan.identity_scope += ">" + output->name();
  plan.selector = std::make_unique<const route::Selector>(std::move(compiled));
  plan.outputs = std::move(outputs);
  return plan;
}

InputRunOptions run_options(const config::Input& input, const Surroundings& around) {
  InputRunOptions options;
  options.workers =
      input.workers > 0 ? static_cast<std::size_t>(input.workers) : std::min(kWorkersPerCore * cores(), kWorkersMax);
  options.large_objects = std::min(options.workers, 2 * cores() + 2);
  // A receive brings ten messages in a few milliseconds (AWS: 10 to 20); a few pollers keep any number of workers busy.
  options.pollers = std::clamp<std::size_t>(options.workers / 32, 1, 8);
  // A lease counts from the asking, so a long poll must take but a part of it.
  const seconds wait = std::min(input.wait, std::max(seconds(1), input.visibility / 4));
  options.receive = {.messages_max = input.messages_max, .wait = wait, .visibility = input.visibility};
  options.acknowledger.visibility = input.visibility;
  options.acknowledger.ack_messages = input.ack_messages;
  options.seed = seed_of(around.clock);
  return options;
}

ReportedInput reported(const config::Input& input) {
  ReportedInput reported{input.name, input.id, {}};
  for (const service::Definition& definition : input.services) {
    reported.services.push_back({definition.name, definition.predefined});
  }
  return reported;
}

// Opened at the start only to say early that it will not work.
std::unique_ptr<quarantine::Quarantine> open_quarantine(const config::Config& config, const Surroundings& around) {
  auto made = std::make_unique<quarantine::Quarantine>(
      config.globals.state_directory + "/quarantine",
      quarantine::Limits{.bytes_max = config.globals.quarantine_bytes_max}, around.clock);
  const bool wanted = std::ranges::any_of(config.inputs, [](const config::Input& input) {
    return input.on_error.dispositions.any(flow::Disposition::quarantine);
  });
  if (!wanted) return made;
  if (auto opened = made->open(); !opened) {
    telemetry::Logger(around.log, "MainProcess::MainThread").error("on_error: quarantine: " + opened.error().message);
  }
  return made;
}

Status add_outputs(const config::Config& config, const Surroundings& around, Assembled& assembled,
                   std::vector<output::Output*>& shared) {
  for (const config::OutputConfig& one : config.outputs) {
    auto output = make_output(one, config, around);
    if (!output) return with_context(std::move(output).error(), "outputs." + one.name);
    shared.push_back(output->get());
    assembled.collector->add_output(*std::move(output));
    const bool console = one.type == config::OutputType::console;
    assembled.report.outputs.push_back({one.name, console ? "ConsoleSender" : "DevoSender"});
  }
  return {};
}

Status add_input(const config::Input& input, const Surroundings& around, Assembled& assembled,
                 std::vector<output::Output*> outputs) {
  auto session = aws::Session::open(session_config(input), around.clock, around.log, around.environment);
  if (!session) return with_context(std::move(session).error(), "inputs." + input.name);
  if (input.do_not_send) {
    auto discard = output::make_discard_output("do_not_send");
    outputs = {discard.get()};
    assembled.collector->add_output(std::move(discard));
    assembled.report.outputs.push_back({"do_not_send", "ConsoleSender"});
  }
  auto plan = plan_input(input, std::move(outputs));
  if (!plan) return std::move(plan).error();
  if (input.on_error.dispositions.any(flow::Disposition::quarantine)) plan->quarantine = assembled.quarantine.get();
  const ReportedInput report = reported(input);
  telemetry::Logger log(around.log, Report::puller(report));
  assembled.collector->add_input(std::make_unique<InputRun>(*std::move(plan), (*session)->queue(), (*session)->store(),
                                                            around.clock, around.threads, std::move(log),
                                                            run_options(input, around)));
  assembled.report.inputs.push_back(report);
  assembled.sessions.push_back(*std::move(session));
  return {};
}

}  // namespace

decode::PrepareOptions prepare_options(const config::Input& input) {
  const flow::Disposition oversize = input.on_error.dispositions.of(flow::Trouble::oversize_record);
  return {.record_bytes_max = input.record_bytes_max,
          .oversize_in_pieces = oversize != flow::Disposition::leave,
          .object_bytes_max = input.object_bytes_max};
}

Result<decode::ReadyService> unknown_service(const config::Input& input) {
  service::Definition lines;
  lines.name = "unknown";
  lines.file_format.type = "line_split_processor";
  lines.routing_template = route::kUnknownTag;
  decode::PrepareOptions options = prepare_options(input);
  options.oversize_in_pieces = true;
  return decode::prepare(lines, options);
}

aws::SessionConfig session_config(const config::Input& input) {
  aws::SessionConfig session;
  session.region = input.region;
  session.queue_url = input.base_url;
  session.access_key_id = input.credentials.access_key_id;
  session.secret_access_key = input.credentials.secret_access_key;
  session.session_token = input.credentials.session_token;
  session.base_role = input.credentials.base_account_role;
  session.cross_account_role = input.credentials.cross_account_role;
  session.external_id = input.credentials.external_id;
  session.sqs_endpoint = input.endpoints.sqs;
  session.s3_endpoint = input.endpoints.s3;
  session.sts_endpoint = input.endpoints.sts;
  session.path_style = input.path_style;
  session.proxy = Secret(input.proxy);
  session.ca_file = input.ca_file;
  return session;
}

Result<Assembled> assemble(const config::Config& config, const Surroundings& around) {
  Assembled assembled;
  assembled.collector =
      std::make_unique<Collector>(around.clock, telemetry::Logger(around.log, "MainProcess::CollectorThread"));
  assembled.collector->limit_memory(config.globals.memory_bytes_max);
  assembled.report.collector_name = config.globals.name;
  assembled.report.statistics_period = config.globals.sender_stats_period;
  assembled.quarantine = open_quarantine(config, around);
  std::vector<output::Output*> shared;
  if (auto added = add_outputs(config, around, assembled, shared); !added) return std::move(added).error();
  for (const config::Input& input : config.inputs) {
    if (auto added = add_input(input, around, assembled, shared); !added) return std::move(added).error();
  }
  return assembled;
}

}  // namespace dray::pipeline

#include "app/cli.h"

#include <CLI/CLI.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <span>
#include <sstream>
#include <string_view>
#include <vector>

#include "app/exit_codes.h"
#include "config/complaint.h"

namespace dray::app {
namespace {

// Everything that options can fill; which part counts is decided by the subcommand that was given.
struct Parsed {
  RunCommand run;
  DemoCommand demo;
  CheckCommand check;
  TryCommand trial;
  ServicesCommand services;
  FormatsCommand formats;
  local::CloudCommand cloud;
  local::ReceiverCommand receiver;
  std::string cloud_secret;
  bool prod_mode = false;
};

void add_config_options(CLI::App& command, ConfigFiles& files) {
  command.add_option("--config", files.config, "The configuration: as given, else under ./config/")->type_name("FILE");
  command.add_option("--job_config_loc", files.job_config_loc, "Collector Server: the Parameters JSON")
      ->type_name("FILE");
  command
      .add_option("--collector_config_loc", files.collector_config_loc, "Collector Server: the collector's own JSON")
      ->type_name("FILE");
}

void add_run(CLI::App& app, Parsed& parsed) {
  CLI::App& run = *app.add_subcommand("run", "Collect from the configured queues until a signal");
  add_config_options(run, parsed.run.files);
  run.add_flag("--validate", parsed.run.validate, "Set up, then exit: 0, or 75 if the setup failed");
  run.add_flag("--no-save-state", parsed.run.no_save_state, "Accepted; nothing is kept on disk by this version");
  run.add_flag("--prod-mode", parsed.prod_mode, "Accepted for compatibility");
  run.add_option("--until-idle", parsed.run.until_idle,
                 "Exit once nothing new came for that long and all is proven: 0, or 75 if a notification was left")
      ->type_name("SECONDS")
      ->check(CLI::Range(1, 86'400));
}

void add_demo(CLI::App& app, Parsed& parsed) {
  CLI::App& demo =
      *app.add_subcommand("demo", "The main job on sample objects, with a local cloud and receiver inside");
  demo.add_flag("--keep", parsed.demo.keep, "Stay until a signal");
  demo.add_flag("--quiet", parsed.demo.quiet, "Do not print the arriving events");
}

void add_try(CLI::App& app, TryCommand& trial) {
  CLI::App& command = *app.add_subcommand(
      "try", "Decode files, standard input or s3:// objects and print `tag<TAB>event`; sends and deletes nothing");
  command.footer(
      "The services of a configuration are chosen by the key, as the collector does. The key of a file is its path, of "
      "a\n"
      "file in a directory that was given the path from there on.\n"
      "Exit codes: 0 done, 64 usage, 65 something could not be decoded, 75 the output refused, 78 configuration.\n"
      "\n"
      "  dray try --service aws_sqs_alb app.log.gz\n"
      "  dray try --config config.yaml --count s3://my-logs/AWSLogs/111122223333/…/flow.log.gz\n"
      "  zcat trail.json.gz | dray try --service aws_sqs_cloudtrail --head 3 --json");
  command.add_option("paths", trial.paths, "Files, directories (every file below), s3://BUCKET/KEY, or - for stdin")
      ->type_name("FILE");
  command.add_option("--service", trial.service, "Decode with this service: of the configuration, or predefined")
      ->check(CLI::Validator([](const std::string& name) { return name.empty() ? "a name is missing" : ""; }, "NAME"));
  add_config_options(command, trial.files);
  command.add_option("--input", trial.input, "Of the configuration, if it has several");
  command.add_option("--key", trial.key, "The object's key, decoded; default: the path");
  command.add_option("--bucket", trial.bucket, "The bucket of files, for [bucket] in a tag");
  command.add_option("--region", trial.region, "The bucket's region; default: the input's");
  command.add_option("--account", trial.account, "Default: as AWSLogs/ACCOUNT/ in the key says");
  command.add_option("--head", trial.head, "Stop after so many events")
      ->type_name("N")
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{1'000'000'000'000'000'000}));  // "-1" is read as more
  command.add_flag("--count", trial.count, "Print `N<TAB>tag` per tag, then `N<TAB>total`");
  command.add_flag("--explain", trial.explain,
                   "Say on stderr which service, format and filter took each record, and why");
  command.add_flag("--json", trial.json, R"(Print {"tag":…,"event":…}; "event_base64" where the bytes are not UTF-8)");
}

void add_catalogues(CLI::App& app, Parsed& parsed) {
  CLI::App& services = *app.add_subcommand("services", "List the predefined services, or print one of them");
  services.add_option("name", parsed.services.name, "A service, printed ready to be pasted below an input and changed")
      ->type_name("NAME");
  CLI::App& formats = *app.add_subcommand("formats", "List the formats and codecs, or describe one of them");
  formats.add_option("name", parsed.formats.name, "A format or codec: its options and an example")->type_name("NAME");
  formats.add_flag("--markdown", parsed.formats.markdown, "All of them, as a page");
}

void add_local(CLI::App& app, Parsed& parsed) {
  local::CloudCommand& cloud = parsed.cloud;
  CLI::App& local = *app.add_subcommand("local", "A local SQS, S3 and STS that checks signatures");
  local.add_option("--port", cloud.port, "0: any free one")->capture_default_str();
  local.add_option("--port-file", cloud.port_file, "Write the port number there once it listens");
  local.add_option("--cert", cloud.cert, "https with this certificate (PEM); without it http");
  local.add_option("--key", cloud.key, "Its key (PEM)");
  local.add_option("--region", cloud.region)->capture_default_str();
  local.add_option("--account", cloud.account)->capture_default_str();
  local.add_option("--access-key-id", cloud.access_key_id, "The key that may sign")->capture_default_str();
  local.add_option("--secret-access-key", parsed.cloud_secret, "Its secret; without it one is made up and printed");
  local.add_option("--secret-access-key-file", cloud.secret_access_key_file, "The same, from a file");
  local.add_option("--role", cloud.roles, "A role (ARN) that the key may assume; repeatable");
  local.add_option("--external-id", cloud.external_id, "Wanted by these roles");
  local.add_option("--directory", cloud.directory, "Objects to hold: DIR/BUCKET/KEY")->type_name("DIR");
  local.add_option("--bucket", cloud.buckets, "An empty bucket; repeatable");
  local.add_option("--queue", cloud.queues, "A queue; repeatable. The first gets the notifications");
  local.add_option("--visibility-timeout", cloud.visibility_timeout, "Of these queues, in seconds")
      ->capture_default_str();
  local.add_option("--notify", cloud.notify, "plain or sns: tell the first queue of every object");
  local.add_option("--journal", cloud.journal, "One JSON line per deleted message");
  local.add_option("--watch-file", cloud.watch_files, "Its size stands in each line of the journal; repeatable");
}

void add_receiver(CLI::App& app, local::ReceiverCommand& receiver) {
  CLI::App& command =
      *app.add_subcommand("receiver", "A syslog receiver over TLS or TCP that ends connections properly");
  command.add_option("--address", receiver.address, "Listen there")->capture_default_str();
  command.add_option("--port", receiver.port, "0: any free one")->capture_default_str();
  command.add_option("--port-file", receiver.port_file, "Write the port number there once it listens");
  command.add_option("--cert", receiver.cert, "TLS with this certificate (PEM); without it plain TCP");
  command.add_option("--key", receiver.key, "Its key (PEM)");
  command.add_option("--client-ca", receiver.client_ca, "The authority that client certificates must come from");
  command.add_option("--client-cert", receiver.client_cert, "ignored, optional or required");
  command.add_option("--framing", receiver.framing, "newline or octet")->capture_default_str();
  command.add_option("--file", receiver.file, "Append events there; default: stdout");
  command.add_flag("--discard", receiver.discard, "Only count");
  command.add_option("--rate", receiver.rate, "Bytes per second, shared by all connections; 0: no limit");
  command.add_option("--fault", receiver.fault, "stall, close-early, close-unread, reset or notify-unread");
  command.add_option("--after-bytes", receiver.after_bytes, "When the fault happens, on every connection")
      ->capture_default_str();
  command.add_option("--answer", receiver.answer, "How the sender's end is answered: proper, none or plain-fin")
      ->capture_default_str();
  command.add_flag("--refuse-handshake", receiver.refuse_handshake, "Close connections as soon as they are accepted");
  command.add_option("--connections-max", receiver.connections_max, "Close further connections at once");
  command.add_option("--faults-max", receiver.faults_max, "Behave well after so many faults");
  command.add_option("--make-certificates", receiver.make_certificates, "Write test certificates into DIR and exit")
      ->type_name("DIR");
  command.add_option("--host", receiver.hosts, "Names for the server's certificate");
}

Command chosen(const CLI::App& app, const Parsed& parsed) {
  const std::string name = app.get_subcommands().front()->get_name();
  if (name == "run") return parsed.run;
  if (name == "demo") return parsed.demo;
  if (name == "check") return parsed.check;
  if (name == "try") return parsed.trial;
  if (name == "services") return parsed.services;
  if (name == "formats") return parsed.formats;
  if (name == "local") return parsed.cloud;
  return parsed.receiver;
}

// `dray`, `dray tri` and `dray --hlp`: of all three CLI11 says that a subcommand is missing.
std::string no_command(const CLI::App& app, std::string_view word) {
  std::vector<std::string_view> words;
  for (const CLI::App* command : app.get_subcommands(nullptr)) words.push_back(command->get_name());
  std::string way_out = fmt::format("the commands: {}", fmt::join(words, ", "));
  words.insert(words.end(), {"--help", "--version"});
  const std::string_view near = config::nearest_key(word, words);
  if (!near.empty()) way_out = fmt::format("did you mean \"{}\"?", near);
  return fmt::format("{}; {}\nRun with --help for more information.\n",
                     word.empty() ? "a command is missing" : fmt::format("\"{}\" is no command", word), way_out);
}

// The option of the command that was probably meant by one that it does not have; "" if there is none.
std::string meant_option(const CLI::App& command, std::span<char* const> words) {
  std::vector<std::string> names;
  for (const CLI::Option* option : command.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  }
  const std::vector<std::string_view> known(names.begin(), names.end());
  for (const char* word : words) {
    const std::string_view name = std::string_view(word).substr(0, std::string_view(word).find('='));
    if (!name.starts_with("--") || std::find(known.begin(), known.end(), name) != known.end()) continue;
    const std::string_view near = config::nearest_key(name, known);
    return near.empty() ? std::string() : fmt::format("Did you mean {}?\n", near);
  }
  return {};
}

}  // namespace

ParsedCommandLine parse_command_line(int argc, char** argv) {
  CLI::App app(
      "dray: delivers S3 logs announced through SQS to Devo or a syslog receiver, with proof.\n"
      "Exit codes: 0 done, 64 usage, 65 undecodable input, 70 a bug of ours, 75 stopped with work left, 78 "
      "configuration.",
      "dray");
  app.set_version_flag("--version", std::string("dray ") + kVersion);
  app.require_subcommand(1);
  Parsed parsed;
  add_run(app, parsed);
  add_demo(app, parsed);
  CLI::App& check = *app.add_subcommand(
      "check", "Print every complaint about the configuration, run the tests of its services, and print the plan");
  add_config_options(check, parsed.check.files);
  add_try(app, parsed.trial);
  add_catalogues(app, parsed);
  add_local(app, parsed);
  add_receiver(app, parsed.receiver);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    std::ostringstream out;
    std::ostringstream err;
    const int code = app.exit(error, out, err);
    const std::string_view word = argc > 1 ? argv[1] : "";
    if (code != 0 && app.get_subcommands().empty()) {
      return {std::nullopt, no_command(app, word), kExitUsage};
    }
    if (code == 0) return {std::nullopt, out.str() + err.str(), kExitDone};
    const std::string meant =
        meant_option(*app.get_subcommands().front(), {argv + 1, static_cast<std::size_t>(argc - 1)});
    return {std::nullopt, err.str() + out.str() + meant, kExitUsage};
  }
  parsed.cloud.secret_access_key = Secret(parsed.cloud_secret);
  return {chosen(app, parsed), {}, 0};
}

}  // namespace dray::app

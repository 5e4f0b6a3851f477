#include "config/describe.h"

#include <fmt/format.h>

#include <span>
#include <string_view>
#include <vector>

#include "config/keys.h"
#include "config/predefined.h"
#include "format/splitter.h"

namespace dray::config {
namespace {

constexpr std::string_view kIntroduction = R"(# Configuration

This page is made from the program's own table of keys (`src/config/keys.cc`); a test keeps it so. `dray
check --config FILE` prints everything that is wrong with a file at once, with line numbers, and what the
collector would do with it.

## Files

`--config FILE` is taken as given, else below `./config/`; without it `$CONFIG_FILE`, else `config.yaml`.
YAML and JSON are both understood. Beside the directory `config/` that holds the file (else in the working
directory) lie

| directory | holds |
|---|---|
| `certs/` | certificates and keys; relative paths of `chain`, `cert`, `key` and `ca_file` start here |
| `credentials/` | files for `..._file` keys; relative paths start here |
| `state/` | `quarantine/`: what `on_error` put there. Progress is kept in memory, the queue is the database |

The Collector Server's form is two JSON files: `--job_config_loc FILE` (the Parameters: `global_overrides`
and `inputs`) and `--collector_config_loc FILE` (`job_id`, `job_name`, `loggers`, `state_store`). When no
`--config` and no `$CONFIG_FILE` is given and both lie in their standard places under `/etc/devo/`, they are
used.

Complete examples: `config/config.example.yaml`, `config/cross-account.example.yaml`,
`config/job_config.example.json` with `config/collector_config.example.json`.

## Values

- `${NAME}` is replaced by that environment variable, `${NAME:-default}` by the default if it is unset or
  empty. An unset variable without default is an error. `$${` is a literal `${`.
- Any secret may lie in a file: `aws_secret_access_key_file: aws.key` instead of `aws_secret_access_key`. A
  final line end is removed. A file that others may read is a warning.
- Sizes are bytes, as a number or with `KiB`, `MiB`, `GiB` or `TiB`. `KB`, `K`, `kb` and so on mean the same:
  1,024, and its powers.
- Ids are text: `id: 00123` keeps its zeros. Booleans are `true` and `false` (also `yes`, `no`, `on`,
  `off`).
- A key written twice is an error, and so are two names of one key. An unknown key is a warning with the
  nearest known key.
- The ranges of the product's page are advice: outside them there is a warning. Limits of AWS are errors.
- Several inputs and several services may stand in one file. Every output gets every event.
)";

constexpr std::string_view kServices = R"(
## Services

Under `inputs.<name>.services` stands what the objects are. With one service, it takes every object. With
several they are asked in the file's order, and the first that takes the object decodes it, alone: its
`key_pattern` matches and its `filename_filter_rules` do not exclude it. An object that no service takes
stays on the queue, unless `on_error` says otherwise for `unknown_format`.

`{}` takes a predefined service as it is; a key given there replaces that whole key of it. A service of any
other name is a definition of your own and needs `file_format` and `routing_template`.

| key | meaning |
|---|---|
)";

struct Row {
  std::string_view name;
  std::string_view text;
};

constexpr Row kServiceKeys[] = {
    {"key_pattern", "Pattern (RE2) searched in the object's decoded key; absent: every object."},
    {"filename_filter_rules",
     "List of lists of `{type: match or doesnotmatch, pattern or value}`. An object is skipped if in one inner list "
     "every rule holds."},
    {"file_field_definitions", "Variables from the object's key: name and a list of steps."},
    {"content_pattern",
     "For `any_of`: pattern (RE2) searched in the first 4 KiB of plain bytes of an object whose key tells nothing. Of "
     "a "
     "parquet object in its first rows; `^PAR1` takes those that no other pattern is found in."},
    {"any_of",
     "List of predefined services: the object is decoded by the first of them that takes it by its key, else by its "
     "content, else by this definition's own `file_format` and `routing_template`."},
    {"encoding", "`gzip`, `none`, a character set …; absent: compression is recognised by the first bytes."},
    {"file_format", "`{type, config}`: how records stand in the object; see below."},
    {"record_field_mapping",
     "Variables from a record: name and `{keys: [outer, inner], operations: [steps]}`; also `type: string` "
     "(a number or boolean there is as good as nothing), `default` (the text where there is nothing) and "
     "`when: [{keys, value, then}]` (the text `then` if the member at `keys` equals `value`; the first that does)."},
    {"line_filter_rules",
     "List of lists of `{source: record or file, key: VARIABLE, type, pattern or value}`. A record is not sent if in "
     "one inner list every rule holds."},
    {"send_filtered_out_to_unknown", "`true`: filtered records go to the tag `unknown.unknown`."},
    {"routing_template",
     "The tag, with `[record-NAME]` and `[file-NAME]` for variables, `[bucket]`, `[region]` and `[account]` for the "
     "object's own; with a dot, `[.record-NAME]`, a level that is left out where there is no value. Text between them: "
     "letters, digits, `.`, `_`, `-`."},
    {"routing_cases", "`[{key_pattern, routing_template}]`: another tag for objects whose key matches."},
    {"tests",
     "`[{name, key, input or input_base64 or input_file, expect: [{tag, event}] or expect_count}]`: samples that `dray "
     "check` decodes; see docs/try.md."},
};

constexpr std::string_view kAfterServiceKeys = R"(
Steps are `{operator: split, on: "/", element: 0}` (a negative element counts from the end), `{operator:
replace, to_replace: "_", replace_with: ""}` and `{operator: lower}`. `pattern` is searched (RE2), `value`
equals the whole text. A variable that finds nothing is `null`.

In a tag a value stands as it is, but each character of it that is none of letters, digits, `.`, `_` and `-` becomes
one `_`, and an empty one is `null`. A dot in a value begins another level of the tag; a step that replaces it keeps the
value in one. Tags over 1,024 characters are sent to `unknown.unknown`.

| `file_format.type` | reads | `file_format.config` |
|---|---|---|
)";

constexpr std::string_view kAfterFormats = R"(
Predefined:

| service | what | tag |
|---|---|---|
)";

constexpr Section kSections[] = {
    Section::top,    Section::globals,       Section::persistence, Section::persistence_config,
    Section::input,  Section::credentials,   Section::endpoints,   Section::on_error,
    Section::output, Section::output_config, Section::job,         Section::collector};

void append_rows(std::string& out, std::span<const Row> rows) {
  for (const Row& row : rows) out += fmt::format("| `{}` | {} |\n", row.name, row.text);
}

// A bar would end the column.
std::string in_column(std::string_view text) {
  std::string out;
  for (const char c : text) out += c == '|' ? std::string("\\|") : std::string(1, c);
  return out;
}

void append_format(std::string& out, const format::Format& format) {
  std::string options;
  for (const format::Option& option : format.options) {
    options += fmt::format("{}`{}` ({}): {}", options.empty() ? "" : "<br>", option.name, in_column(option.values),
                           in_column(option.meaning));
  }
  out += fmt::format("| `{}` | {} | {} |\n", format.name, in_column(format.summary), options);
}

void append_table(std::string& out, Section section) {
  const std::string_view path = section_path(section);
  out += section == Section::top ? "\n## The top of the file\n" : fmt::format("\n## `{}`\n", path);
  out += "\n| key | value | default | meaning |\n|---|---|---|---|\n";
  std::string others, idle, refused;
  for (const Key& key : all_keys()) {
    if (key.section != section) continue;
    switch (key.use) {
      case Use::read:
        out += fmt::format("| `{}` | {} | {} | {} |\n", key.name, key.kind, key.standard, key.text);
        break;
      case Use::other_name: others += fmt::format("- `{}` is the same as `{}`.\n", key.name, key.text); break;
      case Use::no_effect: idle += fmt::format("- `{}`: {}.\n", key.name, key.text); break;
      case Use::refused: refused += fmt::format("- `{}`: {}.\n", key.name, key.text); break;
    }
  }
  if (!others.empty()) out += "\nOther names:\n\n" + others;
  if (!idle.empty()) out += "\nKnown from the product, without effect here (a warning says so):\n\n" + idle;
  if (!refused.empty()) out += "\nNot in this version (an error):\n\n" + refused;
}

std::string who(const Credentials& credentials) {
  std::string out = credentials.access_key_id.empty() ? "access key of the environment"
                                                      : fmt::format("access key {}", credentials.access_key_id);
  if (!credentials.session_token.empty()) out += " with session token";
  if (!credentials.base_account_role.empty()) out += fmt::format(", then role {}", credentials.base_account_role);
  if (!credentials.cross_account_role.empty()) out += fmt::format(", then role {}", credentials.cross_account_role);
  if (!credentials.external_id.empty() && !credentials.cross_account_role.empty()) out += " with external id";
  return out;
}

std::string_view proof_text(DeliveryProof proof) {
  switch (proof) {
    case DeliveryProof::automatic: return "auto";
    case DeliveryProof::strict: return "strict";
    case DeliveryProof::kernel: return "kernel (events can be lost)";
  }
  return "";
}

std::string fate(const Input& input) {
  if (input.do_not_send) return "nothing is sent, nothing is deleted";
  return input.ack_messages ? "deleted after proof" : "kept on the queue (ack_messages: false)";
}

std::string endpoints_text(const Endpoints& endpoints) {
  std::string out;
  const auto add = [&](std::string_view name, const std::string& url) {
    if (!url.empty()) out += fmt::format("{}{} {}", out.empty() ? "" : ", ", name, url);
  };
  add("sqs", endpoints.sqs);
  add("s3", endpoints.s3);
  add("sts", endpoints.sts);
  return out;
}

// Only what the user chose: the defaults are no news.
std::string dispositions_text(const flow::Dispositions& dispositions) {
  std::string out;
  for (const flow::TroubleName& one : flow::kTroubles) {
    const flow::Disposition chosen = dispositions.of(one.trouble);
    if (chosen == flow::Dispositions::standard(one.trouble)) continue;
    out += fmt::format("{}{}: {}", out.empty() ? "" : ", ", one.name, flow::name_of(chosen));
  }
  return out;
}

void append_service(std::string& out, const service::Definition& service, bool alone, const std::string& outputs) {
  const std::string_view objects = alone || !service.key_pattern ? "every object" : "objects by key_pattern";
  const std::string read = service.file_format.type.empty()
                               ? std::string("each by its own service")
                               : fmt::format("{} -> {}", service.file_format.type, service.routing_template);
  out += fmt::format("  {} ({}, {}) -> {} -> {}\n", service.name, service.predefined ? "predefined" : "custom", objects,
                     read, outputs);
  if (!service.any_of.empty()) {
    out += fmt::format("    first as any of {}\n", fmt::join(service.any_of, ", "));
  }
  for (const service::RoutingCase& other : service.routing_cases) {
    out += fmt::format("    where the key matches {} -> {}\n", other.key_pattern, other.routing_template);
  }
  if (!service.filename_filter_rules.empty()) {
    out += fmt::format("    {} of filename_filter_rules skip objects\n", service.filename_filter_rules.size());
  }
  if (!service.line_filter_rules.empty()) {
    out += fmt::format("    {} of line_filter_rules {}\n", service.line_filter_rules.size(),
                       service.send_filtered_out_to_unknown ? "send records to unknown.unknown" : "leave records out");
  }
}

std::string output_text(const OutputConfig& output) {
  if (output.type == OutputType::console) return fmt::format("output {}: console (stdout)\n", output.name);
  return fmt::format("output {}: devo_platform {}:{}, {} connection{}, certificate {}, key {}, chain {}{}\n",
                     output.name, output.address, output.port, output.concurrent_connections,
                     output.concurrent_connections == 1 ? "" : "s", output.cert, output.key, output.chain,
                     output.verify_hostname ? "" : ", host name not verified");
}

}  // namespace

std::string describe_markdown() {
  std::string out(kIntroduction);
  for (const Section section : kSections) append_table(out, section);
  out += kServices;
  append_rows(out, kServiceKeys);
  out += kAfterServiceKeys;
  for (const format::Format* format : format::all_formats()) append_format(out, *format);
  out += kAfterFormats;
  for (const service::Definition& service : all_predefined()) {
    std::string tags = fmt::format("`{}`", service.routing_template);
    for (const service::RoutingCase& other : service.routing_cases)
      tags += fmt::format(", `{}`", other.routing_template);
    out += fmt::format("| `{}` | {} | {} |\n", service.name, service.summary, tags);
  }
  return out;
}

std::string plan(const Config& config) {
  std::string out = fmt::format("configuration {}: collector {} (id {}), state in {}\n", config.path,
                                config.globals.name, config.globals.id, config.globals.state_directory);
  std::vector<std::string_view> names;
  for (const OutputConfig& output : config.outputs) {
    out += output_text(output);
    names.push_back(output.name);
  }
  for (const Input& input : config.inputs) {
    out += fmt::format("input {} (id {}): {}\n", input.name, input.id, input.base_url);
    out += fmt::format("  region {}, visibility {} s, long poll {} s, {} per receive\n", input.region,
                       input.visibility.count(), input.wait.count(), input.messages_max);
    out += fmt::format("  as {}\n", who(input.credentials));
    if (const std::string addresses = endpoints_text(input.endpoints); !addresses.empty()) {
      out += fmt::format("  endpoints: {}\n", addresses);
    }
    out += fmt::format("  notifications: {}; delivery proof {}\n", fate(input), proof_text(input.delivery_proof));
    if (const std::string chosen = dispositions_text(input.on_error.dispositions); !chosen.empty()) {
      out += fmt::format("  on_error: {}\n", chosen);
    }
    const std::string outputs = input.do_not_send ? "nowhere" : fmt::format("{}", fmt::join(names, ", "));
    for (const service::Definition& service : input.services) {
      append_service(out, service, input.services.size() == 1, outputs);
    }
  }
  return out;
}

}  // namespace dray::config

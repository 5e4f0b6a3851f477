// outputs.<name>: where events go.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>

#include "config/sections.h"

namespace dray::config {
namespace {

constexpr std::array<std::string_view, 4> kDevo = {"collector-us.devo.io", "collector-eu.devo.io",
                                                   "collector-ca.devo.io", "collector-ap.devo.io"};

std::string certificate_path(const Fields& config, std::string_view key, std::string_view kind) {
  const auto written = config.text(key);
  if (!written) {
    if (!config.has(key)) config.missing(key, "a PEM file; a relative path is below certs/");
    return {};
  }
  const std::string name = std::filesystem::path(*written).filename().string();
  config.advise_length(key, name, {4, 20});
  std::string path = placed(config.reading().around, "certs", *written);
  check_pem(config, key, path, kind);
  return path;
}

bool is_host_name(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' || c == '.' ||
           c == ':' || c == '_';
  });
}

void read_address(const Fields& config, OutputConfig& into) {
  const auto address = config.text("address");
  if (!address) {
    if (!config.has("address")) config.missing("address", "the receiver's host name, such as collector-us.devo.io");
    return;
  }
  into.address = *address;
  if (!is_host_name(*address)) {
    config.error("address", fmt::format("{} is no host name; write the name alone, the port belongs under \"port\"",
                                        in_quotes(*address)));
  } else if (std::count(address->begin(), address->end(), ':') == 1) {
    config.error("address", fmt::format("{} holds a port; write it under \"port\"", in_quotes(*address)));
  } else if (const auto near = nearest_key(*address, kDevo);
             !near.empty() && *address != near && std::find(kDevo.begin(), kDevo.end(), *address) == kDevo.end()) {
    config.warning("address",
                   fmt::format("{} is not one of Devo's addresses; did you mean \"{}\"?", in_quotes(*address), near));
  }
}

void read_devo(const Fields& config, bool nested, OutputConfig& into, Globals& globals) {
  static constexpr std::array<std::string_view, 1> kTypes = {"ssl"};
  read_address(config, into);
  if (const auto port = config.integer("port", {1, 65535})) into.port = static_cast<int>(*port);
  if (nested) (void)config.choice("type", kTypes);
  into.chain = certificate_path(config, "chain", "CERTIFICATE");
  into.cert = certificate_path(config, "cert", "CERTIFICATE");
  into.key = certificate_path(config, "key", "PRIVATE KEY");
  into.verify_hostname = config.boolean("verify_hostname").value_or(true);
  if (!into.verify_hostname) {
    config.warning("verify_hostname",
                   "the receiver's name is not checked: anyone with a certificate of the chain's authority can "
                   "take the events");
  }
  if (const auto level = config.integer("security_level", {0, 5})) into.security_level = static_cast<int>(*level);
  if (into.security_level < 2) {
    config.warning("security_level",
                   fmt::format("{} admits weak keys and digests; 2 is the default", into.security_level));
  }
  if (const auto count = config.integer("concurrent_connections", {1, 4})) {
    into.concurrent_connections = static_cast<int>(*count);
  }
  if (const auto period = config.integer("period_sender_stats_in_seconds", {10, 3600})) {
    globals.sender_stats_period = std::min(globals.sender_stats_period, seconds(*period));
  }
}

std::optional<OutputType> output_type(const Fields& output) {
  static constexpr std::array<std::string_view, 3> kHere = {"devo_platform", "console", "stdout"};
  static constexpr std::array<std::string_view, 5> kElsewhere = {"relay", "syslog", "in_house_relay", "sidecar",
                                                                 "file"};
  const auto type = output.text("type");
  if (!type) {
    if (!output.has("type")) output.missing("type", "devo_platform or console");
    return std::nullopt;
  }
  if (*type == "devo_platform") return OutputType::devo_platform;
  if (*type == "console" || *type == "stdout") return OutputType::console;
  const bool lacks = std::find(kElsewhere.begin(), kElsewhere.end(), *type) != kElsewhere.end();
  const std::string_view near = nearest_key(*type, kHere);
  output.error("type", fmt::format("{} {}; this version has devo_platform and console{}", in_quotes(*type),
                                   lacks ? "is not in this version" : "is no type of output",
                                   lacks || near.empty() ? "" : fmt::format("; did you mean \"{}\"?", near)));
  return std::nullopt;
}

}  // namespace

void check_pem(const Fields& fields, std::string_view key, const std::string& path, std::string_view kind) {
  auto file = fields.reading().around.read_file(path);
  if (!file) {
    fields.error(key, fmt::format("{} cannot be read: {}", in_quotes(path), file.error().message));
    return;
  }
  const std::string& text = file->text;
  const bool encrypted = text.find("ENCRYPTED") != std::string::npos;
  if (kind == "PRIVATE KEY" && encrypted) {
    fields.error(key, fmt::format("{} needs a passphrase; remove it with: openssl pkey -in FILE -out NEW_FILE",
                                  in_quotes(path)));
    return;
  }
  const std::size_t begin = text.find("-----BEGIN ");
  if (begin == std::string::npos) {
    fields.error(key, fmt::format("{} is no PEM file (no \"-----BEGIN\" line); a DER file is converted with openssl",
                                  in_quotes(path)));
  } else if (text.find(fmt::format("{}-----", kind), begin) == std::string::npos) {
    fields.error(key, fmt::format("{} holds no {}; are cert, chain and key mixed up?", in_quotes(path), kind));
  } else if (text.find("-----END ", begin) == std::string::npos) {
    fields.error(key, fmt::format("{} is cut off: no \"-----END\" line", in_quotes(path)));
  } else if (kind == "PRIVATE KEY" && file->open_to_others) {
    fields.warning(key,
                   fmt::format("{} can be read or written by others than its owner; chmod 600 it", in_quotes(path)));
  }
}

std::optional<OutputConfig> read_output(const Reading& reading, const Named& node, const std::string& path,
                                        Globals& globals) {
  // Collector Server files may write the keys of `config` beside `type`.
  const bool nested = node.value.IsMap() && node.value["config"].IsDefined();
  if (!is_enabled(reading, node, Section::output)) return std::nullopt;
  Fields output(reading, Section::output, node.value, path,
                nested ? std::nullopt : std::optional(Section::output_config));
  output.stands_at(node.line);
  (void)output.boolean("enabled");
  OutputConfig out;
  out.name = node.name;
  const auto type = output_type(output);
  if (!type) return std::nullopt;
  out.type = *type;
  const Fields config = nested ? output.child("config", Section::output_config) : output;
  if (out.type == OutputType::devo_platform) {
    read_devo(config, nested, out, globals);
  } else {
    static constexpr std::array<std::string_view, 3> kDestinations = {"standard", "console", "stdout"};
    out.destination = config.choice("destination", kDestinations).value_or("standard");
  }
  return out;
}

}  // namespace dray::config

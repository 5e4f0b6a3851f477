// Config: what the user wrote, checked and with defaults filled in. Made by config/load.h, read by
// pipeline/assembly.cc.
//
// No stage includes this header. Secrets are of type Secret and print as ***. Values; any thread. Keys, defaults
// and ranges: devo.md 1.2-1.3, 2.1-2.2, product-page.txt, design.md 3; docs/configuration.md is made from the same
// table (config/keys.cc).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/secret.h"
#include "flow/disposition.h"
#include "service/definition.h"

namespace dray::config {

enum class LogFormat { text, json };
enum class DeliveryProof { automatic, strict, kernel };

struct Globals {
  bool debug = false;
  std::string id = "0";
  std::string name = "unknown";
  LogFormat log_format = LogFormat::text;
  std::uint64_t memory_bytes_max = 0;  // 0: no limit of ours
  seconds shutdown_grace{8};
  seconds sender_stats_period{300};
  std::string state_directory = "state";
  std::uint64_t quarantine_bytes_max = std::uint64_t{1} << 30U;
};

struct Credentials {
  std::string access_key_id;  // empty: the environment
  Secret secret_access_key;
  Secret session_token;
  std::string base_account_role;
  std::string cross_account_role;
  Secret external_id;
};

struct Endpoints {
  std::string sqs, s3, sts;  // "" = by region; else http(s)://host[:port]
};

// Where a class of trouble ends.
struct OnError {
  std::string receiver_refuses = "leave";
  flow::Dispositions dispositions;
};

struct Input {
  std::string name;  // the key under `inputs:`
  std::string id;
  bool enabled = true;
  std::string base_url;  // the queue
  std::string region;
  Credentials credentials;
  bool ack_messages = true;
  bool do_not_send = false;
  bool debug_md5 = false;
  bool debug = false;
  std::optional<bool> compressed_events;  // true: gzip for the services that name no encoding
  seconds visibility{120};
  seconds wait{20};
  int messages_max = 10;
  Endpoints endpoints;
  std::optional<bool> path_style;  // absent: for custom endpoints and bucket names with dots
  std::string proxy;
  std::string ca_file;
  DeliveryProof delivery_proof = DeliveryProof::automatic;
  OnError on_error;
  std::uint64_t record_bytes_max = 16U << 20U;
  std::uint64_t object_bytes_max = 50ULL << 30U;  // once decompressed
  int workers = 0;                                // 0: chosen by the number of cores
  std::vector<service::Definition> services;      // in the file's order, overrides applied
};

enum class OutputType { devo_platform, console };

struct OutputConfig {
  std::string name;  // the key under `outputs:`
  OutputType type = OutputType::devo_platform;
  std::string address;
  int port = 443;
  std::string chain, cert, key;  // resolved paths
  bool verify_hostname = true;
  int security_level = 2;          // OpenSSL's
  int concurrent_connections = 2;  // 1..4
  std::string destination;         // console: standard | console | stdout
};

struct Config {
  std::string path;  // as found
  Globals globals;
  std::vector<Input> inputs;  // enabled ones
  std::vector<OutputConfig> outputs;
};

}  // namespace dray::config

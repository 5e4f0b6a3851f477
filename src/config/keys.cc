#include "config/keys.h"

#include <algorithm>

namespace dray::config {
namespace {

using enum Section;
using enum Use;

// What several keys of the product have in common.
constexpr std::string_view kAnyEnd = "send_raw, leave, quarantine or delete";
constexpr std::string_view kNoQueues =
    "there are no queues of events between the stages: memory is bounded by design, see globals.memory_bytes_max";
constexpr std::string_view kNoTimetable =
    "nothing is pulled by a timetable: notifications are taken as fast as the receiver takes events";
constexpr std::string_view kNoRateLimit =
    "calls are not limited by a number: SQS and S3 are slowed down when they ask for it";
constexpr std::string_view kNoGzip = "events are sent uncompressed, which every receiver understands";
constexpr std::string_view kNoMetrics = "no such metrics are generated; the log has the statistics";
constexpr std::string_view kNoPeriods = "there are no processes to manage; the log lines keep their own periods";

constexpr Key kKeys[] = {
    {top, "globals", read, "mapping", "", "The collector as a whole."},
    {top, "inputs", read, "mapping", "required", "The queues, by name; the product's is called `sqs_collector`."},
    {top, "outputs", read, "mapping", "required", "Where events go, by name; every output gets every event."},
    {top, "global_overrides", read, "mapping", "",
     "Keys of `globals` that win over those (the Collector Server's form)."},

    {globals, "debug", read, "true/false", "false", "Also log debugging lines."},
    {globals, "debug_status", other_name, "", "", "debug"},
    {globals, "id", read, "number or text", "0", "The collector's id; the page advises 1 to 5 characters."},
    {globals, "collector_id", other_name, "", "", "id"},
    {globals, "name", read, "text", "unknown",
     "The collector's name: letters, digits, `-` and `_` (`.`, `#` and blanks become `_`); the page advises 1 to 10."},
    {globals, "collector_name", other_name, "", "", "name"},
    {globals, "log_format", read, "text or json", "text", "`json`: one object a line, for machines."},
    {globals, "memory_bytes_max", read, "bytes", "0", "Upper bound of the process's memory; 0: no limit of its own."},
    {globals, "shutdown_grace_seconds", read, "number", "8",
     "How long a stop may take to settle what is held; 0 to 3600."},
    {globals, "sender_stats_period_in_sec", read, "number", "300",
     "How often the senders' statistics are logged; 10 to 3600, the product has 60 to 1800."},
    {globals, "quarantine_bytes_max", read, "bytes", "1GiB",
     "How much `on_error: quarantine` may put into `state/quarantine/`; when it is full, what should go there stays on "
     "the queue."},
    {globals, "persistence", read, "mapping", "", "Where state lies between runs: `quarantine/` alone."},
    {globals, "status", no_effect, "mapping", "", "this version has no status page; the log has the statistics"},
    {globals, "queue_max_size_in_mb", no_effect, "number", "", kNoQueues},
    {globals, "queue_max_size_in_messages", no_effect, "number", "", kNoQueues},
    {globals, "queue_max_elapsed_time_in_sec", no_effect, "number", "", kNoQueues},
    {globals, "queue_wrap_max_size_in_messages", no_effect, "number", "", kNoQueues},
    {globals, "queue_generate_metrics", no_effect, "true/false", "", kNoMetrics},
    {globals, "message_batch_size", no_effect, "number", "", kNoQueues},
    {globals, "devo_sender_threshold_for_using_gzip_in_transport_layer", no_effect, "number", "", kNoGzip},
    {globals, "devo_sender_compression_level", no_effect, "number", "", kNoGzip},
    {globals, "devo_sender_compression_buffer_in_bytes", no_effect, "number", "", kNoGzip},
    {globals, "generate_collector_details", no_effect, "true/false", "", kNoMetrics},
    {globals, "multiprocessing", no_effect, "true/false", "", "there is one process with threads, whatever this says"},
    {globals, "balanced_output", no_effect, "true/false", "", "every output gets every event, as the product does it"},
    {globals, "requests_limits", no_effect, "list", "", kNoRateLimit},
    {globals, "management_process_execution_period_in_seconds", no_effect, "number", "", kNoPeriods},
    {globals, "input_process_execution_periods_in_seconds", no_effect, "number", "", kNoPeriods},
    {globals, "output_process_execution_periods_in_seconds", no_effect, "number", "", kNoPeriods},

    {persistence, "type", read, "text", "filesystem",
     "`filesystem`. `memory` and `redis` warn: the queue itself is the database, local state only limits duplicates."},
    {persistence, "config", read, "mapping", "", "Of the type."},
    {persistence_config, "directory_name", read, "text", "state", "The directory; relative: beside `config/`."},
    {persistence_config, "dir", other_name, "", "", "directory_name"},
    {persistence_config, "host", no_effect, "text", "", "there is no redis here; state lies in files"},
    {persistence_config, "location", no_effect, "text", "", "there is no redis here; state lies in files"},
    {persistence_config, "port", no_effect, "number", "", "there is no redis here; state lies in files"},
    {persistence_config, "password", no_effect, "secret", "", "there is no redis here; state lies in files"},
    {persistence_config, "db", no_effect, "number", "", "there is no redis here; state lies in files"},
    {persistence_config, "socket_timeout", no_effect, "number", "", "there is no redis here; state lies in files"},

    {input, "id", read, "number or text", "required",
     "The input's id, kept as written, leading zeros included; the page advises 1 to 5 characters."},
    {input, "short_unique_id", other_name, "", "", "id"},
    {input, "enabled", read, "true/false", "true", "`false`: the input is ignored, all of it."},
    {input, "input_status", other_name, "", "", "enabled"},
    {input, "base_url", read, "URL", "required",
     "The queue: `https://sqs.REGION.amazonaws.com/ACCOUNT/QUEUE`. A URL outside AWS is itself the SQS endpoint."},
    {input, "region", read, "text", "of base_url, else the environment's", "The queue's AWS region."},
    {input, "credentials", read, "mapping", "the environment's", "Who we are."},
    {input, "services", read, "mapping", "required",
     "What the objects are, by name; `{aws_sqs_vpc: {}}` takes a predefined service as it is. See Services."},
    {input, "ack_messages", read, "true/false", "true",
     "Delete a notification once the receiver has every event of it."},
    {input, "do_not_send", read, "true/false", "false",
     "Process but send nothing. Implies `ack_messages: false`; both written true is an error."},
    {input, "direct_mode", read, "true/false", "false",
     "Must be false: this version does not take logs from the messages themselves."},
    {input, "debug_md5", read, "true/false", "false",
     "One more event for each message, its MD5, with the tag `my.app.sqs.message_body`."},
    {input, "debug", read, "true/false", "that of globals", "Debugging lines for this input."},
    {input, "compressed_events", read, "true/false", "found by the first bytes",
     "`true`: gzip is the `encoding` of every service that names none, and other objects are an error; `false` or "
     "absent: "
     "every compression is recognised."},
    {input, "sqs_visibility_timeout", read, "number", "120",
     "Seconds until SQS shows a notification again unless it is extended, which happens all along; 1 to 43200, the "
     "page advises 120 or "
     "more."},
    {input, "sqs_wait_timeout", read, "number", "20", "Seconds of long polling; 0 to 20, the page advises 20."},
    {input, "sqs_max_messages", read, "number", "10",
     "Notifications per receive call; 1 to 10, the page advises 1 to 6."},
    {input, "endpoints", read, "mapping", "those of AWS", "Other addresses of SQS, S3 and STS."},
    {input, "path_style", read, "true/false", "for other endpoints and bucket names with dots",
     "`https://endpoint/bucket/key` instead of `https://bucket.endpoint/key`."},
    {input, "proxy", read, "URL", "", "HTTP proxy for AWS, `http://host:port`."},
    {input, "ca_file", read, "file", "the system's",
     "Certificates to trust for AWS or its endpoints (PEM); relative: in `certs/`."},
    {input, "delivery_proof", read, "auto, strict or kernel", "auto",
     "What counts as delivered. `kernel` is content when the receiver's machine has an event, and loses what it never "
     "reads."},
    {input, "on_error", read, "mapping", "",
     "Where each class of trouble ends; the defaults lose nothing. See docs/errors.md."},
    {input, "record_bytes_max", read, "bytes", "16MiB",
     "Longest event; what becomes of a longer record says `on_error`: `oversize_record`."},
    {input, "object_bytes_max", read, "bytes", "50GiB",
     "Most bytes that one object may become once decompressed; what becomes of a larger one says `on_error`: "
     "`limit_exceeded`."},
    {input, "workers", read, "number", "by the number of cores", "Notifications worked on at once; 1 to 1024."},
    {input, "buckets", refused, "list", "",
     "this version takes objects of every bucket that the queue tells of; limit them with a service's key_pattern, or "
     "with the "
     "bucket's own notification rules, and remove this key"},
    {input, "notification", read, "auto", "auto",
     "Form of the messages; recognised by their content: docs/notifications.md lists the forms."},
    {input, "persistence", no_effect, "mapping", "",
     "the queue itself is the database; globals.persistence names the directory"},
    {input, "requests_per_second", no_effect, "number", "", kNoRateLimit},
    {input, "requests_limits", no_effect, "list", "", kNoRateLimit},
    {input, "request_period_in_seconds", no_effect, "number", "", kNoTimetable},
    {input, "use_time_slots_for_retrievals", no_effect, "true/false", "", kNoTimetable},
    {input, "environment", no_effect, "text", "", "events keep the bytes of the source: nothing is added to them"},
    {input, "autoconfig", no_effect, "mapping", "",
     "services are those written under `services`, nothing is added by itself"},

    {credentials, "aws_access_key_id", read, "text", "the environment's", "With `aws_secret_access_key`."},
    {credentials, "aws_secret_access_key", read, "secret", "", "With `aws_access_key_id`."},
    {credentials, "aws_session_token", read, "secret", "", "For temporary keys."},
    {credentials, "aws_base_account_role", read, "text", "", "ARN of the role that is assumed first (Devo's)."},
    {credentials, "aws_cross_account_role", read, "text", "", "ARN of the role that is assumed then (yours)."},
    {credentials, "aws_external_id", read, "secret", "", "External id, for the cross-account role."},

    {endpoints, "sqs", read, "URL", "", "`https://host[:port]`; `http` warns."},
    {endpoints, "s3", read, "URL", "", "The same for S3."},
    {endpoints, "sts", read, "URL", "", "The same for STS."},

    {on_error, "undecodable_record", read, kAnyEnd, "send_raw",
     "A line that was announced as JSON and is not. `send_raw`: sent as it stands, its variables are `null`."},
    {on_error, "oversize_record", read, kAnyEnd, "leave",
     "A record over `record_bytes_max`. `send_raw`: sent in pieces of that length, each an event; with `quarantine` "
     "and "
     "`delete` the records around it are sent."},
    {on_error, "corrupt_object", read, kAnyEnd, "leave",
     "A damaged or cut off object. What was read before the damage is sent once, whatever stands here. `send_raw`: the "
     "rest, as far as it can be read, as lines of text."},
    {on_error, "unknown_codec", read, kAnyEnd, "leave",
     "Compressed in a form that this version does not read. `send_raw`: the stored bytes as lines."},
    {on_error, "limit_exceeded", read, kAnyEnd, "leave",
     "Grows or nests beyond what logs do: a bomb. `send_raw`: as for corrupt_object."},
    {on_error, "unknown_format", read, kAnyEnd, "leave",
     "No service takes the object, or it holds no records of its format. `send_raw`: its lines, with the service's "
     "tag, "
     "or `unknown.unknown` if there is no service."},
    {on_error, "receiver_refuses", read, "leave", "leave",
     "The receiver ends the connection over an object alone, three times: `leave` it to the queue and its DLQ."},

    {output, "type", read, "text", "required",
     "`devo_platform` (TLS to Devo or a syslog receiver) or `console` (stdout)."},
    {output, "config", read, "mapping", "", "Of the output; its keys may also stand beside `type`."},
    {output, "enabled", read, "true/false", "true", "`false`: the output is ignored, all of it."},

    {output_config, "address", read, "text", "required", "Host name, such as collector-us.devo.io."},
    {output_config, "devo_address", other_name, "", "", "address"},
    {output_config, "location", other_name, "", "", "address"},
    {output_config, "url", other_name, "", "", "address"},
    {output_config, "port", read, "number", "443", "TCP port."},
    {output_config, "type", read, "SSL", "SSL", "Must be SSL: events leave over TLS only."},
    {output_config, "chain", read, "file", "required", "Certificates of the authority (PEM); relative: in `certs/`."},
    {output_config, "chain_loc", other_name, "", "", "chain"},
    {output_config, "chain_filename", other_name, "", "", "chain"},
    {output_config, "cert", read, "file", "required", "The domain's certificate (PEM); relative: in `certs/`."},
    {output_config, "cert_loc", other_name, "", "", "cert"},
    {output_config, "cert_filename", other_name, "", "", "cert"},
    {output_config, "key", read, "file", "required", "Its private key (PEM, no passphrase); relative: in `certs/`."},
    {output_config, "key_loc", other_name, "", "", "key"},
    {output_config, "key_filename", other_name, "", "", "key"},
    {output_config, "verify_hostname", read, "true/false", "true", "The receiver's certificate must name `address`."},
    {output_config, "security_level", read, "number", "2",
     "OpenSSL's security level, 0 to 5; old certificates may need 1."},
    {output_config, "concurrent_connections", read, "number", "2", "Connections at once, 1 to 4."},
    {output_config, "destination", read, "text", "standard",
     "Of `console`: `standard`, `console` or `stdout`, all the same."},
    {output_config, "period_sender_stats_in_seconds", read, "number", "300",
     "As globals.sender_stats_period_in_sec; the shortest of all outputs counts."},
    {output_config, "activate_final_queue", no_effect, "true/false", "", "undelivered notifications stay on the queue"},
    {output_config, "threshold_for_using_gzip_in_transport_layer", no_effect, "number", "", kNoGzip},
    {output_config, "compression_level", no_effect, "number", "", kNoGzip},
    {output_config, "compression_buffer_in_bytes", no_effect, "number", "", kNoGzip},
    {output_config, "generate_metrics", no_effect, "true/false", "", kNoMetrics},

    {job, "global_overrides", read, "mapping", "", "Keys of `globals` that win over the collector file's."},
    {job, "inputs", read, "mapping", "required", "As in config.yaml. The file may also be this mapping alone."},

    {collector, "job_id", read, "number or text", "0", "The same as globals.id."},
    {collector, "job_name", read, "text", "unknown", "The same as globals.name."},
    {collector, "debug", read, "true/false", "false", "The same as globals.debug."},
    {collector, "loggers", read, "mapping or list", "required",
     "The same as outputs; in a list they are called <type>_<n>."},
    {collector, "state_store", read, "mapping", "", "The same as globals.persistence."},
};

}  // namespace

std::span<const Key> all_keys() {
  return kKeys;
}

const Key* find_key(Section section, std::string_view name) {
  const auto* found = std::find_if(std::begin(kKeys), std::end(kKeys),
                                   [&](const Key& key) { return key.section == section && key.name == name; });
  return found == std::end(kKeys) ? nullptr : found;
}

std::vector<std::string_view> names_in(Section section) {
  std::vector<std::string_view> names;
  for (const Key& key : kKeys) {
    if (key.section == section) names.push_back(key.name);
  }
  return names;
}

std::string_view section_path(Section section) {
  switch (section) {
    case top: return "the top of the file";
    case globals: return "globals";
    case persistence: return "globals.persistence";
    case persistence_config: return "globals.persistence.config";
    case input: return "inputs.<name>";
    case credentials: return "inputs.<name>.credentials";
    case endpoints: return "inputs.<name>.endpoints";
    case on_error: return "inputs.<name>.on_error";
    case output: return "outputs.<name>";
    case output_config: return "outputs.<name>.config";
    case job: return "job_config.json";
    case collector: return "collector_config.json";
  }
  return "";
}

}  // namespace dray::config

// The words that a service definition may hold: ours, those without effect, and those of the product that this
// version lacks.
//
// For definition_parser.cc alone: a word that the product knows deserves another answer than a misspelling.
#pragma once

#include <string_view>

namespace dray::config {

inline constexpr std::string_view kOwnKeys[] = {"file_field_definitions",
                                                "filename_filter_rules",
                                                "encoding",
                                                "send_filtered_out_to_unknown",
                                                "file_format",
                                                "record_field_mapping",
                                                "routing_template",
                                                "line_filter_rules",
                                                "key_pattern",
                                                "routing_cases",
                                                "summary"};

// Keys of the product's other collectors (devo.md 2.2) that change nothing here: nothing is pulled by a timetable.
inline constexpr std::string_view kWithoutEffect[] = {"request_period_in_seconds",
                                                      "requests_per_second",
                                                      "requests_limits",
                                                      "types",
                                                      "use_time_slots_for_retrievals",
                                                      "environment",
                                                      "enabled",
                                                      "autoconfig",
                                                      "debug"};

// The values of file_format.type that this version reads; the catalogue itself is format/splitters.def.
inline constexpr std::string_view kFormats[] = {"line_split_processor", "vpc_flow_processor",
                                                "aws_access_logs_processor", "unseparated_json_processor"};

// Processor names of the product (devo.md 1.4) that this version lacks.
inline constexpr std::string_view kLaterFormats[] = {"split_or_unseparated_processor",
                                                     "text_file_processor",
                                                     "single_json_object_processor",
                                                     "separated_json_processor",
                                                     "json_object_to_linesplit_processor",
                                                     "unseparated_json_processor_extract_key",
                                                     "bluecoat_processor",
                                                     "json_array_processor",
                                                     "json_line_arrays_processor",
                                                     "jamf_processor",
                                                     "parquet_processor",
                                                     "guardduty_processor",
                                                     "windows_security_processor",
                                                     "dict_processor"};

inline constexpr std::string_view kLaterEncodings[] = {"latin-1", "iso-8859-1", "parquet", "zstd", "snappy", "bz2",
                                                       "bzip2",   "lz4",        "xz",      "zip",  "utf-16"};

// Services that the product ships and this version does not (devo.md 1.1).
inline constexpr std::string_view kLaterServices[] = {"aws_sqs_config",
                                                      "aws_sqs_cisco_umbrella",
                                                      "aws_sqs_cloudflare_logpush",
                                                      "aws_sqs_cloudflare_audit",
                                                      "aws_sqs_cloudtrail_kinesis",
                                                      "aws_sqs_cloudwatch",
                                                      "aws_sqs_cloudwatch_vpc",
                                                      "aws_sqs_control_tower",
                                                      "aws_sqs_fdr",
                                                      "aws_sqs_fdr_large",
                                                      "aws_sqs_guard_duty",
                                                      "aws_sqs_guard_duty_kinesis",
                                                      "aws_sqs_incapsula",
                                                      "aws_sqs_jamf",
                                                      "aws_sqs_kubernetes",
                                                      "aws_sqs_lacework",
                                                      "aws_sqs_palo_alto",
                                                      "aws_sqs_rds",
                                                      "aws_sqs_route53",
                                                      "aws_sqs_os",
                                                      "aws_sqs_s1_funnel",
                                                      "aws_sqs_s3_access",
                                                      "aws_sqs_waf"};

}  // namespace dray::config

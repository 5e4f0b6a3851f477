// The words that a service definition may hold: ours, and those of the product without effect here.
//
// For definition_parser.cc alone. Formats, encodings and services are asked from their catalogues.
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
                                                "content_pattern",
                                                "any_of",
                                                "routing_cases",
                                                "summary",
                                                "tests"};

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

}  // namespace dray::config

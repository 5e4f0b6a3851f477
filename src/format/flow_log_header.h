// Header lines of AWS flow logs: which lines name columns instead of holding a flow.
//
// Used by vpc_flow_processor. Column names are those of VPC flow logs version 2 to 8 (Amazon VPC User Guide, "Flow log
// records", available fields) and of transit gateway flow logs (Amazon VPC Transit Gateways Guide, "Flow log records");
// parquet-born exports write `_` for `-`. Pure; any thread.
#pragma once

#include <string_view>

namespace dray::format {

// Every word of the line is a column name; at least one word.
bool is_flow_log_header(std::string_view line);

// For the first line of an object, where columns newer than our list may stand: at least half of the words are column
// names and all look like one ([a-z][a-z0-9_-]*).
bool is_probable_flow_log_header(std::string_view line);

// One word; either spelling.
bool is_flow_log_column(std::string_view word);

}  // namespace dray::format

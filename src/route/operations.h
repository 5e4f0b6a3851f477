// The steps of file_field_definitions and `operations`, as Python does them on str.
//
// split: text.split(on)[element]; a negative element counts from the end, one out of range gives nothing ("null").
// replace: text.replace(to_replace, replace_with); an empty to_replace stands before every character and at the end.
// lower (ours): ASCII letters only. Steps after one that gave nothing are not done. Pure; any thread.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "service/definition.h"

namespace dray::route {

std::optional<std::string> run_steps(std::span<const service::Operation> steps, std::string text);

}  // namespace dray::route

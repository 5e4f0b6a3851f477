// The options that the JSON formats share: what they are called, what they mean, what is wrong with them.
//
// Used by the files of the JSON formats, each of which says which of them it has. Pure; any thread.
#pragma once

#include <initializer_list>
#include <memory>
#include <span>
#include <string_view>

#include "format/unseparated_json.h"

namespace dray::format {

inline constexpr Option kKeyOption{
    "key", "name | list of names",
    "the records are the elements of the array at this member, or the object there; of several names each that is "
    "there; an item that is itself a list is a path, as [[detail, findings]]; default: the values themselves"};
inline constexpr Option kControlKeyOption{
    "control_key", "name",
    "an object with this member and without the keys holds no records; default digestStartTime if Records is a key"};
inline constexpr Option kIncludeOption{
    "include", "{outer member: its name in the record}",
    "members of the object around the array, added to the end of each of its records"};
inline constexpr Option kRenameOption{"rename", "{old name: new name}", "members of the records get other names"};
inline constexpr Option kFlatOption{
    "flat", "true | false", "members of objects inside become members outer_inner of the record; default false"};
inline constexpr Option kSkipOption{"skip", "{member: text}",
                                    "an object with such a member of this text has no records"};
inline constexpr Option kExtractionKeyOption{
    "extraction_key", "name | list of names",
    "what stands there in each record becomes the event: of an array its elements, of a string its text; the first "
    "name "
    "that is there counts; an item that is itself a list is a path; nothing there: the record itself"};

// The paths that an option names, or nothing.
std::vector<KeyPath> key_paths(const Settings& options, std::string_view option);
Names names_of(const Settings& options, std::string_view option);

// key, control_key and skip; include, rename, flat and extraction_key. Absent ones change nothing.
JsonWalk walk_of(const Settings& options);
JsonShape shape_of(const Settings& options);

// Which of these options cannot be used, and which are not in the table.
OptionFaults check_json(std::string_view format, const Settings& options, std::span<const Option> table);

}  // namespace dray::format

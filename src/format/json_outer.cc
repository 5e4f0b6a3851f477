#include "format/json_outer.h"

#include <fmt/format.h>

#include "base/give_back.h"
#include "format/json_rewrite.h"
#include "format/oversize.h"
#include "json/compact.h"
#include "json/members.h"

namespace dray::format {

OuterMembers::OuterMembers(const Names& include, const Names& skip, std::size_t bytes_max) : bytes_max_(bytes_max) {
  for (const auto& [name, as] : include) {
    member(name).as = as;
  }
  for (const auto& [name, text] : skip) {
    member(name).skip = text;
  }
  begin();
}

OuterMembers::Member& OuterMembers::member(const std::string& name) {
  if (const auto which = find(name)) {
    return members_[*which];
  }
  return members_.emplace_back(Member{name, {}, {}, {}});
}

void OuterMembers::begin() {
  for (Member& one : members_) {
    one.value.reset();
  }
  unknown_ = members_.size();
  skipped_ = false;
  changed_ = true;
  drop_held();
}

std::optional<std::size_t> OuterMembers::find(std::string_view name) const {
  for (std::size_t i = 0; i < members_.size(); ++i) {
    if (members_[i].name == name) {
      return i;
    }
  }
  return std::nullopt;
}

Status OuterMembers::set(std::size_t which, std::string_view value) {
  Member& one = members_[which];
  unknown_ -= one.value ? 0U : 1U;
  one.value.emplace();
  json::compact(value, *one.value);
  changed_ = true;
  std::size_t total = 0;
  for (const Member& each : members_) {
    total += each.value ? each.value->size() : 0;
  }
  if (total > bytes_max_) {
    return oversize_record(bytes_max_);
  }
  std::string text;
  skipped_ |= one.skip && json::string_value(*one.value, text) && text == *one.skip;
  return {};
}

Status OuterMembers::hold(std::string_view record, bool blanks) {
  if (bytes_.size() + record.size() + (held_.size() + 1) * sizeof(Held) > bytes_max_) {
    return overrun();
  }
  bytes_.append(record);
  held_.push_back({record.size(), blanks});
  return {};
}

Error OuterMembers::overrun() const {
  std::string names;
  for (const Member& one : members_) {
    if (!one.value) {
      names += fmt::format("{}\"{}\"", names.empty() ? "" : ", ", one.name);
    }
  }
  return {ErrorKind::poison, "include_after_records",
          fmt::format("{} of include or skip did not come before or among the first {} bytes of records "
                      "(record_bytes_max) of its object",
                      names, bytes_max_)};
}

Status OuterMembers::release(JsonShaper& shaper) {
  if (changed_) {
    shaper.include(included());
    changed_ = false;
  }
  Status status;
  std::string_view rest = bytes_;
  for (const Held& one : held_) {
    if (status.ok() && !skipped_) {
      status = shaper.take(rest.substr(0, one.size), one.blanks, {});
    }
    rest.remove_prefix(one.size);
  }
  drop_held();
  return status;
}

void OuterMembers::drop_held() {
  constexpr std::size_t kKept = 256U << 10U;
  bytes_.clear();
  held_.clear();
  if (bytes_.capacity() > kKept) give_back(bytes_);
  if (held_.capacity() * sizeof(Held) > kKept) give_back(held_);
}

std::string OuterMembers::included() const {
  std::string out;
  for (const Member& one : members_) {
    if (one.as && one.value) {
      out += out.empty() ? "" : ",";
      append_json_string(*one.as, out);
      out += ':';
      out += *one.value;
    }
  }
  return out;
}

}  // namespace dray::format

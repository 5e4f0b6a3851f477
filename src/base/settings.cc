#include "base/settings.h"

namespace dray {

Settings::Settings(std::initializer_list<Member> members) {
  for (const Member& member : members) set(member.first, member.second);
}

const Setting* Settings::find(std::string_view name) const {
  for (const Member& member : members_) {
    if (member.first == name) return &member.second;
  }
  return nullptr;
}

std::string_view Settings::text(std::string_view name) const {
  const Setting* found = find(name);
  return found == nullptr || found->if_text() == nullptr ? std::string_view() : *found->if_text();
}

std::vector<std::string> Settings::texts(std::string_view name) const {
  const Setting* found = find(name);
  return found == nullptr ? std::vector<std::string>() : found->texts();
}

void Settings::set(std::string name, Setting value) {
  for (Member& member : members_) {
    if (member.first == name) {
      member.second = std::move(value);
      return;
    }
  }
  members_.emplace_back(std::move(name), std::move(value));
}

bool Settings::empty() const {
  return members_.empty();
}

bool Settings::operator==(const Settings& other) const {
  return members_ == other.members_;
}

std::vector<std::string> Setting::texts() const {
  if (const std::string* text = if_text()) return {*text};
  std::vector<std::string> all;
  if (const List* list = if_list()) {
    for (const Setting& item : *list) {
      if (item.if_text() != nullptr) all.push_back(*item.if_text());
    }
  }
  return all;
}

}  // namespace dray

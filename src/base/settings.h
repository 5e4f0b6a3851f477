// Settings: a small tree of text in the order in which it was written: `file_format.config` of a service.
//
// Made by config/ from YAML, read by format/, which knows no YAML. Scalars are text as written (`true`, `3`, ""),
// lists and mappings nest. A mapping keeps the order of the file: some options add members to events in that order.
// Values; any thread.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace dray {

class Setting;

class Settings {
 public:
  using Member = std::pair<std::string, Setting>;

  Settings() = default;
  Settings(std::initializer_list<Member> members);

  // nullptr if there is none of that name.
  [[nodiscard]] const Setting* find(std::string_view name) const;
  [[nodiscard]] bool contains(std::string_view name) const { return find(name) != nullptr; }
  // The text at that name; "" if there is none or it is no text.
  [[nodiscard]] std::string_view text(std::string_view name) const;
  // The texts at that name: of a list its items, of a text that one, else none.
  [[nodiscard]] std::vector<std::string> texts(std::string_view name) const;
  // Adds it, or replaces what has that name.
  void set(std::string name, Setting value);

  [[nodiscard]] const std::vector<Member>& members() const { return members_; }
  [[nodiscard]] bool empty() const;
  bool operator==(const Settings& other) const;

 private:
  std::vector<Member> members_;
};

class Setting {
 public:
  using List = std::vector<Setting>;

  Setting() = default;                                        // ""
  Setting(std::string value) : value_(std::move(value)) {}    // NOLINT: implicit by intent
  Setting(const char* value) : value_(std::string(value)) {}  // NOLINT
  Setting(List value) : value_(std::move(value)) {}           // NOLINT
  Setting(Settings value) : value_(std::move(value)) {}       // NOLINT

  [[nodiscard]] const std::string* if_text() const { return std::get_if<std::string>(&value_); }
  [[nodiscard]] const List* if_list() const { return std::get_if<List>(&value_); }
  [[nodiscard]] const Settings* if_settings() const { return std::get_if<Settings>(&value_); }
  // Of a list its items' texts, of a text that one, else none.
  [[nodiscard]] std::vector<std::string> texts() const;
  bool operator==(const Setting&) const = default;

 private:
  std::variant<std::string, List, Settings> value_;
};

}  // namespace dray

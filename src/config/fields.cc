#include "config/fields.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace dray::config {
namespace {

int line_of(const YAML::Node& node) {
  return node.Mark().line + 1;
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return out;
}

bool is_null(const YAML::Node& node) {
  return !node.IsDefined() || node.IsNull();
}

// The base key of `name_file`, if there may be one.
std::optional<std::string_view> without_file(std::string_view name) {
  constexpr std::string_view kSuffix = "_file";
  if (!name.ends_with(kSuffix)) return std::nullopt;
  return name.substr(0, name.size() - kSuffix.size());
}

bool may_lie_in_a_file(const Key& key) {
  return key.use == Use::read && (key.kind == "secret" || key.name == "aws_access_key_id");
}

std::string_view shape_of(const YAML::Node& node) {
  if (node.IsMap()) return "a mapping";
  if (node.IsSequence()) return "a list";
  return "a plain value";
}

std::optional<std::int64_t> whole_number(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (fault != std::errc() || end != text.data() + text.size()) return std::nullopt;
  const std::string_view digits = text.starts_with('-') ? text.substr(1) : text;
  if (digits.size() > 1 && digits[0] == '0') return std::nullopt;  // octal in YAML 1.1, decimal to everybody else
  return value;
}

}  // namespace

std::string in_quotes(std::string_view value) {
  constexpr std::size_t kShown = 80;
  std::string out = "\"";
  for (const char c : value.substr(0, kShown)) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f) {
      out += fmt::format("\\x{:02x}", byte);
    } else {
      out += c;
    }
  }
  return out + (value.size() > kShown ? "...\"" : "\"");
}

Fields::Fields(const Reading& reading, Section section, const YAML::Node& node, std::string path,
               std::optional<Section> also)
    : reading_(reading), section_(section), also_(also), path_(std::move(path)) {
  if (is_null(node)) return;
  line_ = line_of(node);
  if (!node.IsMap()) {
    reading_.out.error(reading_.file, line_, path_, fmt::format("must be a mapping of keys, not {}", shape_of(node)));
    return;
  }
  for (const auto& pair : node) take(pair.first, pair.second);
}

void Fields::take(const YAML::Node& key, const YAML::Node& value) {
  if (!key.IsScalar()) return;
  const std::string& name = key.Scalar();
  const Key* found = known(name);
  const auto base = without_file(name);
  const Key* of_file = found == nullptr && base ? known(*base) : nullptr;
  if (of_file != nullptr && !may_lie_in_a_file(*of_file)) of_file = nullptr;
  if (found == nullptr && of_file == nullptr) return unknown(name, line_of(key));
  if (is_null(value)) return;
  if (found != nullptr && found->use == Use::no_effect) {
    reading_.out.warning(reading_.file, line_of(key), path_of(name), fmt::format("has no effect: {}", found->text));
    return;
  }
  if (found != nullptr && found->use == Use::refused) {
    reading_.out.error(reading_.file, line_of(key), path_of(name), std::string(found->text));
    return;
  }
  const std::string canonical(found != nullptr && found->use == Use::other_name ? found->text : std::string_view(name));
  const auto [place, is_new] = entries_.try_emplace(canonical, Entry{value, name, line_of(key)});
  if (is_new) return;
  const Entry& first = place->second;
  reading_.out.error(reading_.file, line_of(key), path_of(name),
                     first.written == name
                         ? fmt::format("stands twice, here and in line {}; keep one", first.line)
                         : fmt::format("means the same as \"{}\" in line {}; keep one", first.written, first.line));
}

void Fields::unknown(const std::string& name, int line) const {
  if (reading_.out.full()) return;
  std::vector<std::string_view> names = names_in(section_);
  if (also_) {
    for (const std::string_view more : names_in(*also_)) names.push_back(more);
  }
  std::string hint;
  for (const Key& key : all_keys()) {
    if (key.name == name && key.section != Section::job && key.section != Section::collector) {
      hint = fmt::format("it belongs under {}", section_path(key.section));
      break;
    }
  }
  const std::string_view near = nearest_key(name, names);
  if (hint.empty() && !near.empty()) hint = fmt::format("did you mean \"{}\"?", near);
  if (hint.empty()) hint = fmt::format("known here: {}", fmt::join(names, ", "));
  reading_.out.warning(reading_.file, line, path_of(name), fmt::format("unknown key, it has no effect; {}", hint));
}

const Key* Fields::known(std::string_view name) const {
  if (const Key* key = find_key(section_, name)) return key;
  return also_ ? find_key(*also_, name) : nullptr;
}

const Fields::Entry* Fields::find(std::string_view name) const {
  const auto found = entries_.find(name);
  return found == entries_.end() ? nullptr : &found->second;
}

std::string_view Fields::kind_of(std::string_view name) const {
  const Key* key = known(name);
  return key == nullptr ? "text" : key->kind;
}

int Fields::line(std::string_view name) const {
  const Entry* entry = find(name);
  return entry == nullptr ? line_ : entry->line;
}

std::string Fields::path_of(std::string_view name) const {
  const Entry* entry = find(name);
  const std::string_view shown = entry == nullptr ? name : std::string_view(entry->written);
  if (shown.empty()) return path_;
  return path_.empty() ? std::string(shown) : fmt::format("{}.{}", path_, shown);
}

void Fields::error(std::string_view name, std::string message) const {
  reading_.out.error(reading_.file, line(name), path_of(name), std::move(message));
}

void Fields::warning(std::string_view name, std::string message) const {
  reading_.out.warning(reading_.file, line(name), path_of(name), std::move(message));
}

void Fields::missing(std::string_view name, std::string_view what) const {
  error(name, fmt::format("is missing: {}", what));
}

std::optional<std::string> Fields::text(std::string_view name) const {
  const Entry* entry = find(name);
  if (entry == nullptr) return std::nullopt;
  if (!entry->value.IsScalar()) {
    error(name, fmt::format("must be {}, not {}", kind_of(name), shape_of(entry->value)));
    return std::nullopt;
  }
  const std::string& value = entry->value.Scalar();
  if (value.size() > 2 && value.front() == '<' && value.back() == '>') {
    error(name, "still holds a placeholder in <>; put the real value there");
    return std::nullopt;
  }
  if (value.find('\0') != std::string::npos) {
    error(name, "holds a NUL character");
    return std::nullopt;
  }
  if (value.empty()) return std::nullopt;
  return value;
}

std::optional<std::string> Fields::choice(std::string_view name, std::span<const std::string_view> allowed) const {
  const auto value = text(name);
  if (!value) return std::nullopt;
  std::string small = lower(*value);
  if (std::find(allowed.begin(), allowed.end(), small) != allowed.end()) return small;
  const std::string_view near = nearest_key(small, allowed);
  error(name, fmt::format("{} is not allowed; allowed: {}{}", in_quotes(*value), fmt::join(allowed, ", "),
                          near.empty() ? "" : fmt::format("; did you mean \"{}\"?", near)));
  return std::nullopt;
}

std::optional<bool> Fields::boolean(std::string_view name) const {
  // YAML 1.1's words, as the product's parser reads them.
  static constexpr std::array<std::string_view, 3> kTrue = {"true", "yes", "on"};
  static constexpr std::array<std::string_view, 3> kFalse = {"false", "no", "off"};
  const auto value = text(name);
  if (!value) return std::nullopt;
  const std::string small = lower(*value);
  if (std::find(kTrue.begin(), kTrue.end(), small) != kTrue.end()) return true;
  if (std::find(kFalse.begin(), kFalse.end(), small) != kFalse.end()) return false;
  error(name, fmt::format("must be true or false, not {}", in_quotes(*value)));
  return std::nullopt;
}

std::optional<std::int64_t> Fields::integer(std::string_view name, Range allowed) const {
  const auto value = text(name);
  if (!value) return std::nullopt;
  const auto number = whole_number(*value);
  if (number && *number >= allowed.least && *number <= allowed.most) return number;
  error(name,
        fmt::format("must be a whole number from {} to {}, not {}", allowed.least, allowed.most, in_quotes(*value)));
  return std::nullopt;
}

std::optional<std::int64_t> Fields::bytes(std::string_view name, Range allowed) const {
  struct Unit {
    std::string_view name;
    int shift;
  };
  static constexpr std::array<Unit, 12> kUnits = {Unit{"kib", 10}, Unit{"mib", 20}, Unit{"gib", 30}, Unit{"tib", 40},
                                                  Unit{"kb", 10},  Unit{"mb", 20},  Unit{"gb", 30},  Unit{"tb", 40},
                                                  Unit{"k", 10},   Unit{"m", 20},   Unit{"g", 30},   Unit{"t", 40}};
  const auto value = text(name);
  if (!value) return std::nullopt;
  const std::string small = lower(*value);
  std::string_view digits = small;
  int shift = 0;
  for (const Unit& unit : kUnits) {
    if (!digits.ends_with(unit.name)) continue;
    digits.remove_suffix(unit.name.size());
    shift = unit.shift;
    break;
  }
  while (digits.ends_with(' ')) digits.remove_suffix(1);
  const auto number = whole_number(digits);
  if (number && *number >= 0 && *number <= (allowed.most >> shift) && (*number << shift) >= allowed.least) {
    return *number << shift;
  }
  error(name,
        fmt::format("must be a number of bytes from {} to {}, such as 16777216 or 16MiB (1KiB = 1KB = 1024), not {}",
                    allowed.least, allowed.most, in_quotes(*value)));
  return std::nullopt;
}

Secret Fields::secret(std::string_view name) const {
  const std::string file_key = fmt::format("{}_file", name);
  if (has(name) && has(file_key)) {
    error(file_key, fmt::format("stands beside \"{}\"; keep one", name));
    return {};
  }
  if (has(file_key)) return secret_from_file(file_key);
  return Secret(text(name).value_or(""));
}

Secret Fields::secret_from_file(std::string_view file_key) const {
  const auto written = text(file_key);
  if (!written) return {};
  const std::string path = placed(reading_.around, "credentials", *written);
  auto file = reading_.around.read_file(path);
  if (!file) {
    error(file_key, fmt::format("{} cannot be read: {} (a relative path is below credentials/)", in_quotes(path),
                                file.error().message));
    return {};
  }
  if (file->open_to_others) {
    warning(file_key, fmt::format("{} can be read or written by others than its owner; chmod 600 it", in_quotes(path)));
  }
  std::string& value = file->text;
  while (value.ends_with('\n') || value.ends_with('\r')) value.pop_back();
  if (value.empty()) error(file_key, fmt::format("{} is empty", in_quotes(path)));
  return Secret(std::move(value));
}

void Fields::advise_range(std::string_view name, std::int64_t value, Range advised) const {
  if (value >= advised.least && value <= advised.most) return;
  const std::string range = advised.least == advised.most ? fmt::format("{}", advised.least)
                                                          : fmt::format("{} to {}", advised.least, advised.most);
  warning(name, fmt::format("{} works, but the product's advice is {}", value, range));
}

void Fields::advise_length(std::string_view name, std::string_view value, Range advised) const {
  const auto length = static_cast<std::int64_t>(value.size());
  if (length >= advised.least && length <= advised.most) return;
  warning(name, fmt::format("{} has {} characters; it works, but the product's advice is {} to {}", in_quotes(value),
                            length, advised.least, advised.most));
}

YAML::Node Fields::node(std::string_view name) const {
  const Entry* entry = find(name);
  return entry == nullptr ? YAML::Node() : entry->value;
}

Fields Fields::child(std::string_view name, Section section) const {
  Fields below(reading_, section, node(name), path_of(name));
  if (const Entry* entry = find(name)) below.stands_at(entry->line);
  return below;
}

bool is_enabled(const Reading& reading, const Named& part, Section section) {
  if (!part.value.IsMap()) return true;
  YAML::Node alone(YAML::NodeType::Map);
  for (const auto& pair : part.value) {
    if (!pair.first.IsScalar()) continue;
    const Key* key = find_key(section, pair.first.Scalar());
    if (key == nullptr) continue;
    const std::string_view name = key->use == Use::other_name ? key->text : key->name;
    if (name == "enabled") alone.force_insert(pair.first, pair.second);
  }
  Complaints unheard;  // who reads the whole part complains of the same
  return Fields({reading.file, reading.around, unheard}, section, alone, "").boolean("enabled").value_or(true);
}

std::vector<Named> named_children(const Reading& reading, const YAML::Node& node, const std::string& path,
                                  std::string_view what) {
  std::vector<Named> children;
  if (is_null(node)) return children;
  if (!node.IsMap()) {
    reading.out.error(reading.file, line_of(node), path,
                      fmt::format("must be a mapping of {} by name, not {}", what, shape_of(node)));
    return children;
  }
  for (const auto& pair : node) {
    if (!pair.first.IsScalar()) continue;
    const std::string& name = pair.first.Scalar();
    const int line = line_of(pair.first);
    const auto same = std::find_if(children.begin(), children.end(), [&](const Named& n) { return n.name == name; });
    if (same == children.end()) {
      children.push_back({name, pair.second, line});
    } else {
      reading.out.error(reading.file, line, fmt::format("{}.{}", path, name),
                        fmt::format("stands twice, here and in line {}; keep one", same->line));
    }
  }
  return children;
}

}  // namespace dray::config

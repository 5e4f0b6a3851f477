#include "config/complaint.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <tuple>
#include <utility>

namespace dray::config {
namespace {

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

// Restricted Damerau-Levenshtein distance. Names are short: a longer one than kLongest is near nothing.
constexpr std::size_t kLongest = 64;

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t cost = lower(a[i - 1]) == lower(b[j - 1]) ? 0 : 1;
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + cost});
      if (i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) && lower(a[i - 2]) == lower(b[j - 1])) {
        row[j] = std::min(row[j], before[j - 2] + 1);
      }
    }
    std::swap(before, last);
    std::swap(last, row);
  }
  return last[b.size()];
}

}  // namespace

void Complaints::add(Complaint complaint) {
  ++(complaint.severity == Complaint::Severity::error ? errors_ : warnings_);
  if (!full()) all_.push_back(std::move(complaint));
}

void Complaints::error(std::string file, int line, std::string key, std::string message) {
  add({Complaint::Severity::error, std::move(file), line, std::move(key), std::move(message)});
}

void Complaints::warning(std::string file, int line, std::string key, std::string message) {
  add({Complaint::Severity::warning, std::move(file), line, std::move(key), std::move(message)});
}

void Complaints::append(const Complaints& other) {
  for (const Complaint& complaint : other.all_) add(complaint);
}

std::vector<Complaint> Complaints::sorted() const {
  std::vector<std::size_t> order(all_.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [this](std::size_t a, std::size_t b) {
    return std::tie(all_[a].file, all_[a].line, all_[a].key, a) < std::tie(all_[b].file, all_[b].line, all_[b].key, b);
  });
  std::vector<Complaint> copy;
  copy.reserve(order.size());
  for (const std::size_t i : order) copy.push_back(all_[i]);
  return copy;
}

std::string Complaints::text() const {
  std::string out;
  for (const Complaint& complaint : sorted()) {
    out += to_text(complaint);
    out += '\n';
  }
  const std::size_t hidden = errors_ + warnings_ - all_.size();
  if (hidden > 0) out += fmt::format("{} more complaints are not shown\n", hidden);
  return out;
}

std::string to_text(const Complaint& complaint) {
  std::string out = complaint.file;
  if (complaint.line > 0) out += fmt::format(":{}", complaint.line);
  if (!out.empty()) out += ": ";
  out += complaint.severity == Complaint::Severity::error ? "error: " : "warning: ";
  if (!complaint.key.empty()) out += complaint.key + ": ";
  return out + complaint.message;
}

std::string_view nearest_key(std::string_view name, std::span<const std::string_view> known) {
  if (name.empty() || name.size() > kLongest) return {};
  std::string_view best;
  std::size_t least = 0;
  for (const std::string_view candidate : known) {
    if (candidate.size() > kLongest) continue;
    const std::size_t distance = edit_distance(name, candidate);
    if (distance > std::max<std::size_t>(1, std::max(name.size(), candidate.size()) / 3)) continue;
    if (best.empty() || distance < least) {
      best = candidate;
      least = distance;
    }
  }
  return best;
}

std::string_view name_with_part(std::string_view part, std::span<const std::string_view> known) {
  constexpr std::size_t kTelling = 3;
  if (part.size() < kTelling) return {};
  const auto found =
      std::find_if(known.begin(), known.end(), [&](std::string_view name) { return name.find(part) != name.npos; });
  return found == known.end() ? std::string_view() : *found;
}

}  // namespace dray::config

#include "format/chosen_lines.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include <fmt/format.h>

namespace dray::format {
namespace {

constexpr std::string_view kWhere = "file_format line_split_processor: config.";
// Lines that may be kept until the end tells whether they are meant. Nobody counts further by hand.
constexpr std::int64_t kBackMax = 1000;

Error bad_option(const std::string& message) {
  return {ErrorKind::config, "bad_option", std::string(kWhere) + message};
}

std::optional<std::int64_t> parse_index(std::string_view text) {
  std::int64_t value = 0;
  const auto [stop, fault] = std::from_chars(text.begin(), text.end(), value);
  return fault == std::errc() && stop == text.end() && value >= -kBackMax ? std::optional(value) : std::nullopt;
}

}  // namespace

Result<LineChoice> LineChoice::parse(const Settings& options) {
  LineChoice choice;
  for (const std::string& text : options.texts("indices")) {
    const auto index = parse_index(text);
    if (!index) {
      return bad_option(fmt::format("indices has \"{}\"; allowed are whole numbers from -{}", text, kBackMax));
    }
    choice.indices.push_back(*index);
  }
  choice.substrings = options.texts("substrings");
  if (std::any_of(choice.substrings.begin(), choice.substrings.end(), [](const auto& text) { return text.empty(); })) {
    return bad_option("substrings has an empty text, which every line contains");
  }
  for (const std::string& text : options.texts("regex")) {
    auto expression = Expression::compile(text, std::string(kWhere) + "regex");
    if (!expression) {
      return std::move(expression).error();
    }
    choice.expressions.push_back(*std::move(expression));
  }
  if (choice.indices.empty() && choice.substrings.empty() && choice.expressions.empty()) {
    return bad_option("chunks: true needs one of indices, substrings and regex beside it, with at least one item");
  }
  return choice;
}

bool LineChoice::takes(std::int64_t index, std::string_view line) const {
  return std::find(indices.begin(), indices.end(), index) != indices.end() ||
         std::any_of(substrings.begin(), substrings.end(),
                     [line](const auto& text) { return line.find(text) != std::string_view::npos; }) ||
         std::any_of(expressions.begin(), expressions.end(),
                     [line](const auto& expression) { return expression.found_in(line); });
}

ChosenLines::ChosenLines(const SplitterOptions& options, LineChoice choice, Take take)
    : cutter_(options), bytes_max_(options.record_bytes_max), choice_(std::move(choice)), take_(std::move(take)) {
  for (const std::int64_t index : choice_.indices) {
    back_ = std::max(back_, -index);
  }
}

Status ChosenLines::write(std::string_view chunk) {
  return cutter_.write(chunk, [this](const Part& part) { return count(part); });
}

Status ChosenLines::finish() {
  Status status = cutter_.finish([this](const Part& part) { return count(part); });
  while (status.ok() && !waiting_.empty()) {
    const Waiting& line = waiting_.front();
    const std::int64_t from_end = line.index - index_;
    const bool meant = std::find(choice_.indices.begin(), choice_.indices.end(), from_end) != choice_.indices.end();
    status = give_oldest(line.chosen || meant);
  }
  return status;
}

Status ChosenLines::count(const Part& part) {
  const bool piece = part.flaw != flow::Flaw::none;
  const bool same_line = piece && in_pieces_;
  in_pieces_ = piece;
  const std::int64_t index = same_line ? index_ - 1 : index_++;
  const std::string_view line = piece ? part.text : part.line();
  const bool chosen = choice_.takes(index, line);
  if (back_ > 0) {
    return wait({.text = std::string(line), .index = index, .chosen = chosen, .flaw = part.flaw});
  }
  return chosen && !line.empty() ? take_(line, part.flaw) : Status();
}

Status ChosenLines::wait(Waiting line) {
  waiting_bytes_ += line.text.size();
  waiting_.push_back(std::move(line));
  while (waiting_.front().index + back_ < index_) {
    if (Status status = give_oldest(waiting_.front().chosen); !status) {
      return status;
    }
  }
  if (waiting_bytes_ > bytes_max_) {
    return Error{
        ErrorKind::poison, "oversize_record",
        fmt::format("the last {} lines, kept for a negative index, are larger than record_bytes_max ({} bytes)", back_,
                    bytes_max_)};
  }
  return {};
}

Status ChosenLines::give_oldest(bool chosen) {
  const Waiting line = std::move(waiting_.front());
  waiting_.pop_front();
  waiting_bytes_ -= line.text.size();
  return chosen && !line.text.empty() ? take_(line.text, line.flaw) : Status();
}

}  // namespace dray::format

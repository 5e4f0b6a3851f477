#include "format/chosen_lines.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include <fmt/format.h>

#include "format/option_check.h"

namespace dray::format {
namespace {

// Lines that may be kept until the end tells whether they are meant. Nobody counts further by hand.
constexpr std::int64_t kBackMax = 1000;

std::optional<std::int64_t> parse_index(std::string_view text) {
  std::int64_t value = 0;
  const auto [stop, fault] = std::from_chars(text.begin(), text.end(), value);
  return fault == std::errc() && stop == text.end() && value >= -kBackMax ? std::optional(value) : std::nullopt;
}

// With the place of each below file_format.config.
template <class Take>
void for_each_text(const Settings& options, const std::string& option, const Take& take) {
  const Setting* value = options.find(option);
  if (value == nullptr) return;
  if (value->if_text() != nullptr) take(option, *value->if_text());
  if (value->if_list() == nullptr) return;
  for (std::size_t i = 0; i < value->if_list()->size(); ++i) {
    const std::string* text = (*value->if_list())[i].if_text();
    if (text != nullptr) take(fmt::format("{}[{}]", option, i), *text);
  }
}

}  // namespace

LineChoice LineChoice::parse(const Settings& options, OptionFaults& faults) {
  LineChoice choice;
  check_texts(options, "indices", "a list of whole numbers", faults);
  check_texts(options, "substrings", "a list of texts", faults);
  check_texts(options, "regex", "a list of regular expressions (RE2)", faults);
  for_each_text(options, "indices", [&](const std::string& place, const std::string& text) {
    if (const auto index = parse_index(text)) {
      choice.indices.push_back(*index);
    } else {
      faults.add(place,
                 fmt::format("\"{}\" is no place of a line; allowed are whole numbers from -{}", text, kBackMax));
    }
  });
  for_each_text(options, "substrings", [&](const std::string& place, const std::string& text) {
    if (text.empty()) faults.add(place, "is an empty text, which every line contains; remove it");
    choice.substrings.push_back(text);
  });
  for_each_text(options, "regex", [&](const std::string& place, const std::string& text) {
    auto expression = Expression::compile(text);
    if (expression) {
      choice.expressions.push_back(*std::move(expression));
    } else {
      faults.add(place, expression.error().message);
    }
  });
  if (!options.contains("indices") && !options.contains("substrings") && !options.contains("regex")) {
    faults.add("chunks", "true needs one of indices, substrings and regex beside it, with at least one item");
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

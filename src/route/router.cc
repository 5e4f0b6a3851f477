#include "route/router.h"

#include <algorithm>
#include <optional>
#include <span>
#include <utility>

#include "route/alike_records.h"
#include "route/decision_cache.h"
#include "route/program.h"
#include "route/record_paths.h"

namespace dray::route {
namespace {

// The outer list all of whose rules hold.
template <class Holds>
std::optional<std::size_t> first_that_holds(const Rules& any, const Holds& holds) {
  for (std::size_t i = 0; i < any.size(); ++i) {
    if (std::all_of(any[i].begin(), any[i].end(), holds)) return i;
  }
  return std::nullopt;
}

// What the routers share: the object's own values, and the decision for given raw values of a record.
class Decider {
 public:
  Decider(std::shared_ptr<const Program> program, const flow::ObjectRef& object)
      : program_(std::move(program)),
        object_(object),
        tag_(program_->tag_for(object.key)),
        file_values_(program_->file_values(object.key)) {}

  [[nodiscard]] const Program& program() const { return *program_; }

  // True if no record can change the decision.
  [[nodiscard]] bool constant() const {
    const auto of_record = [](const std::vector<Rule>& all) {
      return std::any_of(all.begin(), all.end(), [](const Rule& rule) { return !rule.of_file; });
    };
    return !has_record_pieces(tag_) &&
           std::none_of(program_->line_rules.begin(), program_->line_rules.end(), of_record);
  }

  [[nodiscard]] Decision decide(std::span<const std::string_view> raw) const {
    Decision decision;
    decision.filtered_by = filtered_by(raw);
    if (decision.filtered_by) {
      decision.tag = kUnknownTag;
      return decision;
    }
    for (const TagPiece& piece : tag_) append(piece, raw, decision.tag);
    decision.overlong = decision.tag.size() > kTagCharactersMax;
    if (decision.overlong) decision.tag = kUnknownTag;
    return decision;
  }

 private:
  [[nodiscard]] std::optional<std::size_t> filtered_by(std::span<const std::string_view> raw) const {
    const auto holds = [&](const Rule& rule) {
      if (rule.of_file) return rule.holds_for(file_values_[rule.variable]);
      return rule.holds_for(program_->record_value(rule.variable, raw).value_or("null"));
    };
    return first_that_holds(program_->line_rules, holds);
  }

  void append(const TagPiece& piece, std::span<const std::string_view> raw, std::string& tag) const {
    if (piece.kind == TagPiece::Kind::literal) {
      tag += piece.text;
      return;
    }
    const std::optional<std::string> value = value_of(piece, raw);
    if (piece.may_be_absent) {
      if (!value || value->empty()) return;
      tag += '.';
    }
    append_tag_value(value.value_or("null"), tag);
  }

  [[nodiscard]] std::optional<std::string> value_of(const TagPiece& piece,
                                                    std::span<const std::string_view> raw) const {
    switch (piece.kind) {
      case TagPiece::Kind::literal: return piece.text;
      case TagPiece::Kind::record: return program_->record_value(piece.variable, raw);
      case TagPiece::Kind::file: {
        const std::string& value = file_values_[piece.variable];
        return value == "null" ? std::nullopt : std::optional(value);
      }
      case TagPiece::Kind::bucket: return object_.bucket;
      case TagPiece::Kind::region: return object_.region;
      case TagPiece::Kind::account: return object_.account;
    }
    return std::nullopt;
  }

  std::shared_ptr<const Program> program_;
  flow::ObjectRef object_;
  const TagTemplate& tag_;
  std::vector<std::string> file_values_;
};

class CountingRouter : public Router {
 public:
  CountingRouter(flow::EventSink& sink, bool send_filtered) : sink_(sink), send_filtered_(send_filtered) {}
  [[nodiscard]] std::uint64_t records() const final { return records_; }
  [[nodiscard]] std::uint64_t events() const final { return events_; }
  [[nodiscard]] std::uint64_t filtered() const final { return filtered_; }
  [[nodiscard]] std::uint64_t overlong_tags() const final { return overlong_; }
  void observe(RecordObserver* observer) final { observer_ = observer; }
  void leave_out(std::string_view bytes, std::string_view why) final {
    if (observer_ != nullptr) observer_->left_out(bytes, why);
  }

 protected:
  Status settle(const Decision& decision, const flow::Record& record) {
    ++records_;
    const bool filtered = decision.filtered_by.has_value();
    const bool sent = !filtered || send_filtered_;
    if (observer_ != nullptr) {
      observer_->routed(record, {records_, decision.filtered_by, sent, decision.tag, decision.overlong});
    }
    if (filtered) ++filtered_;
    if (!sent) return {};
    if (decision.overlong) ++overlong_;
    ++events_;
    return sink_.send(records_, decision.tag, record.bytes);
  }

  [[nodiscard]] bool observed() const { return observer_ != nullptr; }

  // Records that are events, with the same tag.
  Status send_all(std::string_view tag, std::span<const std::string_view> lines) {
    std::size_t sent = 0;
    Status status = sink_.send_all(records_ + 1, tag, lines, sent);
    // The one that was refused was a record too.
    records_ += sent + (status.ok() ? 0 : 1);
    events_ += sent + (status.ok() ? 0 : 1);
    return status;
  }

 private:
  flow::EventSink& sink_;
  const bool send_filtered_;
  RecordObserver* observer_ = nullptr;
  std::uint64_t records_ = 0;
  std::uint64_t events_ = 0;
  std::uint64_t filtered_ = 0;
  std::uint64_t overlong_ = 0;
};

// One decision for the whole object: nothing of a record is looked at.
class ConstantRouter final : public CountingRouter {
 public:
  ConstantRouter(const Decider& decider, flow::EventSink& sink)
      : CountingRouter(sink, decider.program().definition.send_filtered_out_to_unknown),
        decision_(decider.decide({})) {}
  Status accept(const flow::Record& record) override { return settle(decision_, record); }
  Status accept_lines(std::span<const std::string_view> lines) override {
    if (decision_.filtered_by || decision_.overlong || observed()) return CountingRouter::accept_lines(lines);
    return send_all(decision_.tag, lines);
  }

 private:
  const Decision decision_;
};

class RecordRouter final : public CountingRouter {
 public:
  RecordRouter(Decider decider, flow::EventSink& sink)
      : CountingRouter(sink, decider.program().definition.send_filtered_out_to_unknown),
        decider_(std::move(decider)),
        paths_(decider_.program().paths) {}

  Status accept(const flow::Record& record) override {
    if (const Decision* decision = alike_.find(record)) return settle(*decision, record);
    const std::span<const std::string_view> raw = paths_.find(record);
    const Decision& decision = cache_.find_or(raw, [&] { return decider_.decide(raw); });
    alike_.keep(record, paths_.heads(), decision);
    return settle(decision, record);
  }

 private:
  Decider decider_;
  RecordPaths paths_;
  AlikeRecords alike_;
  DecisionCache cache_;
};

class ReadyService final : public CompiledService {
 public:
  explicit ReadyService(std::shared_ptr<const Program> program) : program_(std::move(program)) {}

  [[nodiscard]] const service::Definition& definition() const override { return program_->definition; }

  [[nodiscard]] bool matches_key(std::string_view key) const override { return program_->matches_key(key); }

  [[nodiscard]] bool excludes_key(std::string_view key) const override { return program_->excludes_key(key); }
  [[nodiscard]] std::optional<std::size_t> excluding_rule(std::string_view key) const override {
    return first_that_holds(program_->file_rules, [&](const Rule& rule) { return rule.holds_for(key); });
  }

  [[nodiscard]] std::vector<std::string> wanted_members() const override {
    std::vector<std::string> names;
    for (const std::vector<std::string>& path : program_->paths) {
      if (!path.empty() && std::find(names.begin(), names.end(), path.front()) == names.end()) {
        names.push_back(path.front());
      }
    }
    return names;
  }

  [[nodiscard]] std::unique_ptr<Router> make_router(const flow::ObjectRef& object,
                                                    flow::EventSink& sink) const override {
    Decider decider(program_, object);
    if (decider.constant()) return std::make_unique<ConstantRouter>(decider, sink);
    return std::make_unique<RecordRouter>(std::move(decider), sink);
  }

 private:
  std::shared_ptr<const Program> program_;
};

}  // namespace

Result<std::shared_ptr<const CompiledService>> CompiledService::compile(const service::Definition& definition) {
  auto program = std::make_shared<Program>();
  auto faults = compile_program(definition, *program);
  if (!faults.empty()) return service::as_error(definition, faults.front());
  return std::shared_ptr<const CompiledService>(std::make_shared<ReadyService>(std::move(program)));
}

std::vector<service::DefinitionFault> CompiledService::faults(const service::Definition& definition) {
  Program program;
  return compile_program(definition, program);
}

}  // namespace dray::route

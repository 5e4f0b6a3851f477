#include "route/record_observer.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "route/router.h"

namespace dray::route {
namespace {

class Sink final : public flow::EventSink {
 public:
  Status send(std::uint64_t /*ordinal*/, std::string_view tag, std::string_view /*text*/) override {
    tags.emplace_back(tag);
    return {};
  }
  std::vector<std::string> tags;
};

class Notes final : public RecordObserver {
 public:
  void routed(const flow::Record& record, const Fate& fate) override {
    std::string note = std::to_string(fate.ordinal) + " " + std::string(record.bytes);
    if (fate.filtered_by) note += " rule " + std::to_string(*fate.filtered_by);
    if (fate.sent) note += " to " + std::string(fate.tag);
    if (fate.overlong_tag) note += " overlong";
    notes.push_back(note);
  }
  void left_out(std::string_view bytes, std::string_view why) override {
    notes.push_back(std::string(why) + ": " + std::string(bytes));
  }
  std::vector<std::string> notes;
};

service::Definition levels(bool send_filtered) {
  service::Definition definition;
  definition.name = "mine";
  definition.file_format.type = "line_split_processor";
  service::Variable level;
  level.name = "level";
  level.keys = {"l"};
  definition.record_field_mapping.push_back(level);
  const auto rule = [](const char* value) {
    service::FilterRule one;
    one.key = "level";
    one.value = value;
    return one;
  };
  definition.line_filter_rules = {{rule("trace")}, {rule("debug")}};
  definition.send_filtered_out_to_unknown = send_filtered;
  definition.routing_template = "my.app.[record-level]";
  return definition;
}

std::vector<std::string> notes_of(const service::Definition& definition, bool observed = true) {
  const auto service = *CompiledService::compile(definition);
  Sink sink;
  Notes notes;
  const auto router = service->make_router({}, sink);
  if (observed) router->observe(&notes);
  router->leave_out("head", "header line");
  for (const char* text : {R"({"l":"debug"})", R"({"l":"info"})", R"({"l":"trace"})"}) {
    EXPECT_TRUE(router->accept({.bytes = text, .is_json = true}));
  }
  return notes.notes;
}

TEST(RecordObserver, HearsWhichFilterHeldAndWhereTheRestGoes) {
  EXPECT_EQ(notes_of(levels(false)),
            (std::vector<std::string>{"header line: head", R"(1 {"l":"debug"} rule 1)",
                                      R"(2 {"l":"info"} to my.app.info)", R"(3 {"l":"trace"} rule 0)"}));
}

TEST(RecordObserver, HearsOfFilteredRecordsThatAreSentAllTheSame) {
  EXPECT_EQ(notes_of(levels(true))[1], R"(1 {"l":"debug"} rule 1 to unknown.unknown)");
}

TEST(RecordObserver, HearsOfTagsThatAreTooLong) {
  service::Definition definition = levels(false);
  definition.line_filter_rules.clear();
  definition.routing_template = std::string(1020, 'a') + ".[record-level]";
  EXPECT_EQ(notes_of(definition)[2], R"(2 {"l":"info"} to unknown.unknown overlong)");
}

TEST(RecordObserver, NeedNotBeThere) {
  EXPECT_TRUE(notes_of(levels(false), false).empty());
}

TEST(CompiledService, NamesTheFilenameRuleThatExcludes) {
  service::Definition definition = levels(false);
  service::FilterRule digest;
  digest.pattern = "Digest";
  service::FilterRule folder;
  folder.pattern = "/$";
  definition.filename_filter_rules = {{digest}, {folder}};
  const auto service = *CompiledService::compile(definition);
  EXPECT_EQ(service->excluding_rule("a/b/"), 1U);
  EXPECT_EQ(service->excluding_rule("Digest/"), 0U);
  EXPECT_EQ(service->excluding_rule("a/b"), std::nullopt);
}

}  // namespace
}  // namespace dray::route

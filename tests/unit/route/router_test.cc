#include "route/router.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "json/members.h"

namespace dray::route {
namespace {

using service::Definition;
using service::FilterRule;
using service::Operation;
using service::Variable;

struct Sent {
  std::uint64_t ordinal;
  std::string tag;
  std::string text;
  bool operator==(const Sent&) const = default;
};

class Sink final : public flow::EventSink {
 public:
  Status send(std::uint64_t ordinal, std::string_view tag, std::string_view text) override {
    sent.push_back({ordinal, std::string(tag), std::string(text)});
    if (sent.size() == fail_at) return Error{ErrorKind::stopped, "stopped", "asked to stop"};
    return {};
  }
  std::vector<Sent> sent;
  std::size_t fail_at = 0;
};

Definition base(const std::string& routing_template) {
  Definition d;
  d.name = "mine";
  d.file_format.type = "line_split_processor";
  d.routing_template = routing_template;
  return d;
}

Variable variable(const std::string& name, std::vector<std::string> keys) {
  Variable v;
  v.name = name;
  v.keys = std::move(keys);
  return v;
}

struct Routed {
  explicit Routed(const Definition& definition, const std::string& key = "a/b_c/d.log") {
    auto compiled = CompiledService::compile(definition);
    EXPECT_TRUE(compiled) << (compiled ? "" : compiled.error().message);
    service = *compiled;
    flow::ObjectRef object;
    object.bucket = "corp logs";
    object.key = key;
    object.region = "eu-west-1";
    router = service->make_router(object, sink);
  }

  // A record as a splitter would give it: with its members, or without them for the router to look.
  std::string tag_of(const std::string& json, bool with_members = true) {
    flow::Record record{json, true, {}};
    std::vector<std::uint32_t> colons;
    if (with_members && json::scan_members(json, colons)) record.members = colons;
    const std::size_t before = sink.sent.size();
    EXPECT_TRUE(router->accept(record));
    return sink.sent.size() == before ? "<not sent>" : sink.sent.back().tag;
  }

  Sink sink;
  std::shared_ptr<const CompiledService> service;
  std::unique_ptr<Router> router;
};

std::string fault(const Definition& definition) {
  const auto compiled = CompiledService::compile(definition);
  if (compiled) return "<compiles>";
  EXPECT_EQ(compiled.error().kind, ErrorKind::config);
  return compiled.error().message;
}

TEST(Router, AConstantTagTakesLinesAsTheyAre) {
  Routed run(base("cloud.aws.vpc.flow"));
  EXPECT_TRUE(run.router->accept({"2 eni-1 OK", false, {}}));
  EXPECT_TRUE(run.router->accept({"", false, {}}));
  EXPECT_EQ(run.sink.sent, (std::vector<Sent>{{1, "cloud.aws.vpc.flow", "2 eni-1 OK"}, {2, "cloud.aws.vpc.flow", ""}}));
  EXPECT_EQ(run.router->records(), 2U);
  EXPECT_EQ(run.router->events(), 2U);
}

TEST(Router, TheSinksErrorTravelsUp) {
  Routed run(base("a.b"));
  run.sink.fail_at = 1;
  const Status status = run.router->accept({"x", false, {}});
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().kind, ErrorKind::stopped);
}

TEST(Router, FileVariablesComeFromTheKey) {
  Definition d = base("fw.[file-kind].[file-gone].[bucket].[region].[account]");
  d.file_field_definitions = {variable("kind", {}), variable("gone", {})};
  d.file_field_definitions[0].operations = {{Operation::Kind::split, "/", 1, "", ""},
                                            {Operation::Kind::replace, "", 0, "_", ""}};
  d.file_field_definitions[1].operations = {{Operation::Kind::split, "/", 9, "", ""}};
  Routed run(d);
  EXPECT_EQ(run.tag_of("{}"), "fw.bc.null.corp_logs.eu-west-1.null");
}

TEST(Router, RecordVariablesAreTextAsJsonMeansIt) {
  Definition d = base("t.[record-v]");
  d.record_field_mapping = {variable("v", {"v"})};
  Routed run(d);
  for (const bool with_members : {true, false}) {
    EXPECT_EQ(run.tag_of(R"({"a":1,"v":"Plain.x-y_Z"})", with_members), "t.Plain.x-y_Z");
    EXPECT_EQ(run.tag_of(R"({"v":"a\u0062\/c"})", with_members), "t.ab_c");
    EXPECT_EQ(run.tag_of(R"({"v":"ü é"})", with_members), "t.___");
    EXPECT_EQ(run.tag_of(R"({"v":1.50E3})", with_members), "t.1.50E3");
    EXPECT_EQ(run.tag_of(R"({"v":-1.0e+7})", with_members), "t.-1.0e_7");
    EXPECT_EQ(run.tag_of(R"({"v":true})", with_members), "t.true");
    EXPECT_EQ(run.tag_of(R"({"v":null})", with_members), "t.null");
    EXPECT_EQ(run.tag_of(R"({"v":{"v":1}})", with_members), "t.null");
    EXPECT_EQ(run.tag_of(R"({"v":["x"]})", with_members), "t.null");
    EXPECT_EQ(run.tag_of(R"({"v":""})", with_members), "t.null");
    EXPECT_EQ(run.tag_of(R"({"w":"v"})", with_members), "t.null");
    EXPECT_EQ(run.tag_of(R"({"v":"first","v":"last"})", with_members), "t.last");
    EXPECT_EQ(run.tag_of(R"({"\u0076":"escaped key"})", with_members), "t.escaped_key");
    EXPECT_EQ(run.tag_of(R"({"a":{"v":"inner"}})", with_members), "t.null");
    EXPECT_EQ(run.tag_of(R"({"x\"v":"other key","x":"\"v\":\"no\""})", with_members), "t.null");
  }
}

TEST(Router, RecordsThatAreNoObjectsHaveNoVariables) {
  Definition d = base("t.[record-v]");
  d.record_field_mapping = {variable("v", {"v"})};
  Routed run(d);
  EXPECT_TRUE(run.router->accept({R"({"v":"x"} trailing)", false, {}}));
  EXPECT_EQ(run.sink.sent.back().tag, "t.null");
  EXPECT_EQ(run.tag_of("[1]"), "t.null");
  EXPECT_EQ(run.tag_of("7"), "t.null");
  EXPECT_EQ(run.tag_of("{}"), "t.null");
}

TEST(Router, PathsGoIntoObjectsAndArrays) {
  Definition d = base("t.[record-a].[record-b]");
  d.record_field_mapping = {variable("a", {"o", "l", "-1", "n"}), variable("b", {"o", "k"})};
  Routed run(d);
  EXPECT_EQ(run.tag_of(R"({"o":{"l":[{"n":1},{"n":2}],"k":"x"}})"), "t.2.x");
  EXPECT_EQ(run.tag_of(R"({"o":{"l":[]}})"), "t.null.null");
}

TEST(Router, OperationsApplyToTextAndNumbersButNotToNull) {
  Definition d = base("t.[record-v]");
  d.record_field_mapping = {variable("v", {"v"})};
  d.record_field_mapping[0].operations = {{Operation::Kind::replace, "", 0, "l", "L"},
                                          {Operation::Kind::split, ".", 0, "", ""}};
  Routed run(d);
  EXPECT_EQ(run.tag_of(R"({"v":"hello.world"})"), "t.heLLo");
  EXPECT_EQ(run.tag_of(R"({"v":4.5})"), "t.4");
  EXPECT_EQ(run.tag_of(R"({"v":null})"), "t.null");
}

TEST(Router, WhenAndDefaultStandBesideOperations) {
  Definition d = base("t.[record-v]");
  Variable v = variable("v", {"v"});
  v.strings_only = true;
  v.default_value = "events";
  v.operations = {{Operation::Kind::split, ".", 0, "", ""}};
  v.when = {{{"c"}, "Insight", "insights"}, {{"t", "u"}, "x", "second"}};
  d.record_field_mapping = {v};
  Routed run(d);
  EXPECT_EQ(run.tag_of(R"({"v":"s3.amazonaws.com","c":"Data"})"), "t.s3");
  EXPECT_EQ(run.tag_of(R"({"v":"s3.amazonaws.com","c":"Insight"})"), "t.insights");
  EXPECT_EQ(run.tag_of(R"({"c":"Insight","v":1,"c":"Data"})"), "t.events");
  EXPECT_EQ(run.tag_of(R"({"t":{"u":"x"}})"), "t.second");
  EXPECT_EQ(run.tag_of(R"({"v":""})"), "t.events");
  EXPECT_EQ(run.tag_of(R"({"v":".x"})"), "t.events");
  EXPECT_EQ(run.tag_of(R"({"v":"null"})"), "t.null");
  EXPECT_EQ(run.tag_of("{}"), "t.events");
}

TEST(Router, LineFiltersAreOrOfAnd) {
  Definition d = base("t.x");
  d.record_field_mapping = {variable("n", {"n"}), variable("m", {"m"})};
  d.file_field_definitions = {variable("f", {})};
  d.file_field_definitions[0].operations = {{Operation::Kind::split, "/", 0, "", ""}};
  using Source = FilterRule::Source;
  d.line_filter_rules = {
      {{Source::record, "n", false, std::nullopt, "End"}, {Source::record, "m", true, "^k", std::nullopt}},
      {{Source::record, "n", false, std::nullopt, "null"}, {Source::file, "f", false, "^a$", std::nullopt}}};
  Routed run(d);
  EXPECT_EQ(run.tag_of(R"({"n":"End","m":"x"})"), "<not sent>");
  EXPECT_EQ(run.tag_of(R"({"n":"End","m":"keep"})"), "t.x");
  EXPECT_EQ(run.tag_of(R"({"n":"Ending","m":"x"})"), "t.x");
  EXPECT_EQ(run.tag_of(R"({"m":"x"})"), "<not sent>");
  EXPECT_EQ(run.router->records(), 4U);
  EXPECT_EQ(run.router->events(), 2U);
  EXPECT_EQ(run.router->filtered(), 2U);
  EXPECT_EQ(run.sink.sent.back().ordinal, 3U);
}

TEST(Router, FilteredRecordsMayGoToUnknown) {
  Definition d = base("t.x");
  d.record_field_mapping = {variable("n", {"n"})};
  d.line_filter_rules = {{{FilterRule::Source::record, "n", false, std::nullopt, "1"}}};
  d.send_filtered_out_to_unknown = true;
  Routed run(d);
  EXPECT_EQ(run.tag_of(R"({"n":1})"), "unknown.unknown");
  EXPECT_EQ(run.router->events(), 1U);
  EXPECT_EQ(run.router->filtered(), 1U);
}

TEST(Router, ATagOver1024CharactersBecomesUnknownAndIsCounted) {
  Definition d = base("t.[record-v]");
  d.record_field_mapping = {variable("v", {"v"})};
  Routed run(d);
  EXPECT_EQ(run.tag_of(R"({"v":")" + std::string(1022, 'a') + R"("})"), "t." + std::string(1022, 'a'));
  EXPECT_EQ(run.tag_of(R"({"v":")" + std::string(1023, 'a') + R"("})"), "unknown.unknown");
  EXPECT_EQ(run.router->overlong_tags(), 1U);
  EXPECT_EQ(run.router->events(), 2U);
}

TEST(Router, ManyDifferentValuesGetTheirOwnTags) {
  Definition d = base("t.[record-v].[record-w]");
  d.record_field_mapping = {variable("v", {"v"}), variable("w", {"w"})};
  Routed run(d);
  for (int round = 0; round < 2; ++round) {
    for (int i = 0; i < 500; ++i) {
      const std::string n = std::to_string(i);
      EXPECT_EQ(run.tag_of(R"({"v":)" + n + R"(,"w":"x)" + n + "\"}"), "t." + n + ".x" + n);
    }
  }
}

TEST(Router, RoutingCasesChooseTheTagByTheKey) {
  Definition d = base("web.aws.alb.access");
  d.routing_cases = {{"conn_log\\.[^/]*$", "web.aws.alb.connection"}};
  EXPECT_EQ(Routed(d, "a/conn_log.1_app.x.log.gz").tag_of("{}"), "web.aws.alb.connection");
  EXPECT_EQ(Routed(d, "conn_log./1_app.x.log.gz").tag_of("{}"), "web.aws.alb.access");
}

TEST(CompiledService, KeysAreMatchedAndExcluded) {
  Definition d = base("t.x");
  d.key_pattern = "\\.log$";
  d.filename_filter_rules = {{{FilterRule::Source::record, "", false, "digest", std::nullopt}},
                             {{FilterRule::Source::record, "", false, std::nullopt, "a.log"}}};
  const auto service = *CompiledService::compile(d);
  EXPECT_TRUE(service->matches_key("a/b.log"));
  EXPECT_FALSE(service->matches_key("a/b.log.gz"));
  EXPECT_TRUE(service->excludes_key("a/digest/b.log"));
  EXPECT_TRUE(service->excludes_key("a.log"));
  EXPECT_FALSE(service->excludes_key("b/a.log"));
}

TEST(Router, ALevelWithADotInsideTheBracketsIsLeftOutWhereThereIsNoValue) {
  Definition d = base("edr.x[.record-event][.file-kind][.account][.region]");
  d.record_field_mapping = {variable("event", {"event"})};
  d.record_field_mapping[0].operations = {{Operation::Kind::lower, "", 0, "", ""}};
  d.file_field_definitions = {variable("kind", {})};
  d.file_field_definitions[0].operations = {{Operation::Kind::split, "/", 9, "", ""}};
  Routed run(d);
  EXPECT_EQ(run.tag_of(R"({"event":"DnsRequest"})"), "edr.x.dnsrequest.eu-west-1");
  EXPECT_EQ(run.tag_of(R"({"event":""})"), "edr.x.eu-west-1");
  EXPECT_EQ(run.tag_of(R"({"event":null})"), "edr.x.eu-west-1");
  EXPECT_EQ(run.tag_of("{}"), "edr.x.eu-west-1");
  EXPECT_NE(fault(base("a[.x]")).find("[x] is no placeholder"), std::string::npos);
}

TEST(CompiledService, FaultsNameTheServiceAndTheKey) {
  EXPECT_NE(fault(base("a b")).find("service mine: routing_template: \"a b\" holds a character"), std::string::npos);
  EXPECT_NE(fault(base("a.[record-x]")).find("[record-x] names no variable of record_field_mapping, which has none"),
            std::string::npos);
  EXPECT_NE(fault(base("a.[x]")).find("[x] is no placeholder"), std::string::npos);
  EXPECT_NE(fault(base("a.[record-x")).find("no closing ]"), std::string::npos);
  Definition pattern = base("a.b");
  pattern.filename_filter_rules = {{{FilterRule::Source::record, "", false, "(?!x)", std::nullopt}}};
  EXPECT_NE(fault(pattern).find("filename_filter_rules[0][0].pattern: \"(?!x)\" is no pattern that RE2 can read"),
            std::string::npos)
      << fault(pattern);
  Definition rule = base("a.b");
  rule.record_field_mapping = {variable("n", {"n"})};
  rule.line_filter_rules = {{{FilterRule::Source::record, "m", false, std::nullopt, "1"}}};
  EXPECT_NE(fault(rule).find("line_filter_rules[0][0].key: \"m\" is no variable of record_field_mapping, which has n"),
            std::string::npos)
      << fault(rule);
  Definition both = base("a b");
  both.key_pattern = "(";
  EXPECT_EQ(CompiledService::faults(both).size(), 2U);
}

// Many lines at once are the same events, counts and ordinals as one by one, also where the sink says no.
TEST(Router, LinesAtOnceAreWhatTheyAreOneByOne) {
  const std::vector<std::string_view> lines{"one", "two", "three", "four", "five"};
  for (const char* text : {"my.app.lines", "[bucket].app"}) {
    for (const std::size_t fail_at : {0U, 1U, 3U, 5U}) {
      Routed at_once(base(text));
      Routed one_by_one(base(text));
      at_once.sink.fail_at = one_by_one.sink.fail_at = fail_at;
      Status expected = one_by_one.router->accept({.bytes = "zero"});
      Status status = at_once.router->accept({.bytes = "zero"});
      for (std::size_t i = 0; i < lines.size() && expected; ++i)
        expected = one_by_one.router->accept({.bytes = lines[i]});
      if (status) status = at_once.router->accept_lines(lines);
      EXPECT_EQ(status.ok(), expected.ok()) << text << fail_at;
      EXPECT_EQ(at_once.sink.sent, one_by_one.sink.sent) << text << fail_at;
      EXPECT_EQ(at_once.router->records(), one_by_one.router->records()) << text << fail_at;
      EXPECT_EQ(at_once.router->events(), one_by_one.router->events()) << text << fail_at;
    }
  }
}

// What every line of an object has in common must not make a short cut past it.
TEST(Router, LinesAtOnceAreFilteredAndObserved) {
  class Watcher final : public RecordObserver {
   public:
    void routed(const flow::Record&, const Fate& fate) override { ordinals.push_back(fate.ordinal); }
    void left_out(std::string_view, std::string_view) override {}
    std::vector<std::uint64_t> ordinals;
  };
  const std::vector<std::string_view> lines{"one", "two", "three"};
  Definition d = base("my.app.lines");
  d.file_field_definitions = {variable("f", {})};
  d.file_field_definitions[0].operations = {{Operation::Kind::split, "/", 0, "", ""}};
  d.line_filter_rules = {{{FilterRule::Source::file, "f", false, std::nullopt, "a"}}};
  Routed filtered(d);
  ASSERT_TRUE(filtered.router->accept_lines(lines));
  EXPECT_EQ(filtered.router->records(), 3U);
  EXPECT_EQ(filtered.router->filtered(), 3U);
  EXPECT_TRUE(filtered.sink.sent.empty());

  Routed observed(base("my.app.lines"));
  Watcher watcher;
  observed.router->observe(&watcher);
  ASSERT_TRUE(observed.router->accept_lines(lines));
  EXPECT_EQ(watcher.ordinals, (std::vector<std::uint64_t>{1, 2, 3}));
  EXPECT_EQ(observed.sink.sent.size(), 3U);
}

TEST(Router, NamesTheMembersItLooksAt) {
  EXPECT_TRUE(Routed(base("my.app.lines")).service->wanted_members().empty());
  Definition d = base("my.app.[record-a].[record-b].[record-c]");
  d.record_field_mapping = {variable("a", {"x", "y"}), variable("b", {"x", "z"}), variable("c", {"w"}),
                            variable("unused", {"v"})};
  EXPECT_EQ(Routed(d).service->wanted_members(), (std::vector<std::string>{"x", "w"}));
}

}  // namespace
}  // namespace dray::route

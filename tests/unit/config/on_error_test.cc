// on_error, the quarantine's bound, and any_of, as they are read and as `dray check` tells them.
#include <gtest/gtest.h>

#include <string>

#include "config/describe.h"
#include "config/load.h"
#include "config/predefined.h"
#include "unit/config/fake_surroundings.h"

namespace dray::config {
namespace {

using flow::Disposition;
using flow::Trouble;

Loaded with(const std::string& on_error, const std::string& globals = "{}", const std::string& services = "") {
  const FakeSurroundings around;
  return load_text("globals: " + globals +
                       "\noutputs: {c: {type: console}}\n"
                       "inputs: {q: {id: 1, base_url: 'https://sqs.us-east-1.amazonaws.com/1/q', credentials: "
                       "{aws_access_key_id: A, aws_secret_access_key: S}, on_error: " +
                       on_error + ", services: " + (services.empty() ? "{aws_sqs_vpc: {}}" : services) + "}}\n",
                   "f.yaml", around.get());
}

TEST(OnError, IsByDefaultWhatLosesNothing) {
  const Loaded loaded = with("{}");
  ASSERT_TRUE(loaded.config) << loaded.complaints.text();
  const flow::Dispositions& dispositions = loaded.config->inputs[0].on_error.dispositions;
  for (const flow::TroubleName& one : flow::kTroubles) {
    EXPECT_EQ(dispositions.of(one.trouble), flow::Dispositions::standard(one.trouble)) << one.name;
  }
  EXPECT_EQ(plan(*loaded.config).find("on_error"), std::string::npos) << "defaults are no news";
}

TEST(OnError, EveryClassTakesEveryDispositionAndCheckTellsIt) {
  for (const flow::TroubleName& trouble : flow::kTroubles) {
    for (const flow::DispositionName& disposition : flow::kDispositions) {
      const std::string written = std::string(trouble.name) + ": " + std::string(disposition.name);
      const Loaded loaded = with("{" + written + "}");
      ASSERT_TRUE(loaded.config) << written << "\n" << loaded.complaints.text();
      EXPECT_EQ(loaded.config->inputs[0].on_error.dispositions.of(trouble.trouble), disposition.disposition) << written;
      const bool told = plan(*loaded.config).find("on_error: " + written) != std::string::npos;
      EXPECT_EQ(told, disposition.disposition != flow::Dispositions::standard(trouble.trouble)) << written;
      // What loses something is said at every start.
      EXPECT_EQ(loaded.complaints.warnings() > 0, disposition.disposition == Disposition::remove) << written;
    }
  }
}

TEST(OnError, AMisspelledOneIsAnErrorWithTheNearest) {
  const Loaded loaded = with("{corrupt_object: quarantin}");
  EXPECT_FALSE(loaded.config);
  EXPECT_NE(loaded.complaints.text().find("did you mean \"quarantine\"?"), std::string::npos)
      << loaded.complaints.text();
}

TEST(OnError, TheQuarantineHasABoundThatCanBeChosen) {
  EXPECT_EQ(with("{}").config->globals.quarantine_bytes_max, std::uint64_t{1} << 30U);
  EXPECT_EQ(with("{}", "{quarantine_bytes_max: 10MiB}").config->globals.quarantine_bytes_max, 10U << 20U);
  EXPECT_FALSE(with("{}", "{quarantine_bytes_max: 1}").config);
}

TEST(AnyOf, IsResolvedWhenItIsRead) {
  const Loaded loaded = with("{}", "{}", "{mine: {any_of: [aws_sqs_vpc, aws_sqs_alb]}}");
  ASSERT_TRUE(loaded.config) << loaded.complaints.text();
  const std::vector<service::Definition>& members = loaded.config->inputs[0].services[0].members;
  ASSERT_EQ(members.size(), 2U);
  EXPECT_EQ(members[0].name, "aws_sqs_vpc");
  EXPECT_EQ(members[1].file_format.type, predefined("aws_sqs_alb")->file_format.type);
}

}  // namespace
}  // namespace dray::config

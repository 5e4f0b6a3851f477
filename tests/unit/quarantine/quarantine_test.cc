#include "quarantine/quarantine.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <utility>
#include <vector>

#include "base/json.h"

namespace {
// What was synced, by device and inode: fsync() below takes the place of libc's in this program.
std::set<std::pair<dev_t, ino_t>> synced;
}  // namespace

extern "C" int fsync(int fd) {
  struct stat about{};
  if (::fstat(fd, &about) == 0) synced.emplace(about.st_dev, about.st_ino);
  return static_cast<int>(::syscall(SYS_fsync, fd));
}

namespace dray::quarantine {
namespace {

namespace fs = std::filesystem;

class Fixture : public testing::Test {
 protected:
  Fixture() {
    std::string pattern = (fs::temp_directory_path() / "dray-quarantine-XXXXXX").string();
    root_ = ::mkdtemp(pattern.data());
  }
  ~Fixture() override { fs::remove_all(root_); }

  [[nodiscard]] std::string directory() const { return (root_ / "state/quarantine").string(); }
  [[nodiscard]] std::vector<fs::path> files() const {
    std::vector<fs::path> found;
    for (const auto& one : fs::directory_iterator(directory())) found.push_back(one.path());
    std::sort(found.begin(), found.end());
    return found;
  }
  static std::string text_of(const fs::path& path) {
    std::ostringstream text;
    text << std::ifstream(path, std::ios::binary).rdbuf();
    return text.str();
  }
  static mode_t mode_of(const fs::path& path) {
    struct stat about{};
    EXPECT_EQ(::lstat(path.c_str(), &about), 0);
    return about.st_mode & 07777U;
  }
  static Reason reason(std::uint64_t record = 7) {
    Reason reason;
    reason.trouble = flow::Trouble::undecodable_record;
    reason.error = {ErrorKind::poison, "undecodable_record", "not JSON"};
    reason.input = "sqs_collector";
    reason.service = "aws_sqs_waf";
    reason.message_id = "m-1";
    reason.object.bucket = "corp-logs";
    reason.object.key = "a/b\xC3\xA9.gz";
    reason.object.version_id = "v1";
    reason.object.etag = "0123";
    reason.record = record;
    return reason;
  }

  fs::path root_;
  SystemClock clock_;
};

using QuarantineFiles = Fixture;

TEST_F(QuarantineFiles, HoldTheReasonAndTheBytesAsTheyWere) {
  Quarantine quarantine(directory(), {}, clock_);
  const std::string bytes("not json\n\0\xFF end", 15);
  ASSERT_TRUE(quarantine.keep(reason(), bytes));
  ASSERT_EQ(files().size(), 1U);
  const std::string text = text_of(files()[0]);
  const std::size_t line = text.find('\n');
  EXPECT_EQ(text.substr(line + 1), bytes);
  const auto head = Json::parse(text.substr(0, line));
  ASSERT_TRUE(head);
  EXPECT_EQ(head->text("reason"), "undecodable_record");
  EXPECT_EQ(head->text("error"), "not JSON");
  EXPECT_EQ(head->text("bucket"), "corp-logs");
  EXPECT_EQ(head->text("key"), "a/b\xC3\xA9.gz");
  EXPECT_EQ(head->text("version_id"), "v1");
  EXPECT_EQ(head->text("etag"), "0123");
  EXPECT_EQ(head->text("message_id"), "m-1");
  EXPECT_EQ(head->text("service"), "aws_sqs_waf");
  EXPECT_EQ((*head)["record"].if_integer(), 7);
  EXPECT_EQ((*head)["bytes"].if_integer(), 15);
  EXPECT_EQ(head->text("time").size(), 20U) << head->text("time");
}

TEST_F(QuarantineFiles, AreForTheirOwnerAlone) {
  Quarantine quarantine(directory(), {}, clock_);
  ASSERT_TRUE(quarantine.keep(reason(), "x"));
  EXPECT_EQ(mode_of(directory()), 0700U);
  EXPECT_EQ(mode_of(files()[0]), 0600U);
}

TEST_F(QuarantineFiles, AreTheSameForTheSameRecordAndOthersForOthers) {
  {
    Quarantine quarantine(directory(), {}, clock_);
    ASSERT_TRUE(quarantine.keep(reason(), "x"));
    ASSERT_TRUE(quarantine.keep(reason(), "x"));
    EXPECT_EQ(quarantine.files(), 1U);
  }
  Quarantine quarantine(directory(), {}, clock_);
  ASSERT_TRUE(quarantine.keep(reason(), "x"));
  EXPECT_EQ(files().size(), 1U);
  EXPECT_EQ(quarantine.bytes(), fs::file_size(files()[0]));
  ASSERT_TRUE(quarantine.keep(reason(8), "x"));
  ASSERT_TRUE(quarantine.keep(reason(), "other bytes under the same number: the object was replaced"));
  Reason object = reason();
  object.record.reset();
  ASSERT_TRUE(quarantine.keep(object, "bytes in hand"));
  ASSERT_TRUE(quarantine.keep(object, "other bytes in hand of the same object"));
  EXPECT_EQ(files().size(), 4U);
}

TEST_F(QuarantineFiles, HaveABoundThatCountsEarlierRuns) {
  const std::string bytes(1000, 'x');
  {
    Quarantine quarantine(directory(), {.bytes_max = 5000}, clock_);
    ASSERT_TRUE(quarantine.keep(reason(1), bytes));
    ASSERT_TRUE(quarantine.keep(reason(2), bytes));
  }
  Quarantine quarantine(directory(), {.bytes_max = 5000}, clock_);
  ASSERT_TRUE(quarantine.keep(reason(3), bytes));
  const Status full = quarantine.keep(reason(4), bytes);
  ASSERT_FALSE(full);
  EXPECT_EQ(full.error().kind, ErrorKind::poison);
  EXPECT_EQ(full.error().code, "quarantine_unavailable");
  EXPECT_NE(full.error().message.find("quarantine_bytes_max"), std::string::npos) << full.error().message;
  EXPECT_EQ(files().size(), 3U) << "nothing half written stays";
  EXPECT_TRUE(quarantine.keep(reason(3), bytes)) << "the same file again takes no more space";
  fs::remove(files()[0]);
  EXPECT_TRUE(quarantine.keep(reason(4), bytes)) << "people made room";
}

TEST_F(QuarantineFiles, HaveABoundInNumber) {
  Quarantine quarantine(directory(), {.files_max = 2}, clock_);
  ASSERT_TRUE(quarantine.keep(reason(1), "x"));
  ASSERT_TRUE(quarantine.keep(reason(2), "x"));
  EXPECT_FALSE(quarantine.keep(reason(3), "x"));
  EXPECT_TRUE(quarantine.keep(reason(2), "x"));
}

TEST_F(QuarantineFiles, ALinkInItsPlaceIsRefused) {
  fs::create_directories(root_ / "elsewhere");
  fs::create_directories(root_ / "state");
  fs::create_directory_symlink(root_ / "elsewhere", directory());
  Quarantine quarantine(directory(), {}, clock_);
  EXPECT_FALSE(quarantine.open());
  EXPECT_FALSE(quarantine.keep(reason(), "x"));
  EXPECT_TRUE(fs::is_empty(root_ / "elsewhere"));
}

TEST_F(QuarantineFiles, WithoutADirectoryNothingIsKept) {
  std::ofstream(root_ / "state") << "a file";
  Quarantine quarantine(directory(), {}, clock_);
  const Status opened = quarantine.open();
  ASSERT_FALSE(opened);
  EXPECT_NE(opened.error().message.find(directory()), std::string::npos) << opened.error().message;
  EXPECT_EQ(quarantine.keep(reason(), "x").error().code, "quarantine_unavailable");
}

TEST_F(QuarantineFiles, LieInADirectoryThatItsParentsHoldAfterAPowerCut) {
  const auto is_synced = [](const fs::path& path) {
    struct stat about{};
    EXPECT_EQ(::stat(path.c_str(), &about), 0) << path;
    return synced.contains({about.st_dev, about.st_ino});
  };
  for (const char* run : {"makes the directories", "finds those of a run that may have crashed behind its mkdir"}) {
    synced.clear();
    Quarantine quarantine(directory(), {}, clock_);
    ASSERT_TRUE(quarantine.keep(reason(), "x"));
    for (const fs::path& path : {root_, root_ / "state", fs::path(directory())}) {
      EXPECT_TRUE(is_synced(path)) << path << ": " << run;
    }
  }
}

TEST_F(QuarantineFiles, ComeBackWhenTheDirectoryWasTakenAway) {
  Quarantine quarantine(directory(), {}, clock_);
  ASSERT_TRUE(quarantine.keep(reason(1), "x"));
  fs::remove_all(directory());
  EXPECT_FALSE(quarantine.keep(reason(2), "x")) << "nothing is said to be kept that is not";
  EXPECT_TRUE(quarantine.keep(reason(2), "x"));
  EXPECT_EQ(files().size(), 1U);
}

}  // namespace
}  // namespace dray::quarantine

#include "runners/loop/run_directory.h"

#include <sys/wait.h>
#include <unistd.h>

#include "brasa/core/error.h"
#include "tests/outputs/outputs_testing.h"

namespace brasa {
namespace {

using Strings = std::vector<std::string>;

constexpr std::time_t kNow = 1700000000;  // 2023-11-14 22:13:20 UTC

class RunDirectory : public testing::Test {
 protected:
  RunDirectory() {
    ::setenv("TZ", "UTC", 1);
    ::tzset();
  }
  TempFolder folder_;
};

/// Acts as a user for whom permissions count, where the tests run as root.
class PlainUser {
 public:
  PlainUser() : root_(::geteuid() == 0) {
    if (root_ && ::seteuid(65534) != 0) std::abort();
  }
  PlainUser(const PlainUser&) = delete;
  PlainUser& operator=(const PlainUser&) = delete;
  ~PlainUser() {
    if (root_ && ::seteuid(0) != 0) std::abort();
  }

 private:
  bool root_;
};

TEST_F(RunDirectory, Name_IsTimeAgentEnv) {
  const auto path = CreateRunDirectory(folder_ / "runs", "ppo", "CartPole-v1", kNow);
  EXPECT_EQ(path, folder_ / "runs" / "20231114-221320-ppo-CartPole-v1");
  EXPECT_TRUE(std::filesystem::is_empty(path));
}

TEST_F(RunDirectory, TakenName_GetsTheNextNumber) {
  for (int i = 0; i < 3; ++i) CreateRunDirectory(folder_.path(), "q", "E-v0", kNow);
  EXPECT_EQ(Names(folder_.path()), (Strings{"20231114-221320-q-E-v0", "20231114-221320-q-E-v0-2",
                                            "20231114-221320-q-E-v0-3"}));
}

TEST_F(RunDirectory, NameOfAFile_CountsAsTaken) {
  Spill(folder_ / "20231114-221320-q-E-v0", "a file");
  EXPECT_EQ(CreateRunDirectory(folder_.path(), "q", "E-v0", kNow).filename(),
            "20231114-221320-q-E-v0-2");
}

TEST_F(RunDirectory, ForeignCharacters_NeverLeaveTheRoot) {
  EXPECT_EQ(CreateRunDirectory(folder_.path(), "my agent", "/lib/../env.so:X", kNow),
            folder_ / "20231114-221320-my_agent-_lib_.._env.so_X");
}

TEST_F(RunDirectory, ManyRunsInOneSecond_GetAFolderEach) {
  std::vector<pid_t> runs;
  for (int i = 0; i < 8; ++i) {
    runs.push_back(::fork());
    if (runs.back() == 0) {
      const auto path = CreateRunDirectory(folder_.path(), "q", "E-v0", kNow);
      Spill(path / std::to_string(::getpid()), "");
      ::_exit(0);
    }
  }
  for (const pid_t run : runs) ::waitpid(run, nullptr, 0);
  const Strings names = Names(folder_.path());
  EXPECT_EQ(names.size(), 8u);
  for (const std::string& name : names) EXPECT_EQ(Names(folder_ / name).size(), 1u) << name;
}

TEST_F(RunDirectory, ReadOnlyRoot_IsAMachineError) {
  const TempFolder folder("/tmp");  // every user may look into it
  std::filesystem::create_directory(folder / "runs");
  std::filesystem::permissions(folder.path(), std::filesystem::perms(0755));
  std::filesystem::permissions(folder / "runs", std::filesystem::perms(0555));
  const PlainUser user;
  const std::string runs = folder / "runs";
  EXPECT_EQ(ErrorOf<IoError>([&] { CreateRunDirectory(runs, "q", "E-v0", kNow); }),
            "cannot make " + runs + "/20231114-221320-q-E-v0: Permission denied");
  EXPECT_EQ(ErrorOf<IoError>([&] { UseRunDirectory(runs + "/out"); }),
            "cannot make " + runs + "/out: Permission denied");
}

TEST_F(RunDirectory, RootThatIsAFile_IsNamed) {
  Spill(folder_ / "runs", "a file");
  const std::string runs = folder_ / "runs";
  for (const std::string& root : {runs, runs + "/deeper"}) {
    EXPECT_EQ(ErrorOf<FileError>([&] { CreateRunDirectory(root, "q", "E-v0", kNow); }),
              "cannot make " + root + ": a part of it is not a folder");
  }
}

TEST_F(RunDirectory, GivenFolder_IsMadeOrUsedWhereEmpty) {
  UseRunDirectory(folder_ / "a" / "b");
  EXPECT_TRUE(std::filesystem::is_directory(folder_ / "a" / "b"));
  UseRunDirectory(folder_ / "a" / "b");
}

TEST_F(RunDirectory, GivenFolderWithContent_IsRefused) {
  Spill(folder_ / "precious", "x");
  EXPECT_EQ(ErrorOf<UsageError>([&] { UseRunDirectory(folder_.path()); }),
            folder_.path().string() + " exists and is not empty; give a new or an empty folder");
  EXPECT_EQ(ErrorOf<FileError>([&] { UseRunDirectory(folder_ / "precious"); }),
            (folder_ / "precious").string() + " is not a folder");
  EXPECT_EQ(Slurp(folder_ / "precious"), "x");
}

}  // namespace
}  // namespace brasa

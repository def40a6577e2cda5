// WriteFileAtomically and AppendFile.
#include <sys/wait.h>
#include <unistd.h>

#include "brasa/core/error.h"
#include "runners/files/atomic_file.h"
#include "runners/loop/append_file.h"
#include "tests/outputs/outputs_testing.h"

namespace brasa {
namespace {

TEST(AtomicFile, NewFile_HoldsThePiecesInOrder) {
  const TempFolder folder;
  const std::vector<std::string_view> pieces = {"one", "", " two"};
  WriteFileAtomically(folder / "file", pieces);
  EXPECT_EQ(Slurp(folder / "file"), "one two");
  EXPECT_EQ(Names(folder.path()), std::vector<std::string>{"file"});
}

TEST(AtomicFile, OldFile_IsReplaced) {
  const TempFolder folder;
  Spill(folder / "file", "a longer text than the new one");
  WriteFileAtomically(folder / "file", "new");
  EXPECT_EQ(Slurp(folder / "file"), "new");
}

TEST(AtomicFile, LeftoverOfAKilledWriter_IsOverwritten) {
  const TempFolder folder;
  Spill(folder / "file.tmp", "half of something that is longer than what comes");
  WriteFileAtomically(folder / "file", "new");
  EXPECT_EQ(Slurp(folder / "file"), "new");
  EXPECT_EQ(Names(folder.path()), std::vector<std::string>{"file"});
}

TEST(AtomicFile, FullDisk_ThrowsAndLeavesTheOldFileAlone) {
  const TempFolder folder;
  Spill(folder / "file", "old");
  std::string error;
  {
    const FullDisk full(1000);
    error = ErrorOf<IoError>([&] { WriteFileAtomically(folder / "file", std::string(5000, 'x')); });
  }
  EXPECT_EQ(error, "cannot write '" + (folder / "file").string() + "': File too large");
  EXPECT_EQ(Slurp(folder / "file"), "old");
  EXPECT_EQ(Names(folder.path()), std::vector<std::string>{"file"});
}

TEST(AtomicFile, PathOfAFolder_ThrowsAndLeavesNothing) {
  const TempFolder folder;
  std::filesystem::create_directory(folder / "file");
  ErrorOf<FileError>([&] { WriteFileAtomically(folder / "file", "new"); });
  EXPECT_EQ(Names(folder.path()), std::vector<std::string>{"file"});
}

TEST(AtomicFile, MissingFolder_IsNamed) {
  const TempFolder folder;
  const std::string path = folder / "missing" / "file";
  EXPECT_EQ(ErrorOf<FileError>([&] { WriteFileAtomically(path, "new"); }),
            "cannot write '" + path + "': No such file or directory");
}

// A writer that wrote in place would be caught with half of its 512 KiB.
TEST(AtomicFile, KilledWriter_LeavesTheOldOrTheNewBytes) {
  const TempFolder folder;
  const std::string a(std::size_t{512} << 10, 'a'), b(std::size_t{512} << 10, 'b');
  WriteFileAtomically(folder / "file", a);
  for (int kill = 0; kill < 20; ++kill) {
    const pid_t writer = ::fork();
    if (writer == 0) {
      for (;;) {
        WriteFileAtomically(folder / "file", b);
        WriteFileAtomically(folder / "file", a);
      }
    }
    ::usleep(static_cast<useconds_t>(1000 + 613 * kill));
    ::kill(writer, SIGKILL);
    ::waitpid(writer, nullptr, 0);
    const std::string found = Slurp(folder / "file");
    ASSERT_TRUE(found == a || found == b) << "kill " << kill << ": " << found.size() << " bytes";
  }
}

TEST(AppendFile, Length_CountsWhatIsCollected) {
  const TempFolder folder;
  AppendFile file = AppendFile::Create(folder / "file");
  file.Append("12345");
  EXPECT_EQ(file.length(), 5);
  file.Flush(Sync::kYes);
  EXPECT_EQ(Slurp(folder / "file"), "12345");
  file.Append("678");
  EXPECT_EQ(file.length(), 8);
  file.Flush(Sync::kNo);
  EXPECT_EQ(Slurp(folder / "file"), "12345678");
}

TEST(AppendFile, ManyRecords_ReachTheFileWithoutFlush) {
  const TempFolder folder;
  AppendFile file = AppendFile::Create(folder / "file");
  const std::string record(1000, 'r');
  for (int i = 0; i < 1000; ++i) file.Append(record);
  EXPECT_GE(std::filesystem::file_size(folder / "file"), 900000u);
  EXPECT_EQ(std::filesystem::file_size(folder / "file") % 1000, 0u) << "whole records only";
}

TEST(AppendFile, End_WritesWhatIsCollected) {
  const TempFolder folder;
  AppendFile::Create(folder / "file").Append("text");
  EXPECT_EQ(Slurp(folder / "file"), "text");
}

TEST(AppendFile, Create_DoesNotOverwrite) {
  const TempFolder folder;
  Spill(folder / "file", "precious");
  EXPECT_EQ(ErrorOf<UsageError>([&] { AppendFile::Create(folder / "file"); }),
            (folder / "file").string() + " exists and is not overwritten");
  EXPECT_EQ(Slurp(folder / "file"), "precious");
}

TEST(AppendFile, Resume_CutsAndGoesOn) {
  const TempFolder folder;
  Spill(folder / "file", "0123456789");
  AppendFile file = AppendFile::Resume(folder / "file", 4);
  EXPECT_EQ(file.length(), 4);
  file.Append("ab");
  file.Flush(Sync::kNo);
  EXPECT_EQ(Slurp(folder / "file"), "0123ab");
}

TEST(AppendFile, ResumeOfAShorterFile_IsRefusedAndChangesNothing) {
  const TempFolder folder;
  Spill(folder / "file", "0123");
  EXPECT_EQ(ErrorOf<FileError>([&] { AppendFile::Resume(folder / "file", 5); }),
            (folder / "file").string() + " has 4 bytes, 5 are needed");
  EXPECT_EQ(Slurp(folder / "file"), "0123");
}

TEST(AppendFile, ResumeOfAMissingFile_NeedsLengthZero) {
  const TempFolder folder;
  ErrorOf<FileError>([&] { AppendFile::Resume(folder / "file", 1); });
  EXPECT_TRUE(Names(folder.path()).empty()) << "a refusal makes no file";
  AppendFile::Resume(folder / "file", 0).Append("x");
  EXPECT_EQ(Slurp(folder / "file"), "x");
}

TEST(AppendFile, TruncateTo_WritesWhatIsCollectedBeforeItCuts) {
  const TempFolder folder;
  AppendFile file = AppendFile::Create(folder / "file");
  file.Append("0123456789");
  file.TruncateTo(3);
  EXPECT_EQ(file.length(), 3);
  ErrorOf<FileError>([&] { file.TruncateTo(4); });
  file.Append("x");
  file.Flush(Sync::kNo);
  EXPECT_EQ(Slurp(folder / "file"), "012x");
}

TEST(AppendFile, SecondWriter_IsRefused) {
  const TempFolder folder;
  AppendFile file = AppendFile::Create(folder / "file");
  file.Append("0123");
  file.Flush(Sync::kNo);
  EXPECT_EQ(ErrorOf<UsageError>([&] { AppendFile::Resume(folder / "file", 0); }),
            (folder / "file").string() + " is being written by another process");
  EXPECT_EQ(Slurp(folder / "file"), "0123");
}

TEST(AppendFile, FullDisk_KeepsWholeRecordsAndTriesAgain) {
  const TempFolder folder;
  AppendFile file = AppendFile::Create(folder / "file");
  const auto append_five = [&](char c) {
    for (int i = 0; i < 5; ++i) file.Append(std::string(100, c));
  };
  append_five('a');
  file.Flush(Sync::kNo);
  append_five('b');
  std::string error;
  {
    const FullDisk full(750);
    error = ErrorOf<IoError>([&] { file.Flush(Sync::kNo); });
  }
  EXPECT_EQ(error, "cannot write " + (folder / "file").string() + ": File too large");
  EXPECT_EQ(Slurp(folder / "file"), std::string(500, 'a')) << "half of record 8 must not stay";
  EXPECT_EQ(file.length(), 1000);
  file.Flush(Sync::kYes);
  EXPECT_EQ(Slurp(folder / "file"), std::string(500, 'a') + std::string(500, 'b'));
}

TEST(AppendFile, FullDiskAtTheEnd_DoesNotThrowAndKeepsWholeRecords) {
  const TempFolder folder;
  {
    AppendFile file = AppendFile::Create(folder / "file");
    file.Append("whole");
    file.Flush(Sync::kNo);
    file.Append(std::string(100, 'x'));
    const FullDisk full(50);
    const AppendFile goes_here = std::move(file);
  }
  EXPECT_EQ(Slurp(folder / "file"), "whole");
}

}  // namespace
}  // namespace brasa

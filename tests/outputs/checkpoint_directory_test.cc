#include "runners/loop/checkpoint_directory.h"

#include "brasa/core/error.h"
#include "tests/outputs/outputs_testing.h"

namespace brasa {
namespace {

using Strings = std::vector<std::string>;

std::filesystem::path WriteStep(const std::filesystem::path& folder, std::int64_t step) {
  const std::string text = "state of " + std::to_string(step);
  return WriteRunCheckpoint(folder, step, std::vector<SectionView>{{"state", text}});
}

TEST(CheckpointDirectory, Write_MakesTheFolderAndNamesTheStep) {
  const TempFolder folder;
  const auto path = WriteStep(folder / "checkpoints", 42);
  EXPECT_EQ(path, folder / "checkpoints" / "step-000000000042.ckpt");
  EXPECT_EQ(Checkpoint::Read(path).Bytes("state"), "state of 42");
}

TEST(CheckpointDirectory, TwoNewestAreKept) {
  const TempFolder folder;
  for (const std::int64_t step : {0, 999, 1000, 20000}) WriteStep(folder.path(), step);
  EXPECT_EQ(Names(folder.path()), (Strings{"step-000000001000.ckpt", "step-000000020000.ckpt"}));
}

TEST(CheckpointDirectory, SameStepAgain_ReplacesIt) {
  const TempFolder folder;
  for (const std::int64_t step : {1, 2, 2}) WriteStep(folder.path(), step);
  EXPECT_EQ(Names(folder.path()), (Strings{"step-000000000001.ckpt", "step-000000000002.ckpt"}));
}

TEST(CheckpointDirectory, LaterSteps_GoWhenTheRunWentBackBeforeThem) {
  const TempFolder folder;
  for (const std::int64_t step : {50, 100, 80}) WriteStep(folder.path(), step);
  EXPECT_EQ(Names(folder.path()), (Strings{"step-000000000050.ckpt", "step-000000000080.ckpt"}));
}

TEST(CheckpointDirectory, OtherFiles_StayAndHalfWrittenOnesGo) {
  const TempFolder folder;
  const Strings others = {"notes.txt", "step-1.ckpt", "step-000000000001.ckpt.bak"};
  for (const std::string& name : others) Spill(folder / name, "mine");
  Spill(folder / "step-000000000003.ckpt.tmp", "half");
  WriteStep(folder.path(), 5);
  EXPECT_EQ(Names(folder.path()), (Strings{"notes.txt", "step-000000000001.ckpt.bak",
                                           "step-000000000005.ckpt", "step-1.ckpt"}));
}

TEST(CheckpointDirectory, FullDisk_KeepsEveryOlderCheckpoint) {
  const TempFolder folder;
  WriteStep(folder.path(), 1);
  WriteStep(folder.path(), 2);
  {
    const FullDisk full(40);
    ErrorOf<IoError>([&] { WriteStep(folder.path(), 3); });
  }
  EXPECT_EQ(Names(folder.path()), (Strings{"step-000000000001.ckpt", "step-000000000002.ckpt"}));
}

TEST(CheckpointDirectory, Latest_IsTheHighestStep) {
  const TempFolder folder;
  WriteStep(folder.path(), 9);
  WriteStep(folder.path(), 10);
  const LatestCheckpoint latest = FindLatestCheckpoint(folder.path());
  EXPECT_EQ(latest.step, 10);
  EXPECT_EQ(latest.checkpoint.Bytes("state"), "state of 10");
  EXPECT_TRUE(latest.skipped.empty());
}

TEST(CheckpointDirectory, DamagedNewest_IsSkippedAndTold) {
  const TempFolder folder;
  WriteStep(folder.path(), 1);
  const auto newest = WriteStep(folder.path(), 2);
  std::string bytes = Slurp(newest);
  bytes.back() = '!';
  Spill(newest, bytes);
  const LatestCheckpoint latest = FindLatestCheckpoint(folder.path());
  EXPECT_EQ(latest.step, 1);
  EXPECT_EQ(latest.checkpoint.Bytes("state"), "state of 1");
  EXPECT_EQ(latest.skipped,
            Strings{"checkpoint " + newest.string() + " is damaged in section 'state'"});
}

TEST(CheckpointDirectory, NothingToResume_IsAnError) {
  const TempFolder folder;
  EXPECT_EQ(ErrorOf<FileError>([&] { FindLatestCheckpoint(folder / "missing"); }),
            (folder / "missing").string() + " holds no checkpoint");
  EXPECT_EQ(ErrorOf<FileError>([&] { FindLatestCheckpoint(folder.path()); }),
            folder.path().string() + " holds no checkpoint");
  const std::string only = folder / "step-000000000001.ckpt";
  Spill(only, "");
  EXPECT_EQ(ErrorOf<FileError>([&] { FindLatestCheckpoint(folder.path()); }),
            "no checkpoint in " + folder.path().string() + " can be read: checkpoint " + only +
                " is truncated");
}

}  // namespace
}  // namespace brasa

// A recording outlives its writer: kill -9 at any moment, resume, followers, full disks.
#include <gtest/gtest.h>
#include <hdf5.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <functional>
#include <thread>

#include "brasa/core/error.h"
#include "tests/record/record_testing.h"
#include "tests/three_seat/three_seat_game.h"

namespace brasa::record_testing {
namespace {

/// What a recording child tells: how far it is, and when by its own clock.
struct Progress {
  std::int64_t steps = 0;
  double seconds = 0;
};

double Now() {
  timespec now = {};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

/// A forked process that runs `work` with the writing end of a pipe and then waits to be killed.
class Child {
 public:
  explicit Child(const std::function<void(int)>& work) {
    if (pipe(pipe_.data()) != 0) abort();
    pid_ = fork();
    if (pid_ != 0) {
      close(pipe_[1]);
      return;
    }
    work(pipe_[1]);
    for (;;) pause();
  }
  ~Child() {
    if (pid_ > 0) Kill();
    close(pipe_[0]);
  }
  void Kill() {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
    pid_ = 0;
  }
  /// The next thing it tells; false when it is dead and all has been read.
  bool Next(Progress& progress) {
    return read(pipe_[0], &progress, sizeof progress) == sizeof progress;
  }

 private:
  std::array<int, 2> pipe_ = {};
  pid_t pid_ = 0;
};

void Tell(int pipe, std::int64_t steps) {
  const Progress progress = {steps, Now()};
  if (write(pipe, &progress, sizeof progress) != sizeof progress) abort();
}

/// Records without end, `batch` vector steps at a time with a pause between, telling after each.
void RecordUntilKilled(const std::string& path, const EnvRow& row, int worlds, int batch,
                       int pause_us, int pipe) {
  RandomRun run(row, worlds);
  const auto recorder = MakeRecorder(path, run.Info());
  for (std::int64_t steps = batch;; steps += batch) {
    run.Until(steps, {recorder.get()});
    Tell(pipe, steps);
    usleep(static_cast<useconds_t>(pause_us));
  }
}

/// Steps that had been made one second before the last message, where time is the child's own and
/// a stall of the machine (no message for 50 ms and more) counts as 50 ms.
std::int64_t OlderThanASecond(const std::vector<Progress>& told) {
  double age = 0;
  for (std::size_t i = told.size(); i-- > 1;) {
    age += std::min(0.05, told[i].seconds - told[i - 1].seconds);
    if (age > 1.0) return told[i - 1].steps;
  }
  return 0;
}

/// Expects that the file is the beginning of the uninterrupted run.
void ExpectBeginningOfRun(const std::string& path, const EnvRow& row, int worlds) {
  const std::int64_t steps = Recording::Open(path)->rows() / worlds;
  RandomRun run(row, worlds);
  MemoryRecorder plain(run.Info().spec);
  if (steps > 0) run.Until(steps, {&plain});  // nothing committed: not the first reset either
  Contents found = Datasets(path);
  if (steps == 0) {
    EXPECT_EQ(found["/plies/end"] + found["/chance/id"] + found["/episodes/end"], "");
  }
  for (const auto& [name, bytes] : plain.contents()) {
    EXPECT_TRUE(found[name] == bytes) << name << " after " << steps << " steps";
  }
}

void KillOne(int round, double seconds) {
  const std::string path = FreshPath("killed.h5");
  const bool fast = round % 2 == 0;  // by rows or by time: which of the two makes it flush
  const EnvRow row = round % 3 == 0 ? three_seat::ThreeSeatRow() : CartPoleRow();
  Child child(
      [&](int pipe) { RecordUntilKilled(path, row, 4, fast ? 100 : 3, fast ? 500 : 1000, pipe); });
  std::vector<Progress> told(1);
  while (!child.Next(told[0])) {
  }
  const double start = Now();
  Progress progress;
  while (Now() - start < seconds && child.Next(progress)) told.push_back(progress);
  child.Kill();
  while (child.Next(progress)) told.push_back(progress);

  auto recording = Recording::Open(path);
  EXPECT_FALSE(recording->live());
  EXPECT_GE(recording->rows() / 4, OlderThanASecond(told)) << "round " << round;
  recording.reset();
  EXPECT_EQ(system(("h5dump -H " + path + " > /dev/null").c_str()), 0);
  ExpectBeginningOfRun(path, row, 4);
}

TEST(Kill, FileIsRecovered_AndEqualsTheUninterruptedRun) {
  for (int round = 0; round < 5; ++round) KillOne(round, 0.05 + 0.4 * round);
}

TEST(FullKill, HundredTimes_EveryFileIsRecovered) {
  Rng moments(1, StreamRole::kTest);
  for (int round = 0; round < 100; ++round) KillOne(round, moments.Uniform(0, 3));
}

// Opening and recovering may be killed as well; the file stays what it was.
TEST(Kill, DuringRecovery_LeavesTheFileToTheNextOne) {
  const std::string path = FreshPath("twice.h5");
  {
    Child writer([&](int pipe) { RecordUntilKilled(path, CartPoleRow(), 4, 5000, 0, pipe); });
    Progress progress;
    while (writer.Next(progress) && progress.steps < 200'000) {
    }
  }
  for (int delay_us = 0; delay_us < 20'000; delay_us += 2500) {
    Child recoverer([&](int) { Recording::Open(path); });
    usleep(static_cast<useconds_t>(delay_us));
  }
  EXPECT_GE(Recording::Open(path)->rows(), 100'000);
  EXPECT_FALSE(std::filesystem::exists(path + ".new"));
  ExpectBeginningOfRun(path, CartPoleRow(), 4);
}

/// Records to step 1200, takes a checkpoint, goes on to step 2000.
std::string RecordPastCheckpoint(const std::string& path, const EnvRow& row, int end_steps) {
  RandomRun run(row, 5);
  const auto recorder = MakeRecorder(path, run.Info());
  run.Until(1200, {recorder.get()});
  StateWriter state;
  recorder->OnCheckpoint(state);
  run.Until(end_steps, {recorder.get()});
  recorder->OnEnd();
  return state.bytes();
}

void Resume(const std::string& path, const EnvRow& row, const std::string& state, int steps) {
  RandomRun run(row, 5);
  run.Until(1200, {});
  const auto recorder = ReopenRecorder(path, run.Info());
  StateReader reader(state, "checkpoint");
  recorder->OnResume(reader);
  EXPECT_TRUE(reader.AtEnd());
  run.Until(steps, {recorder.get()});
  recorder->OnEnd();
}

TEST(Resume, AfterAnInterruption_GivesTheFileOfAStraightRun) {
  for (const EnvRow& row : {three_seat::ThreeSeatRow(), BytesRow(), CartPoleRow()}) {
    const std::string straight = FreshPath("straight.h5"), resumed = FreshPath("resumed.h5");
    RecordRun(straight, row, 5, 3000);
    const std::string state = RecordPastCheckpoint(resumed, row, 2000);
    Resume(resumed, row, state, 3000);
    EXPECT_TRUE(Everything(straight) == Everything(resumed)) << row.id;
  }
}

TEST(Resume, AfterAKill_GivesTheFileOfAStraightRun) {
  const EnvRow row = three_seat::ThreeSeatRow();
  const std::string straight = FreshPath("straight.h5"), resumed = FreshPath("resumed.h5");
  const std::string checkpoint = FreshPath("state");
  RecordRun(straight, row, 5, 3000);
  {
    Child child([&](int pipe) {
      RandomRun run(row, 5);
      const auto recorder = MakeRecorder(resumed, run.Info());
      run.Until(1200, {recorder.get()});
      StateWriter state;
      recorder->OnCheckpoint(state);
      FILE* file = fopen(checkpoint.c_str(), "wb");
      fwrite(state.bytes().data(), 1, state.bytes().size(), file);
      fclose(file);
      run.Until(1500, {recorder.get()});
      Tell(pipe, 1500);
    });
    Progress progress;
    ASSERT_TRUE(child.Next(progress));
  }
  std::string state(std::filesystem::file_size(checkpoint), '\0');
  FILE* file = fopen(checkpoint.c_str(), "rb");
  ASSERT_EQ(fread(state.data(), 1, state.size(), file), state.size());
  fclose(file);
  Resume(resumed, row, state, 3000);
  EXPECT_TRUE(Everything(straight) == Everything(resumed));
}

TEST(Resume, WhatDoesNotFit_IsRefusedAndLeftAlone) {
  const std::string path = FreshPath("other.h5");
  RandomRun run(CartPoleRow(), 5);
  const std::string state = RecordPastCheckpoint(path, CartPoleRow(), 1200);
  const Contents before = Everything(path);
  const auto resume = [&](const RecordingInfo& info) {
    return Message<FileError>([&] {
      StateReader reader(state, "checkpoint");
      ReopenRecorder(path, info)->OnResume(reader);
    });
  };
  RecordingInfo other = run.Info();
  other.seed = 2;
  EXPECT_EQ(resume(other), path + ": records another run: the seed is 1, expected 2");
  other = run.Info();
  other.agent = "ppo";
  EXPECT_EQ(resume(other), path + ": records another run: the agent is random, expected ppo");

  const std::string shorter = FreshPath("shorter.h5");
  RecordRun(shorter, CartPoleRow(), 5, 1000);
  std::filesystem::rename(shorter, path);
  EXPECT_EQ(resume(run.Info()),
            path + ": '/plies' has 5000 rows, the checkpoint was taken at 6000");
  RecordRun(shorter, CartPoleRow(), 5, 1200);
  EXPECT_TRUE(before == Everything(shorter));
}

TEST(Follow, AnotherProcess_SeesCommittedRowsWhileTheyCome) {
  const std::string path = FreshPath("live.h5");
  Child child([&](int pipe) { RecordUntilKilled(path, CartPoleRow(), 4, 100, 1000, pipe); });
  Progress progress;
  ASSERT_TRUE(child.Next(progress));
  auto recording = Recording::Open(path);
  EXPECT_TRUE(recording->live());
  int grown = 0;
  std::int64_t rows = recording->rows();
  RandomRun run(CartPoleRow(), 4);
  MemoryRecorder plain(run.Info().spec);
  while (grown < 4 && child.Next(progress)) {
    if (!recording->Refresh()) continue;
    ++grown;
    EXPECT_GT(recording->rows(), rows);
    rows = recording->rows();
    run.Until(rows / 4, {&plain});
    const EpisodeData data = recording->ReadEpisode(recording->episodes() - 1);
    const std::size_t at = static_cast<std::size_t>(recording->episodes() - 1) * 16;
    EXPECT_EQ(0, std::memcmp(data.final_observation.data(),
                             &plain.contents().at("/episodes/final_observation")[at], 16));
    EXPECT_EQ(recording->ReadOpenEpisode(3).head.end, EpisodeEnd::kNone);
  }
  EXPECT_EQ(grown, 4);
  child.Kill();
  recording->Refresh();
  EXPECT_FALSE(recording->live());
  rows = recording->rows();
  recording.reset();
  EXPECT_EQ(Recording::Open(path)->rows(), rows);
}

TEST(Follow, AnotherThreadOfTheSameProcess_SeesCommittedRows) {
  const std::string path = FreshPath("threads.h5");
  RandomRun run(CartPoleRow(), 4);
  const auto recorder = MakeRecorder(path, run.Info());
  std::int64_t seen = 0;
  std::thread reader([&] {
    const auto recording = Recording::Open(path);
    EXPECT_TRUE(recording->live());
    while (recording->rows() < 20'000) recording->Refresh();
    seen = recording->episodes();
    EXPECT_EQ(recording->ReadEpisode(seen - 1).final_observation.size(), 16u);
  });
  run.Until(5000, {recorder.get()});
  StateWriter ignored;
  recorder->OnCheckpoint(ignored);
  reader.join();
  recorder->OnEnd();
  EXPECT_EQ(seen, Recording::Open(path)->episodes());
}

TEST(Disk, Full_StopsTheRunInOneLineAndKeepsWhatWasCommitted) {
  const std::string path = FreshPath("full.h5");
  const rlim_t limit = 3'000'000;
  Child child([&](int pipe) {
    signal(SIGXFSZ, SIG_IGN);
    const rlimit size = {limit, limit};
    setrlimit(RLIMIT_FSIZE, &size);
    RandomRun run(CartPoleRow(), 4);
    const std::string first = Message<IoError>([&] {
      const auto recorder = MakeRecorder(path, run.Info());
      StateWriter ignored;
      for (std::int64_t steps = 100; steps < 1'000'000; steps += 100) {
        run.Until(steps, {recorder.get()});
        recorder->OnCheckpoint(ignored);
      }
    });
    const bool expected = first == path + ": cannot be written: File too large";
    if (!expected) fprintf(stderr, "it said: %s\n", first.c_str());
    Tell(pipe, expected ? run.steps() : -1);
    exit(0);
  });
  Progress progress;
  ASSERT_TRUE(child.Next(progress));
  ASSERT_GT(progress.steps, 5000) << "another message, or none";
  const std::int64_t rows = Recording::Open(path)->rows();
  EXPECT_GE(rows, (progress.steps - 200) * 4);
  ExpectBeginningOfRun(path, CartPoleRow(), 4);
}

}  // namespace
}  // namespace brasa::record_testing

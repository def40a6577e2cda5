// Runs side by side, each in a process of its own: what `train --seeds`, `sweep` and `selfcheck`
// stand on. A crash of one run loses that one only.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "brasa/registry.h"

namespace brasa {

/// A run that has its run.toml: it begins or goes on where its last checkpoint stands.
struct Job {
  std::string name;        ///< in messages: "seed 3"
  std::string directory;   ///< of the run
  std::int64_t until = 0;  ///< world steps to stop at, with a checkpoint; 0 = the run's own end
};

/// How a job came to its end.
struct JobOutcome {
  enum class End { kNotRun, kDone, kStopped, kFailed };
  End end = End::kNotRun;
  std::string result;    ///< ResultJson of what was reached; of kDone and kStopped
  std::string error;     ///< one line; of kFailed
  std::string warnings;  ///< what the process said on standard error, lines
};

/// All jobs together, those that are done included.
struct JobsProgress {
  std::size_t done = 0, jobs = 0;
  std::int64_t steps = 0, total_steps = 0;
  double steps_per_second = 0;  ///< of those that run now
};

struct JobOptions {
  int jobs = 1;                                       ///< side by side
  int threads = 1;                                    ///< the thread budget of each
  const std::atomic<bool>* stop = nullptr;            ///< set: all checkpoint and end
  std::function<void(const JobsProgress&)> progress;  ///< some ten times a second
  /// Called once for each job that ran, in the order in which they end.
  std::function<void(std::size_t job, const JobOutcome&)> ended;
};

/// How many runs go side by side and the threads of each.
struct ThreadShare {
  int jobs = 1, threads = 1;
  friend bool operator==(const ThreadShare&, const ThreadShare&) = default;
};
/// Shares `budget` threads among `runs` runs. `jobs` and `workers` (of a run) are what the user
/// asked for, 0 = nothing; jobs * threads exceeds the budget only where they ask for it.
ThreadShare ShareThreads(int runs, int jobs, int workers, int budget);

/// Runs the jobs in the order given. `total_steps` are those each job ends at, for the progress.
/// The first error of a process is its outcome; throws IoError only where no process can be
/// started. When this process is killed, those it started are killed too.
std::vector<JobOutcome> RunJobs(std::span<const Job> jobs,
                                std::span<const std::int64_t> total_steps,
                                const JobOptions& options);

/// The other end: what the hidden command `job` does with the run in `directory`. Prints the result
/// as JSON; `link` is a descriptor that takes progress. Returns the exit code: 0 if it got as far
/// as it should, 130 if it was stopped before.
int ServeJob(Registry& registry, const std::string& directory, std::int64_t until, int link,
             int host, const std::atomic<bool>& stop);

/// While it lives, no other process runs what lies in `directory`; the processes that RunJobs
/// starts hold it too. Waits for three seconds, then throws UsageError naming the directory.
class FolderLock {
 public:
  explicit FolderLock(const std::string& directory);
  ~FolderLock();
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;

 private:
  int descriptor_;
};

}  // namespace brasa

#include "runners/experiment/jobs.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <memory>
#include <utility>

#include "brasa/core/error.h"
#include "runners/experiment/job_process.h"

namespace brasa {
namespace {

constexpr int kPollMilliseconds = 50;
constexpr std::chrono::milliseconds kBetweenProgress{100};
constexpr std::chrono::seconds kLockPatience{3};
constexpr int kAboveStreams = 10;

/// The jobs of one call of RunJobs.
class Pool {
 public:
  Pool(std::span<const Job> jobs, std::span<const std::int64_t> total_steps,
       const JobOptions& options)
      : jobs_(jobs), options_(options), outcomes_(jobs.size()), steps_(jobs.size(), 0) {
    for (const std::int64_t steps : total_steps) progress_.total_steps += steps;
    total_steps_.assign(total_steps.begin(), total_steps.end());
    progress_.jobs = jobs.size();
  }

  std::vector<JobOutcome> Run() {
    while (!running_.empty() || (next_ < jobs_.size() && !stopping_)) {
      if (!stopping_ && options_.stop != nullptr && *options_.stop) Stop();
      while (!stopping_ && next_ < jobs_.size() && running_.size() < Width()) Start();
      Wait();
      Tell();
    }
    return std::move(outcomes_);
  }

 private:
  struct Running {
    std::size_t job;
    std::unique_ptr<JobProcess> process;
    double steps_per_second = 0;
  };

  std::size_t Width() const { return static_cast<std::size_t>(std::max(1, options_.jobs)); }

  void Start() {
    const Job& job = jobs_[next_];
    running_.push_back({next_, std::make_unique<JobProcess>(job, options_.threads)});
    ++next_;
  }

  void Stop() {
    stopping_ = true;
    for (const Running& running : running_) running.process->AskToStop();
  }

  /// Until something is said or the time for a look at the clock has come.
  void Wait() {
    std::vector<pollfd> links;
    for (const Running& running : running_) {
      links.push_back({running.process->link(), POLLIN, 0});
    }
    poll(links.data(), links.size(), kPollMilliseconds);
    for (Running& running : running_) Listen(running);
    std::erase_if(running_, [&](Running& running) { return Ended(running); });
  }

  void Listen(Running& running) {
    const JobReport report = running.process->Listen();
    if (!report.any) return;
    steps_[running.job] = report.steps;
    running.steps_per_second = report.steps_per_second;
  }

  bool Ended(Running& running) {
    if (!running.process->ended()) return false;
    JobOutcome& outcome = outcomes_[running.job];
    outcome = running.process->Outcome();
    if (outcome.end == JobOutcome::End::kDone) steps_[running.job] = total_steps_[running.job];
    ++progress_.done;
    if (options_.ended) options_.ended(running.job, outcome);
    return true;
  }

  void Tell() {
    const auto now = std::chrono::steady_clock::now();
    if (!options_.progress || now < next_progress_) return;
    next_progress_ = now + kBetweenProgress;
    progress_.steps = 0;
    for (const std::int64_t steps : steps_) progress_.steps += steps;
    progress_.steps_per_second = 0;
    for (const Running& running : running_) {
      progress_.steps_per_second += running.steps_per_second;
    }
    options_.progress(progress_);
  }

  std::span<const Job> jobs_;
  const JobOptions& options_;
  std::vector<JobOutcome> outcomes_;
  std::vector<std::int64_t> steps_, total_steps_;  // by job
  std::vector<Running> running_;
  std::size_t next_ = 0;
  bool stopping_ = false;
  JobsProgress progress_;
  std::chrono::steady_clock::time_point next_progress_{};
};

}  // namespace

ThreadShare ShareThreads(int runs, int jobs, int workers, int budget) {
  ThreadShare share;
  share.jobs = jobs > 0 ? jobs : std::max(1, budget / std::max(1, workers));
  share.jobs = std::min(share.jobs, std::max(1, runs));
  share.threads = workers > 0 ? workers : std::max(1, budget / share.jobs);
  return share;
}

std::vector<JobOutcome> RunJobs(std::span<const Job> jobs,
                                std::span<const std::int64_t> total_steps,
                                const JobOptions& options) {
  return Pool(jobs, total_steps, options).Run();
}

FolderLock::FolderLock(const std::string& directory) {
  const int folder = open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) {
    throw FileError("cannot open the folder '" + directory + "': " + std::strerror(errno));
  }
  // Inherited on purpose, and out of the way of the streams of a job.
  descriptor_ = fcntl(folder, F_DUPFD, kAboveStreams);
  close(folder);
  const auto last = std::chrono::steady_clock::now() + kLockPatience;
  while (flock(descriptor_, LOCK_EX | LOCK_NB) != 0) {
    if (std::chrono::steady_clock::now() < last) {
      usleep(20000);
      continue;
    }
    close(descriptor_);
    throw UsageError("'" + directory + "' is being run by another process; wait for its end");
  }
}

FolderLock::~FolderLock() { close(descriptor_); }

}  // namespace brasa

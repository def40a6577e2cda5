// The worlds of one worker process, and the process.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "runners/vector/worker_job.h"
#include "runners/vector/worker_link.h"
#include "runners/vector/worker_process.h"

namespace brasa {

/// Questions and answers with bounded waits. Once the process is lost, questions and answers do
/// nothing until it is started again.
class WorkerPart {
 public:
  /// What the parts of an environment have in common. Borrowed.
  struct Setting {
    std::string program;
    int memory;                                  ///< descriptor of the shared rows
    WorkerJob job;                               ///< without its range
    const std::atomic<std::uint64_t>* progress;  ///< [N]
    double step_timeout;                         ///< [s]
    const std::atomic<bool>* stop;               ///< null: nothing stops a wait
  };
  WorkerPart(const Setting& setting, int begin, int end)
      : setting_(&setting), begin_(begin), end_(end) {}

  int begin() const { return begin_; }
  int end() const { return end_; }

  /// Starts the process and tells it its worlds; FinishStart waits for its answer, which may take
  /// a minute.
  void Start();
  void FinishStart();
  void Ask(Note note, std::string_view bytes = {});
  /// Waits for the answer; playing episodes again counts as progress.
  void Listen() { ListenFor(setting_->step_timeout); }
  const Message& answer() const { return answer_; }

  /// The process is not what it was: it has ended, or the rules in it have failed.
  bool lost() const { return lost_.has_value(); }
  /// Lost because it did not answer in time.
  bool late() const { return lost_ == Heard::kLate; }
  /// Of a lost process: ends what is left of it and tells how it ended.
  std::string End();

 private:
  void ListenFor(double seconds);
  Patience PatienceOf(double seconds) const {
    return Patience(seconds, setting_->progress + begin_, setting_->stop);
  }

  const Setting* setting_;
  int begin_, end_;
  std::unique_ptr<WorkerProcess> process_;
  double waited_ = 0;          // [s] what the last wait allowed
  std::optional<Heard> lost_;  // what was heard instead of an answer; kMessage: of failed rules
  Message answer_;
};

}  // namespace brasa

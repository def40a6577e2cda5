// What host and worker process say to each other: notes over a socket pair.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>

namespace brasa {

enum class Note : std::int32_t {
  // Host to worker.
  kSetUp,    ///< which worlds: WorkerJob
  kReset,    ///< an episode in every world
  kStep,     ///< one ply of every world, actions in the shared rows
  kRebuild,  ///< OpenEpisode of every world: play them again
  kAbandon,  ///< end every episode as truncated, instead of a step
  kExamine,  ///< play one world's episode and its lost ply again
  // Worker to host.
  kReplayed,  ///< the plies before the lost one
  kDone,      ///< chance ids of every world where chance moves, else nothing
  kFailed,    ///< an error of the host's side, e.g. an illegal action: its kind and text
  kThrew,     ///< the rules of the environment failed; its worlds are broken: the text
};

struct Message {
  Note note = Note::kDone;
  std::string bytes;
};

/// How long the other side may take. Time is counted in the slices of the link's socket, so a
/// process that is stopped (Ctrl-Z) for an hour loses one slice. Progress begins the time anew.
/// Once `stop` is set, a second is left.
class Patience {
 public:
  explicit Patience(double seconds, const std::atomic<std::uint64_t>* progress = nullptr,
                    const std::atomic<bool>* stop = nullptr)
      : left_(seconds), seconds_(seconds), progress_(progress), stop_(stop) {
    if (progress_ != nullptr) seen_ = progress_->load(std::memory_order_relaxed);
  }
  /// A slice is over. False if none is left.
  bool Spend(double slice);

 private:
  double left_, seconds_;
  const std::atomic<std::uint64_t>* progress_;
  const std::atomic<bool>* stop_;
  std::uint64_t seen_ = 0;
};

enum class Heard {
  kMessage,
  kLate,     ///< patience is over
  kGone,     ///< the other process has ended, or has closed the link
  kGarbage,  ///< what it says is no note
};

/// One end of the pair. Owns the descriptor.
class WorkerLink {
 public:
  /// slice [s]: how often a wait looks at its patience; 0 = waits for ever.
  WorkerLink(int file, double slice);
  ~WorkerLink();
  WorkerLink(const WorkerLink&) = delete;
  WorkerLink& operator=(const WorkerLink&) = delete;

  /// kMessage: all is sent.
  Heard Send(Note note, std::string_view bytes, Patience patience);
  Heard Receive(Message& message, Patience patience);

 private:
  template <typename Move>
  Heard Carry(std::size_t size, Patience& patience, const Move& move);

  int file_;
  double slice_;
};

}  // namespace brasa

// Worlds that are stepped in processes of their own: a crash or an endless loop of an environment
// costs the run the episodes of one process, not its life.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "brasa/vector_env.h"

namespace brasa {

/// What happens when a process is lost.
enum class OnLoss {
  kStop,      ///< WorkerLost is thrown
  kContinue,  ///< its episodes end as truncated, it is started again
};

struct IsolateOptions {
  int worlds = 1;
  int processes = 0;  ///< 0 = as many as the machine grants; never more than worlds
  WorldStreams streams = {};
  bool signature = true;
  double step_timeout = 60;  ///< [s] wall time of one vector step in one process
  OnLoss on_loss = OnLoss::kStop;
  /// What is started; it must be a program around brasa::Main that knows the same environments.
  std::string program = "/proc/self/exe";
  /// Once it is set, a process that does not answer within a second is given up: StepInterrupted.
  const std::atomic<bool>* stop = nullptr;
};

/// A lost process, and what playing its episodes again told.
struct WorkerLoss {
  /// "crashes (SIGSEGV)", "does not come back within 2 s", "fails with 'cell 3 is haunted'", ..
  std::string how;
  int begin = 0, end = 0;  ///< its worlds
  bool examined = false;   ///< its episodes were played again: of the first loss of a run
  /// True if playing the episodes again in another process met the same world's failure; else
  /// `world` is the first of the lost ones.
  bool repeated = false;
  int world = 0;
  std::uint32_t episode = 0;         ///< number within its world
  int step = -1;                     ///< the ply that was lost, from 0; -1 = the first reset
  std::vector<std::uint8_t> action;  ///< [K] bytes of that ply; empty if step is -1
  /// The plies before it: movers [T], observations [T, D], actions [T, K], rewards [T, P], and the
  /// chance ids drawn at reset and by each ply [T + 1]. T = step; empty if `played_again` is false.
  bool played_again = false;
  std::vector<std::int32_t> player;
  std::vector<std::uint8_t> observation, actions;
  std::vector<float> rewards;
  std::vector<std::vector<std::int32_t>> chance;
};

/// "Corridor-v0, world 3, episode 5, step 17: the environment crashes (SIGSEGV)", or what is known.
std::string LossText(const std::string& env, const WorkerLoss& loss);

/// A process was lost under OnLoss::kStop.
class WorkerLost : public Error {
 public:
  WorkerLost(const std::string& text, WorkerLoss loss) : Error(text), loss_(std::move(loss)) {}
  const WorkerLoss& loss() const { return loss_; }

 private:
  WorkerLoss loss_;
};

/// IsolateOptions::stop was set while a process did not answer.
class StepInterrupted : public Error {
 public:
  using Error::Error;
};

/// Laws: the rows, `last()` and signature are those of SerialVectorEnv for any number of processes,
/// as long as none is lost. The host keeps each world's episode number and the actions of its open
/// episode, and brings worlds back by playing them again: that is what Save stores. So Save also
/// works after WorkerLost or StepInterrupted was thrown, and then tells the worlds as they were
/// before that step; every other call but Signature is an error then. A process counts as lost if
/// it ends, does not answer in time, writes into its link, or if the rules throw. Under kContinue
/// the lost step of a lost world is a ply of reward 0 that ends its episode as kTruncated, and the
/// final observation is that of the state before it: nothing that the lost step may have written is
/// used. `batch()` is one world that never plays: for spec and parameters. Threads: one caller, the
/// one that made it; the processes end with that thread. Errors: as VectorEnv; IoError where no
/// process can be started.
class IsolatedVectorEnv : public VectorEnv {
 public:
  virtual int processes() const = 0;
  /// Called under kContinue for each lost process, after its worlds have been brought back.
  std::function<void(const WorkerLoss&)> on_loss;
};

/// Starts the processes and waits until they have made their worlds.
std::unique_ptr<IsolatedVectorEnv> MakeIsolatedVectorEnv(const EnvRow& row, const Params& params,
                                                         const IsolateOptions& options);

/// The other side: serves the process `host` through the descriptors until it is gone; then ends
/// this process. `find` gives the row of an EnvName.
[[noreturn]] void ServeIsolatedWorlds(const std::function<const EnvRow&(const std::string&)>& find,
                                      int memory, int link, int host);

}  // namespace brasa

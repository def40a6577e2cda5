// N worlds of which a caller is handed the first M that are ready, while the others still step:
// for environments whose step times differ. VectorEnv (vector_env.h) waits for the slowest world of
// every step.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "brasa/core/batch.h"
#include "brasa/env_batch.h"

namespace brasa {

/// Which M worlds Receive hands out.
enum class AsyncOrder {
  kFixed,    ///< worlds 0 .. M-1, then the next M, and so on in a circle: reproducible
  kFastest,  ///< the M worlds that were ready first: depends on timing
};

struct AsyncOptions {
  int worlds = 1;   ///< N
  int batch = 1;    ///< M, at most N; with kFixed a divisor of N
  int workers = 0;  ///< threads that step; 0 = as many as the machine grants
  AsyncOrder order = AsyncOrder::kFixed;
  WorldStreams streams = {};
};

/// What Receive hands out: M rows, parallel to `world`. Valid until the next Receive.
struct AsyncRows {
  const std::int32_t* world = nullptr;  ///< [M] 0 .. N-1
  /// The plies just finished; zero and kNone for a world that was reset by Reset.
  OutcomeRows outcome;
  StateRows now;  ///< who moves and what the mover sees; mask is null where all is legal
  LastRows last;  ///< final states of the episodes that these plies ended; `world` as above
};

/// Laws: world i plays what world i of a VectorEnv of equal streams plays with equal actions,
/// whatever the order. Every Receive is answered by one Send before the next Receive. Threads: one
/// caller; worlds are stepped by the workers. Errors: as EnvBatch, thrown by Receive; afterwards
/// the environment is broken: only destroy it. The destructor waits for the steps under way.
class AsyncVectorEnv {
 public:
  virtual ~AsyncVectorEnv() = default;

  /// Starts an episode in every world; waits for steps under way and forgets their rows.
  virtual void Reset() = 0;
  /// Waits until the next M worlds are ready. Throws UsageError before Reset or without Send
  /// between.
  virtual const AsyncRows& Receive() = 0;
  /// One ply in each world of the last Receive: actions [M, K] in its order. Throws UsageError if
  /// there is none, or for an illegal action (then no world moves).
  virtual void Send(const void* actions) = 0;
  /// False if what Receive hands out depends on timing.
  virtual bool reproducible() const = 0;
  /// Hash over (action, rewards, end) of every ply so far, worlds combined in order; waits for
  /// steps under way.
  virtual std::uint64_t Signature() = 0;
  virtual const EnvBatch& batch() const = 0;
  const EnvSpec& spec() const { return batch().spec(); }
};

/// Throws ConfigError if the numbers do not fit.
std::unique_ptr<AsyncVectorEnv> MakeAsyncVectorEnv(const EnvRow& row, const Params& params,
                                                   const AsyncOptions& options);

}  // namespace brasa

// N worlds stepped together. Rows are written in place into arrays that belong to the caller; a
// world whose episode ends is reset in the same call, and its final state is told in `last()`.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "brasa/core/archive.h"
#include "brasa/core/batch.h"
#include "brasa/env_batch.h"

namespace brasa {

/// Laws, for every implementation and any number of workers: the same bits in all rows, in `last()`
/// and in the signature. Threads: one caller. Errors: as EnvBatch; where several worlds fail, the
/// lowest index is reported.
class VectorEnv {
 public:
  virtual ~VectorEnv() = default;

  /// Starts an episode in every world and writes the rows of its first state.
  virtual void Reset(const StateRows& first) = 0;
  /// One ply of every world. actions [N, K]; overwrites `outcome`, the successor states `next`
  /// (of a world whose episode ended: the first state of its next episode) and `last()`.
  /// Throws NumericError naming environment, world, episode and ply for a reward or observation
  /// that is not finite.
  virtual void Step(const void* actions, const OutcomeRows& outcome, const StateRows& next) = 0;
  /// Final states of the episodes that the last Step ended; valid until the next Step.
  virtual const LastRows& last() const = 0;
  /// Outcomes that chance drew in world `i` during the last Step before its reset, if it was reset.
  virtual std::span<const std::int32_t> FinalChanceIds(int world) const = 0;
  /// Outcomes that chance drew in world `i` since, or if it was not reset since the last Step.
  virtual std::span<const std::int32_t> ChanceIds(int world) const {
    return batch().ChanceIds(world);
  }

  /// Hash over (action, rewards, end) of every ply so far, worlds combined in order. 0 if off.
  virtual std::uint64_t Signature() const = 0;
  /// Streams, worlds, running returns and signature. Load throws FileError if it does not fit.
  virtual void Save(StateWriter& writer) const = 0;
  virtual void Load(StateReader& reader) = 0;

  /// True if the last Step ran on several threads; tells how, changes nothing.
  virtual bool parallel() const { return false; }

  virtual EnvBatch& batch() = 0;
  virtual const EnvBatch& batch() const = 0;
  const EnvSpec& spec() const { return batch().spec(); }
  virtual int worlds() const { return batch().worlds(); }
};

struct VectorEnvOptions {
  int worlds = 1;
  int workers = 0;  ///< threads that step; 0 = as many as the machine grants; 1 = serial
  WorldStreams streams;
  bool signature = true;
};

/// Threads this process may use: CPU affinity, container quota, variable BRASA_THREADS; at least 1.
int AvailableWorkers();

/// Steps the worlds one after the other: the oracle.
std::unique_ptr<VectorEnv> MakeSerialVectorEnv(const EnvRow& row, const Params& params,
                                               const VectorEnvOptions& options);
/// Steps chunks of worlds with TBB tasks. Where measured step times say that workers cost more than
/// they bring, it steps serially; that changes no result.
std::unique_ptr<VectorEnv> MakeTbbVectorEnv(const EnvRow& row, const Params& params,
                                            const VectorEnvOptions& options);
/// Serial for one worker, else TBB. brasa/isolate.h has a third way, in other processes.
std::unique_ptr<VectorEnv> MakeVectorEnv(const EnvRow& row, const Params& params,
                                         const VectorEnvOptions& options);

}  // namespace brasa

// One vector step over a chunk of worlds: what serial and parallel stepping share.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "brasa/core/archive.h"
#include "brasa/env_batch.h"
#include "brasa/vector_env.h"

namespace brasa {

/// Memory behind LastRows for n worlds.
struct LastRowsStorage {
  LastRowsStorage(const EnvSpec& spec, int n);
  /// Rows at the front, `count` of them.
  LastRows View(int count) const;
  /// Row j becomes row i of `from`.
  void CopyRow(std::size_t j, const LastRowsStorage& from, std::size_t i);
  /// Rows [from, from + count) become rows [to, to + count), to < from.
  void MoveRows(std::size_t to, std::size_t from, std::size_t count);

  std::size_t players, measures, observation_bytes;
  std::vector<std::int32_t> world, length;
  std::vector<std::uint32_t> episode;
  std::vector<double> returns;             // [n, P]
  std::vector<float> measured;             // [n, M]
  std::vector<std::uint8_t> observations;  // [n, P, D]
};

/// The worlds of a vector environment with their returns, signatures and last rows. Chunks are
/// disjoint ranges of worlds; different chunks may be stepped at the same time.
class WorldRows {
 public:
  /// `chunk` worlds are stepped in one go; the choice changes no result.
  WorldRows(const EnvRow& row, const Params& params, const VectorEnvOptions& options, int chunk);

  int chunks() const { return chunks_; }
  /// From now on `chunk` worlds are stepped in one go. Not while chunks are being stepped.
  void Divide(int chunk);
  /// Starts an episode in each world of chunk c and writes its first rows.
  void ResetChunk(int c, const StateRows& first);
  /// One ply of each world of chunk c; writes all its rows. `before` is the chunk that this thread
  /// has stepped before, of the same vector step, or -1.
  void StepChunk(int c, int before, const void* actions, const OutcomeRows& outcome,
                 const StateRows& next);
  /// After all chunks: moves the last rows of the chunks together, in world order.
  void GatherLast();

  /// Ends the episode of every world of chunk c as truncated, by a ply of `actions` that did not
  /// happen: no reward, and the final state is the one before it. Else as StepChunk.
  void AbandonChunk(int c, int before, const void* actions, const OutcomeRows& outcome,
                    const StateRows& next);
  /// Brings a world back: plays `plies` actions [T, K] of its episode again. `played` is called
  /// after the reset and each ply. Throws Error if the episode ends before them.
  void Rebuild(int world, std::uint32_t episode, std::span<const std::uint8_t> actions,
               std::uint64_t signature, const std::function<void()>& played);

  const LastRows& last() const { return last_; }
  /// Where chunks are single worlds: moves the last rows of those of `worlds` whose ply ended an
  /// episode to the front of `rows`, in the order given, and returns their number.
  int GatherLastOf(std::span<const std::int32_t> worlds, LastRowsStorage& rows) const;
  std::span<const std::int32_t> FinalChanceIds(int world) const;
  std::uint64_t Signature() const;
  /// Of each world [N], and what Signature makes of them.
  std::span<const std::uint64_t> signatures() const { return signatures_; }
  static std::uint64_t Combined(std::span<const std::uint64_t> signatures);
  /// The state of a world before its first ply's: of `signatures()`.
  static std::uint64_t FirstSignature();
  void Save(StateWriter& writer) const;
  void Load(StateReader& reader);
  EnvBatch& batch() { return batch_; }
  const EnvBatch& batch() const { return batch_; }

 private:
  struct Range {
    int begin, end;
  };
  Range RangeOf(int c) const;
  void WriteStates(Range range, const StateRows& rows);
  void Account(Range range, const void* actions, const OutcomeRows& outcome);
  void Sign(Range range, const void* actions, const OutcomeRows& outcome);
  void FinishEpisodes(int c, int before, const std::uint8_t* ends);
  void FinishEpisode(int world, std::size_t slot);
  void CheckFinite(const float* values, int rows, int width, int first_world, const char* what);

  EnvBatch batch_;
  int chunk_ = 0, chunks_ = 0;
  bool signed_;
  std::size_t players_, observation_bytes_, action_bytes_, measures_;
  // One entry a world, written by the thread that runs its chunk.
  std::vector<double> returns_;            // [N, P]
  std::vector<std::uint64_t> signatures_;  // [N]
  std::vector<std::vector<std::int32_t>> final_chance_;
  // Last rows: a chunk fills slots from its first world on, or behind those of the chunk before it
  // if one thread steps both; GatherLast closes the gaps. A cache line a chunk, for two cores.
  struct alignas(64) Slots {
    int begin = 0, end = 0;
  };
  std::vector<Slots> ended_;  // of which [chunks] are in use
  LastRowsStorage ending_;
  std::vector<std::int32_t> seats_;  // 0 .. P-1
  LastRows last_;
};

}  // namespace brasa

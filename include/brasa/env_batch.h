// The C++ faces of an environment's table: EnvBatch (n worlds with their streams and counters) and
// Env (one world, for search, viewer and command line). Both check what comes in.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "brasa/abi.h"
#include "brasa/canvas.h"
#include "brasa/core/archive.h"
#include "brasa/core/batch.h"
#include "brasa/core/model.h"
#include "brasa/core/random.h"
#include "brasa/core/spec.h"
#include "brasa/env.h"
#include "brasa/registry.h"

namespace brasa {

/// Which streams the worlds of a batch draw from: world i plays (seed, role, first_index + i).
struct WorldStreams {
  std::uint64_t seed = 0;
  StreamRole role = StreamRole::kEnv;
  std::uint32_t first_index = 0;
};

/// Who moves at chance nodes.
enum class ChanceMode {
  kRoll,  ///< the batch rolls them right after Reset and Step: callers never meet one
  kStop,  ///< they stand; the caller applies an outcome (perft, expectimax, playthroughs)
};

/// n worlds of one class and equal parameters, each with its stream, episode number and ply count.
/// Threads: calls on disjoint ranges of worlds may run at the same time; a world's calls are
/// sequential. Errors: ConfigError from the constructor, UsageError for actions, NumericError for
/// numbers that are not finite, Error for a failing environment; each names environment, world,
/// episode and ply. After an error thrown by the environment's own step the batch is broken: only
/// destroy it. An error found before (illegal action) moves no world of the range.
class EnvBatch {
 public:
  /// Throws ConfigError if a parameter is refused or the table contradicts itself.
  EnvBatch(const EnvRow& row, const Params& params, int worlds, WorldStreams streams,
           ChanceMode chance = ChanceMode::kRoll);
  ~EnvBatch();
  EnvBatch(const EnvBatch&) = delete;
  EnvBatch& operator=(const EnvBatch&) = delete;

  const EnvSpec& spec() const { return spec_; }
  const Params& params() const { return params_; }
  const EnvRow& row() const { return row_; }
  const brasa_env_class& table() const { return *class_; }
  int worlds() const { return worlds_; }
  /// The universal limit in force: plies until truncation, 0 = none.
  int max_episode_steps() const { return max_steps_; }
  /// True if some actions can be illegal.
  bool has_legal() const { return class_->legal != nullptr; }

  /// Starts the next episode of each world in [begin, end).
  void Reset(int begin, int end);
  /// One ply of each world. actions [N, K]; overwrites rewards [N, P] and ends [N] (EpisodeEnd).
  /// Checks all actions before any world moves; then steps, rolls chance, counts plies, truncates.
  void Step(int begin, int end, const void* actions, float* rewards, std::uint8_t* ends);
  /// The check that Step begins with. Throws UsageError naming the first illegal action of the
  /// range; moves nothing.
  void CheckActions(int begin, int end, const void* actions);
  /// What player players[i] sees (null = player 0): overwrites rows [N, D].
  void Observe(int begin, int end, const std::int32_t* players, void* rows) const;
  /// Who moves: overwrites players [N].
  void Players(int begin, int end, std::int32_t* players) const;
  /// Overwrites masks [N, A] with 1 where legal.
  void Masks(int begin, int end, std::uint8_t* masks);
  /// Legal ids of one world, ascending; valid until the world moves.
  std::span<const std::int32_t> Legal(int world) {
    if (!has_legal()) return {legal_ids_.data(), static_cast<std::size_t>(max_legal_)};
    if (legal_counts_[At(world)] < 0) RefreshLegal(world, world + 1);
    return {&legal_ids_[At(world) * static_cast<std::size_t>(max_legal_)],
            static_cast<std::size_t>(legal_counts_[At(world)])};
  }
  /// Makes the lists of a range in one call, so that Legal only reads them.
  void PrepareLegal(int begin, int end) {
    if (has_legal()) RefreshLegal(begin, end);
  }
  /// Outcomes drawn by chance since the last Reset or Step of this world, in order.
  std::span<const std::int32_t> ChanceIds(int world) const;
  /// Overwrites values [M] with the measures of the episode that just ended.
  void Measures(int world, float* values) const;
  /// Draws anew from `rng` what `player` cannot know of a world that is not over (see env.h's
  /// ResampleHidden). A no-op where every player sees the whole state; throws UsageError if the
  /// environment hides something and cannot draw it.
  void ResampleHidden(int world, int player, Rng& rng);
  /// True if ResampleHidden works.
  bool CanResample() const { return spec_.perfect_information || class_->resample != nullptr; }

  /// Number of the episode a world is in, from 0; -1 before the first Reset.
  int episode(int world) const { return episodes_[At(world)]; }
  /// The next Reset of `world` starts episode number `episode`: how a recorded episode is played
  /// again.
  void SetNextEpisode(int world, std::uint32_t episode) {
    episodes_[At(world)] = static_cast<std::int32_t>(episode) - 1;
  }
  /// Plies since Reset.
  int plies(int world) const { return plies_[At(world)]; }
  std::span<const std::int32_t> plies() const { return plies_; }
  const WorldStreams& streams() const { return streams_; }
  /// "CartPole-v1, world 3, episode 5, step 17", for errors.
  std::string Place(int world) const;

  /// World i of `from` over world j of this batch: the state and ply count, not stream and episode.
  void CopyWorld(int j, const EnvBatch& from, int i);
  /// Everything: worlds, streams, episodes, plies. Load throws FileError if it does not fit.
  void Save(StateWriter& writer) const;
  void Load(StateReader& reader);
  /// Bytes of one world's snapshot now.
  std::int64_t SnapshotSize(int world) const;
  /// Bytes of one world's snapshot; WorldFromBytes puts it back (stream and counters untouched).
  std::string WorldBytes(int world) const;
  void WorldFromBytes(int world, std::string_view bytes);

 private:
  friend class Env;
  std::size_t At(int world) const { return static_cast<std::size_t>(world); }
  void CheckLegal(int world, std::int32_t id);
  void RollChance(int begin, int end, float* rewards, std::uint8_t* ends);
  void RollStepwise(int begin, int end, float* rewards, std::uint8_t* ends);
  void RefreshLegal(int begin, int end);
  [[noreturn]] void Throw(const brasa_error& error) const;

  EnvRow row_;
  Params params_;
  const brasa_env_class* class_;
  brasa_batch* batch_ = nullptr;
  EnvSpec spec_;
  int worlds_;
  WorldStreams streams_;
  ChanceMode chance_mode_;
  int max_steps_ = 0;
  int max_legal_ = 0;
  // One entry a world; written by the thread that runs the world.
  std::vector<Rng> rngs_;
  std::vector<std::int32_t> episodes_, plies_;
  std::vector<std::int32_t> legal_ids_, legal_counts_;  // [N, max_legal], [N]; -1 = not asked yet
  std::vector<std::vector<std::int32_t>> chance_ids_;   // empty where chance never moves
};

/// One world with its rewards and end: what search, viewer, command line and tests hold.
class Env {
 public:
  Env(const EnvRow& row, const Params& params, WorldStreams streams,
      ChanceMode chance = ChanceMode::kRoll);

  const EnvSpec& spec() const { return batch_.spec(); }
  /// Starts the next episode.
  void Reset();
  /// One ply with a discrete action; or with K components at `action`. Throws UsageError after the
  /// end.
  EpisodeEnd Step(std::int32_t id);
  EpisodeEnd StepAction(const void* action);
  EpisodeEnd end() const { return end_; }
  bool done() const { return end_ != EpisodeEnd::kNone; }
  /// Rewards of the last ply and sums over the episode, one per player.
  std::span<const float> rewards() const { return rewards_; }
  std::span<const double> returns() const { return returns_; }
  int plies() const { return batch_.plies(0); }

  /// Who moves; kChance only under ChanceMode::kStop.
  int PlayerToMove() const;
  std::span<const std::int32_t> LegalActions() { return batch_.Legal(0); }
  /// Overwrites `out` (spec().observation.bytes() bytes) with what `player` sees.
  void Observe(int player, void* out) const;

  /// Outcomes of the chance node the world stands at.
  struct Outcome {
    std::int32_t id;
    double probability;
  };
  std::vector<Outcome> ChanceOutcomes() const;
  EpisodeEnd ApplyChance(std::int32_t id);

  /// The other's state, rewards, returns and ply count over this one; the stream stays.
  void CopyFrom(const Env& other);
  /// World i of a batch over this one; rewards and returns become 0.
  void CopyFrom(const EnvBatch& batch, int i);

  bool CanDraw() const { return batch_.table().draw != nullptr; }
  void Draw(Canvas& canvas) const;
  bool HasText() const { return batch_.table().text != nullptr; }
  std::string ToText() const;
  /// Puts the world into the state a text describes; a position that is over (it has no legal
  /// action) gives end() kTerminated. Throws UsageError naming the fault.
  void FromText(std::string_view text);
  /// The action's own notation; where the environment has none its name in the spec, else its id or
  /// components.
  std::string ActionToText(const void* action) const;
  /// Reads notation, or a name, an id or components separated by commas; overwrites `action`.
  /// Throws UsageError that says what is allowed.
  void ActionFromText(std::string_view text, void* action);
  bool HasHash() const { return batch_.table().hash != nullptr; }
  std::uint64_t Hash() const;
  std::vector<Control> Controls() const;
  /// The action of a click in drawing units, or -1.
  int ActionAt(Point at) const;
  /// The action of a move from one place to another in drawing units, or -1.
  int ActionAt(Point from, Point to) const;
  bool HasModel() const { return batch_.table().model != nullptr; }
  TransitionModel Model() const;
  /// All symmetries of the game but the identity; none if the environment names none.
  std::vector<Symmetry> Symmetries() const;
  bool CanResample() const { return batch_.CanResample(); }
  /// See EnvBatch::ResampleHidden.
  void ResampleHidden(int player, Rng& rng) { batch_.ResampleHidden(0, player, rng); }
  EnvBatch& batch() { return batch_; }
  const EnvBatch& batch() const { return batch_; }

 private:
  void Check(std::int32_t code, const brasa_error& error) const;

  EnvBatch batch_;
  std::vector<float> rewards_;
  std::vector<double> returns_;
  EpisodeEnd end_ = EpisodeEnd::kNone;
  bool started_ = false;
};

}  // namespace brasa

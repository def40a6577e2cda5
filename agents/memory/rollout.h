// The memory of on-policy learners: T vector steps of N worlds.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "agents/memory/seat_transitions.h"
#include "brasa/agent.h"
#include "brasa/core/archive.h"
#include "brasa/core/spec.h"

namespace brasa {

/// Rows of T vector steps, filled in place: the vector environment writes the states of slot t + 1
/// and the outcomes of slot t, the training actor the actions, log-probabilities and values of slot
/// t. Row r = t * N + n is slot t of world n. Observations keep the environment's element type. For
/// inputs of F frames the observations of F - 1 slots before slot 0 are kept as well. Threads: one.
/// Memory: all of it is made by the constructor.
class Rollout {
 public:
  Rollout(const EnvSpec& spec, int worlds, int horizon, int frames = 1);

  int worlds() const { return worlds_; }       ///< N
  int horizon() const { return horizon_; }     ///< T
  int players() const { return players_; }     ///< P
  int actions() const { return actions_; }     ///< A, of discrete actions; else 0
  int frames() const { return history_ + 1; }  ///< F
  /// Rows of the T slots that have an outcome.
  int rows() const { return worlds_ * horizon_; }

  /// The states of slot t in [0, T].
  StateRows States(int t);
  /// The rows of vector step t in [0, T).
  StepRows Step(int t);
  /// Step t as SeatTransitions takes it, transitions numbered as the rows.
  SeatStep Decisions(int t);
  /// Moves the states of slots [from, to] and the outcomes between them to the front, from slot 0
  /// on: the next outcome is that of slot to - from.
  void Keep(int from, int to);
  /// Overwrites the states of slot 0 with those of slot T of `before`, a rollout of equal sizes.
  void BeginAfter(const Rollout& before);

  /// [F - 1 + T + 1, N, D] bytes of the observation's element type.
  const void* observations() const { return observations_.data(); }
  /// Overwrites out [F] with the rows of observations() that are the input of row r in [0, (T + 1)
  /// N): the last F of its episode, oldest first, the episode's first repeated where there are
  /// fewer.
  void FrameRows(std::int32_t row, std::int32_t* out) const;
  const std::vector<std::int32_t>& player() const { return player_; }  ///< [T + 1, N]
  const std::vector<std::uint8_t>& mask() const { return mask_; }      ///< [T + 1, N, A]
  /// [T + 1, N] 1 = first of its episode.
  std::span<const std::uint8_t> start() const { return std::span(start_).subspan(At(history_, 1)); }
  const std::vector<std::int32_t>& action_ids() const { return action_; }  ///< [T, N, K]
  const std::vector<float>& reward() const { return reward_; }             ///< [T, N, P]
  const std::vector<std::uint8_t>& end() const { return end_; }            ///< [T, N] EpisodeEnd
  /// [T, N, K] what the policy scores: of box actions `sampled`, else the actions sent.
  const void* scored_actions() const {
    return sampled_.empty() ? static_cast<const void*>(action_.data()) : sampled_.data();
  }
  std::vector<float>& sampled() { return sampled_; }    ///< [T, N, K] of box actions; else empty
  std::vector<float>& log_prob() { return log_prob_; }  ///< [T, N]
  const std::vector<float>& log_prob() const { return log_prob_; }
  std::vector<float>& value() { return value_; }  ///< [T + 1, N] of the mover
  const std::vector<float>& value() const { return value_; }

  void Save(StateWriter& writer) const;
  /// Throws FileError if the sizes differ.
  void Load(StateReader& reader);

 private:
  std::size_t At(int t, std::size_t row_size) const {
    return static_cast<std::size_t>(t) * static_cast<std::size_t>(worlds_) * row_size;
  }

  int worlds_, horizon_, players_, actions_, history_;
  std::size_t observation_bytes_, action_size_;
  std::vector<std::int32_t> player_, action_;
  std::vector<std::uint8_t> observations_, mask_, start_, end_;
  std::vector<float> reward_, log_prob_, value_, sampled_;
};

}  // namespace brasa

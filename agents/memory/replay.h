// The memory of off-policy learners: a ring of vector steps that the vector environment fills in
// place, and the transitions of seats and n-step windows that can be drawn from it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "agents/memory/seat_transitions.h"
#include "brasa/agent.h"
#include "brasa/core/random.h"

namespace brasa {

/// What a transition is where several seats play.
enum class ReplayTransitions : std::uint8_t {
  kSeats,  ///< from a seat's decision to its own next one, as SeatTransitions makes them
  kPlies,  ///< one ply; the successor is what the next mover sees ("negamax": two seats, zero sum)
};

/// The first k <= n transitions from a decision on, k = n unless the episode ends earlier or the
/// newest decision is reached. R = sum over i < k of discount^i r_i; the learner regresses to
///   R + bootstrap * (value of the successor),
/// bootstrap = discount^k, 0 where the episode terminated. Under kPlies r_i and the successor's
/// value count for the first decision's mover: both change their sign where the mover does.
struct ReplayWindow {
  float reward = 0;            ///< R
  float bootstrap = 0;         ///< weight of the successor's value, sign included
  std::int32_t successor = 0;  ///< row of observations(); where bootstrap = 0: any row
};

/// A ring of `slots` vector steps of N worlds. Row r = slot * N + world holds a state, the action
/// taken there and, once its transition is closed, the reward, the end and where the successor is:
/// each observation is stored once, in the environment's element type. What a seat sees in the end
/// of a truncated episode lies behind the ring, in rows from rows() on; of terminated episodes
/// nothing is kept, since nobody asks for their value. A closed row is a sample until the ring
/// overwrites it; a row whose seat has not decided again is none.
///
/// The loop is that of Agent: NextRows() is filled by actor and environment, then Advance(last).
/// Threads: one. Memory: all by the constructor, Bytes() tells how much; only episodes truncated
/// more often than the environment's own limit says make the final rows grow.
class Replay {
 public:
  static constexpr std::int32_t kOpen = -1;

  /// Holds at least `capacity` decisions: whole vector steps, and one more for the present states.
  /// Throws ConfigError naming `replay_capacity` where that makes 2^30 rows or more.
  Replay(const EnvSpec& spec, int worlds, std::int64_t capacity,
         ReplayTransitions transitions = ReplayTransitions::kSeats);
  /// What the constructor allocates, told before. Throws as it does.
  static std::int64_t Bytes(const EnvSpec& spec, int worlds, std::int64_t capacity);

  int worlds() const { return worlds_; }    ///< N
  int actions() const { return actions_; }  ///< A of discrete actions; else 0
  /// Rows of the ring; final observations lie behind them.
  std::int32_t rows() const { return slots_ * worlds_; }
  /// Vector steps since the beginning.
  std::int64_t steps() const { return step_; }
  /// Closed rows: what can be drawn.
  std::int64_t samples() const { return samples_; }
  bool is_sample(std::int32_t row) const { return next_[At(row)] != kOpen; }

  /// Where the first states go.
  StateRows FirstRows() { return States(0); }
  /// The rows of the vector step; the same until Advance is called.
  StepRows NextRows();
  /// The rows of NextRows() are filled: overwrites the oldest vector step once the ring is full and
  /// closes the transitions that this step ends.
  void Advance(const LastRows& last);
  /// Rows that the last Advance made samples of, and the N rows that it opened (which are no
  /// samples any more), first of them `opened()`.
  std::span<const std::int32_t> closed() const { return closed_rows_; }
  std::int32_t opened() const { return SlotOf(step_) * worlds_; }

  /// Overwrites `out` with rows drawn uniformly, with replacement, from the samples.
  void Draw(Rng& rng, std::span<std::int32_t> out) const;
  /// The window of at most n transitions from sample `row` on; n >= 1.
  ReplayWindow Window(std::int32_t row, int n, double discount) const;

  /// [rows() and final rows, D] bytes of the observation's element type.
  const void* observations() const { return observations_.data(); }
  /// [A] of a row; null for a final row, whose legality nobody tells, and where actions are no ids.
  const std::uint8_t* mask(std::int32_t row) const;
  std::int32_t action_id(std::int32_t row) const { return ids_[At(row)]; }
  /// [K] of a row, where actions are boxes.
  const float* action_values(std::int32_t row) const { return values_.data() + At(row) * size_; }
  /// Of a sample: the seat's rewards until its next decision, how it ended, who decided.
  float reward(std::int32_t row) const { return reward_[At(row)]; }
  EpisodeEnd end(std::int32_t row) const { return static_cast<EpisodeEnd>(end_[At(row)]); }
  std::int32_t player(std::int32_t row) const { return player_[At(row)]; }

  /// The filled part of the ring. Load throws FileError if sizes differ or a row points nowhere.
  void Save(StateWriter& writer) const;
  void Load(StateReader& reader);

 private:
  static std::size_t At(std::int32_t row) { return static_cast<std::size_t>(row); }
  int SlotOf(std::int64_t step) const { return static_cast<int>(step % slots_); }
  std::int32_t final_rows() const;
  /// States that have been written, in rows 0 .. this.
  std::size_t FilledRows() const;
  StateRows States(std::int64_t step);
  /// The rows of `slot` are overwritten: they are no samples any more.
  void Open(int slot);
  void CloseSeats(const StepRows& rows, const LastRows& last);
  void ClosePlies(const StepRows& rows, const LastRows& last);
  void Close(std::int32_t row, float reward, EpisodeEnd end, std::int32_t next);
  /// Keeps row `last_row` of LastRows::observation; returns its row behind the ring.
  std::int32_t KeepFinal(const LastRows& last, std::int32_t last_row);
  void AddFinalRows(std::int32_t count);
  void CheckLinks(const StateReader& reader) const;

  static constexpr std::int32_t kTerminal = -2;  ///< next_ where the episode terminated

  int worlds_, slots_, actions_, players_;
  std::size_t size_;  ///< K
  std::size_t observation_bytes_;
  ReplayTransitions transitions_;
  std::int64_t step_ = 0;
  std::int64_t samples_ = 0;
  std::vector<std::uint8_t> observations_, mask_;
  std::vector<std::int32_t> player_, ids_;
  std::vector<float> values_, reward_;
  std::vector<std::uint8_t> end_;
  std::vector<std::int32_t> next_;        ///< row of the successor, kOpen or kTerminal
  std::vector<std::int32_t> free_final_;  ///< final rows that no sample points to
  SeatTransitions seats_;
  // One vector step.
  std::vector<std::uint8_t> start_[2];  ///< [N] of even and odd steps
  std::vector<float> step_reward_;      ///< [N, P]
  std::vector<std::uint8_t> step_end_;  ///< [N]
  std::vector<SeatTransition> closed_;
  std::vector<std::int32_t> closed_rows_;
};

}  // namespace brasa

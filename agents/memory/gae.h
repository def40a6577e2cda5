// Advantages along the decisions of one seat.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "agents/memory/seat_transitions.h"
#include "brasa/core/archive.h"

namespace brasa {

/// The decisions of a rollout, each linked to the same seat's next one in the same world. Row r =
/// t * N + n is the decision taken in slot t of world n by whoever moves there. Where only one
/// player moves, the next decision is simply the row of the slot after.
///
/// A seat's last decision in the window (slot T included) has no successor yet: it is open. Its
/// value stands for what follows the decision before it, and it is no sample itself: what it led to
/// is not known, and the slot after the window belongs to the next rollout. Threads: one. Memory:
/// made by the constructor.
class DecisionChains {
 public:
  static constexpr std::int32_t kEnded = -1;  ///< `next`: the episode ended
  static constexpr std::int32_t kOpen = -2;   ///< `next`: the window ended

  /// `rows` = (T + 1) N; all open.
  explicit DecisionChains(int rows);

  /// Every decision is open again.
  void Clear();
  /// Links a decision. `final_value` is what the seat expects of the final state: read where the
  /// episode was truncated, 0 is kept where it terminated.
  void Add(const SeatTransition& transition, float final_value);
  /// Says `final_value` of a decision that ended, or ends the chain there with it: the decision
  /// that followed begins another chain.
  void EndAt(std::int32_t row, float final_value);
  /// Moves the decisions of rows [from, to) to the front; all behind them are open. What a decision
  /// outside led to is not asked for any more.
  void Keep(int from, int to);

  /// [rows] row of the seat's next decision, kEnded or kOpen.
  const std::vector<std::int32_t>& next() const { return next_; }
  /// [rows] summed reward of the decision.
  const std::vector<float>& reward() const { return reward_; }
  /// [rows] where next is kEnded: the value of the final state.
  const std::vector<float>& final_value() const { return final_value_; }

  void Save(StateWriter& writer) const;
  /// Throws FileError if the sizes differ.
  void Load(StateReader& reader);

 private:
  std::vector<std::int32_t> next_;
  std::vector<float> reward_, final_value_;
};

/// Generalised advantage estimation (Schulman et al. 2016) along each chain: with V' = value of the
/// next decision, or final_value where the episode ended,
///   delta_r = reward_r + discount * V' - value_r
///   advantage_r = delta_r + discount * lambda * advantage_next(r), the last term 0 where the
/// episode ended or the window cuts the chain. So termination and truncation both cut the trace and
/// differ in V' alone. `value` and `advantage` are [rows]; advantage is overwritten, 0 where the
/// decision is open. The discount counts decisions of the seat, not plies.
void ComputeGae(const DecisionChains& chains, std::span<const float> value, float discount,
                float lambda, std::span<float> advantage);

}  // namespace brasa

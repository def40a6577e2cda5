// What Dyna-Q remembers of the world: for each decision what it led to the last time.
//
// Source: Sutton, "Integrated architectures for learning, planning, and reacting" (ICML 1990);
// Sutton, Barto (2nd ed., 2018), section 8.2: Model(S, A) <- R, S'. Where outcomes are random the
// model holds the last one seen, so it is itself a sample.
#pragma once

#include <cstdint>
#include <vector>

#include "agents/tabular/credit.h"
#include "brasa/core/archive.h"
#include "brasa/core/random.h"

namespace brasa {

/// Threads: one.
class DynaModel {
 public:
  struct Outcome {
    float reward = 0;
    std::int32_t next = -1;   ///< row of the next decision; -1 = a state nobody has decided in
    bool terminated = false;  ///< then nothing follows
  };
  struct Memory {
    TabularDecision decision;
    Outcome outcome;
  };

  explicit DynaModel(int actions) : actions_(actions) {}

  /// Remembers the outcome, in place of an earlier one of the same decision.
  void Learn(TabularDecision decision, const Outcome& outcome);
  /// A state that was decided in, uniformly, then an action that was taken there, uniformly: two
  /// draws. Something must have been learnt.
  Memory Draw(Rng& rng) const;

  static std::int64_t BytesPerDecision();
  /// Load throws FileError if it does not fit a table of `states` rows.
  void Save(StateWriter& writer) const;
  void Load(StateReader& reader, int states);

 private:
  std::size_t At(std::int32_t state, std::int32_t action) const {
    return static_cast<std::size_t>(state) * static_cast<std::size_t>(actions_) +
           static_cast<std::size_t>(action);
  }

  int actions_;
  std::vector<std::int32_t> met_;     // states in the order of their first decision
  std::vector<float> rewards_;        // [S, A]
  std::vector<std::int32_t> next_;    // [S, A]
  std::vector<std::uint8_t> result_;  // [S, A] 0 = never taken, 1 = goes on, 2 = terminated
};

}  // namespace brasa

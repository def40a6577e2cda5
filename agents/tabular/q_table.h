// Action values by observation.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "agents/tabular/state_bins.h"
#include "brasa/core/archive.h"
#include "brasa/core/spec.h"

namespace brasa {

/// Action values Q [S, T, A] with visit counts and known legality; T = 2 holds the pair of tables
/// of double Q-learning, everything else has T = 1. One row per observation met as a decision. Of
/// binned observations a cell is a row and of a single categorical one its id (all rows exist from
/// the start); any other observation is found by its exact bytes, rows are numbered in the order of
/// their first meeting, so nothing depends on the order of a hash map. Threads: one.
class QTable {
 public:
  QTable(const EnvSpec& spec, StateBins bins, double initial_value, int tables);

  /// Bytes of a new table.
  static std::int64_t FirstBytes(const EnvSpec& spec, const StateBins& bins, int tables);
  /// Rows of a new table: 0 where they are made as they are met.
  static std::int64_t FirstStates(const EnvSpec& spec, const StateBins& bins);

  int actions() const { return static_cast<int>(actions_); }  ///< A
  int states() const { return states_; }                      ///< S
  std::size_t key_bytes() const { return key_bytes_; }        ///< of one observation
  /// Row of an observation, or -1 if there is none.
  int Find(const void* observation) const;
  /// Row of an observation in which somebody decides, made if need be; `mask` [A] (null: all legal)
  /// is added to what is known to be legal there.
  int Meet(const void* observation, const std::uint8_t* mask);

  double& value(int table, int state, std::int32_t action) {
    return values_[At(state, table) + static_cast<std::size_t>(action)];
  }
  double value(int table, int state, std::int32_t action) const {
    return values_[At(state, table) + static_cast<std::size_t>(action)];
  }
  /// Updates of this value so far.
  std::uint32_t& visits(int table, int state, std::int32_t action) {
    return visits_[At(state, table) + static_cast<std::size_t>(action)];
  }
  /// What is behaved on: the mean over the tables.
  double Mean(int state, std::int32_t action) const {
    const double first = value(0, state, action);
    return tables_ == 1 ? first : 0.5 * (first + value(1, state, action));
  }

  // Over the actions known to be legal in `state`. The initial value for a row of -1 and where
  // nobody has decided yet.
  /// max_a Mean(state, a).
  double Best(int state) const;
  /// The mean over a of Mean(state, a).
  double Average(int state) const;
  /// value(1 - table, state, argmax_a value(table, state, a)), the lowest of equal actions.
  double Crossed(int table, int state) const;

  std::uint64_t Hash() const;
  /// Rows in order: bit exact. Load throws FileError if it does not fit; the table stays as it was.
  void Save(StateWriter& writer) const;
  void Load(StateReader& reader);

 private:
  std::size_t At(int state, int table) const {
    return (static_cast<std::size_t>(state) * static_cast<std::size_t>(tables_) +
            static_cast<std::size_t>(table)) *
           actions_;
  }
  const std::uint8_t* legal(int state) const {
    return &legal_[static_cast<std::size_t>(state) * actions_];
  }
  int DenseIndex(const void* observation) const;
  const std::uint8_t* key(int state) const {
    return &keys_[static_cast<std::size_t>(state) * key_bytes_];
  }
  std::size_t Slot(const void* observation) const;
  void AddRows(int count);
  void Rehash(std::size_t slots);

  std::string env_;
  ElementType type_;
  std::size_t actions_, key_bytes_;
  StateBins bins_;
  double initial_value_;
  int tables_;  // T
  bool dense_;
  int states_ = 0;
  std::vector<double> values_;         // [S, T, A]
  std::vector<std::uint32_t> visits_;  // [S, T, A]
  std::vector<std::uint8_t> legal_;    // [S, A]
  std::vector<std::uint8_t> keys_;     // [S, key_bytes]; empty where dense
  std::vector<std::int32_t> slots_;    // open addressing, a power of two; -1 = free
};

}  // namespace brasa

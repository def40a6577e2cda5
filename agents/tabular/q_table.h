// Action values by observation.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "brasa/core/archive.h"
#include "brasa/core/spec.h"

namespace brasa {

/// Throws ConfigError where observations are numbers instead of ids: equal bytes would hardly be
/// met twice.
void CheckTabularObservation(const EnvSpec& spec);

/// Q [S, A] with visit counts and known legality; one row per observation met as a decision. A
/// single categorical observation is its own row number (all rows exist from the start); any other
/// observation is found by its exact bytes, rows are numbered in the order of their first meeting,
/// so nothing depends on the order of a hash map. Throws as CheckTabularObservation. Threads: one.
class QTable {
 public:
  QTable(const EnvSpec& spec, double initial_value);

  /// Bytes of a new table for `spec`.
  static std::int64_t FirstBytes(const EnvSpec& spec);

  int actions() const { return static_cast<int>(actions_); }  ///< A
  int states() const { return states_; }                      ///< S
  std::size_t key_bytes() const { return key_bytes_; }        ///< of one observation
  /// Row of an observation, or -1 if there is none.
  int Find(const void* observation) const;
  /// Row of an observation in which somebody decides, made if need be; `mask` [A] (null: all legal)
  /// is added to what is known to be legal there.
  int Meet(const void* observation, const std::uint8_t* mask);

  std::span<double> values(int state) { return {&values_[At(state)], actions_}; }
  std::span<const double> values(int state) const { return {&values_[At(state)], actions_}; }
  /// Updates of every action so far.
  std::span<std::uint32_t> visits(int state) { return {&visits_[At(state)], actions_}; }
  /// Largest value over the actions known to be legal; the initial value for a row of -1 and where
  /// nobody has decided yet.
  double Best(int state) const;

  std::uint64_t Hash() const;
  /// Rows in order: bit exact. Load throws FileError if it does not fit; the table stays as it was.
  void Save(StateWriter& writer) const;
  void Load(StateReader& reader);

 private:
  std::size_t At(int state) const { return static_cast<std::size_t>(state) * actions_; }
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
  double initial_value_;
  bool dense_;
  int states_ = 0;
  std::vector<double> values_;         // [S, A]
  std::vector<std::uint32_t> visits_;  // [S, A]
  std::vector<std::uint8_t> legal_;    // [S, A]
  std::vector<std::uint8_t> keys_;     // [S, key_bytes]; empty where dense
  std::vector<std::int32_t> slots_;    // open addressing, a power of two; -1 = free
};

}  // namespace brasa

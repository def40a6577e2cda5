// Who gets credit for a reward: the last n decisions (Windows) or a fading memory of all (Traces).
// Both keep one record per lane: a seat of a world. Threads: one.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "brasa/core/archive.h"

namespace brasa {

/// A row of the table and what was done there.
struct TabularDecision {
  std::int32_t state = -1;
  std::int32_t action = 0;
};

/// The last decisions of each lane that have no target yet, at most n, with the reward of each.
class Windows {
 public:
  Windows(int lanes, int n);

  bool full(int lane) const { return count_[Index(lane)] == n_; }
  bool empty(int lane) const { return count_[Index(lane)] == 0; }
  /// Appends; the lane must not be full.
  void Add(int lane, TabularDecision decision, float reward);

  struct Target {
    TabularDecision decision;
    double value = 0;  ///< r_1 + discount r_2 + .. + discount^k bootstrap, k decisions in the lane
  };
  /// Takes the oldest decision out; the lane must not be empty.
  Target Pop(int lane, double discount, double bootstrap);

  static std::int64_t Bytes(std::int64_t lanes, std::int64_t n);
  /// Load throws FileError if sizes differ.
  void Save(StateWriter& writer) const;
  void Load(StateReader& reader);

 private:
  static std::size_t Index(int i) { return static_cast<std::size_t>(i); }
  std::size_t At(int lane, int i) const { return Index(lane) * Index(n_) + Index(i % n_); }

  int n_;
  std::vector<std::int32_t> first_, count_;     // [lanes] a ring of n each
  std::vector<std::int32_t> states_, actions_;  // [lanes, n]
  std::vector<float> rewards_;                  // [lanes, n]
};

/// The eligibility traces of each lane: decisions in the order of their first visit.
class Traces {
 public:
  /// A trace that has faded below this share of an error is forgotten.
  static constexpr double kForgotten = 1e-9;

  struct Trace {
    TabularDecision decision;
    double weight = 0;
  };

  Traces(int lanes, bool accumulate)
      : accumulate_(accumulate), lanes_(static_cast<std::size_t>(lanes)) {}

  /// The decision's trace becomes 1, or 1 more where traces accumulate.
  void Visit(int lane, TabularDecision decision);
  void Decay(int lane, double factor);
  void Clear(int lane) { lanes_[static_cast<std::size_t>(lane)].clear(); }
  std::span<const Trace> of(int lane) const { return lanes_[static_cast<std::size_t>(lane)]; }

  /// Load throws FileError if sizes differ.
  void Save(StateWriter& writer) const;
  void Load(StateReader& reader);

 private:
  bool accumulate_;
  std::vector<std::vector<Trace>> lanes_;
};

}  // namespace brasa

// The last episodes of a run: their returns, lengths and measures.
#pragma once

#include <cstdint>
#include <vector>

#include "brasa/core/archive.h"
#include "brasa/core/batch.h"
#include "brasa/core/spec.h"

namespace brasa {

/// Keeps the last kEpisodes that ended, in the order of worlds within a step. Allocates only when
/// made.
class EpisodeStatistics {
 public:
  static constexpr int kEpisodes = 100;

  explicit EpisodeStatistics(const EnvSpec& spec);

  void Add(const LastRows& last) {
    if (last.count > 0) AddEpisodes(last);
  }
  /// Episodes so far, and how many of them are kept.
  std::int64_t episodes() const { return episodes_; }
  int kept() const { return static_cast<int>(episodes_ < kEpisodes ? episodes_ : kEpisodes); }

  /// Returns of one player over the kept episodes.
  std::vector<double> Returns(int player) const;
  /// Means over the kept episodes; NaN if there is none.
  double MeanReturn(int player) const { return Mean(returns_, players_, player); }
  double MeanLength() const { return Mean(lengths_, 1, 0); }
  double MeanMeasure(int measure) const { return Mean(measures_, measure_count_, measure); }

  void Save(StateWriter& writer) const;
  void Load(StateReader& reader);

 private:
  void AddEpisodes(const LastRows& last);
  double Mean(const std::vector<double>& rows, int width, int column) const;

  int players_;
  int measure_count_;
  std::int64_t episodes_ = 0;
  // Rings: episode k lies in row k % kEpisodes.
  std::vector<double> returns_;   // [kEpisodes, P]
  std::vector<double> lengths_;   // [kEpisodes]
  std::vector<double> measures_;  // [kEpisodes, M]
};

}  // namespace brasa

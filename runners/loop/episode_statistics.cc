#include "runners/loop/episode_statistics.h"

#include <limits>
#include <span>

namespace brasa {
namespace {

std::size_t Cells(int rows, int width) {
  return static_cast<std::size_t>(rows) * static_cast<std::size_t>(width);
}

}  // namespace

EpisodeStatistics::EpisodeStatistics(const EnvSpec& spec)
    : players_(spec.players),
      measure_count_(static_cast<int>(spec.measures.size())),
      returns_(Cells(kEpisodes, players_)),
      lengths_(kEpisodes),
      measures_(Cells(kEpisodes, measure_count_)) {}

void EpisodeStatistics::AddEpisodes(const LastRows& last) {
  const auto players = static_cast<std::size_t>(players_);
  const auto measures = static_cast<std::size_t>(measure_count_);
  for (std::size_t e = 0; e < static_cast<std::size_t>(last.count); ++e) {
    const auto row = static_cast<std::size_t>(episodes_ % kEpisodes);
    for (std::size_t p = 0; p < players; ++p) {
      returns_[row * players + p] = last.returns[e * players + p];
    }
    lengths_[row] = last.length[e];
    for (std::size_t m = 0; m < measures; ++m) {
      measures_[row * measures + m] = static_cast<double>(last.measures[e * measures + m]);
    }
    ++episodes_;
  }
}

std::vector<double> EpisodeStatistics::Returns(int player) const {
  std::vector<double> values;
  for (int row = 0; row < kept(); ++row) {
    values.push_back(returns_[Cells(row, players_) + static_cast<std::size_t>(player)]);
  }
  return values;
}

double EpisodeStatistics::Mean(const std::vector<double>& rows, int width, int column) const {
  if (episodes_ == 0) return std::numeric_limits<double>::quiet_NaN();
  double sum = 0;
  for (int row = 0; row < kept(); ++row) {
    sum += rows[Cells(row, width) + static_cast<std::size_t>(column)];
  }
  return sum / kept();
}

void EpisodeStatistics::Save(StateWriter& writer) const {
  writer.Write("statistics/episodes", episodes_);
  writer.WriteVector("statistics/returns", returns_);
  writer.WriteVector("statistics/lengths", lengths_);
  writer.WriteVector("statistics/measures", measures_);
}

void EpisodeStatistics::Load(StateReader& reader) {
  reader.Read("statistics/episodes", episodes_);
  reader.ReadSpan("statistics/returns", std::span<double>(returns_));
  reader.ReadSpan("statistics/lengths", std::span<double>(lengths_));
  reader.ReadSpan("statistics/measures", std::span<double>(measures_));
}

}  // namespace brasa

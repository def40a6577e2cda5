// One world written by hand, and the values that its agent has learnt.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <memory>
#include <vector>

#include "agents/tabular/tabular_agent.h"
#include "tests/support/train_loop.h"

namespace brasa::tabular {

using support::Settings;

inline Config With(TabularKind kind, const Settings& settings) {
  Config config(TabularFields(kind));
  for (const auto& [name, value] : settings) config.Set(name, value);
  return config;
}

/// Three cells, two actions, `players` seats.
inline EnvSpec Cells(int players) {
  EnvSpec spec;
  spec.id = "Cells-v0";
  spec.players = players;
  spec.zero_sum = players == 2;
  spec.observation.shape = {1};
  spec.observation.low = {0};
  spec.observation.high = {2};
  spec.observation.categories = {3};
  spec.action.count = 2;
  return spec;
}

/// What an agent saved of its table: keys (empty where rows are ids) and values [S, T, A].
struct SavedTable {
  explicit SavedTable(const Agent& agent) {
    StateWriter writer;
    agent.Save(writer);
    StateReader reader(writer.bytes(), "test");
    reader.ReadVector("table/keys", keys);
    reader.ReadVector("table/values", values);
    reader.ReadVector("table/visits", visits);
  }
  std::vector<std::uint8_t> keys;
  std::vector<double> values;
  std::vector<std::uint32_t> visits;
};

/// One world of Cells; actions, rewards and ends are the test's.
class HandFed {
 public:
  HandFed(TabularKind kind, int players, const Settings& settings, std::uint64_t seed = 0)
      : agent_(MakeTabular(kind, {Cells(players), With(kind, settings), 1, seed, 0})) {}

  /// One ply; returns the mean |target - Q| of the updates it made.
  double Ply(std::int32_t player, float cell, std::int32_t action, std::vector<float> rewards,
             EpisodeEnd end, std::int32_t next_player, float next_cell,
             std::vector<float> final_cells = {}) {
    const StepRows rows = agent_->NextRows();
    rows.now.player[0] = player;
    static_cast<float*>(rows.now.observation)[0] = cell;
    static_cast<std::int32_t*>(rows.actions)[0] = action;
    std::copy(rewards.begin(), rewards.end(), rows.outcome.reward);
    rows.outcome.end[0] = static_cast<std::uint8_t>(end);
    rows.next.player[0] = next_player;
    static_cast<float*>(rows.next.observation)[0] = next_cell;
    const std::int32_t world = 0;
    LastRows last;
    last.count = end == EpisodeEnd::kNone ? 0 : 1;
    last.world = &world;
    last.observation = final_cells.data();
    agent_->Learn(last);
    return agent_->metrics()[0].value;
  }
  /// The same with one seat.
  double Go(float cell, std::int32_t action, float reward, float next_cell) {
    return Ply(0, cell, action, {reward}, EpisodeEnd::kNone, 0, next_cell);
  }
  /// The episode ends in `final_cell`; the next one begins in `next_cell`.
  double End(float cell, std::int32_t action, float reward, EpisodeEnd end, float final_cell,
             float next_cell) {
    return Ply(0, cell, action, {reward}, end, 0, next_cell, {final_cell});
  }
  Agent& agent() { return *agent_; }
  /// Q [3 cells, 2 actions]; of double_q [3 cells, 2 tables, 2 actions].
  std::vector<double> values() const { return SavedTable(*agent_).values; }

 private:
  std::unique_ptr<Agent> agent_;
};

}  // namespace brasa::tabular

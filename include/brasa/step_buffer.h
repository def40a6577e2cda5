// The memory of learners that look one ply ahead: the states before and after one vector step.
#pragma once

#include <cstdint>
#include <vector>

#include "brasa/agent.h"

namespace brasa {

/// Rows of one vector step of N worlds, filled in place. Masks are kept for every discrete action
/// space. Threads: one. Memory: all of it is made by the constructor.
class StepBuffer {
 public:
  StepBuffer(const EnvSpec& spec, int worlds);

  int worlds() const { return worlds_; }
  /// Where the first states go.
  StateRows FirstRows() { return Rows(now_); }
  /// The rows of the vector step; the same until Advance is called.
  StepRows NextRows();
  /// The successor states become the present ones.
  void Advance() { now_ = 1 - now_; }

  /// Row w of the present states (0) or of the successor states (1).
  const std::uint8_t* observation(int after, int world) const;
  /// Null where actions are not discrete.
  const std::uint8_t* mask(int after, int world) const;
  const std::vector<std::int32_t>& player(int after) const { return side_[now_ ^ after].player; }
  std::int32_t action(int world) const { return actions_[static_cast<std::size_t>(world)]; }

  /// The present states. Load throws FileError if sizes differ.
  void Save(StateWriter& writer) const;
  void Load(StateReader& reader);

 private:
  struct States {
    std::vector<std::int32_t> player;
    std::vector<std::uint8_t> observation, mask, start;
  };
  StateRows Rows(int side);

  int worlds_;
  std::size_t observation_bytes_, action_count_;
  int now_ = 0;
  States side_[2];
  std::vector<std::int32_t> actions_;  // [N, K]; float32 bits where actions are boxes
  std::vector<float> reward_;
  std::vector<std::uint8_t> end_;
};

}  // namespace brasa

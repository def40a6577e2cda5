// The kernel under every StepMany of this folder: blocks of worlds are turned into one array per
// quantity, which the compiler then steps with vector instructions. bench/step_bench measures it
// against the plain loop.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <utility>

#include "envs/control/transpose.h"

namespace brasa {

/// What one step gives, in words as wide as a double, so that loops over worlds vectorise.
struct ControlStep {
  double reward;
  std::uint64_t ended;  ///< 1 where the problem ended, else 0
};

/// The members `kMembers` (doubles) of 64 worlds, one array a member.
template <typename World, auto... kMembers>
struct WorldBlock {
  static constexpr std::size_t kSize = 64, kCount = sizeof...(kMembers);

  /// Reads the first `kInputs` members of worlds[0 .. 63].
  template <std::size_t kInputs>
  void Read(const World* worlds) {
    if (TransposesWell(worlds)) {
      const double* first = std::array{&(worlds->*kMembers)...}[0];
      for (std::size_t i = 0; i < kSize; i += kRows) {
        RowsToColumns<kInputs>(first + i * kStride, kStride, &state[0][i], kSize);
      }
      return;
    }
    for (std::size_t i = 0; i < kSize; ++i) {
      std::size_t k = 0;
      ((k < kInputs ? void(state[k][i] = worlds[i].*kMembers) : void(), ++k), ...);
    }
  }
  /// Overwrites all members of worlds[0 .. 63].
  void Write(World* worlds) const {
    if (TransposesWell(worlds)) {
      double* first = std::array{&(worlds->*kMembers)...}[0];
      for (std::size_t i = 0; i < kSize; i += kRows) {
        ColumnsToRows<kCount>(&state[0][i], kSize, first + i * kStride, kStride);
      }
      return;
    }
    for (std::size_t i = 0; i < kSize; ++i) {
      std::size_t k = 0;
      ((worlds[i].*kMembers = state[k++][i]), ...);
    }
  }

  double state[kCount][kSize];

 private:
  static constexpr std::size_t kStride = sizeof(World) / sizeof(double);

  /// True if a world is doubles alone with the members side by side in the order given, and they
  /// are so many that whole rows beat single elements. The compiler knows the answer.
  static bool TransposesWell(const World* world) {
    if constexpr (!kTransposes || kCount < 4 || kCount > kRows || sizeof(World) % 8 != 0) {
      return false;
    }
    const std::array at{&(world->*kMembers)...};
    bool adjacent = true;
    for (std::size_t k = 1; k < kCount; ++k) adjacent &= at[k] == at[k - 1] + 1;
    return adjacent;
  }
};

/// Steps every world by `advance(action, member, ..)`, which reads the first `kInputs` of the
/// members `kMembers` (doubles), overwrites any of those and all others, and returns a ControlStep;
/// it must be inlined and free of branches to vectorise.
/// actions [N] int32 or float32; overwrites rewards [N] and ends [N].
template <std::size_t kInputs, auto... kMembers, typename World, typename Action, typename Advance>
void StepBlocks(std::span<World> worlds, const Action* actions, float* rewards, std::uint8_t* ends,
                const Advance& advance) {
  using Block = WorldBlock<World, kMembers...>;
  constexpr std::size_t kSize = Block::kSize;
  const auto step_blocks = [&]<std::size_t... k>(std::index_sequence<k...>) {
    std::size_t begin = 0;
    for (; begin + kSize <= worlds.size(); begin += kSize) {
      Block block;
      double action[kSize], reward[kSize];
      std::uint64_t ended[kSize];
      std::uint8_t over[kSize];  // bytes of the caller's may alias anything
      block.template Read<kInputs>(&worlds[begin]);
      for (std::size_t i = 0; i < kSize; ++i) action[i] = static_cast<double>(actions[begin + i]);
      for (std::size_t i = 0; i < kSize; ++i) {
        const ControlStep step = advance(action[i], block.state[k][i]...);
        reward[i] = step.reward;
        ended[i] = step.ended;
      }
      block.Write(&worlds[begin]);
      for (std::size_t i = 0; i < kSize; ++i) {
        rewards[begin + i] = static_cast<float>(reward[i]);
      }
      for (std::size_t i = 0; i < kSize; ++i) over[i] = static_cast<std::uint8_t>(ended[i]);
      std::memcpy(ends + begin, over, kSize);
    }
    return begin;
  };
  for (std::size_t i = step_blocks(std::make_index_sequence<sizeof...(kMembers)>());
       i < worlds.size(); ++i) {
    const ControlStep step = advance(static_cast<double>(actions[i]), worlds[i].*kMembers...);
    rewards[i] = static_cast<float>(step.reward);
    ends[i] = static_cast<std::uint8_t>(step.ended);
  }
}

}  // namespace brasa

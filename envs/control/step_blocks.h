// The kernel under every StepMany of this folder: blocks of worlds are turned into one array per
// quantity, which the compiler then steps with vector instructions. bench/step_bench measures it
// against the plain loop.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

namespace brasa {

/// What one step gives, in words as wide as a double, so that loops over worlds vectorise.
struct ControlStep {
  double reward;
  std::uint64_t ended;  ///< 1 where the problem ended, else 0
};

/// Steps every world by `advance(action, member, ..)`, which reads the first `kInputs` of the
/// members `kMembers` (doubles), overwrites any of those and all others, and returns a ControlStep;
/// it must be free of branches to vectorise.
/// actions [N] int32 or float32; overwrites rewards [N] and ends [N].
template <std::size_t kInputs, auto... kMembers, typename World, typename Action, typename Advance>
void StepBlocks(std::span<World> worlds, const Action* actions, float* rewards, std::uint8_t* ends,
                const Advance& advance) {
  constexpr std::size_t kBlock = 64;
  const auto step_blocks = [&]<std::size_t... k>(std::index_sequence<k...>) {
    std::size_t begin = 0;
    for (; begin + kBlock <= worlds.size(); begin += kBlock) {
      double state[sizeof...(k)][kBlock], action[kBlock], reward[kBlock];
      std::uint64_t ended[kBlock];
      World* block = &worlds[begin];
      for (std::size_t i = 0; i < kBlock; ++i) {
        ((k < kInputs ? void(state[k][i] = block[i].*kMembers) : void()), ...);
      }
      for (std::size_t i = 0; i < kBlock; ++i) action[i] = static_cast<double>(actions[begin + i]);
      for (std::size_t i = 0; i < kBlock; ++i) {
        const ControlStep step = advance(action[i], state[k][i]...);
        reward[i] = step.reward;
        ended[i] = step.ended;
      }
      for (std::size_t i = 0; i < kBlock; ++i) {
        ((block[i].*kMembers = state[k][i]), ...);
      }
      for (std::size_t i = 0; i < kBlock; ++i) {
        rewards[begin + i] = static_cast<float>(reward[i]);
      }
      for (std::size_t i = 0; i < kBlock; ++i) {
        ends[begin + i] = static_cast<std::uint8_t>(ended[i]);
      }
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

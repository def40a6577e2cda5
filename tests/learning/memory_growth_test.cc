// The memory of a learner stays as it is once its buffers are full: at most 1 MB more per million
// steps, for every agent that is built in.
#include <gtest/gtest.h>
#include <malloc.h>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <ostream>
#include <string>

#include "tests/support/train_loop.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define BRASA_SANITIZER_HEAP
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define BRASA_SANITIZER_HEAP
#endif
#endif
#ifdef BRASA_SANITIZER_HEAP
// Of the sanitizers' allocator; GCC ships no header for it.
extern "C" std::size_t __sanitizer_get_current_allocated_bytes();
#endif

namespace brasa {

void PrintTo(const AgentRow& row, std::ostream* out) { *out << row.name; }

namespace {

constexpr std::int64_t kFilled = 20'000, kMeasured = 60'000;  ///< steps

/// Bytes that the process has allocated and not freed.
std::int64_t BytesInUse() {
#ifdef BRASA_SANITIZER_HEAP
  return static_cast<std::int64_t>(__sanitizer_get_current_allocated_bytes());
#else
  const struct mallinfo2 heap = mallinfo2();
  return static_cast<std::int64_t>(heap.uordblks + heap.hblkhd);
#endif
}

/// Small buffers that are soon full, of those that the agent has.
support::Settings SmallBuffers(const AgentRow& agent) {
  const support::Settings all = {
      {"hidden", "8"},         {"batch", "4"},           {"replay_capacity", "1000"},
      {"simulations", "2"},    {"learning_starts", "8"}, {"train_frequency", "10"},
      {"gradient_steps", "1"}, {"atoms", "3"},           {"planning_steps", "2"}};
  support::Settings settings;
  std::ranges::copy_if(all, std::back_inserter(settings), [&](const auto& setting) {
    return std::ranges::any_of(agent.fields,
                               [&](const Field& field) { return field.name == setting.first; });
  });
  return settings;
}

/// The first environment of a few that the agent takes.
std::optional<support::TrainLoop> LoopOf(const AgentRow& agent) {
  for (const char* id : {"FrozenLake-v1", "CartPole-v1", "TicTacToe-v0", "Pendulum-v1"}) {
    try {
      return support::TrainLoop(
          support::BuiltinRow(id), agent,
          {.settings = SmallBuffers(agent), .worlds = 2, .steps = kFilled + kMeasured, .seed = 1});
    } catch (const ConfigError&) {
      continue;
    }
  }
  return std::nullopt;
}

class MemoryGrowth : public testing::TestWithParam<AgentRow> {};

TEST_P(MemoryGrowth, OfAFullLearner_IsAtMostAByteAStep) {
  std::optional<support::TrainLoop> loop = LoopOf(GetParam());
  ASSERT_TRUE(loop.has_value());
  loop->Run(kFilled);
  const std::int64_t before = BytesInUse();
  loop->Run();
  EXPECT_LE(BytesInUse() - before, kMeasured);
}

INSTANTIATE_TEST_SUITE_P(Agents, MemoryGrowth,
                         testing::ValuesIn(BuiltinAgents().begin(), BuiltinAgents().end()),
                         [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace brasa

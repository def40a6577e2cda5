// A task that nobody solves without memory. Only built with torch.
#include <gtest/gtest.h>

#include "brasa/env.h"
#include "tests/ppo/training.h"

namespace brasa {
namespace {

/// The cue, -1 or 1, is shown at the first step alone and asked for at step 5, where the
/// observation says so: reward 1 for the action that names it. Without memory the return is 1/2 at
/// best.
struct Recall {
  static constexpr bool kFlat = true;
  static constexpr int kAsked = 5;
  static EnvSpec Spec(const Params&) {
    EnvSpec spec;
    spec.id = "Recall-v0";
    spec.summary = "Remember the cue";
    spec.observation.shape = {2};
    spec.observation.axes = {"feature"};
    spec.observation.low = {-1};
    spec.observation.high = {1};
    spec.action.count = 2;
    return spec;
  }
  explicit Recall(const Params&) {}
  void Reset(Rng& rng) {
    step = 0;
    cue = static_cast<std::int32_t>(rng.Below(2));
  }
  EpisodeEnd Step(ActionRef action, Rng&, std::span<float> rewards) {
    rewards[0] = step == kAsked && action.id() == cue ? 1.0f : 0.0f;
    return step++ == kAsked ? EpisodeEnd::kTerminated : EpisodeEnd::kNone;
  }
  void Observe(int, std::span<float> out) const {
    out[0] = step == 0 ? static_cast<float>(2 * cue - 1) : 0.0f;
    out[1] = step == kAsked ? 1.0f : 0.0f;
  }
  std::int32_t step = 0, cue = 0;
};

EnvRow RecallRow() {
  EnvRow row;
  row.id = "Recall-v0";
  row.env_class = &EnvClassOf<Recall>();
  return row;
}

/// Greedy return over 1,000 episodes after `steps` of training on 16 worlds.
double RecallReturn(const Settings& more, std::uint64_t seed, std::int64_t steps) {
  Settings settings = {{"hidden", "16"},     {"horizon", "12"},         {"minibatches", "2"},
                       {"epochs", "4"},      {"learning_rate", "0.01"}, {"anneal_lr", "false"},
                       {"discount", "0.95"}, {"entropy_coef", "0.01"}};
  settings.insert(settings.end(), more.begin(), more.end());
  PpoRun run(RecallRow(), {}, settings, 16, seed, steps);
  run.Train(steps / 16);
  return run.GreedyReturn(RecallRow(), 1000, seed);
}

TEST(RecurrentPpoLearning, Recall_IsSolvedWithMemoryAndOnlyWithIt) {
  for (std::uint64_t seed = 0; seed < 2; ++seed) {
    EXPECT_GT(RecallReturn({{"network.backend", "torch"}, {"network.lstm", "8"}}, seed, 8000), 0.95)
        << "seed " << seed;
    // 1/2 and four deviations of 1,000 episodes: 4 sqrt(0.25 / 1000) = 0.063.
    EXPECT_LT(RecallReturn({}, seed, 8000), 0.563) << "seed " << seed;
  }
}

}  // namespace
}  // namespace brasa

// Random play through the whole contract against the means that the reference gives for random play
// with all six actions and sticky actions of 0.1: 200 episodes of each game, 20 of Freeway.
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "brasa/env_batch.h"
#include "envs/minatar/minatar.h"

namespace brasa {
namespace {

struct Reference {
  double mean_return, mean_length;
  int episodes;
};

struct Sample {
  double sum = 0, squares = 0;
  int count = 0;
  void Add(double value) {
    sum += value;
    squares += value * value;
    ++count;
  }
  double mean() const { return sum / count; }
  double variance() const { return squares / count - mean() * mean(); }
};

/// The reference's own mean varies by sigma / sqrt(its episodes), ours by sigma / sqrt(ours): the
/// difference stays within four of the standard errors of both together (sigma from our sample).
void ExpectNear(const Sample& ours, double mean, int episodes, const char* what) {
  const double error = std::sqrt(ours.variance() * (1.0 / episodes + 1.0 / ours.count));
  EXPECT_NEAR(ours.mean(), mean, 4 * error + 1e-9) << what << ", standard error " << error;
}

template <typename World>
void PlayAtRandom(const char* id, const Reference& reference, int episodes) {
  EnvRow row;
  row.id = id;
  row.env_class = &EnvClassOf<World>();
  Params params = DefaultParams(row);
  params.Set("action_set", "full");
  Env env(row, params, {11, StreamRole::kTest, 0});
  Rng choice(11, StreamRole::kTest, 1);
  Sample returns, lengths;
  for (int episode = 0; episode < episodes; ++episode) {
    env.Reset();
    while (!env.done()) env.Step(static_cast<std::int32_t>(choice.Below(minatar::kActions)));
    returns.Add(env.returns()[0]);
    lengths.Add(env.plies());
  }
  ExpectNear(returns, reference.mean_return, reference.episodes, "return");
  ExpectNear(lengths, reference.mean_length, reference.episodes, "length");
}

TEST(MinAtar, RandomPlay_HasTheReturnsAndLengthsOfTheReference) {
  PlayAtRandom<MinAtarAsterix>("Asterix", {0.495, 71.1, 200}, 2000);
  PlayAtRandom<MinAtarBreakout>("Breakout", {0.480, 10.9, 200}, 4000);
  PlayAtRandom<MinAtarFreeway>("Freeway", {0.10, 2501, 20}, 60);
  PlayAtRandom<MinAtarSeaquest>("Seaquest", {0.085, 31.0, 200}, 3000);
  PlayAtRandom<MinAtarSpaceInvaders>("SpaceInvaders", {3.065, 57.0, 200}, 2000);
}

}  // namespace
}  // namespace brasa

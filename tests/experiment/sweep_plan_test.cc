// What a sweep tries and promotes, worked out by hand.
#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "brasa/core/error.h"
#include "runners/experiment/sweep_plan.h"

namespace brasa {
namespace {

SweepSpec Spec(const std::string& sweep, const std::string& search) {
  Registry registry;
  return ReadSweepToml(
      registry,
      "[sweep]\nagent = \"q_learning\"\nenv = \"FrozenLake-v1\"\n" + sweep + "[search]\n" + search,
      "sweep.toml");
}

std::vector<std::vector<std::string>> ValuesOf(const SweepSpec& spec) {
  Registry registry;
  std::vector<std::vector<std::string>> values;
  for (const Trial& trial : MakeTrials(registry, spec)) values.push_back(trial.values);
  return values;
}

// 900 steps, one in three goes on: 100 steps for all 9, 300 for 3, 900 for 1.
TEST(SweepPlan, Rungs_DivideStepsAndTrials) {
  const SweepSpec spec =
      Spec("method = \"halving\"\ntrials = 10\nsteps = 900\nrungs = 3\nreduction = 3\n",
           "learning_rate = { uniform = [0.1, 1.0] }\n");
  EXPECT_EQ(RungSteps(spec, 0), 100);
  EXPECT_EQ(RungSteps(spec, 1), 300);
  EXPECT_EQ(RungSteps(spec, 2), 900);
  EXPECT_EQ(RungTrials(spec, 0), 10u);
  EXPECT_EQ(RungTrials(spec, 1), 3u);  // floor(10 / 3)
  EXPECT_EQ(RungTrials(spec, 2), 1u);  // floor(10 / 9)
}

// 9 and the two sevens, the earlier of equals first; what has no score is last.
TEST(SweepPlan, Best_AreTheHighestEarlierFirstUnknownLast) {
  const double scores[] = {5, NAN, 7, 7, 1, 9, 2, 3, NAN};
  EXPECT_EQ(Best(scores, 3), (std::vector<std::size_t>{5, 2, 3}));
  EXPECT_EQ(Best(scores, 2), (std::vector<std::size_t>{5, 2}));
  EXPECT_EQ(Best(scores, 9), (std::vector<std::size_t>{5, 2, 3, 0, 7, 6, 4, 1, 8}));
}

TEST(SweepPlan, Grid_IsEveryCombinationLastKeyFastest) {
  const SweepSpec spec = Spec("method = \"grid\"\n",
                              "n_step = { integer = [1, 2] }\n"
                              "discount = { choice = [0.9, 0.99, 1] }\n");
  using Rows = std::vector<std::vector<std::string>>;
  EXPECT_EQ(spec.trials, 6);
  EXPECT_EQ(
      ValuesOf(spec),
      (Rows{{"0.9", "1"}, {"0.9", "2"}, {"0.99", "1"}, {"0.99", "2"}, {"1", "1"}, {"1", "2"}}));
}

TEST(SweepPlan, Draws_FollowFromTheSeedAndStayInRange) {
  const std::string search =
      "learning_rate = { log_uniform = [1e-4, 1.0] }\n"
      "discount = { uniform = [0.5, 1.0] }\n"
      "n_step = { integer = [1, 3] }\n";
  const auto drawn = ValuesOf(Spec("method = \"random\"\ntrials = 400\nseed = 3\n", search));
  EXPECT_EQ(drawn, ValuesOf(Spec("method = \"random\"\ntrials = 400\nseed = 3\n", search)));
  EXPECT_NE(drawn, ValuesOf(Spec("method = \"random\"\ntrials = 400\nseed = 4\n", search)));
  int low = 0;
  std::set<std::string> steps;
  for (const std::vector<std::string>& values : drawn) {
    const double discount = std::stod(values[0]), rate = std::stod(values[1]);
    EXPECT_TRUE(discount >= 0.5 && discount <= 1) << discount;
    EXPECT_TRUE(rate >= 1e-4 && rate <= 1) << rate;
    low += rate < 1e-2;
    steps.insert(values[2]);
  }
  EXPECT_NEAR(low, 200, 50);  // half of the logarithms; five standard deviations of 10
  EXPECT_EQ(steps, (std::set<std::string>{"1", "2", "3"}));
}

TEST(SweepPlan, DrawsOfFewValues_AreAllDifferent) {
  const std::string search = "n_step = { integer = [1, 5] }\n";
  const auto drawn = ValuesOf(Spec("method = \"random\"\ntrials = 5\n", search));
  EXPECT_EQ(std::set(drawn.begin(), drawn.end()).size(), 5u);
  EXPECT_THROW(ValuesOf(Spec("method = \"random\"\ntrials = 6\n", search)), ConfigError);
}

/// The error of a sweep.toml.
std::string ErrorOf(const std::string& text) {
  Registry registry;
  try {
    ReadSweepToml(registry, text, "sweep.toml");
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "none";
}

/// The error of [search] in line 6 on.
std::string SearchError(const std::string& search, const std::string& more = "trials = 3\n") {
  const bool grid = more.empty();
  return ErrorOf(std::string("[sweep]\nmethod = \"") + (grid ? "grid" : "random") +
                 "\"\nagent = \"ppo\"\nenv = \"CartPole-v1\"\n" + more + "[search]\n" + search +
                 "\n");
}

bool Says(const std::string& error, const std::string& part) {
  if (error.starts_with("sweep.toml") && error.find(part) != std::string::npos) return true;
  ADD_FAILURE() << "wanted '" << part << "', got: " << error;
  return false;
}

TEST(SweepFile, UnknownNames_GetLineAndNearMatch) {
  EXPECT_TRUE(Says(ErrorOf("[sweeps]\n"), "line 1: unknown section or key 'sweeps' (did you"));
  EXPECT_TRUE(Says(ErrorOf("[sweep]\nmethod = \"grid\"\ntrails = 3\n"),
                   "line 3: unknown key 'trails' (did you mean trials"));
  EXPECT_TRUE(Says(ErrorOf("[sweep]\nmethod = \"gird\"\n"), "line 2: method = 'gird' is unknown"));
  EXPECT_TRUE(Says(ErrorOf("[sweep]\nmethod = \"grid\"\n"), "[sweep] has no 'agent'"));
  EXPECT_TRUE(Says(SearchError("lerning_rate = { choice = [1] }"),
                   "line 7: unknown key 'lerning_rate' (did you mean learning_rate"));
  EXPECT_TRUE(Says(SearchError("learning_rate = { lg_uniform = [1, 2] }"),
                   "line 7: unknown distribution 'lg_uniform' (did you mean log_uniform"));
}

TEST(SweepFile, Ranges_AreThoseOfTheField) {
  EXPECT_TRUE(Says(SearchError("discount = { uniform = [0.5, 1.5] }"), "line 7: discount = '1.5'"));
  EXPECT_TRUE(Says(SearchError("horizon = { choice = [8, 0] }"), "line 7: horizon = '0'"));
  EXPECT_TRUE(Says(SearchError("horizon = { uniform = [8, 16] }"), "give integer or choice"));
  EXPECT_TRUE(Says(SearchError("horizon = { integer = [8.5, 16] }"), "two integers"));
  EXPECT_TRUE(Says(SearchError("learning_rate = { uniform = [2, 1] }"), "LOW < HIGH"));
  EXPECT_TRUE(Says(SearchError("learning_rate = { log_uniform = [0, 1] }"), "LOW > 0"));
  EXPECT_TRUE(Says(SearchError("learning_rate = 0.1"), "is no distribution"));
  EXPECT_TRUE(Says(SearchError("learning_rate = { uniform = [0.1, 0.2] }", ""), "a grid takes"));
}

TEST(SweepFile, KeysOfTheSweepItself_AreNotSearched) {
  EXPECT_TRUE(Says(SearchError("seed = { integer = [1, 3] }"), "give seeds in [sweep]"));
  EXPECT_TRUE(Says(SearchError("steps = { integer = [1, 3] }"), "give it in [sweep]"));
  EXPECT_TRUE(Says(SearchError("workers = { integer = [1, 3] }"), "changes no result"));
  EXPECT_TRUE(Says(SearchError("\"env.max_episode_steps\" = { integer = [1, 3] }"),
                   "changes the environment"));
  EXPECT_TRUE(Says(SearchError(""), "[search] names no key"));
}

TEST(SweepFile, CountsThatDoNotGoTogether_AreRefused) {
  const std::string head =
      "[sweep]\nmethod = \"halving\"\nagent = \"ppo\"\nenv = \"CartPole-v1\"\n";
  const std::string search = "[search]\nlearning_rate = { uniform = [0.1, 0.2] }\n";
  EXPECT_TRUE(Says(ErrorOf(head + "trials = 8\n" + search), "trials = 8 is too few for 3 rungs"));
  EXPECT_TRUE(Says(ErrorOf(head + "trials = 9\nsteps = 9\n" + search), "steps = 9 is too few"));
  EXPECT_TRUE(Says(ErrorOf(head + search), "[sweep] has no 'trials'"));
  EXPECT_TRUE(
      Says(SearchError("learning_rate = { uniform = [0.1, 0.2] }", "rungs = 3\ntrials = 3\n"),
           "line 5: rungs does not go with method = 'random'"));
  EXPECT_TRUE(Says(ErrorOf("[sweep]\nmethod = \"grid\"\nagent = \"ppo\"\nenv = \"Hex-v0\"\n"),
                   "line 4: 'Hex-v0' has several players"));
}

}  // namespace
}  // namespace brasa

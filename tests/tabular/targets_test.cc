// What every tabular agent learns, against values worked by hand.
#include <gtest/gtest.h>

#include <limits>
#include <string>

#include "tests/support/step_counter.h"
#include "tests/support/train_loop.h"
#include "tests/tabular/hand_fed.h"
#include "tests/three_seat/three_seat_game.h"

namespace brasa {
namespace {

using support::FindRow;
using support::Settings;
using support::TrainLoop;
using tabular::HandFed;
using tabular::SavedTable;
using Values = std::vector<double>;

constexpr auto kTerminated = EpisodeEnd::kTerminated;
constexpr auto kTruncated = EpisodeEnd::kTruncated;

/// An agent, its settings above learning_rate 1, discount 0.5, initial_value 8, and what it learns
/// of the counting environment and of the three-seat game.
struct Case {
  TabularKind kind;
  Settings settings;
  Values counted;      // values of the plies of three episodes
  double seat0_opens;  // of seat 0's first action in the game worked in three_seat_game.h
};

// The counting environment gives 1, 2, .. and is never in one state twice, so a next decision is
// worth 8. Its first episode terminates after 2 plies, the second after 3, the third is truncated
// after 5.
//   one step: r + 4, r where it terminated; truncated: 5 + 4 = 9
//   n = 2:    r1 + r2 / 2 + 8 / 4; at an end r1 + r2 / 2, r1; truncated 4 + 5 / 2 + 8 / 4, 5 + 8 /
//   2 n = 3:    1 + 2 / 2 + 3 / 4 + 8 / 8 = 3.75 in the third episode, 2.75 in the second traces:
//   the lambda return G_t = r + 0.5 ((1 - lambda) 8 + lambda G_{t+1}), at the end r or
//             r + 0.5 * 8
// Seat 0 opens with reward 1.25 until its second decision, which ends with -3: 1.25 + 8 / 2 = 5.25;
// with both rewards 1.25 - 3 / 2 = -0.25; lambda 0.5: 1.25 + 0.5 (4 - 1.5) = 2.5.
const Values kOne = {5, 2, 5, 6, 3, 5, 6, 7, 8, 9};
const Values kTwo = {2, 2, 4, 3.5, 3, 4, 5.5, 7, 8.5, 9};
const Values kThree = {2, 2, 2.75, 3.5, 3, 3.75, 5.5, 7.25, 8.5, 9};
const Values kHalf = {3.5, 2, 4.1875, 4.75, 3, 4.44140625, 5.765625, 7.0625, 8.25, 9};
const Values kWhole = {2, 2, 2.75, 3.5, 3, 3.8125, 5.625, 7.25, 8.5, 9};
const Settings kLambdaHalf = {{"lambda", "0.5"}};

const std::vector<Case> kCases = {
    {TabularKind::kQLearning, {}, kOne, 5.25},
    {TabularKind::kQLearning, {{"n_step", "2"}}, kTwo, -0.25},
    {TabularKind::kQLearning, {{"n_step", "3"}}, kThree, -0.25},
    {TabularKind::kDoubleQ, {}, kOne, 5.25},
    {TabularKind::kSarsa, {}, kOne, 5.25},
    {TabularKind::kSarsa, {{"n_step", "2"}}, kTwo, -0.25},
    {TabularKind::kSarsa, {{"n_step", "3"}}, kThree, -0.25},
    {TabularKind::kSarsa, kLambdaHalf, kHalf, 2.5},
    {TabularKind::kSarsa, {{"lambda", "1"}, {"trace", "accumulating"}}, kWhole, -0.25},
    {TabularKind::kExpectedSarsa, {}, kOne, 5.25},
    {TabularKind::kExpectedSarsa, {{"n_step", "2"}}, kTwo, -0.25},
    {TabularKind::kExpectedSarsa, kLambdaHalf, kHalf, 2.5},
    {TabularKind::kQLambda, kLambdaHalf, kHalf, 2.5},
    {TabularKind::kQLambda, {{"lambda", "1"}}, kWhole, -0.25},
    {TabularKind::kDynaQ, {{"planning_steps", "0"}}, kOne, 5.25},
};

Settings Whole(const Case& c) {
  Settings settings = {{"learning_rate", "1"}, {"discount", "0.5"}, {"initial_value", "8"}};
  settings.insert(settings.end(), c.settings.begin(), c.settings.end());
  return settings;
}

std::string NameOf(const Case& c) {
  std::string name = TabularName(c.kind);
  for (const auto& [key, value] : c.settings) name += ' ' + key + '=' + value;
  return name;
}

/// The one value of each row that was updated, in the order of the rows.
Values Learnt(const SavedTable& table) {
  Values learnt;
  for (std::size_t i = 0; i < table.values.size(); ++i) {
    if (table.visits[i] > 0) {
      learnt.push_back(table.values[i]);
    } else {
      EXPECT_EQ(table.values[i], 8) << "value " << i;
    }
  }
  return learnt;
}

TEST(TabularTargets, CountingEnvironment_GivesTheHandWorkedValues) {
  for (const Case& c : kCases) {
    SCOPED_TRACE(NameOf(c));
    TrainLoop loop(support::StepCounterRow<std::uint8_t, false>(),
                   FindRow(BuiltinAgents(), TabularName(c.kind)), {Whole(c), 1, 10, 7});
    loop.Run();
    EXPECT_EQ(Learnt(SavedTable(loop.agent())), c.counted);
  }
}

/// One agent in the three-seat game; observations are binned to their exact values.
class ThreeSeats {
 public:
  explicit ThreeSeats(const Case& c) {
    const EnvSpec spec = three_seat::ThreeSeatGame::Spec(Params());
    Config config = tabular::With(c.kind, Whole(c));
    config.Set("bins", "4");
    agent_ = MakeTabular(c.kind, {spec, config, 1, 0, 0});
  }
  using View = std::vector<float>;
  void Ply(const View& view, std::int32_t action, std::vector<float> rewards, EpisodeEnd end,
           const View& next, std::vector<float> last_views = {}) {
    const StepRows rows = agent_->NextRows();
    rows.now.player[0] = static_cast<std::int32_t>(view[0]);
    std::copy(view.begin(), view.end(), static_cast<float*>(rows.now.observation));
    *static_cast<std::int32_t*>(rows.actions) = action;
    std::copy(rewards.begin(), rewards.end(), rows.outcome.reward);
    rows.outcome.end[0] = static_cast<std::uint8_t>(end);
    rows.next.player[0] = static_cast<std::int32_t>(next[0]);
    std::copy(next.begin(), next.end(), static_cast<float*>(rows.next.observation));
    const std::int32_t world = 0;
    LastRows last;
    last.count = end == EpisodeEnd::kNone ? 0 : 1;
    last.world = &world;
    last.observation = last_views.data();
    agent_->Learn(last);
  }
  /// The mean over the tables where one of two was taught; else the value.
  double Value(const View& view, std::int32_t action) const {
    std::size_t cell = 0;
    for (const float x : view) cell = 4 * cell + static_cast<std::size_t>(x);
    const SavedTable table(*agent_);
    const std::size_t tables = table.values.size() / 4096 / 3;
    for (std::size_t t = 0; t < tables; ++t) {
      const std::size_t i = (cell * tables + t) * 3 + static_cast<std::size_t>(action);
      if (table.visits[i] > 0) return table.values[i];
    }
    return 8;
  }

 private:
  std::unique_ptr<Agent> agent_;
};

// Deal 0, moves 0 and 1, roll 1, move 2: views, rewards and transitions of three_seat_game.h.
const ThreeSeats::View kFirst = {0, 0, 1, 0, 0, 0}, kSecond = {1, 1, 0, 1, 0, 0},
                       kThird = {0, 2, 1, 1, 2, 2};

TEST(TabularTargets, ThreeSeatGame_GivesTheHandWorkedValues) {
  for (const Case& c : kCases) {
    SCOPED_TRACE(NameOf(c));
    ThreeSeats game(c);
    game.Ply(kFirst, 0, {1, 0, -1}, EpisodeEnd::kNone, kSecond);
    game.Ply(kSecond, 1, {0.25f, -1, 2}, EpisodeEnd::kNone, kThird);
    game.Ply(kThird, 2, {-3, 1.5f, 1.5f}, kTerminated, kFirst, std::vector<float>(18, 0));
    EXPECT_DOUBLE_EQ(game.Value(kFirst, 0), c.seat0_opens);
    EXPECT_DOUBLE_EQ(game.Value(kSecond, 1), 0.5);  // -1 + 1.5: seat 0's move ended its transition
    EXPECT_DOUBLE_EQ(game.Value(kThird, 2), -3);
  }
}

TEST(TabularTargets, ThreeSeatGameCutAfterTwoPlies_BootstrapsFromEachSeatsView) {
  for (const Case& c : kCases) {
    SCOPED_TRACE(NameOf(c));
    ThreeSeats game(c);
    game.Ply(kFirst, 0, {1, 0, -1}, EpisodeEnd::kNone, kSecond);
    std::vector<float> last = kThird;  // as seat 0 sees it; then seats 1 and 2
    last.insert(last.end(), {1, 2, 0, 1, 2, 2, 2, 2, 0, 1, 2, 2});
    game.Ply(kSecond, 1, {0.25f, -1, 2}, kTruncated, kFirst, last);
    EXPECT_DOUBLE_EQ(game.Value(kFirst, 0), 1.25 + 0.5 * 8);
    EXPECT_DOUBLE_EQ(game.Value(kSecond, 1), -1 + 0.5 * 8);
  }
}

const Settings kHalfRate = {{"learning_rate", "0.5"}, {"discount", "1"}};

Settings HalfRate(const Settings& more) {
  Settings settings = kHalfRate;
  settings.insert(settings.end(), more.begin(), more.end());
  return settings;
}

TEST(TabularTargets, Sarsa_TakesTheValueOfTheActionThatFollows) {
  HandFed fed(TabularKind::kSarsa, 1, kHalfRate);
  fed.End(1, 0, 8, kTerminated, 0, 1);  // Q(1, 0) = 4
  fed.End(1, 1, 4, kTerminated, 0, 0);  // Q(1, 1) = 2
  fed.Go(0, 0, 1, 1);
  EXPECT_EQ(fed.values()[0], 0);  // waits for the action
  fed.Go(1, 1, 0, 2);             // Q(0, 0) = (1 + 2) / 2
  EXPECT_EQ(fed.values(), (Values{1.5, 0, 4, 2, 0, 0}));
}

TEST(TabularTargets, SarsaTruncated_TakesTheMeanOverThePolicy) {
  HandFed fed(TabularKind::kSarsa, 1,
              HalfRate({{"epsilon_schedule", "constant"}, {"epsilon_start", "0.4"}}));
  fed.End(1, 0, 8, kTerminated, 0, 0);  // Q(1, 0) = 4
  // The final state is cell 1: 0.6 * 4 + 0.4 * (4 + 0) / 2 = 3.2; the next episode's does not
  // count.
  fed.End(0, 0, 1, kTruncated, 1, 2);
  EXPECT_DOUBLE_EQ(fed.values()[0], 0.5 * (1 + 3.2));
}

TEST(TabularTargets, ExpectedSarsa_TakesTheMeanOverThePolicy) {
  HandFed fed(TabularKind::kExpectedSarsa, 1,
              HalfRate({{"epsilon_schedule", "constant"}, {"epsilon_start", "0.4"}}));
  fed.End(1, 0, 8, kTerminated, 0, 0);  // Q(1, 0) = 4
  fed.Go(0, 0, 1, 1);                   // 0.6 * 4 + 0.4 * (4 + 0) / 2 = 3.2
  EXPECT_DOUBLE_EQ(fed.values()[0], 0.5 * (1 + 3.2));
}

/// A seed whose world 0 tosses `coins` first.
std::uint64_t SeedOf(const std::vector<std::uint32_t>& coins) {
  for (std::uint64_t seed = 0;; ++seed) {
    Rng rng(seed, StreamRole::kLearner, 0);
    bool equal = true;
    for (const std::uint32_t coin : coins) equal = rng.Below(2) == coin && equal;
    if (equal) return seed;
  }
}

TEST(TabularTargets, DoubleQ_TakesTheOtherTablesValueOfItsOwnBestAction) {
  HandFed fed(TabularKind::kDoubleQ, 1, kHalfRate, SeedOf({0, 1, 1, 0}));
  fed.End(1, 0, 4, kTerminated, 0, 1);   // A(1, 0) = 2
  fed.End(1, 0, 8, kTerminated, 0, 1);   // B(1, 0) = 4
  fed.End(1, 1, 10, kTerminated, 0, 0);  // B(1, 1) = 5
  // A learns: its best action in cell 1 is 0, B says 4. B's best is 1 with 5; A says 2 and 0.
  fed.Go(0, 0, 0, 1);
  EXPECT_EQ(fed.values(), (Values{2, 0, 0, 0, 2, 0, 4, 5, 0, 0, 0, 0}));
}

TEST(TabularTargets, DoubleQ_BehavesOnTheMeanOfBothTables) {
  HandFed fed(TabularKind::kDoubleQ, 1, kHalfRate, SeedOf({0, 1, 0}));
  fed.End(0, 0, 4, kTerminated, 0, 0);  // A(0) = (2, 0)
  fed.End(0, 1, 6, kTerminated, 0, 0);  // B(0) = (0, 3): the mean is (1, 1.5)
  const auto choose = [&] {
    const auto actor = fed.agent().MakeActor(ActMode::kGreedy, 1, 0, StreamRole::kTest);
    const std::int32_t zero = 0;
    const float cell = 0;
    const std::uint8_t start = 0;
    std::int32_t action = -1;
    actor->Act({1, &zero, &zero, &cell, nullptr, &start, nullptr}, &action);
    return action;
  };
  EXPECT_EQ(choose(), 1);
  fed.End(0, 0, 8, kTerminated, 0, 0);  // A(0, 0) = 5: the mean is (2.5, 1.5)
  EXPECT_EQ(choose(), 0);
}

TEST(TabularTargets, NStepQ_EndsAtADecisionThatWasNotGreedy) {
  const Settings settings = {{"learning_rate", "1"}, {"discount", "0.5"}, {"n_step", "3"}};
  HandFed greedy(TabularKind::kQLearning, 1, settings), other(TabularKind::kQLearning, 1, settings);
  for (HandFed* fed : {&greedy, &other}) {
    fed->End(1, 1, 4, kTerminated, 0, 0);  // Q(1, 1) = 4
    fed->Go(0, 0, 1, 1);
  }
  greedy.Go(1, 1, 2, 2);
  greedy.End(2, 0, 6, kTerminated, 0, 0);
  // 1 + 2 / 2 + 6 / 4 = 3.5, 2 + 6 / 2 = 5
  EXPECT_EQ(greedy.values(), (Values{3.5, 0, 0, 5, 6, 0}));
  other.Go(1, 0, 2, 2);
  EXPECT_EQ(other.values()[0], 1 + 0.5 * 4);  // the best of cell 1 instead of what was done there
  other.End(2, 0, 6, kTerminated, 0, 0);
  EXPECT_EQ(other.values(), (Values{3, 0, 5, 4, 6, 0}));
}

TEST(TabularTargets, QLambda_CutsItsTracesAtADecisionThatWasNotGreedy) {
  const Settings settings = HalfRate({{"lambda", "1"}});
  HandFed greedy(TabularKind::kQLambda, 1, settings), other(TabularKind::kQLambda, 1, settings),
      sarsa(TabularKind::kSarsa, 1, settings);
  for (HandFed* fed : {&greedy, &other, &sarsa}) fed->End(1, 1, 4, kTerminated, 0, 0);
  for (HandFed* fed : {&greedy, &other, &sarsa}) fed->Go(0, 0, 0, 1);
  // Q(1, 1) = 2, then Q(0, 0) = (0 + 2) / 2 = 1; sarsa waits.
  greedy.End(1, 1, 10, kTerminated, 0, 0);  // error 8: both move by 4
  EXPECT_EQ(greedy.values(), (Values{5, 0, 0, 6, 0, 0}));
  other.End(1, 0, 10, kTerminated, 0, 0);  // error 10: cell 1 alone moves, by 5
  EXPECT_EQ(other.values(), (Values{1, 0, 5, 2, 0, 0}));
  sarsa.End(1, 0, 10, kTerminated, 0, 0);  // 0 + Q(1, 0) = 0; then error 10: both move by 5
  EXPECT_EQ(sarsa.values(), (Values{5, 0, 5, 2, 0, 0}));
}

TEST(TabularTargets, Traces_AreReplacedOrAddUp) {
  // discount * lambda = 0.5. Cell 0 twice, then the end with 8 in cell 1; rate 0.5.
  const auto learn = [](const char* trace) {
    HandFed fed(TabularKind::kSarsa, 1, HalfRate({{"lambda", "0.5"}, {"trace", trace}}));
    fed.Go(0, 0, 0, 0);
    fed.Go(0, 0, 0, 1);
    fed.End(1, 0, 8, kTerminated, 0, 0);
    return fed.values();
  };
  // The trace of cell 0 is 1, halved, 1 or 1.5, halved: error 8 moves it by 0.5 * 8 * 0.5 or 0.75.
  EXPECT_EQ(learn("replacing"), (Values{2, 0, 4, 0, 0, 0}));
  EXPECT_EQ(learn("accumulating"), (Values{3, 0, 4, 0, 0, 0}));
}

TEST(TabularTargets, TracesAndWindows_DoNotReachIntoTheNextEpisode) {
  for (const EpisodeEnd end : {kTerminated, kTruncated}) {
    HandFed traces(TabularKind::kQLambda, 1, HalfRate({{"lambda", "1"}})),
        windows(TabularKind::kSarsa, 1, HalfRate({{"n_step", "3"}}));
    for (HandFed* fed : {&traces, &windows}) {
      fed->End(0, 0, 2, end, 2, 1);
      fed->End(1, 0, 8, kTerminated, 2, 0);
      EXPECT_EQ(fed->values(), (Values{1, 0, 4, 0, 0, 0}));
    }
  }
}

TEST(TabularTargets, DynaQ_RepeatsTheLastOutcomeOfADecision) {
  HandFed fed(TabularKind::kDynaQ, 1, HalfRate({{"planning_steps", "3"}}));
  EXPECT_EQ(fed.End(1, 0, 4, kTerminated, 0, 1), 4);  // the metric is of the real update alone
  EXPECT_EQ(fed.values()[2], 3.75);                   // 0, 2, then 3, 3.5, 3.75
  EXPECT_EQ(fed.agent().updates(), 4);
  fed.End(1, 0, 0, kTerminated, 0, 0);  // the model now says 0: 3.75 is halved four times
  EXPECT_EQ(fed.values()[2], 3.75 / 16);
}

TEST(TabularTargets, VisitsScheduleWithTraces_CountsVisits) {
  HandFed fed(TabularKind::kSarsa, 1,
              {{"learning_rate", "1"},
               {"learning_rate_schedule", "visits"},
               {"visit_power", "1"},
               {"discount", "1"},
               {"lambda", "1"}});
  // Each episode's return is 8, then 2: with 1/N the value is their mean.
  fed.Go(0, 0, 0, 1);
  fed.End(1, 0, 8, kTerminated, 0, 0);
  EXPECT_EQ(fed.values()[0], 8);
  fed.Go(0, 0, 0, 1);
  fed.End(1, 0, 2, kTerminated, 0, 0);
  EXPECT_EQ(fed.values()[0], 5);
}

TEST(TabularTargets, InfiniteError_StopsWithAgentAndUpdate) {
  HandFed fed(TabularKind::kSarsa, 1, {});
  try {
    fed.End(0, 0, std::numeric_limits<float>::infinity(), kTerminated, 0, 0);
    FAIL();
  } catch (const NumericError& error) {
    EXPECT_NE(std::string(error.what()).find("sarsa, update 1"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace brasa

#include "agents/memory/replay.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <numeric>
#include <string>
#include <vector>

#include "brasa/vector_env.h"
#include "tests/support/step_counter.h"
#include "tests/three_seat/three_seat_game.h"

namespace brasa {
namespace {

using support::StepCounter;
using support::StepCounterRow;

using enum EpisodeEnd;

/// N worlds that fill a replay; every action is a function of world and step.
struct Filled {
  Filled(const EnvRow& row, int worlds, std::int64_t capacity,
         ReplayTransitions transitions = ReplayTransitions::kSeats, int limit = -1)
      : env([&] {
          Params params = DefaultParams(row);
          params.Set("max_episode_steps", std::to_string(limit));
          return MakeSerialVectorEnv(row, params, {worlds, 1, {3, StreamRole::kTest, 0}});
        }()),
        replay(env->spec(), worlds, capacity, transitions),
        choice(11, StreamRole::kTest) {
    env->Reset(replay.FirstRows());
  }

  void Step() {
    const StepRows rows = replay.NextRows();
    const auto actions = static_cast<std::size_t>(env->spec().action.count);
    for (std::int32_t w = 0; w < env->worlds(); ++w) {
      if (actions == 0) {
        float* const values = static_cast<float*>(rows.actions) + 2 * w;
        values[0] = static_cast<float>(w) / 8;
        values[1] = static_cast<float>(replay.steps() % 8) / 8;
        continue;
      }
      const std::uint8_t* const mask = rows.now.mask + static_cast<std::size_t>(w) * actions;
      std::int32_t id =
          static_cast<std::int32_t>(choice.Below(static_cast<std::uint32_t>(actions)));
      while (mask[id] == 0) id = (id + 1) % static_cast<std::int32_t>(actions);
      static_cast<std::int32_t*>(rows.actions)[w] = id;
    }
    env->Step(rows.actions, rows.outcome, rows.next);
    replay.Advance(env->last());
  }

  std::string Saved() const {
    StateWriter writer;
    env->Save(writer);
    replay.Save(writer);
    return writer.bytes();
  }

  std::unique_ptr<VectorEnv> env;
  Replay replay;
  Rng choice;
};

/// What an observation of StepCounter says.
struct Place {
  int episode, ply;
  bool operator==(const Place&) const = default;
};
template <typename Element>
Place PlaceAt(const Replay& replay, std::int32_t row) {
  const auto* seen = static_cast<const Element*>(replay.observations()) + 2 * row;
  return {static_cast<int>(seen[0]), static_cast<int>(seen[1])};
}

/// The window of n steps from `from` on, by the rules of StepCounter alone: `newest` is where the
/// world stands now.
struct PlainWindow {
  double reward = 0, bootstrap = 1;
  Place successor;
};
PlainWindow WindowByRule(Place from, Place newest, int n, double discount) {
  PlainWindow window{.successor = from};
  for (int i = 0; i < n && window.successor != newest; ++i) {
    const int length = std::array{2, 3, 7}[static_cast<std::size_t>(from.episode % 3)];
    const int ply = ++window.successor.ply;
    window.reward += window.bootstrap * ply;
    window.bootstrap *= discount;
    if (ply == length) {
      window.bootstrap = 0;
      break;
    }
    if (ply == 5) break;
  }
  return window;
}

template <typename Element, bool kBox>
void ExpectWindowsOfTheRule(int worlds, std::int64_t capacity) {
  Filled filled(StepCounterRow<Element, kBox>(), worlds, capacity);
  const Replay& replay = filled.replay;
  for (int step = 1; step <= 60; ++step) {
    filled.Step();
    const std::int64_t held = std::min<std::int64_t>(step, (capacity - 1) / worlds + 1);
    ASSERT_EQ(replay.samples(), held * worlds) << "step " << step;
    for (std::int32_t row = 0; row < replay.rows(); ++row) {
      if (!replay.is_sample(row)) continue;
      const Place from = PlaceAt<Element>(replay, row);
      const Place newest = PlaceAt<Element>(replay, replay.opened() + row % worlds);
      for (const int n : {1, 2, 3, 9}) {
        SCOPED_TRACE("step " + std::to_string(step) + ", row " + std::to_string(row) + ", n " +
                     std::to_string(n));
        const PlainWindow expected = WindowByRule(from, newest, n, 0.5);
        const ReplayWindow window = replay.Window(row, n, 0.5);
        EXPECT_EQ(window.reward, static_cast<float>(expected.reward));
        EXPECT_EQ(window.bootstrap, static_cast<float>(expected.bootstrap));
        if (expected.bootstrap == 0) continue;
        EXPECT_EQ(PlaceAt<Element>(replay, window.successor), expected.successor);
      }
    }
  }
}

// 60 steps of a ring of 8: it comes round seven times, through ends of both kinds.
TEST(Replay, WindowsOfAnyLength_FollowTheEpisodesAndTheNewestStep) {
  ExpectWindowsOfTheRule<float, false>(1, 7);
  ExpectWindowsOfTheRule<float, false>(3, 21);
  ExpectWindowsOfTheRule<std::uint8_t, false>(3, 20);  // rounded up to 7 vector steps
  ExpectWindowsOfTheRule<float, true>(2, 14);
  ExpectWindowsOfTheRule<std::uint8_t, true>(4, 400);  // never full
}

// Episode 2 of the counter: rewards 1, 2, 3, 4, 5, truncated before its 7th ply. With discount 0.5
// and n = 3 the window from ply 3 on is 4 + 0.5 * 5 = 6.5 and 0.25 of the final observation (2, 5).
// Episode 1 terminates after 3: from ply 1 on 2 + 0.5 * 3 = 3.5 and nothing.
TEST(Replay, TruncationAndTermination_WorkedByHand) {
  Filled filled(StepCounterRow<float, false>(), 1, 30);
  for (int step = 0; step < 12; ++step) filled.Step();
  const ReplayWindow cut = filled.replay.Window(2 + 3 + 3, 3, 0.5);
  EXPECT_EQ(cut.reward, 6.5f);
  EXPECT_EQ(cut.bootstrap, 0.25f);
  EXPECT_GE(cut.successor, filled.replay.rows());
  EXPECT_EQ(PlaceAt<float>(filled.replay, cut.successor), (Place{2, 5}));
  EXPECT_EQ(filled.replay.end(2 + 3 + 4), kTruncated);
  const ReplayWindow over = filled.replay.Window(2 + 1, 3, 0.5);
  EXPECT_EQ(over.reward, 3.5f);
  EXPECT_EQ(over.bootstrap, 0.0f);
  EXPECT_EQ(filled.replay.end(2 + 2), kTerminated);
  EXPECT_EQ(filled.replay.end(2 + 1), kNone);
  // The present state is no sample; the window before it is cut there: 1 + 0.5 * 2, plies 0 and 1.
  EXPECT_FALSE(filled.replay.is_sample(12));
  EXPECT_EQ(filled.replay.Window(10, 3, 0.5).reward, 2.0f);
  EXPECT_EQ(filled.replay.Window(10, 3, 0.5).bootstrap, 0.0f);
  EXPECT_EQ(filled.replay.Window(9, 1, 0.5).bootstrap, 0.5f);
}

// fixtures: n_step_return, rewards 1, 2, 3, discount 0.9, bootstrap value 10 -> 12.52. The first
// three plies of any episode give 1, 2, 3.
TEST(Replay, ThreeSteps_GiveThePublishedReturn) {
  Filled filled(StepCounterRow<float, false>(), 1, 30);
  for (int step = 0; step < 12; ++step) filled.Step();
  const ReplayWindow window = filled.replay.Window(5, 3, 0.9);
  EXPECT_NEAR(window.reward + window.bootstrap * 10, 12.52f, 1e-5f);
}

TEST(Replay, ActionsAndMasks_AreThoseOfTheirRow) {
  Filled box(StepCounterRow<float, true>(), 3, 30);
  for (int step = 0; step < 9; ++step) box.Step();
  EXPECT_EQ(box.replay.mask(0), nullptr);
  for (std::int32_t row = 0; row < 27; ++row) {
    EXPECT_EQ(box.replay.action_values(row)[0], static_cast<float>(row % 3) / 8);
    EXPECT_EQ(box.replay.action_values(row)[1], static_cast<float>(row / 3 % 8) / 8);
  }
  Filled discrete(StepCounterRow<std::uint8_t, false>(), 3, 12);
  for (int step = 0; step < 25; ++step) discrete.Step();
  for (std::int32_t row = 0; row < discrete.replay.rows(); ++row) {
    const bool odd = PlaceAt<std::uint8_t>(discrete.replay, row).ply % 2 == 1;
    const std::uint8_t* const mask = discrete.replay.mask(row);
    EXPECT_EQ(std::vector<std::uint8_t>(mask, mask + 3),
              odd ? (std::vector<std::uint8_t>{0, 1, 0}) : (std::vector<std::uint8_t>{1, 1, 1}));
    if (discrete.replay.is_sample(row)) {
      EXPECT_EQ(mask[discrete.replay.action_id(row)], 1);
    }
  }
  EXPECT_EQ(discrete.replay.mask(discrete.replay.rows()), nullptr);
}

TEST(Replay, RowsOfOneStep_AreTheNextOnesNow) {
  Filled filled(StepCounterRow<float, false>(), 2, 4);
  for (int step = 0; step < 12; ++step) {
    const StepRows rows = filled.replay.NextRows();
    filled.Step();
    const StepRows after = filled.replay.NextRows();
    EXPECT_EQ(after.now.observation, rows.next.observation);
    EXPECT_EQ(after.now.mask, rows.next.mask);
    EXPECT_EQ(after.now.player, rows.next.player);
    EXPECT_EQ(after.now.start, rows.next.start);
    EXPECT_EQ(after.now.start[0], static_cast<float*>(after.now.observation)[1] == 0.0f);
  }
}

// 8,000 draws over 40 rows less the open ones: each within five standard deviations.
TEST(Replay, Draws_AreUniformOverTheSamples) {
  Filled filled(three_seat::ThreeSeatRow(), 5, 40);
  for (int step = 0; step < 30; ++step) filled.Step();
  const Replay& replay = filled.replay;
  ASSERT_GT(replay.samples(), 20);
  ASSERT_LT(replay.samples(), 40);
  std::vector<std::int32_t> drawn(8000);
  Rng rng(5, StreamRole::kTest);
  replay.Draw(rng, drawn);
  std::vector<int> seen(static_cast<std::size_t>(replay.rows()));
  for (const std::int32_t row : drawn) ++seen[static_cast<std::size_t>(row)];
  const double p = 1.0 / static_cast<double>(replay.samples());
  for (std::int32_t row = 0; row < replay.rows(); ++row) {
    const int count = seen[static_cast<std::size_t>(row)];
    if (!replay.is_sample(row)) {
      EXPECT_EQ(count, 0) << row;
    } else {
      EXPECT_NEAR(count, 8000 * p, 5 * std::sqrt(8000 * p * (1 - p))) << row;
    }
  }
}

TEST(Replay, DrawsBeforeTheRingIsFull_TakeOnlyWhatWasPlayed) {
  Filled filled(StepCounterRow<float, false>(), 2, 1000);
  filled.Step();
  std::vector<std::int32_t> drawn(100);
  Rng rng(5, StreamRole::kTest);
  filled.replay.Draw(rng, drawn);
  EXPECT_EQ(std::ranges::count(drawn, 0) + std::ranges::count(drawn, 1), 100);
  EXPECT_GT(std::ranges::count(drawn, 1), 20);
}

TEST(Replay, ClosedAndOpened_TellWhatASamplerMustKnow) {
  Filled filled(three_seat::ThreeSeatRow(), 4, 24);
  std::vector<char> sample(static_cast<std::size_t>(filled.replay.rows()));
  for (int step = 0; step < 60; ++step) {
    filled.Step();
    const std::int32_t opened = filled.replay.opened();
    std::fill_n(sample.begin() + opened, 4, char{0});
    for (const std::int32_t row : filled.replay.closed()) {
      EXPECT_FALSE(sample[static_cast<std::size_t>(row)]);
      sample[static_cast<std::size_t>(row)] = 1;
    }
    for (std::int32_t row = 0; row < filled.replay.rows(); ++row) {
      ASSERT_EQ(filled.replay.is_sample(row), sample[static_cast<std::size_t>(row)] != 0);
    }
    ASSERT_EQ(filled.replay.samples(), std::ranges::count(sample, 1));
  }
}

/// What player p sees of a game, by its row: p, plies, deal + 1, moves + 1, roll + 1.
const float* View(const Replay& replay, std::int32_t row) {
  return static_cast<const float*>(replay.observations()) + 6 * row;
}

// Three seats, by the table in three_seat_game.h. Seat 0's first decision runs to its second one
// (roll 1) or to the end; seat 1 has one decision, which ends with the game.
TEST(ReplaySeats, Transitions_AreTheSeatsOwn) {
  Filled filled(three_seat::ThreeSeatRow(), 3, 300);
  for (int step = 0; step < 90; ++step) filled.Step();
  const Replay& replay = filled.replay;
  int again = 0, over = 0;
  for (std::int32_t row = 0; row < replay.rows(); ++row) {
    if (!replay.is_sample(row)) continue;
    const float* seen = View(replay, row);
    EXPECT_EQ(replay.player(row), static_cast<std::int32_t>(seen[0]));
    const ReplayWindow window = replay.Window(row, 1, 0.5);
    if (seen[0] == 0.0f && seen[1] == 0.0f && window.bootstrap != 0) {
      EXPECT_EQ(replay.end(row), kNone);
      EXPECT_EQ(window.successor, row + 6);  // two plies later, its own view
      EXPECT_EQ(View(replay, window.successor)[0], 0.0f);
      EXPECT_EQ(View(replay, window.successor)[5], 2.0f);  // roll 1
      const float* next = View(replay, window.successor);
      const float first = next[3] == 1.0f ? 1.0f : 0.0f;                        // ply 0
      const float second = next[3] == 1.0f && next[4] == 1.0f ? 0.75f : 0.25f;  // ply 1 and roll
      EXPECT_EQ(replay.reward(row), first + second);
      const ReplayWindow two = replay.Window(row, 2, 0.5);
      if (!replay.is_sample(window.successor)) continue;
      EXPECT_EQ(two.reward, replay.reward(row) + 0.5f * replay.reward(window.successor));
      EXPECT_EQ(two.bootstrap, 0.0f);
      ++again;
    } else {
      EXPECT_EQ(window.bootstrap, 0.0f);
      EXPECT_EQ(replay.end(row), kTerminated);
      ++over;
    }
  }
  EXPECT_GT(again, 3);
  EXPECT_GT(over, 50);
}

// Limit of 2 plies: seats 0 and 1 are cut unless roll 2 ended the game, each with its own view.
TEST(ReplaySeats, TruncatedGame_KeepsEverySeatsOwnView) {
  Filled filled(three_seat::ThreeSeatRow(), 3, 60, ReplayTransitions::kSeats, 2);
  int truncated = 0;
  for (int step = 0; step < 80; ++step) {
    filled.Step();
    for (std::int32_t row = 0; row < filled.replay.rows(); ++row) {
      if (!filled.replay.is_sample(row) || filled.replay.end(row) != kTruncated) continue;
      const ReplayWindow window = filled.replay.Window(row, 3, 0.5);
      ASSERT_GE(window.successor, filled.replay.rows());
      EXPECT_EQ(window.bootstrap, 0.5f);
      EXPECT_EQ(window.reward, filled.replay.reward(row));
      const float* last = View(filled.replay, window.successor);
      const float* seen = View(filled.replay, row);
      EXPECT_EQ(last[0], seen[0]);
      EXPECT_EQ(last[1], 2.0f);
      EXPECT_EQ(last[2], seen[2]) << "the deal, which only seat 0 sees";
      if (seen[0] == 1.0f) {
        EXPECT_EQ(last[3], seen[3]) << "the action of ply 0";
      }
      EXPECT_EQ(last[seen[0] == 0.0f ? 3 : 4],
                static_cast<float>(filled.replay.action_id(row) + 1));
      ++truncated;
    }
  }
  EXPECT_GT(truncated, 500);
}

/// Two seats, zero sum, one float, two actions.
EnvSpec TwoSeats() {
  EnvSpec spec;
  spec.id = "TwoSeats-v0";
  spec.players = 2;
  spec.zero_sum = true;
  spec.observation.shape = {1};
  spec.observation.low = {0};
  spec.observation.high = {100};
  spec.action.count = 2;
  return spec;
}

// One world by hand; ply t is seen as t by the mover, as 10 + t by the other.
struct HandPlies {
  explicit HandPlies(std::int64_t capacity)
      : replay(TwoSeats(), 1, capacity, ReplayTransitions::kPlies) {}
  void Ply(std::int32_t mover, float reward, EpisodeEnd end, std::int32_t next_mover) {
    const StepRows rows = replay.NextRows();
    rows.now.player[0] = mover;
    static_cast<float*>(rows.now.observation)[0] = static_cast<float>(replay.steps());
    static_cast<std::int32_t*>(rows.actions)[0] = 1;
    rows.outcome.reward[mover] = reward;
    rows.outcome.reward[1 - mover] = -reward;
    rows.outcome.end[0] = static_cast<std::uint8_t>(end);
    rows.next.player[0] = next_mover;
    const std::int32_t world = 0;
    float last_views[2];
    last_views[mover] = 50;
    last_views[1 - mover] = 60;
    LastRows last;
    last.count = end == kNone ? 0 : 1;
    last.world = &world;
    last.observation = last_views;
    replay.Advance(last);
  }
  Replay replay;
};

// Plies of movers 0, 1, 1, 0 (seat 1 moves twice), rewards of the mover 1, 2, 3, 4; discount 0.5.
// From ply 0: 1 - 0.5 * 2 - 0.25 * 3 = -0.75, then + 0.125 * value at ply 3 (seat 0 moves again).
// From ply 1: 2 + 0.5 * 3 = 3.5, then - 0.25 * value at ply 3; over three plies 3.5 - 0.25 * 4
// = 2.5.
TEST(ReplayPlies, SignChanges_WhereTheMoverDoes) {
  HandPlies hand(20);
  hand.Ply(0, 1, kNone, 1);
  hand.Ply(1, 2, kNone, 1);
  hand.Ply(1, 3, kNone, 0);
  hand.Ply(0, 4, kTerminated, 1);
  hand.Ply(1, 5, kTruncated, 0);
  const auto expect = [&](std::int32_t row, int n, float reward, float bootstrap) {
    const ReplayWindow window = hand.replay.Window(row, n, 0.5);
    EXPECT_EQ(window.reward, reward) << row << " " << n;
    EXPECT_EQ(window.bootstrap, bootstrap) << row << " " << n;
  };
  expect(0, 1, 1, -0.5f);
  expect(0, 3, -0.75f, 0.125f);
  expect(1, 1, 2, 0.5f);
  expect(1, 2, 3.5f, -0.25f);
  expect(1, 3, 2.5f, 0);
  expect(0, 9, -0.25f, 0);  // + 0.125 * 4
  // Truncated: the mover's own view of the final state, no change of sign.
  expect(4, 2, 5, 0.5f);
  const std::int32_t successor = hand.replay.Window(4, 1, 0.5).successor;
  EXPECT_EQ(static_cast<const float*>(hand.replay.observations())[successor], 50.0f);
}

// The spec names no limit, yet every episode is cut: final rows are made as they are needed, and
// used again once the ring has overwritten their sample.
TEST(Replay, UnplannedTruncations_FindRoom) {
  HandPlies hand(40);
  for (int ply = 0; ply < 400; ++ply) {
    hand.Ply(ply % 2, static_cast<float>(ply), kTruncated, 1 - ply % 2);
    ASSERT_EQ(hand.replay.samples(), std::min(ply + 1, 40));
    for (std::int32_t row = 0; row < 41; ++row) {
      if (!hand.replay.is_sample(row)) continue;
      const std::int32_t successor = hand.replay.Window(row, 1, 1).successor;
      ASSERT_GE(successor, 41);
      ASSERT_LT(successor, 41 + 16 * 4);
      ASSERT_EQ(static_cast<const float*>(hand.replay.observations())[successor], 50.0f);
    }
  }
}

// A seat that decides once in a hundred plies, in a ring of ten: its transition is forgotten.
TEST(ReplaySeats, DecisionOlderThanTheRing_IsForgotten) {
  Replay replay(TwoSeats(), 1, 10);
  const auto ply = [&](std::int32_t mover, std::int32_t next_mover) {
    const StepRows rows = replay.NextRows();
    rows.now.player[0] = mover;
    rows.outcome.reward[0] = rows.outcome.reward[1] = 0;
    rows.outcome.end[0] = 0;
    rows.next.player[0] = next_mover;
    replay.Advance({});
  };
  ply(1, 0);
  for (int i = 0; i < 99; ++i) ply(0, i == 98 ? 1 : 0);
  for (const std::int32_t row : replay.closed()) EXPECT_EQ(replay.player(row), 0);
  EXPECT_EQ(replay.samples(), 9);  // nine of ten; the last waits for seat 0 to move again
}

TEST(Replay, SavedAndLoaded_GoesOnBitForBit) {
  const struct {
    EnvRow row;
    std::int64_t capacity;
  } kCases[] = {{StepCounterRow<std::uint8_t, false>(), 12},
                {StepCounterRow<float, true>(), 40},
                {three_seat::ThreeSeatRow(), 15}};
  for (const auto& made : kCases) {
    for (const int cut : {0, 1, 3, 14, 50}) {
      SCOPED_TRACE(made.row.id + ", cut " + std::to_string(cut));
      Filled straight(made.row, 3, made.capacity);
      for (int step = 0; step < cut; ++step) straight.Step();
      const std::string saved = straight.Saved();
      Filled resumed(made.row, 3, made.capacity);
      StateReader reader(saved, "checkpoint");
      resumed.env->Load(reader);
      resumed.replay.Load(reader);
      EXPECT_TRUE(reader.AtEnd());
      resumed.choice = straight.choice;
      EXPECT_TRUE(resumed.Saved() == saved);
      for (int step = 0; step < 20; ++step) {
        straight.Step();
        resumed.Step();
      }
      EXPECT_TRUE(straight.Saved() == resumed.Saved());
      std::array<std::int32_t, 50> a{}, b{};
      Rng first(1, StreamRole::kTest), second(1, StreamRole::kTest);
      straight.replay.Draw(first, a);
      resumed.replay.Draw(second, b);
      EXPECT_EQ(a, b);
    }
  }
}

TEST(Replay, CheckpointOfAnotherSize_IsRefused) {
  Filled filled(StepCounterRow<float, false>(), 3, 12),
      larger(StepCounterRow<float, false>(), 3, 60);
  for (int step = 0; step < 30; ++step) filled.Step();
  StateWriter writer;
  filled.replay.Save(writer);
  StateReader reader(writer.bytes(), "checkpoint");
  EXPECT_THROW(larger.replay.Load(reader), FileError);
}

// Every observation once: 2 bytes, 3 of the mask, 4 of the action, 13 of mover, reward, end and
// successor make 22 a row; a full ring of 1,000 x 4 rows, and final rows for a limit of 5 plies.
TEST(Replay, Bytes_AreThoseOfTheArrays) {
  const EnvSpec spec = StepCounter<std::uint8_t, false>::Spec(Params());
  const std::int64_t rows = 1001 * 4, finals = 4 * (1001 / 5 + 2);
  const std::int64_t bytes = Replay::Bytes(spec, 4, 4000);
  EXPECT_GE(bytes, rows * 22 + finals * 6);
  EXPECT_LE(bytes, rows * 22 + finals * 6 + 4 * 80);
  EXPECT_LT(Replay::Bytes(StepCounter<float, false>::Spec(Params()), 4, 4000) - bytes,
            6 * (rows + finals) + 1);
}

TEST(Replay, MoreRowsThanAnIndexHolds_AreRefused) {
  const EnvSpec spec = StepCounter<float, false>::Spec(Params());
  try {
    Replay::Bytes(spec, 4, std::int64_t{1} << 40);
    FAIL();
  } catch (const ConfigError& error) {
    EXPECT_STREQ(error.what(),
                 "replay_capacity = 1099511627776 is too large for envs = 4: a replay has less "
                 "than 2^30 rows");
  }
}

}  // namespace
}  // namespace brasa

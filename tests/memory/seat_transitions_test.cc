#include "agents/memory/seat_transitions.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <ostream>
#include <tuple>

#include "brasa/core/random.h"
#include "brasa/vector_env.h"
#include "tests/three_seat/three_seat_game.h"

namespace brasa {

void PrintTo(const SeatTransition& t, std::ostream* out) {
  *out << "{world " << t.world << ", seat " << t.seat << ", row " << t.row << ", reward "
       << t.reward << ", end " << static_cast<int>(t.end) << ", next_row " << t.next_row
       << ", last " << t.last << "}";
}

namespace {

using enum EpisodeEnd;

using Seats = std::vector<SeatTransition>;

/// One ply of one world: who moves, what all get, how it ends.
struct Ply {
  std::int32_t player;
  std::vector<float> reward;
  EpisodeEnd end = kNone;
};

/// One world played through Push, row t for ply t; `next` is who would move after the last one.
Seats PlayOneWorld(const std::vector<Ply>& plies, std::int32_t next, SeatTransitions& seats) {
  Seats closed;
  for (std::size_t t = 0; t < plies.size(); ++t) {
    std::vector<float> reward = plies[t].reward;
    auto end = static_cast<std::uint8_t>(plies[t].end);
    const std::int32_t next_player = t + 1 < plies.size() ? plies[t + 1].player : next;
    const std::int32_t world = 0;
    LastRows last;
    last.count = plies[t].end == kNone ? 0 : 1;
    last.world = &world;
    const auto row = static_cast<std::int64_t>(t);
    seats.Push({row, &plies[t].player, {reward.data(), &end}, row + 1, &next_player}, last, closed);
  }
  return closed;
}

TEST(SeatTransitions, OneSeat_ClosesEveryPlyAtOnce) {
  SeatTransitions seats(1, 1);
  const Seats closed = PlayOneWorld({{0, {1}}, {0, {2}}, {0, {3}, kTerminated}}, 0, seats);
  EXPECT_EQ(closed, (Seats{{0, 0, 0, 1, kNone, 1, -1},
                           {0, 0, 1, 2, kNone, 2, -1},
                           {0, 0, 2, 3, kTerminated, -1, 0}}));
  EXPECT_EQ(seats.open(), 0);
}

// X wins on ply 4; O's last decision was ply 3. Both get their result in that same step.
TEST(SeatTransitions, WinningPly_ClosesTheLoserToo) {
  SeatTransitions seats(1, 2);
  const Seats closed = PlayOneWorld(
      {{0, {0, 0}}, {1, {0, 0}}, {0, {0, 0}}, {1, {0, 0}}, {0, {1, -1}, kTerminated}}, 0, seats);
  EXPECT_EQ(closed, (Seats{{0, 0, 0, 0, kNone, 2, -1},
                           {0, 1, 1, 0, kNone, 3, -1},
                           {0, 0, 2, 0, kNone, 4, -1},
                           {0, 1, 3, -1, kTerminated, -1, 0},
                           {0, 0, 4, 1, kTerminated, -1, 0}}));
}

TEST(SeatTransitions, RewardsOfOtherSeatsPlies_AreSummed) {
  SeatTransitions seats(1, 3);
  const Seats closed =
      PlayOneWorld({{0, {1, 0, 0}}, {1, {2, 0, 0}}, {2, {4, 0, 0}}, {0, {8, 0, 0}}}, 1, seats);
  EXPECT_EQ(closed, (Seats{{0, 0, 0, 7, kNone, 3, -1}, {0, 1, 1, 0, kNone, 4, -1}}));  // 1 + 2 + 4
  EXPECT_EQ(seats.open(), 2);
}

TEST(SeatTransitions, RewardBeforeTheFirstDecision_BelongsToNoTransition) {
  SeatTransitions seats(1, 2);
  const Seats closed = PlayOneWorld({{0, {0, 5}}, {1, {0, 1}, kTruncated}}, 0, seats);
  EXPECT_EQ(closed, (Seats{{0, 0, 0, 0, kTruncated, -1, 0}, {0, 1, 1, 1, kTruncated, -1, 0}}));
}

TEST(SeatTransitions, NextEpisode_StartsWithoutTheRewardsOfTheLast) {
  SeatTransitions seats(1, 2);
  const Seats closed = PlayOneWorld({{0, {3, 3}, kTerminated},  // seat 1 never decides
                                     {1, {0, 1}},
                                     {0, {0, 1}, kTerminated}},
                                    0, seats);
  EXPECT_EQ(closed, (Seats{{0, 0, 0, 3, kTerminated, -1, 0},
                           {0, 1, 1, 2, kTerminated, -1, 0},
                           {0, 0, 2, 0, kTerminated, -1, 0}}));
}

TEST(SeatTransitions, SeatThatMovesTwice_ClosesBetween) {
  SeatTransitions seats(1, 2);
  const Seats closed = PlayOneWorld({{1, {0, 1}}, {1, {0, 2}}, {0, {0, 4}}}, 1, seats);
  EXPECT_EQ(closed, (Seats{{0, 1, 0, 1, kNone, 1, -1}, {0, 1, 1, 6, kNone, 3, -1}}));
}

TEST(SeatTransitions, Forget_DropsWhatIsOpen) {
  SeatTransitions seats(1, 2);
  PlayOneWorld({{0, {1, 0}}, {1, {1, 0}}}, 0, seats);
  EXPECT_EQ(seats.open(), 1);
  seats.Forget();
  EXPECT_EQ(seats.open(), 0);
  const Seats closed = PlayOneWorld({{1, {9, 1}}, {0, {0, 0}, kTerminated}}, 0, seats);
  EXPECT_EQ(closed, (Seats{{0, 1, 0, 1, kTerminated, -1, 0}, {0, 0, 1, 0, kTerminated, -1, 0}}));
}

TEST(SeatTransitions, SavedAndLoaded_GoesOnEqually) {
  SeatTransitions straight(1, 2), cut(1, 2), resumed(1, 2);
  const std::vector<Ply> first = {{0, {1, 2}}, {1, {3, 4}}, {0, {5, 6}}};
  PlayOneWorld(first, 1, straight);
  PlayOneWorld(first, 1, cut);
  StateWriter writer;
  cut.Save(writer);
  StateReader reader(writer.bytes(), "test");
  resumed.Load(reader);
  EXPECT_TRUE(reader.AtEnd());
  const std::vector<Ply> rest = {{1, {7, 8}}, {0, {9, 10}, kTerminated}};
  EXPECT_EQ(PlayOneWorld(rest, 0, straight), PlayOneWorld(rest, 0, resumed));
  SeatTransitions other(2, 2);
  StateReader again(writer.bytes(), "test");
  EXPECT_THROW(other.Load(again), FileError);
}

// The definition, applied to a whole recorded world after the fact: quadratic, no streaming.
Seats Oracle(const std::vector<std::vector<Ply>>& worlds, const std::vector<std::int64_t>& rows) {
  Seats all;
  for (std::size_t w = 0; w < worlds.size(); ++w) {
    const std::vector<Ply>& plies = worlds[w];
    for (std::size_t t = 0; t < plies.size(); ++t) {
      SeatTransition made{static_cast<std::int32_t>(w), plies[t].player};
      made.row = rows[t] + static_cast<std::int64_t>(w);
      for (std::size_t u = t; u < plies.size(); ++u) {
        if (u > t && plies[u].player == made.seat) {
          made.next_row = rows[u] + static_cast<std::int64_t>(w);
          all.push_back(made);
          break;
        }
        made.reward += plies[u].reward[static_cast<std::size_t>(made.seat)];
        if (plies[u].end != kNone) {
          made.end = plies[u].end;
          made.last = 0;  // compared apart
          all.push_back(made);
          break;
        }
      }
    }
  }
  return all;
}

// Random movers, rewards (multiples of 1/4: float sums are exact), ends; N = 5 worlds, P = 1 .. 4.
TEST(SeatTransitions, RandomGames_EqualTheDefinition) {
  constexpr int kWorlds = 5, kSteps = 400;
  for (int players = 1; players <= 4; ++players) {
    SCOPED_TRACE(players);
    Rng rng(11, StreamRole::kTest, static_cast<std::uint32_t>(players));
    SeatTransitions seats(kWorlds, players);
    std::vector<std::vector<Ply>> worlds(kWorlds);
    std::vector<std::int64_t> rows;
    std::vector<std::int32_t> player(kWorlds), next(kWorlds), ended;
    Seats closed;
    for (auto& p : player) p = static_cast<std::int32_t>(rng.Below(unsigned(players)));
    for (int t = 0; t < kSteps; ++t) {
      rows.push_back(t * kWorlds);
      std::vector<float> reward;
      std::vector<std::uint8_t> end;
      ended.clear();
      for (int w = 0; w < kWorlds; ++w) {
        Ply ply{player[unsigned(w)], {}, rng.Below(8) > 0 ? kNone : EpisodeEnd(1 + rng.Below(2))};
        for (int p = 0; p < players; ++p) {
          ply.reward.push_back(0.25f * static_cast<float>(rng.Below(9)) - 1);
        }
        reward.insert(reward.end(), ply.reward.begin(), ply.reward.end());
        end.push_back(static_cast<std::uint8_t>(ply.end));
        if (ply.end != kNone) ended.push_back(w);
        worlds[unsigned(w)].push_back(ply);
        next[unsigned(w)] = static_cast<std::int32_t>(rng.Below(unsigned(players)));
      }
      LastRows last;
      last.count = static_cast<int>(ended.size());
      last.world = ended.data();
      const std::size_t before = closed.size();
      seats.Push(
          {t * kWorlds, player.data(), {reward.data(), end.data()}, (t + 1) * kWorlds, next.data()},
          last, closed);
      for (std::size_t i = before; i < closed.size(); ++i) {
        SeatTransition& made = closed[i];
        ASSERT_EQ(made.end == kNone, made.last < 0);
        if (made.last >= 0) {
          ASSERT_EQ(ended[unsigned(made.last)], made.world);
          made.last = 0;
        }
        if (i == before) continue;
        const SeatTransition& left = closed[i - 1];
        EXPECT_TRUE(left.world < made.world || (left.world == made.world && left.row < made.row));
      }
      player = next;
    }
    // What the last successor states closed has a row the oracle did not see played.
    std::erase_if(closed, [](const SeatTransition& t) { return t.next_row >= kSteps * kWorlds; });
    const auto by_row = [](const SeatTransition& a, const SeatTransition& b) {
      return std::tie(a.world, a.row) < std::tie(b.world, b.row);
    };
    std::sort(closed.begin(), closed.end(), by_row);
    EXPECT_EQ(closed, Oracle(worlds, rows));
  }
}

// The line worked in three_seat_game.h: deal 0, moves 0 1, roll 1, move 2 in 2,000 random games.
struct ThreeSeatRun {
  explicit ThreeSeatRun(const char* limit) {
    const EnvRow row = three_seat::ThreeSeatRow();
    Params params = DefaultParams(row);
    params.Set("max_episode_steps", limit);
    env = MakeSerialVectorEnv(row, params, {1, 1, {5, StreamRole::kTest, 0}, false});
    env->Reset(states);
  }

  /// Plays one episode with random legal moves; returns its transitions and writes its moves.
  Seats Episode(std::vector<std::int32_t>& moves) {
    Seats closed;
    moves.clear();
    for (std::uint8_t end = 0; end == 0;) {
      const std::int32_t mover = player;
      std::int32_t action;
      do {
        action = static_cast<std::int32_t>(rng.Below(3));
      } while (mask[static_cast<std::size_t>(action)] == 0);
      moves.push_back(action);
      env->Step(&action, {reward, &end}, states);
      seats.Push({ply, &mover, {reward, &end}, ply + 1, &player}, env->last(), closed);
      ++ply;
    }
    return closed;
  }

  std::vector<float> Seen(int seat) const {
    const auto* rows = static_cast<const float*>(env->last().observation);
    return {rows + 6 * seat, rows + 6 * (seat + 1)};
  }

  std::unique_ptr<VectorEnv> env;
  Rng rng{3, StreamRole::kTest};
  std::int32_t player = 0;
  float observation[6] = {}, reward[3] = {};
  std::uint8_t mask[3] = {}, start = 0;
  StateRows states{&player, observation, mask, &start};
  SeatTransitions seats{1, 3};
  std::int64_t ply = 0;
};

TEST(SeatTransitions, ThreeSeatGame_GivesTheWorkedTransitions) {
  ThreeSeatRun run("-1");
  std::vector<std::int32_t> moves;
  int met = 0;
  for (int game = 0; game < 2000; ++game) {
    const std::int64_t r = run.ply;
    const Seats closed = run.Episode(moves);
    const std::vector<float> seen = run.Seen(0);
    if (moves != std::vector<std::int32_t>{0, 1, 2} || seen[2] != 1 || seen[5] != 2) continue;
    ++met;
    EXPECT_EQ(closed, (Seats{{0, 0, r, 1.25f, kNone, r + 2, -1},
                             {0, 1, r + 1, 0.5f, kTerminated, -1, 0},
                             {0, 0, r + 2, -3.0f, kTerminated, -1, 0}}));
  }
  EXPECT_GT(met, 5);  // probability 1/4 * 1/4 * 1/4 * 1/2 = 1/128: 15.6 expected
}

TEST(SeatTransitions, ThreeSeatGameCutAfterTwoPlies_GivesTheWorkedTransitions) {
  ThreeSeatRun run("2");
  std::vector<std::int32_t> moves;
  int met = 0;
  for (int game = 0; game < 2000; ++game) {
    const std::int64_t r = run.ply;
    const Seats closed = run.Episode(moves);
    if (moves != std::vector<std::int32_t>{0, 1} ||
        run.Seen(0) != std::vector<float>{0, 2, 1, 1, 2, 2}) {
      continue;
    }
    ++met;
    EXPECT_EQ(closed, (Seats{{0, 0, r, 1.25f, kTruncated, -1, 0},
                             {0, 1, r + 1, -1.0f, kTruncated, -1, 0}}));
  }
  EXPECT_GT(met, 10);  // 1/4 * 1/4 * 1/4 = 1/64: 31 expected
}

}  // namespace
}  // namespace brasa

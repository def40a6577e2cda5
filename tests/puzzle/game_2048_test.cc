#include "envs/puzzle/game_2048.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "brasa/contract_check.h"
#include "brasa/registry.h"
#include "tests/support/text_fuzz.h"

namespace brasa {
namespace {

using Settings = std::vector<std::pair<std::string, std::string>>;

Params With(const Settings& settings) {
  Params params(Game2048::Fields());
  for (const auto& [name, value] : settings) params.Set(name, value);
  return params;
}

Game2048 Game(const Settings& settings = {}) { return Game2048(With(settings)); }

Game2048 At(const std::string& text, const Settings& settings = {}) {
  Game2048 game = Game(settings);
  game.FromText(text);
  return game;
}

/// The rules once more, tile by tile on an array of values.
struct Plain2048 {
  std::array<std::array<int, 4>, 4> tiles{};

  /// The score of the move, -1 if it changes nothing.
  int Move(int id) {
    const int dr[] = {-1, 0, 1, 0}, dc[] = {0, 1, 0, -1};
    bool merged[4][4] = {};
    bool changed = false;
    int score = 0;
    for (int i = 0; i < 16; ++i) {
      // Tiles nearest to the wall move first.
      const int cell = id == 0 || id == 3 ? i : 15 - i;
      int row = cell / 4, column = cell % 4;
      if (tiles[Z(row)][Z(column)] == 0) continue;
      for (;;) {
        const int r = row + dr[id], c = column + dc[id];
        if (r < 0 || r > 3 || c < 0 || c > 3) break;
        int &here = tiles[Z(row)][Z(column)], &there = tiles[Z(r)][Z(c)];
        if (there != 0 && (there != here || merged[r][c] || merged[row][column])) break;
        if (there != 0) {
          merged[r][c] = true;
          score += 2 * there;
        }
        there += here;
        here = 0;
        changed = true;
        row = r;
        column = c;
      }
    }
    return changed ? score : -1;
  }
  static std::size_t Z(int i) { return static_cast<std::size_t>(i); }
  std::string Text() const {
    std::string text;
    for (int cell = 0; cell < 16; ++cell) {
      const int tile = tiles[Z(cell / 4)][Z(cell % 4)];
      if (cell > 0) text += cell % 4 == 0 ? '\n' : ' ';
      text += tile == 0 ? "." : std::to_string(tile);
    }
    return text;
  }
};

/// Plays a random game beside the plain rules; returns its length.
int PlayBeside(std::uint32_t number, const Settings& settings, int goal) {
  Rng rng(41, StreamRole::kTest, number);
  Game2048 game = Game(settings);
  game.Reset(rng);
  Plain2048 plain;
  EpisodeEnd end = EpisodeEnd::kNone;
  float total = 0;
  for (int ply = 0;; ++ply) {
    while (end == EpisodeEnd::kNone && game.PlayerToMove() == kChance) {
      std::array<std::int32_t, 32> ids{};
      std::array<double, 32> p{};
      const int count = game.ChanceOutcomes(ids, p);
      const std::string text = plain.Text();
      EXPECT_EQ(count, 2 * std::count(text.begin(), text.end(), '.'));
      const int drawn = rng.Categorical(std::span(p).first(static_cast<std::size_t>(count)));
      const std::int32_t id = ids[static_cast<std::size_t>(drawn)];
      int& cell =
          plain.tiles[static_cast<std::size_t>(id / 8)][static_cast<std::size_t>(id / 2 % 4)];
      EXPECT_EQ(cell, 0);
      cell = id % 2 == 0 ? 2 : 4;
      std::array<float, 1> none{};
      end = game.ApplyChance(id, none);
      EXPECT_EQ(none[0], 0.0f);
    }
    std::vector<std::int32_t> expected;
    for (std::int32_t id = 0; id < 4; ++id) {
      Plain2048 copy = plain;
      if (copy.Move(id) >= 0) expected.push_back(id);
    }
    const bool made = plain.Text().find(std::to_string(goal)) != std::string::npos;
    if (made) expected.clear();
    std::array<std::int32_t, 4> ids{};
    const int count = game.LegalActions(ids);
    EXPECT_EQ(std::vector<std::int32_t>(ids.begin(), ids.begin() + count), expected);
    EXPECT_EQ(end == EpisodeEnd::kTerminated, expected.empty()) << plain.Text();
    EXPECT_EQ(game.ToText(), plain.Text());
    EXPECT_EQ(static_cast<float>(game.score), total);
    if (::testing::Test::HasFailure() || expected.empty()) return ply;
    const std::int32_t id = ids[rng.Below(static_cast<std::uint32_t>(count))];
    std::array<float, 1> reward{-1};
    end = game.Step(ActionRef(&id, 1), rng, reward);
    EXPECT_EQ(reward[0], static_cast<float>(plain.Move(id)));
    total += reward[0];
  }
}

TEST(Game2048, RandomGames_AgreeWithPlainRules) {
  for (std::uint32_t number = 0; number < 100; ++number) PlayBeside(number, {}, 2048);
  for (std::uint32_t number = 0; number < 100; ++number) {
    PlayBeside(number, {{"max_tile", "64"}}, 64);
  }
}

TEST(FullGame2048, RandomGames_AgreeWithPlainRules) {
  for (std::uint32_t number = 0; number < 5000; ++number) PlayBeside(number, {}, 2048);
}

// Every row of four exponents below 8, in both directions, against the plain rules.
TEST(Game2048, EveryRow_SlidesLikeTheTilesOfIt) {
  for (unsigned row = 0; row < 4096; ++row) {
    for (const int id : {1, 3}) {
      Plain2048 plain;
      Board2048 board = 0;
      for (unsigned column = 0; column < 4; ++column) {
        const unsigned exponent = (row >> (3 * column)) & 7u;
        plain.tiles[2][column] = exponent == 0 ? 0 : 1 << exponent;
        board |= std::uint64_t{exponent} << (32 + 4 * column);
      }
      const bool legal = (Game2048::LegalMoves(board) >> id) & 1u;
      std::uint32_t gained = 0;
      Game2048 game = Game();
      game.appearing = 0;
      game.board = Game2048::Moved(board, id, gained);
      const int score = plain.Move(id);
      ASSERT_EQ(legal, score >= 0) << row;
      ASSERT_EQ(static_cast<int>(gained), std::max(score, 0)) << row;
      ASSERT_EQ(game.ToText(), plain.Text()) << row;
    }
  }
}

// A tile merges once a move, the pair nearest to the wall first.
TEST(Game2048, Merges_HappenOnceAndNearestToTheWallFirst) {
  const auto left = [](const std::string& row) {
    Game2048 game = At(row + "/. . . 2/. . . ./. . . .");
    Rng rng;
    std::array<float, 1> reward{};
    const std::int32_t id = Game2048::kLeft;
    game.Step(ActionRef(&id, 1), rng, reward);
    return game.ToText().substr(0, game.ToText().find('\n')) + " = " +
           std::to_string(static_cast<int>(reward[0]));
  };
  EXPECT_EQ(left("2 2 2 2"), "4 4 . . = 8");
  EXPECT_EQ(left("2 2 2 ."), "4 2 . . = 4");
  EXPECT_EQ(left("4 2 2 ."), "4 4 . . = 4");
  EXPECT_EQ(left("8 . . 8"), "16 . . . = 16");
}

// A position whose only change to the left is merging a pair made by the move before.
TEST(Game2048, MoveThatMergesAFreshTile_IsLegal) {
  std::array<std::int32_t, 4> ids{};
  EXPECT_EQ(At("4 . . ./4 . . ./16 . 4 ./2 4 2 .").LegalActions(ids), 4);
}

TEST(Game2048, LargestTile_EndsTheGame) {
  Game2048 game = At("1024 1024 . ./2 . . ./. . . ./. . . .");
  Rng rng;
  std::array<float, 1> reward{};
  const std::int32_t id = Game2048::kLeft;
  EXPECT_EQ(game.Step(ActionRef(&id, 1), rng, reward), EpisodeEnd::kTerminated);
  EXPECT_EQ(reward[0], 2048.0f);
  std::array<std::int32_t, 4> ids{};
  EXPECT_EQ(game.LegalActions(ids), 0);
  EXPECT_EQ(game.PlayerToMove(), 0);
  std::array<float, 1> measure{};
  game.Measures(measure);
  EXPECT_EQ(measure[0], 2048.0f);
}

TEST(Game2048, LastTileThatLeavesNoMove_EndsTheGame) {
  Game2048 game = At("2 4 8 16/4 8 16 32/8 16 32 64/16 32 64 ./+1");
  std::array<std::int32_t, 32> ids{};
  std::array<double, 32> p{};
  ASSERT_EQ(game.ChanceOutcomes(ids, p), 2);
  EXPECT_EQ(ids[0], 30);
  EXPECT_NEAR(p[0], 0.9, 1e-15);
  EXPECT_NEAR(p[1], 0.1, 1e-15);
  std::array<float, 1> none{};
  EXPECT_EQ(game.ApplyChance(30, none), EpisodeEnd::kTerminated);
}

// OpenSpiel's mean of random play is 1076 points in 116.9 moves (3000 games) under its narrower
// legality. 4000 games; standard deviations near 530 points and 45 moves.
TEST(Game2048, RandomPlay_ScoresAsKnown) {
  double points = 0, moves = 0;
  constexpr int kGames = 4000;
  Game2048 game = Game();
  Rng rng(8, StreamRole::kTest);
  for (int i = 0; i < kGames; ++i) {
    game.Reset(rng);
    for (EpisodeEnd end = EpisodeEnd::kNone; end == EpisodeEnd::kNone;) {
      std::array<float, 1> reward{};
      if (game.PlayerToMove() == kChance) {
        std::array<std::int32_t, 32> ids{};
        std::array<double, 32> p{};
        const int count = game.ChanceOutcomes(ids, p);
        const int drawn = rng.Categorical(std::span(p).first(static_cast<std::size_t>(count)));
        end = game.ApplyChance(ids[static_cast<std::size_t>(drawn)], reward);
      } else {
        std::array<std::int32_t, 4> ids{};
        const int count = game.LegalActions(ids);
        const std::int32_t id = ids[rng.Below(static_cast<std::uint32_t>(count))];
        end = game.Step(ActionRef(&id, 1), rng, reward);
        points += static_cast<double>(reward[0]);
        ++moves;
      }
    }
  }
  EXPECT_NEAR(points / kGames, 1090, 60);
  EXPECT_NEAR(moves / kGames, 118, 5);
}

TEST(Game2048, Observation_IsTheTilesOrTheirExponents) {
  std::array<float, 16> seen{};
  const std::string text = "2 . . ./. 64 . ./. . . ./. . . 1024";
  At(text).Observe(0, seen);
  EXPECT_EQ(seen[0], 2.0f);
  EXPECT_EQ(seen[5], 64.0f);
  EXPECT_EQ(seen[15], 1024.0f);
  EXPECT_EQ(seen[1], 0.0f);
  At(text, {{"observe", "exponents"}}).Observe(0, seen);
  EXPECT_EQ(seen[5], 6.0f);
  EXPECT_EQ(seen[1], 0.0f);
}

TEST(Game2048, Text_ReadsBackAndRefusesOtherBoards) {
  for (const char* text :
       {"2 . . 4\n. . . .\n. 2 . .\n. . . .", "2 4 8 16\n4 8 16 32\n8 16 32 64\n16 32 64 .\n+1",
        ". . . .\n. . . .\n. . . .\n. . . .\n+2"}) {
    EXPECT_EQ(At(text).ToText(), text);
  }
  Game2048 game = At("2 . . 4/. . . ./. 2 . ./. . . .");
  const std::string before = game.ToText();
  for (const char* text : {"", "2 . . 4/. . . ./. 2 . .", "2 . . 4/. . . ./. 2 . ./. . . . .",
                           "2 . . 3/. . . ./. 2 . ./. . . .", "2 . . 4096/. . . ./. 2 . ./. . . .",
                           "2 . . 04/. . . ./. 2 . ./. . . .", "2 4 2 4/4 2 4 2/2 4 2 4/4 2 4 2/+1",
                           "2 . . 4/. . . ./. 2 . ./. . . ./+3", ". . . ./. . . ./. . . ./. . . .",
                           "2048 . . 4/. . . ./. 2 . ./. . . ./+1"}) {
    EXPECT_THROW(game.FromText(text), UsageError) << text;
    EXPECT_EQ(game.ToText(), before);
  }
}

void Fuzz2048(int count) {
  Game2048 game = Game();
  testing::FuzzText(
      {"2 . . 4/. . . ./. 2 . ./. . . .", "2 4 8 16/4 8 16 32/8 16 32 64/16 32 64 ./+1"},
      ". /\n0123456789+", count, [&](const std::string& text) {
        game.FromText(text);
        const std::string written = game.ToText();
        game.FromText(written);
        ASSERT_EQ(game.ToText(), written);
      });
  testing::FuzzText({"Up", "right", "Down", "3"}, "UpRightDownLeft0123", count / 10,
                    [&](const std::string& text) { game.ActionFromText(text); });
}
TEST(Game2048, GarbageTexts_AreRefusedInOneWay) { Fuzz2048(100000); }
TEST(FullGame2048Fuzz, GarbageTexts_AreRefusedInOneWay) { Fuzz2048(1000000); }

TEST(Game2048, EveryOption_KeepsEveryLaw) {
  for (const char* tile : {"0", "7", "12", "65536", "2047"}) {
    EXPECT_THROW(Game2048::Spec(With({{"max_tile", tile}})), ConfigError) << tile;
  }
  for (const EnvRow& row : BuiltinEnvs()) {
    if (row.id != "2048-v0") continue;
    for (const Settings& settings :
         {Settings{{"max_tile", "16"}}, Settings{{"observe", "exponents"}}}) {
      Params params = DefaultParams(row);
      for (const auto& [name, value] : settings) params.Set(name, value);
      EXPECT_EQ(ContractFindings(row, params), std::vector<std::string>());
    }
  }
  EXPECT_TRUE(StructFindings<Game2048>(With({})).empty());
}

}  // namespace
}  // namespace brasa

// Go as text, and where clicks fall.
#include <gtest/gtest.h>

#include "brasa/core/error.h"
#include "envs/go/go_text.h"
#include "tests/go/go_testing.h"

namespace brasa {
namespace {

using testing_go::At;
using testing_go::LegalOf;
using testing_go::Play;
using testing_go::PlayId;
using testing_go::Rules;
using testing_go::Start;

TEST(GoText, Vertices_AreGtps) {
  const Go<19> game = Start<19>();
  for (const auto& [id, text] : std::vector<std::pair<std::int32_t, std::string>>{{0, "A1"},
                                                                                  {7, "H1"},
                                                                                  {8, "J1"},
                                                                                  {18, "T1"},
                                                                                  {19, "A2"},
                                                                                  {60, "D4"},
                                                                                  {360, "T19"},
                                                                                  {361, "pass"}}) {
    EXPECT_EQ(game.ActionToText(ActionRef(&id, 1)), text);
    EXPECT_EQ(game.ActionFromText(text)[0], id) << text;
  }
  EXPECT_EQ(game.ActionFromText(" q16 ")[0], 15 * 19 + 15);
  EXPECT_EQ(game.ActionFromText("PASS")[0], 361);
}

TEST(GoText, WrongVertices_AreRefused) {
  const Go<9> game = Start<9>();
  for (const char* text : {"", "A", "9", "I5", "i5", "K1", "A0", "A10", "A01", "A1x", "AA1", "A-1",
                           "A+1", "paß", "pas", "passs", "A 1", "A99999999999", "\xC3\xA4"}) {
    EXPECT_THROW(game.ActionFromText(text), UsageError) << text;
  }
  try {
    game.ActionFromText("I5");
  } catch (const UsageError& error) {
    EXPECT_STREQ(error.what(), "Go-v0: 'I5' is no vertex; give A1 to J9 (no letter I) or pass");
  }
}

TEST(GoText, Text_HasTheBoardTheMoverAndTheMoves) {
  Go<5> game = Start<5>();
  EXPECT_EQ(game.ToText(), ".....\n.....\n.....\n.....\n.....\nto move: x");
  Play(game, "C3 A1 pass");
  EXPECT_EQ(game.ToText(), ".....\n.....\n..x..\n.....\no....\nto move: o\nmoves: C3 A1 pass");
  Go<3> drawn = At<3>("..o/.../x..\nto move: o");
  Play(drawn, "B2");
  EXPECT_EQ(drawn.ToText(), "..o\n.o.\nx..\nto move: x\nstart: ..o/.../x.. o\nmoves: B2");
}

TEST(GoText, HandWrittenForms_AreRead) {
  EXPECT_EQ(At<3>("  ..o / ... / x..  ").ToText(),
            "..o\n...\nx..\nto move: x\nstart: ..o/.../x.. x");
  EXPECT_EQ(At<3>("\n...\r\n\n.x.\r\n...\n moves:  b2 \n").ToText(),
            "...\n.x.\n...\nto move: o\nmoves: B2");
  EXPECT_EQ(At<3>("moves: B2 pass\nto move: x\n.../.x./...").plies, 2);
}

template <int kSize>
void RoundTrips(const Rules& rules, int games) {
  for (int number = 0; number < games; ++number) {
    Rng rng(31, StreamRole::kTest, static_cast<std::uint32_t>(number));
    Go<kSize> game = Start<kSize>(rules), other = Start<kSize>(rules);
    if (number % 2 == 1) {
      std::string board(kSize * kSize, '.');
      board[0] = 'x';
      board[2] = 'o';
      for (int row = kSize - 1; row > 0; --row) {
        board.insert(static_cast<std::size_t>(row * kSize), "/");
      }
      game.FromText(board + "\nto move: o");
    }
    while (!game.over) {
      const auto legal = LegalOf(game);
      PlayId(game, legal[rng.Below(static_cast<std::uint32_t>(legal.size()))]);
      if (rng.Below(8) != 0 && !game.over) continue;
      other.FromText(game.ToText());
      ASSERT_EQ(other.ToText(), game.ToText());
      ASSERT_EQ(other.Hash(), game.Hash());
      ASSERT_EQ(LegalOf(other), LegalOf(game)) << game.ToText();
      ASSERT_EQ(other.over, game.over);
      ASSERT_EQ(other.captures[0], game.captures[0]);
      ASSERT_EQ(other.ko, game.ko);
    }
  }
}

TEST(GoText, TextsOfRandomGames_ReadBack) {
  RoundTrips<3>({"simple"}, 20);
  RoundTrips<4>({"positional", true}, 10);
  RoundTrips<9>({"positional"}, 2);
}

void ExpectRefused(const std::string& text, const std::string& fault) {
  Go<3> game = At<3>("..o/.../x..");
  const std::string before = game.ToText();
  try {
    game.FromText(text);
    ADD_FAILURE() << "read: " << text;
  } catch (const UsageError& error) {
    EXPECT_NE(std::string(error.what()).find(fault), std::string::npos) << error.what();
  }
  EXPECT_EQ(game.ToText(), before);
}

TEST(GoText, WrongTexts_AreRefusedAndLeaveTheGameAlone) {
  ExpectRefused(
      "",
      "3 rows of 3 of the letters 'xo.', each as in 'x..' and parted by line breaks or '/'; got 0");
  ExpectRefused(".../...", "got 2 rows");
  ExpectRefused(".../.../.../...", "got 4 rows");
  ExpectRefused(".../..../...", "'....'");
  ExpectRefused(".../.X./...", "'.X.'");
  ExpectRefused("xo./o../...", "no liberty");
  ExpectRefused(".../.../...\nto move: b", "'b' is no player");
  ExpectRefused(".../.../...\nto move: x\nto move: x", "twice");
  ExpectRefused(".../.../...\ncolour: x", "'colour:' is unknown");
  ExpectRefused(".../.../...\nmoves: A1", "do not lead to the board");
  ExpectRefused("x../.../...\nmoves: A3 pass\nto move: o", "leave x to move");
  ExpectRefused("x../.../...\nmoves: A3 A3", "move 2, A3, is illegal");
  ExpectRefused(".../.../...\nmoves: pass pass pass", "move 3, pass, comes after the end");
  ExpectRefused(".../.../...\nmoves: D1", "'D1' is no vertex");
  ExpectRefused(".../.../...\nstart: .../.../...", "'start:' has a board");
  ExpectRefused(".../.../...\nstart: xo./o../... x", "no liberty");
}

/// `text` with some characters changed, doubled, dropped or swapped for others of its kind.
std::string Mutated(std::string text, Rng& rng) {
  constexpr std::string_view kLetters = "xo./\n :AB123pasmvetr\t\r\0\xFF?";
  const std::uint32_t changes = 1 + rng.Below(4);
  for (std::uint32_t i = 0; i < changes && !text.empty(); ++i) {
    const std::size_t at = rng.Below(static_cast<std::uint32_t>(text.size()));
    const char letter = kLetters[rng.Below(static_cast<std::uint32_t>(kLetters.size()))];
    switch (rng.Below(4)) {
      case 0:
        text[at] = letter;
        break;
      case 1:
        text.insert(at, 1, letter);
        break;
      case 2:
        text.erase(at, 1 + rng.Below(5));
        break;
      default:
        text.insert(at, text.substr(at, rng.Below(12)));
    }
  }
  return text;
}

/// Feeds both parsers; what is read must write itself as text that reads back.
void Fuzz(int inputs) {
  Rng rng(32, StreamRole::kTest);
  Go<3> game = Start<3>({"positional", true});
  Go<3> source = game;
  int read = 0;
  for (int i = 0; i < inputs; ++i) {
    if (source.over || source.plies > 6) source = Start<3>({"positional", true});
    const auto legal = LegalOf(source);
    PlayId(source, legal[rng.Below(static_cast<std::uint32_t>(legal.size()))]);
    const std::string text = Mutated(source.ToText(), rng);
    try {
      game.FromText(text);
      ++read;
      const std::string written = game.ToText();
      game.FromText(written);
      ASSERT_EQ(game.ToText(), written);
    } catch (const UsageError&) {
    }
    const std::string vertex = Mutated(go::VertexText(3, static_cast<int>(rng.Below(10))), rng);
    try {
      const double id = game.ActionFromText(vertex)[0];
      ASSERT_TRUE(id >= 0 && id <= 9) << vertex;
    } catch (const UsageError&) {
    }
  }
  EXPECT_GT(read, inputs / 100);
}

TEST(GoText, MangledTexts_AreReadOrRefused) { Fuzz(100000); }
TEST(FullGoTextFuzz, AMillionMangledTexts_AreReadOrRefused) { Fuzz(1000000); }

TEST(GoText, Clicks_GiveTheNearestLegalPointOrThePass) {
  Go<9> game = Start<9>();
  EXPECT_EQ(game.ActionAt({0, 0}), 0);
  EXPECT_EQ(game.ActionAt({3.4, 2.6}), 3 * 9 + 3);
  EXPECT_EQ(game.ActionAt({8.45, 8.45}), 80);
  EXPECT_EQ(game.ActionAt({-0.6, 4}), -1);
  EXPECT_EQ(game.ActionAt({4, 8.6}), -1);
  EXPECT_EQ(game.ActionAt({10.5, -0.4}), 81);  // the button at the lower right
  Play(game, "A1");
  EXPECT_EQ(game.ActionAt({0, 0}), -1);
  EXPECT_EQ(game.Controls()[0].action[0], 81);
}

}  // namespace
}  // namespace brasa

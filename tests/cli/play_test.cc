// play in the terminal: a person types moves.
#include <gtest/gtest.h>

#include <string>

#include "tests/cli/run_program.h"

namespace brasa::cli_testing {
namespace {

Answer Play(std::vector<std::string> words, const std::string& typed) {
  words.insert(words.begin(), "play");
  words.push_back("--text");
  return RunBrasa(words, {.input = typed});
}

int Count(const std::string& text, const std::string& part) {
  int count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) {
    ++count;
  }
  return count;
}

/// Every cell of TicTacToe twice: whatever the opponent takes, one of them is free.
const std::string kEveryCell = "a1\nb1\nc1\na2\nb2\nc2\na3\nb3\nc3\na1\nb1\nc1\na2\nb2\nc2\n";

TEST(CliPlay, TwoPeople_PlayToTheEnd) {
  // x takes a column: a1, a2, a3.
  const Answer answer = Play({"TicTacToe-v0"}, "a1\nb1\na2\nb2\na3\n");
  EXPECT_EQ(answer.exit_code, 0) << answer.err;
  EXPECT_EQ(answer.err, "");
  EXPECT_NE(answer.out.find("player 1 (a3 b3 c3 a2 b2 c2 b1 c1; undo; q leaves): "),
            std::string::npos)
      << answer.out;
  EXPECT_TRUE(answer.out.ends_with("the end after 5 steps: return 1, -1\n")) << answer.out;
  EXPECT_EQ(Count(answer.out, "the end after"), 1);
}

TEST(CliPlay, WrongNotationAndTakenCells_AreAskedAgain) {
  const Answer answer = Play({"TicTacToe-v0"}, "zz\na1\na1\nb1\na2\nb2\na3\n");
  EXPECT_EQ(answer.exit_code, 0);
  EXPECT_EQ(Count(answer.out, "'zz' is no cell; give a column a to c and a row 1 to 3"), 1);
  EXPECT_EQ(Count(answer.out, "'a1' is illegal here"), 1);
  EXPECT_EQ(Count(answer.out, "the end after 5 steps: return 1, -1"), 1) << answer.out;
}

TEST(CliPlay, BuiltInOpponents_AnswerAndTheResultIsTold) {
  for (const char* opponent : {"random", "mcts"}) {
    for (const char* seat : {"0", "1"}) {
      const Answer answer =
          Play({"TicTacToe-v0", "--against", opponent, "--seat", seat}, kEveryCell);
      EXPECT_EQ(answer.exit_code, 0) << answer.err;
      EXPECT_GE(Count(answer.out, std::string(opponent) + " played "), 2) << answer.out;
      EXPECT_EQ(Count(answer.out, "the end after"), 1) << answer.out;
      EXPECT_EQ(Count(answer.out, ", you won") + Count(answer.out, ", you lost") +
                    Count(answer.out, ", a draw"),
                1)
          << answer.out;
    }
  }
}

// The person takes a1, b1, c1, .. as they are free; 1,000 simulations see every line of this game.
TEST(CliPlay, Search_IsNotBeatenByCellsInOrder) {
  const Answer answer = Play({"TicTacToe-v0", "--against", "mcts", "--seat", "1"}, kEveryCell);
  EXPECT_EQ(Count(answer.out, ", you won"), 0) << answer.out;
}

TEST(CliPlay, TrainedRun_IsAnOpponent) {
  const std::string run = NewPath("opponent");
  ASSERT_EQ(
      RunBrasa({"train", "q_learning", "TicTacToe-v0", "--steps", "2000", "--quiet", "--out", run})
          .exit_code,
      0);
  const Answer answer = Play({"TicTacToe-v0", "--against", run}, kEveryCell);
  EXPECT_EQ(answer.exit_code, 0) << answer.err;
  EXPECT_EQ(Count(answer.out, "the end after"), 1) << answer.out;
  EXPECT_TRUE(IsOneLineError(RunBrasa({"play", "ConnectFour-v0", "--against", run}), 2,
                             "was trained on TicTacToe-v0, not on ConnectFour-v0"));
}

TEST(CliPlay, OnePlayer_TypesNamesOfActions) {
  const Answer answer =
      Play({"FrozenLake-v1", "--set", "slippery=false"}, "right\nright\ndown\ndown\ndown\nright\n");
  EXPECT_EQ(answer.exit_code, 0) << answer.err;
  // The 4x4 map's upper row is free, its third column too, and the goal lies right of its foot.
  EXPECT_TRUE(answer.out.ends_with("the end after 6 steps: return 1\n")) << answer.out;
}

TEST(CliPlay, QuitOrEndOfInput_LeavesTheGame) {
  for (const char* typed : {"a1\nquit\n", "a1\nq\n", "a1\n", ""}) {
    const Answer answer = Play({"TicTacToe-v0"}, typed);
    EXPECT_EQ(answer.exit_code, 0) << typed;
    EXPECT_TRUE(answer.out.ends_with("left the game\n")) << answer.out;
    EXPECT_EQ(Count(answer.out, "the end after"), 0);
  }
}

TEST(CliPlay, Undo_TakesBackTheLastMoveOfThePerson) {
  // b2 is taken back, so that the second player may play it.
  const Answer two = Play({"TicTacToe-v0"}, "undo\nb2\nundo\na1\nb2\na2\nb1\na3\n");
  EXPECT_EQ(two.exit_code, 0) << two.err;
  EXPECT_EQ(Count(two.out, "nothing to take back"), 1);
  EXPECT_EQ(Count(two.out, "\ntaken back\n"), 1) << two.out;
  EXPECT_TRUE(two.out.ends_with("the end after 5 steps: return 1, -1\n")) << two.out;
  // Against an agent its answer is taken back with the move.
  const Answer answer = Play({"TicTacToe-v0", "--against", "random"}, "b2\nundo\nb2\nquit\n");
  EXPECT_EQ(Count(answer.out, "taken back"), 1);
  EXPECT_EQ(Count(answer.out, "'b2' is illegal here"), 0) << answer.out;
  EXPECT_EQ(Count(answer.out, "random played "), 2) << answer.out;
}

TEST(CliPlay, Gif_HoldsTheGameAndTheTerminalAsksForMoves) {
  const std::string gif = NewPath("game.gif");
  const Answer answer =
      RunBrasa({"play", "TicTacToe-v0", "--gif", gif}, {.input = "a1\nb1\na2\nb2\na3\n"});
  EXPECT_EQ(answer.exit_code, 0) << answer.err;
  EXPECT_TRUE(ReadAll(gif).starts_with("GIF89a"));
  EXPECT_EQ(Count(answer.out, "the end after 5 steps: return 1, -1\n"), 1) << answer.out;
  EXPECT_TRUE(answer.out.ends_with("wrote " + gif + "\n")) << answer.out;
}

TEST(CliPlay, GameThatIsLeft_StillGivesItsPicture) {
  const std::string png = NewPath("left.png");
  const Answer answer = RunBrasa({"play", "TicTacToe-v0", "--png", png}, {.input = "a1\nquit\n"});
  EXPECT_EQ(answer.exit_code, 0) << answer.err;
  EXPECT_TRUE(answer.out.ends_with("left the game\nwrote " + png + "\n")) << answer.out;
  EXPECT_TRUE(ReadAll(png).starts_with("\x89PNG"));
}

TEST(CliPlay, NumbersThatAreNotFinite_AreAskedAgain) {
  const Answer answer = Play({"LunarLanderContinuous-v3"}, "nan,0\n0,inf\n0,1e99\nquit\n");
  if (Count(answer.err, "unknown environment") > 0) GTEST_SKIP() << "this build has no Box2D";
  EXPECT_EQ(answer.exit_code, 0) << answer.err;
  EXPECT_EQ(Count(answer.out, "is not understood; give 2 numbers"), 3) << answer.out;
}

TEST(CliPlay, UsersMistakes_AreOneLine) {
  const auto play = [](std::vector<std::string> words) {
    words.insert(words.begin(), "play");
    return RunBrasa(words);
  };
  EXPECT_TRUE(IsOneLineError(play({"TicTacToe"}), 2, "(did you mean TicTacToe-v0?)"));
  const std::string allowed = "give a run directory, a checkpoint, or one of human, random, mcts";
  EXPECT_TRUE(IsOneLineError(play({"TicTacToe-v0", "--against", "foo"}), 2,
                             "--against = 'foo' is not allowed; " + allowed));
  EXPECT_TRUE(IsOneLineError(play({"TicTacToe-v0", "--against", "ppo"}), 2, allowed));
  EXPECT_TRUE(
      IsOneLineError(play({"TicTacToe-v0", "--against", "mtcs"}), 2, "(did you mean mcts?)"));
  EXPECT_TRUE(IsOneLineError(play({"TicTacToe-v0", "--seat", "2"}), 2, "give 0 to 1"));
  EXPECT_TRUE(IsOneLineError(play({"FrozenLake-v1", "--against", "random"}), 2, "has one player"));
  EXPECT_TRUE(IsOneLineError(play({"FrozenLake-v1", "--set", "size"}), 2, "is not key=value"));
}

TEST(CliPlay, Help_TellsMouseAndKeys) {
  const Answer answer = RunBrasa({"play", "--help"});
  EXPECT_EQ(answer.exit_code, 0);
  for (const char* word : {"click", "keys", "u or Backspace takes a move back", "Escape leaves"}) {
    EXPECT_NE(answer.out.find(word), std::string::npos) << word << "\n" << answer.out;
  }
}

}  // namespace
}  // namespace brasa::cli_testing

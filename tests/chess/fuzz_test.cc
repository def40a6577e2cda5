// The parsers against arbitrary text: only UsageError may come out, and what is accepted holds.
#include <gtest/gtest.h>

#include <algorithm>

#include "brasa/core/error.h"
#include "envs/chess/fen.h"
#include "tests/chess/chess_testing.h"

namespace brasa {
namespace {

using chess_testing::Game;
using chess_testing::LegalOf;

const std::vector<std::string> kTexts = {
    "rnbqkbnr/pppppppp/8/8/8/8/PPPPPPPP/RNBQKBNR w KQkq - 0 1",
    "r3k2r/p1ppqpb1/bn2pnp1/3PN3/1p2P3/2N2Q1p/PPPBBPPP/R3K2R w KQkq - 0 1",
    "8/8/8/3Pp3/8/8/8/k1K5 w - e6 0 1",
    "8/8/8/2k5/3Pp3/8/8/4K3 b - d3 0 1",
    "rnbqkbnr/pppp1ppp/8/4p3/4P3/8/PPPP1PPP/RNBQKBNR w KQkq - 4 4 after g1f3 b8c6 f3g1 c6b8",
    "8/4k3/8/8/8/8/8/R3K3 b - - 7 9 after a1a2 e8e7 a2a1 e7e8 e1e2 e8e7 e2e1",
};
const std::vector<std::string> kMoves = {"Nf3",   "Nbd2", "exd5",  "e8=Q+", "O-O",  "O-O-O#",
                                         "e7e8q", "e2e4", "Qh4e1", "R1a3",  "dxe6", "0-0"};

/// A text with up to four letters changed, put in or left out; now and then pure noise.
std::string Mutated(const std::vector<std::string>& texts, const std::string& letters, Rng& rng) {
  const auto below = [&rng](std::size_t n) {
    return static_cast<std::size_t>(rng.Below(static_cast<std::uint32_t>(n)));
  };
  const auto letter = [&] {
    return below(20) == 0 ? static_cast<char>(below(256)) : letters[below(letters.size())];
  };
  std::string text = texts[below(texts.size())];
  if (below(10) == 0) {
    text.resize(below(30));
    for (char& c : text) c = letter();
    return text;
  }
  for (std::size_t edits = below(4) + 1; edits > 0; --edits) {
    const std::size_t at = below(text.size() + 1), kind = below(3);
    if (kind == 0 || at == text.size()) {
      text.insert(at, 1, letter());
    } else if (kind == 1) {
      text[at] = letter();
    } else {
      text.erase(at, 1);
    }
  }
  return text;
}

/// Plays a few plies; the ids stay countable and the text stays readable.
void ExpectSound(Chess game, Rng& rng) {
  for (int ply = 0; ply < 3 && game.result == ChessEnd::kNone; ++ply) {
    const std::vector<std::int32_t> ids = LegalOf(game);
    ASSERT_EQ(static_cast<int>(ids.size()), chess::CountLegal(game.position)) << game.ToText();
    ASSERT_FALSE(ids.empty()) << game.ToText();
    const std::int32_t id = ids[rng.Below(static_cast<std::uint32_t>(ids.size()))];
    std::array<float, 2> rewards{};
    game.Step(ActionRef(&id, 1), rng, rewards);
  }
  Chess again = game;
  again.FromText(game.ToText());
  ASSERT_EQ(again.ToText(), game.ToText());
  ASSERT_EQ(again.Hash(), game.Hash()) << game.ToText();
}

void FuzzTexts(int inputs) {
  Rng rng(41, StreamRole::kTest);
  Chess game = Game();
  int accepted = 0;
  for (int i = 0; i < inputs; ++i) {
    const std::string text = Mutated(kTexts, "pnbrqkPNBRQK12345678/ w-b0abcdefgh", rng);
    const std::uint64_t before = game.Hash();
    try {
      game.FromText(text);
    } catch (const UsageError&) {
      ASSERT_EQ(game.Hash(), before) << text;
      continue;
    }
    ++accepted;
    if (accepted % 8 == 0) {
      ASSERT_NO_FATAL_FAILURE(ExpectSound(game, rng)) << text;
    }
  }
  EXPECT_GT(accepted, inputs / 300);
}

void FuzzMoves(int inputs) {
  Rng rng(42, StreamRole::kTest);
  std::vector<Chess> games(kTexts.size(), Game());
  for (std::size_t i = 0; i < games.size(); ++i) games[i].FromText(kTexts[i]);
  int accepted = 0;
  for (int i = 0; i < inputs; ++i) {
    const Chess& game = games[static_cast<std::size_t>(i) % games.size()];
    const std::string text = Mutated(kMoves, "NBRQKabcdefgh12345678x=+#O-0q", rng);
    try {
      const auto id = static_cast<std::int32_t>(game.ActionFromText(text)[0]);
      const std::vector<std::int32_t> ids = LegalOf(game);
      ASSERT_TRUE(std::binary_search(ids.begin(), ids.end(), id)) << text;
      ++accepted;
    } catch (const UsageError&) {
    }
  }
  EXPECT_GT(accepted, inputs / 1000);
}

TEST(ChessFuzz, HundredThousandTexts_AreReadOrRefused) { FuzzTexts(100000); }
TEST(FullChessFuzz, AMillionTexts_AreReadOrRefused) { FuzzTexts(1000000); }
TEST(ChessFuzz, HundredThousandMoves_AreReadOrRefused) { FuzzMoves(100000); }
TEST(FullChessFuzz, AMillionMoves_AreReadOrRefused) { FuzzMoves(1000000); }

}  // namespace
}  // namespace brasa

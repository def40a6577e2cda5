// Text forms: what is written reads back, and nothing else does harm.
#include <gtest/gtest.h>

#include "brasa/contract_check.h"
#include "brasa/core/error.h"
#include "envs/minatar/minatar.h"

namespace brasa {
namespace {

template <typename World>
World NewWorld() {
  World world{Params(World::Fields())};
  Rng rng(1, StreamRole::kTest);
  world.Reset(rng);
  return world;
}

template <typename World>
bool Refuses(World& world, const std::string& text, const std::string& part) {
  const std::string before = world.ToText();
  try {
    world.FromText(text);
  } catch (const UsageError& error) {
    EXPECT_NE(std::string(error.what()).find(part), std::string::npos) << error.what();
    return world.ToText() == before;
  }
  return false;
}

constexpr const char* kBreakout =
    "score=3 last_action=left ball_x=4 ball_y=6 last_x=3 last_y=7 direction=1 paddle=2 strike=0 "
    "bricks=.#######../##########/...#......";

TEST(MinAtarText, Breakout_ReadsAStateAndWritesItBack) {
  MinAtarBreakout world = NewWorld<MinAtarBreakout>();
  world.FromText(kBreakout);
  EXPECT_EQ(world.ToText(), kBreakout);
  EXPECT_EQ(world.score, 3);
  EXPECT_EQ(world.game.paddle, 2);
  EXPECT_EQ(__builtin_popcount(world.game.bricks), 18);
  std::uint8_t seen[400];
  world.Observe(0, seen);
  EXPECT_EQ(seen[(1 * 10 + 0) * 4 + 3], 0);
  EXPECT_EQ(seen[(1 * 10 + 1) * 4 + 3], 1);
  EXPECT_EQ(seen[(3 * 10 + 3) * 4 + 3], 1);
  EXPECT_EQ(seen[(6 * 10 + 4) * 4 + 1], 1);
}

std::string With(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

TEST(MinAtarText, WrongBreakouts_AreRefusedNamingTheFault) {
  MinAtarBreakout world = NewWorld<MinAtarBreakout>();
  EXPECT_TRUE(Refuses(world, "", "the text ends where 'score=..' is due"));
  EXPECT_TRUE(Refuses(world, With(kBreakout, "ball_x=4", "ball_x=10"), "ball_x = '10'"));
  EXPECT_TRUE(Refuses(world, With(kBreakout, "ball_x=4", "ball_x=4x"), "give 0 to 9"));
  EXPECT_TRUE(Refuses(world, With(kBreakout, "ball_x=4", "ball_x=-1"), "ball_x = '-1'"));
  EXPECT_TRUE(Refuses(world, With(kBreakout, "ball_x=4 ", ""), "'ball_x=..' is due"));
  EXPECT_TRUE(Refuses(world, With(kBreakout, "=left", "=jump"), "noop, left, up, right"));
  EXPECT_TRUE(Refuses(world, With(kBreakout, ".#######../", ".######.../."), "3 lines of 10"));
  EXPECT_TRUE(Refuses(world, std::string(kBreakout) + " x", "'x' stands behind the end"));
}

TEST(MinAtarText, StatesThatNoGameHas_AreRefused) {
  MinAtarAsterix asterix = NewWorld<MinAtarAsterix>();
  const std::string start = asterix.ToText();
  EXPECT_TRUE(Refuses(asterix, With(start, "rows=none", "rows=2,3,1,0;2,5,1,0"), "ascend"));
  EXPECT_TRUE(Refuses(asterix, With(start, "rows=none", "rows=9,3,1,0"), "row is 1 to 8"));
  EXPECT_TRUE(Refuses(asterix, With(start, "rows=none", "rows=2,3,1"), "row,x,rightward,gold"));
  EXPECT_TRUE(Refuses(asterix, With(start, "rows=none", "rows="), "row,x,rightward,gold"));
  EXPECT_FALSE(Refuses(asterix, With(start, "rows=none", "rows=2,3,1,0;8,5,0,1"), ""));

  MinAtarFreeway freeway = NewWorld<MinAtarFreeway>();
  const std::string cars = freeway.ToText();
  EXPECT_TRUE(
      Refuses(freeway, cars.substr(0, cars.find("cars=")) + "cars=0,1,1,1", "1 entries; give 8"));

  MinAtarSeaquest seaquest = NewWorld<MinAtarSeaquest>();
  const std::string sea = seaquest.ToText();
  EXPECT_TRUE(Refuses(seaquest, With(sea, " x=5", " x=9"), "no cell for the submarine's back"));
  EXPECT_TRUE(Refuses(seaquest, With(sea, "divers_held=0", "divers_held=7"), "divers_held = '7'"));
  EXPECT_TRUE(Refuses(seaquest, With(sea, "bullets=none", "bullets=1,1,1;2,2,1;3,3,1;4,4,1;5,5,1"),
                      "more than 4"));

  MinAtarSpaceInvaders invaders = NewWorld<MinAtarSpaceInvaders>();
  const std::string wave = invaders.ToText();
  EXPECT_TRUE(Refuses(invaders, With(wave, "direction=-1", "direction=0"), "direction = 0"));
  std::string empty = wave;
  std::replace(empty.begin(), empty.end(), '#', '.');
  EXPECT_TRUE(Refuses(invaders, empty, "no alien"));
}

TEST(MinAtarText, ActionNames_AreThoseOfTheActionSet) {
  const std::int32_t right = 2;
  MinAtarBreakout minimal{Params(MinAtarBreakout::Fields())};
  EXPECT_EQ(minimal.ActionToText(ActionRef(&right, 1)), "right");
  EXPECT_EQ(minimal.ActionFromText("right"), std::vector<double>{2});
  EXPECT_EQ(minimal.ActionFromText("1"), std::vector<double>{1});
  EXPECT_THROW(minimal.ActionFromText("fire"), UsageError);
  EXPECT_THROW(minimal.ActionFromText("3"), UsageError);
  Params params(MinAtarBreakout::Fields());
  params.Set("action_set", "full");
  MinAtarBreakout full{params};
  EXPECT_EQ(full.ActionToText(ActionRef(&right, 1)), "up");
  EXPECT_EQ(full.ActionFromText("fire"), std::vector<double>{5});
}

/// Texts made from a game's own by cutting, doubling and changing characters: only UsageError comes
/// out; what is read is written back equal, and plays on within its bounds.
template <typename World>
void Fuzz(int inputs) {
  Rng rng(7, StreamRole::kTest);
  World world = NewWorld<World>(), read = world;
  const EnvSpec spec = World::Spec(Params(World::Fields()));
  constexpr std::string_view kLetters = "0123456789-=,;/.# none";
  std::vector<std::uint8_t> seen(World::kElements);
  int accepted = 0;
  for (int i = 0; i < inputs; ++i) {
    float reward = 0;
    const auto action =
        static_cast<std::int32_t>(rng.Below(static_cast<std::uint32_t>(spec.action.count)));
    const bool over =
        world.Step(ActionRef(&action, 1), rng, std::span<float>(&reward, 1)) != EpisodeEnd::kNone;
    if (over) world.Reset(rng);
    std::string text = world.ToText();
    for (std::uint32_t edits = rng.Below(4); edits > 0 && !text.empty(); --edits) {
      const std::size_t at = rng.Below(static_cast<std::uint32_t>(text.size()));
      const char letter = rng.Below(8) == 0 ? static_cast<char>(rng.Below(256))
                                            : kLetters[rng.Below(kLetters.size())];
      switch (rng.Below(4)) {
        case 0:
          text.erase(at, 1 + rng.Below(9));
          break;
        case 1:
          text.insert(at, text.substr(at, 1 + rng.Below(9)));
          break;
        default:
          text[at] = letter;
      }
    }
    try {
      read.FromText(text);
    } catch (const UsageError&) {
      continue;
    }
    ++accepted;
    World again = NewWorld<World>();
    again.FromText(read.ToText());
    ASSERT_EQ(again.Hash(), read.Hash()) << text;
    read.Step(ActionRef(&action, 1), rng, std::span<float>(&reward, 1));
    read.Observe(0, seen);
    ASSERT_LE(*std::max_element(seen.begin(), seen.end()), 1) << text;
  }
  EXPECT_GT(accepted, inputs / 8);
}

template <typename... Worlds>
void FuzzAll(int inputs) {
  (Fuzz<Worlds>(inputs), ...);
}

TEST(MinAtarText, DamagedTexts_AreReadOrRefused) {
  FuzzAll<MinAtarAsterix, MinAtarBreakout, MinAtarFreeway, MinAtarSeaquest, MinAtarSpaceInvaders>(
      20000);
}

TEST(FullMinAtarTextFuzz, DamagedTexts_AreReadOrRefused) {
  FuzzAll<MinAtarAsterix, MinAtarBreakout, MinAtarFreeway, MinAtarSeaquest, MinAtarSpaceInvaders>(
      200000);
}

}  // namespace
}  // namespace brasa

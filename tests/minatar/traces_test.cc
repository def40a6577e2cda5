// Every row of the reference episodes: state, observation, reward, end and the draws used.
#include <gtest/gtest.h>

#include <charconv>
#include <fstream>
#include <sstream>

#include "envs/minatar/minatar.h"
#include "tests/support/recorded_game.h"
#include "tests/support/test_data.h"

namespace brasa {
namespace {

/// The random outcomes of one row, in order.
class RecordedDraws {
 public:
  explicit RecordedDraws(const std::string& text) : words_(text) {}
  double Uniform() { return std::stod(Take('u')); }
  int Int(int low, int end) {
    const int value = std::stoi(Take('i'));
    EXPECT_GE(value, low);
    EXPECT_LT(value, end);
    return value;
  }
  bool Used() {
    std::string rest;
    return !(words_ >> rest);
  }

 private:
  std::string Take(char kind) {
    std::string word;
    words_ >> word;
    EXPECT_FALSE(word.empty()) << "the game draws more than the reference";
    if (word.empty() || word[0] != kind) {
      ADD_FAILURE() << "the game draws '" << kind << "' where the reference has " << word;
      return "0";
    }
    return word.substr(1);
  }
  std::istringstream words_;
};

std::vector<int> StateOf(const minatar::Asterix& g) {
  return {g.player_x,   g.player_y,      g.spawn_timer, g.spawn_interval,
          g.move_timer, g.move_interval, g.ramp_timer,  g.ramps};
}
std::vector<int> StateOf(const minatar::Breakout& g) {
  return {g.ball_x, g.ball_y, g.direction, g.last_x, g.last_y, g.paddle, g.strike};
}
std::vector<int> StateOf(const minatar::Freeway& g) {
  std::vector<int> state = {g.chicken, g.move_timer, g.time_left};
  for (unsigned i = 0; i < minatar::Freeway::kCars; ++i) {
    const auto byte = [&](std::uint64_t bytes) { return static_cast<int>(g.ByteOf(bytes, i)); };
    const int wait = byte(g.waits);
    state.insert(state.end(), {byte(g.columns), static_cast<int>(i) + 1, byte(g.timers),
                               byte(g.rightward) == 1 ? wait : -wait});
  }
  return state;
}
std::vector<int> StateOf(const minatar::Seaquest& g) {
  return {g.x,          g.y,           g.facing > 0,     g.oxygen,      g.divers_held,
          g.shot_timer, g.enemy_timer, g.enemy_interval, g.diver_timer, g.move_interval,
          g.ramps,      g.surfaced};
}
std::vector<int> StateOf(const minatar::SpaceInvaders& g) {
  return {g.cannon,     g.direction,  g.move_timer, g.move_interval,
          g.bomb_timer, g.shot_timer, g.ramps};
}

std::vector<int> Numbers(const std::string& text) {
  std::istringstream words(text);
  std::vector<int> numbers;
  for (int number = 0; words >> number;) numbers.push_back(number);
  return numbers;
}

/// The observation that the `cells` column describes.
std::vector<std::uint8_t> Picture(const std::string& text) {
  const std::vector<std::string> channels = support::Split(text, ':');
  std::vector<std::uint8_t> picture(100 * channels.size());
  for (std::size_t channel = 0; channel < channels.size(); ++channel) {
    std::istringstream runs(channels[channel]);
    for (std::string run; runs >> run;) {
      const std::vector<std::string> ends = support::Split(run, '-');
      for (int cell = std::stoi(ends.front()); cell <= std::stoi(ends.back()); ++cell) {
        picture[static_cast<std::size_t>(cell) * channels.size() + channel] = 1;
      }
    }
  }
  return picture;
}

struct Counts {
  int rows = 0, pictures = 0, terminal = 0, reward = 0;
};

template <typename Game>
Counts Follow(const std::string& name) {
  std::ifstream file(TestData("minatar/") + name + ".csv");
  EXPECT_TRUE(file.good());
  Counts counts;
  MinAtarWorld<Game> world{Params(MinAtarWorld<Game>::Fields())};
  std::string line;
  std::getline(file, line);
  while (std::getline(file, line)) {
    const std::vector<std::string> row = support::Split(line, ',');
    EXPECT_EQ(row.size(), 8u) << line;
    RecordedDraws draws(row[3]);
    if (row[1] == "0") {
      world.game.Reset(draws);
    } else {
      const minatar::Outcome outcome = world.game.Step(std::stoi(row[2]), true, draws);
      EXPECT_EQ(outcome.reward, std::stoi(row[4])) << line;
      EXPECT_EQ(outcome.over, row[5] == "1") << line;
      counts.reward += outcome.reward;
      counts.terminal += outcome.over;
    }
    EXPECT_TRUE(draws.Used()) << line;
    EXPECT_EQ(StateOf(world.game), Numbers(row[6])) << line;
    if (!row[7].empty()) {
      std::vector<std::uint8_t> seen(100 * Game::kChannels, 7);
      world.Observe(0, seen);
      EXPECT_EQ(seen, Picture(row[7])) << line;
      ++counts.pictures;
    }
    ++counts.rows;
    if (::testing::Test::HasFailure()) break;  // what follows would differ too
  }
  return counts;
}

void Expect(const Counts& counts, const Counts& wanted) {
  EXPECT_EQ(counts.rows, wanted.rows);
  EXPECT_EQ(counts.pictures, wanted.pictures);
  EXPECT_EQ(counts.terminal, wanted.terminal);
  EXPECT_EQ(counts.reward, wanted.reward);
}

// Rows, observations, ends and rewards are those of the files; the returns add up to the figures
// that the reference's summary gives (1 + 22 + 11, 3 + 36 + 24, 7 + 2, 23 + 9, 2 + 1 + 1 + 9 + 17).
TEST(MinAtar, EveryRowOfTheAsterixEpisodes_IsReproduced) {
  Expect(Follow<minatar::Asterix>("asterix"), {765, 377, 0, 34});
}
TEST(MinAtar, EveryRowOfTheBreakoutEpisodes_IsReproduced) {
  Expect(Follow<minatar::Breakout>("breakout"), {655, 237, 3, 63});
}
TEST(MinAtar, EveryRowOfTheFreewayEpisodes_IsReproduced) {
  Expect(Follow<minatar::Freeway>("freeway"), {495, 297, 0, 9});
}
TEST(MinAtar, EveryRowOfTheSeaquestEpisodes_IsReproduced) {
  Expect(Follow<minatar::Seaquest>("seaquest"), {690, 289, 3, 32});
}
TEST(MinAtar, EveryRowOfTheSpaceInvadersEpisodes_IsReproduced) {
  Expect(Follow<minatar::SpaceInvaders>("space_invaders"), {269, 192, 5, 30});
}

}  // namespace
}  // namespace brasa

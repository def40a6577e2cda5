// The MinAtar environments: five games on a 10 x 10 grid, one struct each.
//
// Ids          MinAtar/<Game>-v1 has the game's minimal action set, MinAtar/<Game>-v0 all six
//              actions, as the peers' Gymnasium ids. The files of a run are named by the last part.
// Noise        with probability sticky_action_prob a step repeats the action that the step before
//              took in truth (noop in the first step of an episode) instead of the one given: one
//              number a step, drawn before the game's own, none where the probability is 0.
// Parameters   see Fields().
// Measures     none; `score` is the return of the episode so far.
// Text         score, last action and the members of the game, as `key=value` words. FromText reads
//              states within an episode.
// Deviations   from the Python original: the action that sticks is noop again after a reset, so
// that
//              an episode depends on its own stream alone; random numbers are Brasa's; which of two
//              fish in one cell a bullet of Seaquest hits.
// Version      v0 and v1: rules, rewards and ends are those of the MinAtar repository at the end of
//              2024 (commit 4241f246).
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "brasa/core/hash.h"
#include "brasa/env.h"
#include "envs/minatar/asterix.h"
#include "envs/minatar/breakout.h"
#include "envs/minatar/freeway.h"
#include "envs/minatar/game.h"
#include "envs/minatar/seaquest.h"
#include "envs/minatar/space_invaders.h"
#include "envs/minatar/text.h"

namespace brasa {
namespace minatar {

std::vector<Field> Fields();
EnvSpec Spec(const Card& card, const Params& params);
/// The game's action of each id; ids beyond the set are noop.
std::array<std::uint8_t, kActions> ActionCodes(const Card& card, const Params& params);
/// What the upper 53 bits of a random number must stay below for an action to stick.
std::uint64_t StickyBelow(const Params& params);
const char* ActionName(int code);
/// `cells` uint8 [10, 10, channels].
void DrawWorld(Canvas& canvas, const Card& card, std::span<const std::uint8_t> cells,
               const Facts& facts, std::int64_t score, int last_action);
void WriteWorld(TextWriter& writer, std::int64_t score, int last_action);
void ReadWorld(TextReader& reader, std::int64_t& score, std::uint8_t& last_action);
/// An action by name or id.
int ActionId(const Card& card, std::span<const std::uint8_t> codes, std::string_view text);
std::vector<Control> Controls(std::span<const std::uint8_t> codes);

}  // namespace minatar

/// One world of a MinAtar game.
template <typename Game>
struct MinAtarWorld {
  static constexpr bool kFlat = true;
  static constexpr std::size_t kElements = minatar::kCells * Game::kChannels;

  static std::vector<Field> Fields() { return minatar::Fields(); }
  static EnvSpec Spec(const Params& params) { return minatar::Spec(Game::GetCard(), params); }
  explicit MinAtarWorld(const Params& params)
      : sticky_below(minatar::StickyBelow(params)),
        codes(minatar::ActionCodes(Game::GetCard(), params)),
        ramping(params.GetBool("difficulty_ramping")) {}

  void Reset(Rng& rng) {
    score = 0;
    last_action = minatar::kNoop;
    minatar::RngDraws draws(rng);
    game.Reset(draws);
  }

  EpisodeEnd Step(ActionRef action, Rng& rng, std::span<float> rewards) {
    const bool sticks = sticky_below != 0 && (rng.Next() >> 11) < sticky_below;
    last_action = sticks ? last_action : codes[static_cast<std::size_t>(action.id())];
    minatar::RngDraws draws(rng);
    const minatar::Outcome outcome = game.Step(last_action, ramping != 0, draws);
    score += outcome.reward;
    rewards[0] = static_cast<float>(outcome.reward);
    return outcome.over ? EpisodeEnd::kTerminated : EpisodeEnd::kNone;
  }

  void Observe(int, std::span<std::uint8_t> out) const {
    std::memset(out.data(), 0, kElements);
    game.Paint(minatar::Painter<Game::kChannels>(out.data()));
  }

  /// Of everything that ToText tells.
  std::uint64_t Hash() const {
    return HashBytes(&game, sizeof game,
                     HashCombine(static_cast<std::uint64_t>(score), last_action));
  }
  void Draw(Canvas& canvas) const {
    std::array<std::uint8_t, kElements> cells;
    Observe(0, cells);
    minatar::DrawWorld(canvas, Game::GetCard(), cells, game.GetFacts(), score, last_action);
  }
  std::string ToText() const {
    minatar::TextWriter writer;
    minatar::WriteWorld(writer, score, last_action);
    game.Write(writer);
    return writer.text();
  }
  /// The world stays as it was where the text is refused.
  void FromText(std::string_view text) {
    MinAtarWorld read = *this;
    minatar::TextReader reader(Game::GetCard().name, text);
    minatar::ReadWorld(reader, read.score, read.last_action);
    read.game.Read(reader);
    reader.Finish();
    *this = read;
  }
  std::string ActionToText(ActionRef action) const {
    return minatar::ActionName(codes[static_cast<std::size_t>(action.id())]);
  }
  std::vector<double> ActionFromText(std::string_view text) const {
    return {static_cast<double>(minatar::ActionId(Game::GetCard(), Codes(), text))};
  }
  std::vector<Control> Controls() const { return minatar::Controls(Codes()); }

  // Fixed by the parameters.
  std::uint64_t sticky_below = 0;
  std::array<std::uint8_t, minatar::kActions> codes{};  ///< the game's action of each id
  std::uint8_t ramping = 1;
  // The state.
  std::uint8_t last_action = minatar::kNoop;  ///< the action that took effect
  std::int64_t score = 0;
  Game game;

 private:
  /// The ids of the action set alone.
  std::span<const std::uint8_t> Codes() const {
    std::size_t count = codes.size();
    while (count > 1 && codes[count - 1] == minatar::kNoop) --count;
    return std::span(codes).first(count);
  }
};

using MinAtarAsterix = MinAtarWorld<minatar::Asterix>;
using MinAtarBreakout = MinAtarWorld<minatar::Breakout>;
using MinAtarFreeway = MinAtarWorld<minatar::Freeway>;
using MinAtarSeaquest = MinAtarWorld<minatar::Seaquest>;
using MinAtarSpaceInvaders = MinAtarWorld<minatar::SpaceInvaders>;

}  // namespace brasa

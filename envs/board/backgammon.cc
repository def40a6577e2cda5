#include "envs/board/backgammon.h"

#include <algorithm>
#include <bit>

#include "brasa/core/hash.h"

namespace brasa {
namespace {

constexpr std::uint32_t Bit(int place) { return std::uint32_t{1} << place; }

/// One checker more at `place`: addition with carry through the planes.
void Add(std::array<std::uint32_t, 4>& planes, int place) {
  std::uint32_t carry = Bit(place);
  for (std::uint32_t& plane : planes) {
    const std::uint32_t next = plane & carry;
    plane ^= carry;
    carry = next;
  }
}

/// One checker less.
void Remove(std::array<std::uint32_t, 4>& planes, int place) {
  std::uint32_t borrow = Bit(place);
  for (std::uint32_t& plane : planes) {
    const std::uint32_t next = ~plane & borrow;
    plane ^= borrow;
    borrow = next;
  }
}

struct Dice {
  std::int8_t low, high;
};

/// The dice of the 36 chance ids.
constexpr std::array<Dice, 36> kDice = [] {
  std::array<Dice, 36> dice{};
  std::size_t id = 0;
  for (std::int8_t low = 1; low <= 6; ++low) {
    for (std::int8_t high = static_cast<std::int8_t>(low + 1); high <= 6; ++high) {
      dice[id] = dice[id + 1] = {low, high};
      id += 2;
    }
  }
  for (std::int8_t both = 1; both <= 6; ++both) dice[id++] = {both, both};
  return dice;
}();

}  // namespace

std::vector<Field> Backgammon::Fields() {
  return {ChoiceField("scoring", "winloss", {"winloss", "gammons", "backgammons"},
                      "what a game counts: 1 always; 2 for a gammon too; 3 for a backgammon too")};
}

EnvSpec Backgammon::Spec(const Params& params) {
  EnvSpec spec;
  spec.id = "Backgammon-v0";
  spec.summary = "Backgammon without the doubling cube, dice as chance nodes";
  spec.players = 2;
  spec.observation.shape = {201};
  spec.observation.axes = {"feature"};
  spec.observation.low = {0};
  spec.observation.high.assign(201, 1.0f);
  for (std::size_t i = 3; i < 192; i += 4) spec.observation.high[i] = 12;
  for (const std::size_t i : {192u, 193u, 195u, 196u}) spec.observation.high[i] = 15;
  for (const std::size_t i : {198u, 199u}) spec.observation.high[i] = 6;
  spec.action.count = 1352;
  spec.max_legal = 450;  // two orders, each of at most 15 firsts with at most 15 seconds
  spec.max_episode_steps = 1000;
  spec.max_chance_outcomes = 36;
  spec.max_return = Backgammon(params).scoring;
  spec.min_return = -spec.max_return;
  spec.zero_sum = true;
  spec.player_names = {"x", "o"};
  return spec;
}

Backgammon::Backgammon(const Params& params) {
  const std::string name = params.GetText("scoring");
  scoring = name == "winloss" ? kWinLoss : name == "gammons" ? kGammons : kBackgammons;
}

void Backgammon::Reset(Rng&) {
  planes = {};
  constexpr std::array<std::array<int, 2>, 4> kStart = {{{0, 2}, {11, 5}, {16, 3}, {18, 5}}};
  for (const auto& [point, count] : kStart) {
    for (int i = 0; i < count; ++i) {
      Add(planes[0], point);
      Add(planes[1], 23 - point);
    }
  }
  mover = low = high = again = last_mover = 0;
  phase = kOpeningRoll;
  last_from = last_to = 0;
}

int Backgammon::Count(int player, int place) const {
  const auto& own = planes[static_cast<std::size_t>(player)];
  std::uint32_t count = 0;
  for (std::size_t k = 0; k < 4; ++k) count |= ((own[k] >> place) & 1u) << k;
  return static_cast<int>(count);
}

int Backgammon::Pips(int player) const {
  int pips = 25 * Count(player, kBar);
  for (int point = 0; point < 24; ++point) {
    pips += (player == 0 ? 24 - point : point + 1) * Count(player, point);
  }
  return pips;
}

int Backgammon::Target(int place, int die) const {
  if (mover == 0) {
    const int target = place == kBar ? die - 1 : place + die;
    return target > 23 ? kOff : target;
  }
  const int target = place == kBar ? 24 - die : place - die;
  return target < 0 ? kOff : target;
}

bool Backgammon::MoveChecker(int place, int die) {
  const int target = Target(place, die);
  auto& own = planes[static_cast<std::size_t>(mover)];
  auto& other = planes[static_cast<std::size_t>(1 - mover)];
  Remove(own, place);
  Add(own, target);
  last_from |= Bit(place);
  last_to |= Bit(target);
  const bool hit =
      target != kOff && ((other[0] | other[1] | other[2] | other[3]) & Bit(target)) != 0;
  if (hit) {
    Remove(other, target);
    Add(other, kBar);
  }
  return hit;
}

EpisodeEnd Backgammon::Step(ActionRef action, Rng&, std::span<float> rewards) {
  const int id = action.id(), digits = id < 676 ? id : id - 676;
  const int first = digits % 26, second = digits / 26;
  const auto player = static_cast<std::size_t>(mover);
  last_mover = mover;
  last_from = last_to = 0;
  if (first != kOff) MoveChecker(first, id < 676 ? high : low);
  if (second != kOff) MoveChecker(second, id < 676 ? low : high);
  rewards[0] = rewards[1] = 0.0f;
  if (Count(mover, kOff) == 15) {
    const auto& loser = planes[1 - player];
    const std::uint32_t there = loser[0] | loser[1] | loser[2] | loser[3];
    const bool gammon = (there & Bit(kOff)) == 0;
    const bool backgammon = gammon && (there & (kHome[player] | Bit(kBar))) != 0;
    const int worth = std::min(scoring, 1 + gammon + backgammon);
    rewards[player] = static_cast<float>(worth);
    rewards[1 - player] = -static_cast<float>(worth);
    phase = kOver;
    low = high = again = 0;
    return EpisodeEnd::kTerminated;
  }
  // A half of a double that is not played whole leaves nothing to play in the other half.
  if (low == high && again == 0 && second != kOff) {
    again = 1;
    return EpisodeEnd::kNone;
  }
  mover = 1 - mover;
  phase = kRoll;
  low = high = again = 0;
  return EpisodeEnd::kNone;
}

int Backgammon::ChanceOutcomes(std::span<std::int32_t> ids, std::span<double> probabilities) const {
  const int count = phase == kOpeningRoll ? 30 : 36;
  for (int id = 0; id < count; ++id) {
    ids[static_cast<std::size_t>(id)] = id;
    probabilities[static_cast<std::size_t>(id)] = 1.0 / count;
  }
  return count;
}

EpisodeEnd Backgammon::ApplyChance(int id, std::span<float>) {
  if (phase == kOpeningRoll) mover = id & 1;
  phase = kPlay;
  low = kDice[static_cast<std::size_t>(id)].low;
  high = kDice[static_cast<std::size_t>(id)].high;
  return EpisodeEnd::kNone;
}

void Backgammon::Observe(int player, std::span<float> out) const {
  std::size_t at = 0;
  for (const int owner : {player, 1 - player}) {
    for (int point = 0; point < 24; ++point, at += 4) {
      const int count = Count(owner, point);
      out[at] = count == 1 ? 1.0f : 0.0f;
      out[at + 1] = count == 2 ? 1.0f : 0.0f;
      out[at + 2] = count == 3 ? 1.0f : 0.0f;
      out[at + 3] = static_cast<float>(std::max(count - 3, 0));
    }
  }
  for (const int owner : {player, 1 - player}) {
    out[at++] = static_cast<float>(Count(owner, kBar));
    out[at++] = static_cast<float>(Count(owner, kOff));
    out[at++] = phase == kPlay && mover == owner ? 1.0f : 0.0f;
  }
  out[at++] = static_cast<float>(low);
  out[at++] = static_cast<float>(high);
  out[at] = static_cast<float>(again);
}

std::uint64_t Backgammon::Hash() const {
  std::uint64_t hash =
      Mix64(static_cast<std::uint64_t>(mover | phase << 1 | again << 3 | low << 4 | high << 7));
  for (const auto& own : planes) {
    hash = HashCombine(hash, std::uint64_t{own[1]} << 32 | own[0]);
    hash = HashCombine(hash, std::uint64_t{own[3]} << 32 | own[2]);
  }
  return hash;
}

}  // namespace brasa

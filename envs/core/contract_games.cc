#include <algorithm>
#include <cmath>
#include <cstring>
#include <set>

#include "brasa/env_batch.h"
#include "envs/core/contract_laws.h"
#include "envs/core/raw_game.h"

namespace brasa {
namespace {

std::string Place(int episode, int ply) {
  return " at episode " + std::to_string(episode) + ", ply " + std::to_string(ply);
}

Rng Stream(const ContractSubject& subject, std::uint32_t index, int episode) {
  return Rng(subject.options.seed, StreamRole::kTest, index, static_cast<std::uint32_t>(episode));
}

/// A world whose chance the table rolls in one call, and what came of its last ply.
struct Rolled {
  Rng rng;
  std::vector<float> rewards;
  std::uint8_t end = BRASA_END_NONE;

  void Roll(RawWorlds& worlds, int world, bool after_reset) {
    const brasa_chance_sink sink{nullptr, [](void*, std::int32_t, std::int32_t) {}};
    brasa_error error{};
    if (worlds.table().roll(worlds.batch(), world, world + 1, &rng,
                            after_reset ? nullptr : rewards.data(), after_reset ? nullptr : &end,
                            &sink, &error) != BRASA_OK) {
      throw LawBroken(std::string("rolling fails: ") + error.message);
    }
  }
};

/// The table's one call gives what chance node after chance node gives: state, rewards, end,
/// stream.
void CheckRolling(const ContractSubject& subject) {
  RawWorlds worlds(subject.row, subject.params, 2);
  if (worlds.table().roll == nullptr || worlds.table().chance == nullptr) return;
  const auto players = static_cast<std::size_t>(worlds.spec().players);
  for (int episode = 0; episode < subject.options.episodes; ++episode) {
    Rng rng = Stream(subject, 6, episode), choice = Stream(subject, 7, episode);
    Rolled rolled{rng, std::vector<float>(players)};
    std::vector<float> rewards(players);
    std::uint8_t end = BRASA_END_NONE;
    worlds.Reset(0, rng);
    worlds.Reset(1, rolled.rng);
    worlds.Roll(0, end, rng, rewards.data());
    rolled.Roll(worlds, 1, true);
    for (int ply = 0; ply < subject.options.plies; ++ply) {
      if (worlds.Everything(0) != worlds.Everything(1) || rng.counter != rolled.rng.counter ||
          end != rolled.end || (ply > 0 && rewards != rolled.rewards)) {
        throw LawBroken("rolling a range differs from one chance node at a time" +
                        Place(episode, ply));
      }
      if (end != BRASA_END_NONE) break;
      RawAction action(1);
      RandomAction(worlds.spec(), worlds.Legal(0), choice, action.data());
      end = worlds.Step(0, action, rng, rewards.data());
      rolled.end = worlds.Step(1, action, rolled.rng, rolled.rewards.data());
      end = worlds.Roll(0, end, rng, rewards.data());
      rolled.Roll(worlds, 1, false);
    }
  }
}

bool IsPermutation(const std::vector<std::int32_t>& map) {
  std::vector<bool> seen(map.size());
  for (const std::int32_t i : map) {
    const auto at = static_cast<std::size_t>(i);
    if (i < 0 || at >= map.size() || seen[at]) return false;
    seen[at] = true;
  }
  return true;
}

/// `map` after `first`, elementwise.
std::vector<std::int32_t> After(const std::vector<std::int32_t>& map,
                                const std::vector<std::int32_t>& first) {
  std::vector<std::int32_t> both;
  for (const std::int32_t i : first) both.push_back(map[static_cast<std::size_t>(i)]);
  return both;
}

/// Permutations, none twice, none the identity, and every two of them make another or the identity.
void CheckGroup(const std::vector<Symmetry>& symmetries) {
  using Maps = std::pair<std::vector<std::int32_t>, std::vector<std::int32_t>>;
  std::set<Maps> group;
  for (const Symmetry& s : symmetries) {
    if (!IsPermutation(s.observation) || !IsPermutation(s.action) || !IsPermutation(s.chance)) {
      throw LawBroken("a symmetry is no permutation");
    }
    group.insert({s.observation, s.action});
  }
  Maps identity = *group.begin();
  std::sort(identity.first.begin(), identity.first.end());
  std::sort(identity.second.begin(), identity.second.end());
  if (!group.insert(identity).second) throw LawBroken("the identity is listed");
  if (group.size() != symmetries.size() + 1) throw LawBroken("a symmetry is listed twice");
  for (const Maps& a : group) {
    for (const Maps& b : group) {
      // Observations are read through their map, actions sent through theirs: opposite orders.
      if (!group.contains({After(b.first, a.first), After(a.second, b.second)})) {
        throw LawBroken("two symmetries after each other are none: not a group");
      }
    }
  }
}

/// A game in world 0 and its image in world 1.
class MirroredGame {
 public:
  MirroredGame(RawWorlds& worlds, const Symmetry& symmetry, Rng rng, Rng choice)
      : worlds_(worlds),
        symmetry_(symmetry),
        rng_(rng),
        choice_(choice),
        rewards_(2 * static_cast<std::size_t>(worlds.spec().players)) {
    worlds.Reset(0, rng_);
    worlds.Reset(1, rng);
  }

  bool over() const { return end_ != BRASA_END_NONE; }

  /// "" or what differs.
  std::string Difference() const {
    if (worlds_.Player(0) != worlds_.Player(1)) return "the mover";
    const std::size_t half = rewards_.size() / 2;
    if (!std::equal(rewards_.begin(), rewards_.begin() + static_cast<std::ptrdiff_t>(half),
                    rewards_.begin() + static_cast<std::ptrdiff_t>(half))) {
      return "a reward";
    }
    const auto size = static_cast<std::size_t>(ElementSize(worlds_.spec().observation.type));
    for (int player = 0; player < worlds_.spec().players; ++player) {
      const std::string original = worlds_.Observe(0, player, 0);
      const std::string image = worlds_.Observe(1, player, 0);
      for (std::size_t i = 0; i < symmetry_.observation.size(); ++i) {
        const auto source = static_cast<std::size_t>(symmetry_.observation[i]);
        if (std::memcmp(&image[i * size], &original[source * size], size) != 0) {
          return "observation element " + std::to_string(i) + " of player " +
                 std::to_string(player);
        }
      }
    }
    if (over() || worlds_.Player(0) == kChance) return "";
    std::vector<std::int32_t> mapped;
    for (const std::int32_t id : worlds_.Legal(0)) mapped.push_back(Image(symmetry_.action, id));
    std::sort(mapped.begin(), mapped.end());
    return mapped == worlds_.Legal(1) ? "" : "the legal set";
  }

  /// One ply or one chance node in both; returns "" or what differs.
  std::string Advance() {
    const std::size_t half = rewards_.size() / 2;
    std::fill(rewards_.begin(), rewards_.end(), 0.0f);
    std::uint8_t image_end = BRASA_END_NONE;
    if (worlds_.Player(0) == kChance) {
      const auto [id, probability] = Outcome(0, choice_.Uniform());
      const std::int32_t image = symmetry_.chance.empty() ? id : Image(symmetry_.chance, id);
      const double other = Probability(1, image);
      if (std::abs(other - probability) > 1e-12) return "the probability of a chance outcome";
      end_ = Apply(0, id, rewards_.data());
      image_end = Apply(1, image, rewards_.data() + half);
    } else {
      RawAction action(1);
      RandomAction(worlds_.spec(), worlds_.Legal(0), choice_, action.data());
      const RawAction image = {Image(symmetry_.action, action[0])};
      Rng rng = rng_;
      end_ = worlds_.Step(0, action, rng_, rewards_.data());
      image_end = worlds_.Step(1, image, rng, rewards_.data() + half);
    }
    return image_end == end_ ? "" : "the end";
  }

 private:
  static std::int32_t Image(const std::vector<std::int32_t>& map, std::int32_t id) {
    return map[static_cast<std::size_t>(id)];
  }
  std::vector<Env::Outcome> Outcomes(int world) const {
    const auto most = static_cast<std::size_t>(worlds_.spec().max_chance_outcomes);
    std::vector<std::int32_t> ids(most);
    std::vector<double> probabilities(most);
    std::int32_t count = 0;
    brasa_error error{};
    if (worlds_.table().chance(worlds_.batch(), world, ids.data(), probabilities.data(), &count,
                               &error) != BRASA_OK) {
      throw LawBroken(std::string("chance fails: ") + error.message);
    }
    std::vector<Env::Outcome> outcomes;
    for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
      outcomes.push_back({ids[i], probabilities[i]});
    }
    return outcomes;
  }
  Env::Outcome Outcome(int world, double uniform) const {
    const std::vector<Env::Outcome> outcomes = Outcomes(world);
    double sum = 0;
    for (const Env::Outcome& outcome : outcomes) {
      sum += outcome.probability;
      if (sum > uniform) return outcome;
    }
    return outcomes.back();
  }
  double Probability(int world, std::int32_t id) const {
    for (const Env::Outcome& outcome : Outcomes(world)) {
      if (outcome.id == id) return outcome.probability;
    }
    return 0;
  }
  std::uint8_t Apply(int world, std::int32_t id, float* rewards) {
    std::uint8_t end = BRASA_END_NONE;
    brasa_error error{};
    if (worlds_.table().apply_chance(worlds_.batch(), world, id, rewards, &end, &error) !=
        BRASA_OK) {
      throw LawBroken(std::string("chance fails: ") + error.message);
    }
    return end;
  }

  RawWorlds& worlds_;
  const Symmetry& symmetry_;
  Rng rng_, choice_;
  std::vector<float> rewards_;  // [2, P]
  std::uint8_t end_ = BRASA_END_NONE;
};

void CheckSymmetries(const ContractSubject& subject) {
  const std::vector<Symmetry> symmetries = Env(subject.row, subject.params, {}).Symmetries();
  if (symmetries.empty()) return;
  CheckGroup(symmetries);
  RawWorlds worlds(subject.row, subject.params, 2);
  for (std::size_t k = 0; k < symmetries.size(); ++k) {
    for (int episode = 0; episode < subject.options.episodes; ++episode) {
      MirroredGame game(worlds, symmetries[k], Stream(subject, 6, episode),
                        Stream(subject, 7, episode));
      for (int ply = 0; ply <= subject.options.plies; ++ply) {
        std::string difference = game.Difference();
        if (difference.empty() && game.over()) break;
        if (difference.empty()) difference = game.Advance();
        if (!difference.empty()) {
          throw LawBroken("under symmetry " + std::to_string(k) + " " + difference + " differs" +
                          Place(episode, ply));
        }
      }
    }
  }
}

/// What a player sees and may do survives the drawing of what it cannot know.
void CheckResample(const ContractSubject& subject) {
  RawWorlds worlds(subject.row, subject.params, 2);
  if (worlds.table().resample == nullptr) return;
  Rng rng = Stream(subject, 8, 0);
  VisitStates(subject, worlds, [&](const RawGame& game) {
    if (game.over()) return;
    for (int player = 0; player < worlds.spec().players; ++player) {
      worlds.Copy(1, worlds, 0);
      brasa_error error{};
      if (worlds.table().resample(worlds.batch(), 1, player, &rng, &error) != BRASA_OK) {
        throw LawBroken(std::string("ResampleHidden fails: ") + error.message + game.Where());
      }
      Require(worlds.Observe(1, player, 0) == worlds.Observe(0, player, 0), game,
              "ResampleHidden changes what player " + std::to_string(player) + " sees");
      Require(worlds.Player(1) == worlds.Player(0), game, "ResampleHidden changes who moves");
      Require(worlds.Legal(1) == worlds.Legal(0), game, "ResampleHidden changes what is legal");
    }
  });
}

constexpr ContractLaw kGameLaws[] = {
    {"rolling", CheckRolling},
    {"symmetries", CheckSymmetries},
    {"hidden information", CheckResample},
};

}  // namespace

std::span<const ContractLaw> GameLaws() { return kGameLaws; }

}  // namespace brasa

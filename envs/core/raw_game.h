// Random games on RawWorlds, as the laws of the contract check play them.
#pragma once

#include <algorithm>
#include <limits>
#include <string>
#include <vector>

#include "envs/core/contract_laws.h"
#include "envs/core/raw_worlds.h"

namespace brasa {

/// One episode of one world. Chance is rolled from the game's stream.
class RawGame {
 public:
  RawGame(RawWorlds& worlds, int world, const ContractSubject& subject, int episode)
      : worlds_(&worlds),
        world_(world),
        episode_(episode),
        rng_(subject.options.seed, StreamRole::kTest, 1, static_cast<std::uint32_t>(episode)),
        choice_(subject.options.seed, StreamRole::kTest, 2, static_cast<std::uint32_t>(episode)),
        rewards_(static_cast<std::size_t>(worlds.spec().players)),
        returns_(rewards_.size()) {
    worlds.Reset(world, rng_);
    end_ = worlds.Roll(world, BRASA_END_NONE, rng_, rewards_.data());
    std::fill(rewards_.begin(), rewards_.end(), 0.0f);
  }

  RawWorlds& worlds() const { return *worlds_; }
  int world() const { return world_; }
  int ply() const { return ply_; }
  std::uint8_t end() const { return end_; }
  bool over() const { return end_ != BRASA_END_NONE; }
  const Rng& rng() const { return rng_; }
  const std::vector<float>& rewards() const { return rewards_; }
  const std::vector<double>& returns() const { return returns_; }

  /// A random legal action; throws LawBroken if there is none.
  RawAction Choose() {
    const std::vector<std::int32_t> legal = worlds_->Legal(world_);
    if (worlds_->spec().action.kind == ActionKind::kDiscrete && legal.empty()) {
      throw LawBroken("no legal action before the end" + Where());
    }
    RawAction action(static_cast<std::size_t>(worlds_->spec().action.size()));
    RandomAction(worlds_->spec(), legal, choice_, action.data());
    return action;
  }
  void Step(const RawAction& action) {
    std::fill(rewards_.begin(), rewards_.end(), std::numeric_limits<float>::quiet_NaN());
    end_ = worlds_->Step(world_, action, rng_, rewards_.data());
    end_ = worlds_->Roll(world_, end_, rng_, rewards_.data());
    for (std::size_t p = 0; p < rewards_.size(); ++p) {
      returns_[p] += static_cast<double>(rewards_[p]);
    }
    ++ply_;
  }
  /// The same game, going on in another world that was brought to the same state.
  RawGame In(RawWorlds& worlds, int world) const {
    RawGame other = *this;
    other.worlds_ = &worlds;
    other.world_ = world;
    return other;
  }
  /// Everything the game shows: state, rewards, end, draws so far.
  std::string Trace() const {
    std::string trace = worlds_->Everything(world_);
    trace.append(reinterpret_cast<const char*>(rewards_.data()), 4 * rewards_.size());
    return trace + static_cast<char>(end_) + std::to_string(rng_.counter);
  }
  std::string Where() const {
    return " at episode " + std::to_string(episode_) + ", ply " + std::to_string(ply_);
  }

 private:
  RawWorlds* worlds_;
  int world_, episode_, ply_ = 0;
  Rng rng_, choice_;
  std::vector<float> rewards_;
  std::vector<double> returns_;
  std::uint8_t end_ = BRASA_END_NONE;
};

/// Plays random games of world 0 and calls `visit` in every state, the last of each included.
template <typename Visit>
void VisitStates(const ContractSubject& subject, RawWorlds& worlds, Visit&& visit) {
  for (int episode = 0; episode < subject.options.episodes; ++episode) {
    RawGame game(worlds, 0, subject, episode);
    visit(game);
    while (!game.over() && game.ply() < subject.options.plies) {
      game.Step(game.Choose());
      visit(game);
    }
  }
}

/// Throws LawBroken with `fault` and the place unless `holds`.
inline void Require(bool holds, const RawGame& game, const std::string& fault) {
  if (!holds) throw LawBroken(fault + game.Where());
}

}  // namespace brasa

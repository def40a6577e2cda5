// What every environment promises, as a check: plays random games of a registry row and reports
// each law that does not hold. Used by the tests on all built-in environments and by `brasa check`
// on a plugin.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <functional>
#include <new>
#include <span>
#include <string>
#include <vector>

#include "brasa/core/random.h"
#include "brasa/core/spec.h"
#include "brasa/env.h"
#include "brasa/registry.h"

namespace brasa {

/// Where a check stands: plain memory, so that another process can look at it.
struct ContractProgress {
  std::int32_t laws = 0;                ///< laws begun so far
  std::int32_t episode = -1, ply = -1;  ///< of the world that the last call was for; -1 = of none
  char law[40] = "";                    ///< the law that is being checked
  char call[40] = "";                   ///< the last call into the environment: "Step"
};

/// How much is played. The findings are the same for equal options.
struct ContractOptions {
  std::uint64_t seed = 1;
  int episodes = 8;                      ///< random games for each law
  int plies = 200;                       ///< at most, of each game
  int hash_states = 10000;               ///< states whose hashes are compared
  ContractProgress* progress = nullptr;  ///< overwritten while checking
  std::function<void(const std::string& finding)> on_finding = {};  ///< told of each at once
};

/// The laws that `row` breaks with `params`, one line each, beginning with the law's name: "legal
/// actions: .. at episode 0, ply 3". Empty if none. A law is left at its first fault; an exception
/// where none may be is a fault. A fault of the spec, the observations, the players or the legal
/// lists ends the check, since the other laws rely on them. Makes several worlds; prints nothing.
std::vector<std::string> ContractFindings(const EnvRow& row, const Params& params,
                                          const ContractOptions& options = {});

/// What ContractOutside found.
struct ContractRemarks {
  std::vector<std::string> findings;  ///< laws that are broken
  std::vector<std::string> notes;     ///< no fault and yet good to know
};

/// The laws "illegal action" and "step after the end", for an environment that keeps the others:
/// calls that no host makes come back, with nothing written outside of their arrays and no
/// exception, and Step refuses all of them or none. Rules that refuse none leave the check to the
/// host, as they may: a note. Another note tells of a count of actions that looks too high.
/// The rules may answer by a crash: only for a process that can be lost; `options.progress` then
/// tells what was called.
ContractRemarks ContractOutside(const EnvRow& row, const Params& params,
                                const ContractOptions& options = {});

/// How many laws ContractFindings checks, and how many more ContractOutside.
int ContractLawCount();
int ContractOutsideLawCount();

/// Overwrites `action` (spec.action.bytes() bytes) by a random one: one of the ids `legal`, any
/// components, or a point between the bounds (of a component without bounds: a standard normal).
/// Throws UsageError if no id is legal.
void RandomAction(const EnvSpec& spec, std::span<const std::int32_t> legal, Rng& rng, void* action);

namespace internal {

/// One world of T in memory that was filled with `fill` before.
template <contract::Environment T>
class FilledWorld {
 public:
  FilledWorld(unsigned char fill, const Params& params) {
    volatile unsigned char* at = memory_;  // volatile: the compiler keeps the writes
    for (std::size_t i = 0; i < sizeof(T); ++i) at[i] = fill;
    world_ = new (memory_) T(params);
  }
  ~FilledWorld() { world_->~T(); }
  FilledWorld(const FilledWorld&) = delete;
  FilledWorld& operator=(const FilledWorld&) = delete;

  T& world() { return *world_; }
  bool SameBytes(const FilledWorld& other) const {
    return std::memcmp(memory_, other.memory_, sizeof(T)) == 0;
  }

 private:
  alignas(T) unsigned char memory_[sizeof(T)];
  T* world_;
};

/// Plays on until chance does not move.
template <contract::Environment T>
EpisodeEnd RollStruct(T& world, const EnvSpec& spec, EpisodeEnd end, Rng& rng,
                      std::span<float> rewards) {
  if constexpr (contract::HasChance<T>) {
    const auto most = static_cast<std::size_t>(spec.max_chance_outcomes);
    std::vector<std::int32_t> ids(most);
    std::vector<double> probabilities(most);
    while (end == EpisodeEnd::kNone && world.PlayerToMove() == kChance) {
      const auto count = static_cast<std::size_t>(world.ChanceOutcomes(ids, probabilities));
      const int drawn = rng.Categorical(std::span<const double>(probabilities).first(count));
      end = world.ApplyChance(ids[static_cast<std::size_t>(drawn)], rewards);
    }
  }
  return end;
}

/// A random action of the state that `world` is in.
template <contract::Environment T>
std::vector<std::int32_t> StructAction(const T& world, const EnvSpec& spec, Rng& rng) {
  std::vector<std::int32_t> legal(
      static_cast<std::size_t>(spec.max_legal > 0 ? spec.max_legal : spec.action.count));
  if constexpr (contract::HasLegalActions<T>) {
    legal.resize(static_cast<std::size_t>(world.LegalActions(legal)));
  } else {
    for (std::size_t i = 0; i < legal.size(); ++i) legal[i] = static_cast<std::int32_t>(i);
  }
  std::vector<std::int32_t> action(static_cast<std::size_t>(spec.action.size()));
  RandomAction(spec, legal, rng, action.data());
  return action;
}

}  // namespace internal

namespace internal {

/// A random game of one struct.
template <contract::Environment T>
class StructGame {
 public:
  StructGame(T& world, const EnvSpec& spec, Rng rng)
      : world_(world), spec_(spec), rng_(rng), rewards_(static_cast<std::size_t>(spec.players)) {
    world_.Reset(rng_);
    end_ = RollStruct(world_, spec_, EpisodeEnd::kNone, rng_, rewards_);
  }
  bool over() const { return end_ != EpisodeEnd::kNone; }
  std::vector<std::int32_t> Choose(Rng& choice) const {
    return StructAction(world_, spec_, choice);
  }
  void Step(const std::vector<std::int32_t>& action) {
    const ActionRef ref(action.data(), spec_.action.size());
    end_ = RollStruct(world_, spec_, world_.Step(ref, rng_, rewards_), rng_, rewards_);
  }

 private:
  T& world_;
  const EnvSpec& spec_;
  Rng rng_;
  std::vector<float> rewards_;
  EpisodeEnd end_ = EpisodeEnd::kNone;
};

template <contract::Environment T>
std::string WorldBytes(const T& world) {
  if constexpr (contract::Flat<T>) {
    return {reinterpret_cast<const char*>(&world), sizeof world};
  } else {
    StateWriter writer;
    world.Save(writer);
    return writer.bytes();
  }
}

/// "" or how a kFlat struct shows what its memory held before.
template <contract::Environment T>
std::string FlatFinding(const Params& params, const ContractOptions& options) {
  const EnvSpec spec = T::Spec(params);
  for (int episode = 0; episode < options.episodes; ++episode) {
    const auto number = static_cast<std::uint32_t>(episode);
    FilledWorld<T> zeros(0x00, params), ones(0xFF, params);
    const Rng stream(options.seed, StreamRole::kTest, 1, number);
    Rng choice(options.seed, StreamRole::kTest, 2, number);
    StructGame<T> a(zeros.world(), spec, stream), b(ones.world(), spec, stream);
    for (int ply = 0; ply < options.plies; ++ply) {
      if (!zeros.SameBytes(ones)) {
        return "flat memory: bytes depend on what the memory held before at episode " +
               std::to_string(episode) + ", ply " + std::to_string(ply);
      }
      if (a.over() || b.over()) break;
      const std::vector<std::int32_t> action = a.Choose(choice);
      a.Step(action);
      b.Step(action);
    }
  }
  return "";
}

/// "" or how StepMany over many worlds differs from Step on each. A world that ended is reset.
template <contract::Environment T>
std::string StepManyFinding(const Params& params, const ContractOptions& options) {
  constexpr std::size_t kWorlds = 37;  // no multiple of a vector's width
  const EnvSpec spec = T::Spec(params);
  const auto players = static_cast<std::size_t>(spec.players);
  const auto stride = static_cast<std::size_t>(spec.action.size());
  std::vector<T> plain(kWorlds, T(params)), many = plain;
  std::vector<Rng> plain_rng, many_rng;
  Rng choice(options.seed, StreamRole::kTest, 3);
  for (std::size_t i = 0; i < kWorlds; ++i) {
    plain_rng.emplace_back(options.seed, StreamRole::kTest, static_cast<std::uint32_t>(4 + i));
    plain[i].Reset(plain_rng[i]);
  }
  many = plain;
  many_rng = plain_rng;
  std::vector<std::int32_t> actions(kWorlds * stride);
  std::vector<float> rewards(kWorlds * players), many_rewards(rewards);
  std::vector<std::uint8_t> ends(kWorlds), many_ends(kWorlds);
  for (int ply = 0; ply < options.plies; ++ply) {
    for (std::size_t i = 0; i < kWorlds; ++i) {
      const auto action = StructAction(plain[i], spec, choice);
      std::copy(action.begin(), action.end(), &actions[i * stride]);
      const ActionRef ref(action.data(), spec.action.size());
      const std::span<float> row(&rewards[i * players], players);
      ends[i] = static_cast<std::uint8_t>(plain[i].Step(ref, plain_rng[i], row));
    }
    T::StepMany(std::span<T>(many), actions.data(), many_rng.data(), many_rewards.data(),
                many_ends.data());
    for (std::size_t i = 0; i < kWorlds; ++i) {
      if (WorldBytes(plain[i]) != WorldBytes(many[i]) || ends[i] != many_ends[i] ||
          std::memcmp(&rewards[i * players], &many_rewards[i * players], 4 * players) != 0 ||
          std::memcmp(&plain_rng[i], &many_rng[i], sizeof(Rng)) != 0) {
        return "step many: world " + std::to_string(i) + " differs from Step at ply " +
               std::to_string(ply);
      }
      if (ends[i] == 0) continue;
      plain[i].Reset(plain_rng[i]);
      many[i].Reset(many_rng[i]);
    }
  }
  return "";
}

}  // namespace internal

/// The laws that only the struct shows, as ContractFindings tells the others. A kFlat struct has no
/// padding and sets every member: the same games in memory filled with 0x00 and with 0xFF give
/// equal bytes. StepMany over many worlds gives the bits of Step on each: worlds, rewards, ends,
/// streams.
template <contract::Environment T>
std::vector<std::string> StructFindings(const Params& params, const ContractOptions& options = {}) {
  std::vector<std::string> findings;
  if constexpr (contract::Flat<T>) {
    const std::string finding = internal::FlatFinding<T>(params, options);
    if (!finding.empty()) findings.push_back(finding);
  }
  if constexpr (contract::HasStepMany<T>) {
    static_assert(!contract::HasChance<T>, "StepMany with chance nodes is not checked");
    const std::string finding = internal::StepManyFinding<T>(params, options);
    if (!finding.empty()) findings.push_back(finding);
  }
  return findings;
}

}  // namespace brasa

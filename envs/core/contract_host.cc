#include <algorithm>
#include <bit>
#include <limits>
#include <memory>

#include "brasa/core/error.h"
#include "brasa/env_batch.h"
#include "envs/core/contract_laws.h"
#include "envs/core/raw_worlds.h"

namespace brasa {
namespace {

WorldStreams Streams(const ContractSubject& subject, int first) {
  return {subject.options.seed, StreamRole::kTest, static_cast<std::uint32_t>(first)};
}

Rng Choices(const ContractSubject& subject, int number) {
  return Rng(subject.options.seed, StreamRole::kTest, 9, static_cast<std::uint32_t>(number));
}

RawAction Choose(EnvBatch& batch, int world, Rng& rng) {
  RawAction action(static_cast<std::size_t>(batch.spec().action.size()));
  RandomAction(batch.spec(), batch.Legal(world), rng, action.data());
  return action;
}

void CheckMasks(const ContractSubject& subject) {
  EnvBatch batch(subject.row, subject.params, 1, Streams(subject, 0));
  if (batch.spec().action.kind != ActionKind::kDiscrete) return;
  std::vector<std::uint8_t> mask(static_cast<std::size_t>(batch.spec().action.count));
  std::vector<float> rewards(static_cast<std::size_t>(batch.spec().players));
  Rng rng = Choices(subject, 0);
  batch.Reset(0, 1);
  for (int ply = 0; ply < subject.options.plies; ++ply) {
    batch.Masks(0, 1, mask.data());
    std::vector<std::int32_t> masked;
    for (std::size_t a = 0; a < mask.size(); ++a) {
      if (mask[a] != 0) masked.push_back(static_cast<std::int32_t>(a));
    }
    const auto legal = batch.Legal(0);
    if (!std::equal(masked.begin(), masked.end(), legal.begin(), legal.end())) {
      throw LawBroken("mask and list differ at " + batch.Place(0));
    }
    std::uint8_t end = 0;
    batch.Step(0, 1, Choose(batch, 0, rng).data(), rewards.data(), &end);
    if (end != 0) batch.Reset(0, 1);
  }
}

/// Illegal ids tried in one state, about.
constexpr int kMostForbidden = 400;

/// Actions that the host must refuse in the state that world 0 of `batch` is in.
std::vector<RawAction> Forbidden(EnvBatch& batch) {
  const ActionSpec& space = batch.spec().action;
  std::vector<RawAction> actions;
  if (space.kind == ActionKind::kDiscrete) {
    std::vector<std::int32_t> ids = {-1, space.count, std::numeric_limits<std::int32_t>::max()};
    const auto legal = batch.Legal(0);
    // Of many ids every one gets its turn in some state.
    const std::int32_t stride = 1 + space.count / kMostForbidden;
    for (std::int32_t id = batch.plies(0) % stride; id < space.count; id += stride) {
      if (!std::binary_search(legal.begin(), legal.end(), id)) ids.push_back(id);
    }
    for (const std::int32_t id : ids) actions.push_back({id});
    return actions;
  }
  for (std::size_t k = 0; k < static_cast<std::size_t>(space.size()); ++k) {
    RawAction action(static_cast<std::size_t>(space.size()), 0);
    action[k] = space.kind == ActionKind::kBox
                    ? std::bit_cast<std::int32_t>(std::numeric_limits<float>::quiet_NaN())
                    : space.counts[k];
    actions.push_back(action);
  }
  return actions;
}

void CheckIllegalRejected(const ContractSubject& subject) {
  EnvBatch batch(subject.row, subject.params, 1, Streams(subject, 0));
  std::vector<float> rewards(static_cast<std::size_t>(batch.spec().players));
  Rng rng = Choices(subject, 1);
  batch.Reset(0, 1);
  for (int ply = 0; ply < subject.options.plies; ++ply) {
    const std::string before = batch.WorldBytes(0);
    std::uint8_t end = 0;
    for (const RawAction& action : Forbidden(batch)) {
      bool refused = false;
      try {
        batch.Step(0, 1, action.data(), rewards.data(), &end);
      } catch (const UsageError&) {
        refused = true;
      }
      if (!refused) throw LawBroken("an illegal action is accepted at " + batch.Place(0));
      if (batch.WorldBytes(0) != before) {
        throw LawBroken("a refused action moves the world at " + batch.Place(0));
      }
    }
    batch.Step(0, 1, Choose(batch, 0, rng).data(), rewards.data(), &end);
    if (end != 0) batch.Reset(0, 1);
  }
}

/// Everything a batch shows of one world after a ply.
std::string Trace(EnvBatch& batch, int world, const float* rewards, std::uint8_t end) {
  std::string trace = batch.WorldBytes(world);
  std::int32_t player = 0;
  batch.Players(world, world + 1, &player);
  trace += std::to_string(player) + ";" + std::to_string(end) + ";";
  trace.append(reinterpret_cast<const char*>(rewards),
               4 * static_cast<std::size_t>(batch.spec().players));
  std::string row(static_cast<std::size_t>(batch.spec().observation.bytes()), '\0');
  for (std::int32_t p = 0; p < batch.spec().players; ++p) {
    batch.Observe(world, world + 1, &p, row.data());
    trace += row;
  }
  for (const std::int32_t id : batch.ChanceIds(world)) trace += "," + std::to_string(id);
  return trace;
}

/// World i of a batch plays what a batch of one with first_index i plays, episode after episode.
void CheckNeighbours(const ContractSubject& subject) {
  constexpr int kWorlds = 5;
  EnvBatch all(subject.row, subject.params, kWorlds, Streams(subject, 100));
  const auto players = static_cast<std::size_t>(all.spec().players);
  const auto stride = static_cast<std::size_t>(all.spec().action.size());
  std::vector<std::unique_ptr<EnvBatch>> single;
  for (int i = 0; i < kWorlds; ++i) {
    single.push_back(
        std::make_unique<EnvBatch>(subject.row, subject.params, 1, Streams(subject, 100 + i)));
    single.back()->Reset(0, 1);
  }
  all.Reset(0, kWorlds);
  Rng rng = Choices(subject, 2);
  std::vector<float> rewards(kWorlds * players), own(players);
  std::vector<std::uint8_t> ends(kWorlds);
  for (int ply = 0; ply < subject.options.plies; ++ply) {
    RawAction actions;
    for (int i = 0; i < kWorlds; ++i) {
      const RawAction action = Choose(all, i, rng);
      actions.insert(actions.end(), action.begin(), action.end());
    }
    all.Step(0, kWorlds, actions.data(), rewards.data(), ends.data());
    for (std::size_t i = 0; i < kWorlds; ++i) {
      const int world = static_cast<int>(i);
      std::uint8_t end = 0;
      single[i]->Step(0, 1, &actions[i * stride], own.data(), &end);
      if (Trace(all, world, &rewards[i * players], ends[i]) !=
          Trace(*single[i], 0, own.data(), end)) {
        throw LawBroken("a world among others differs from the same world alone at " +
                        all.Place(world));
      }
      if (end == 0) continue;
      all.Reset(world, world + 1);
      single[i]->Reset(0, 1);
    }
  }
}

constexpr const char* kStepLimit = "max_episode_steps";

/// The end of every ply of an episode with this limit; empty if the limit is refused.
std::vector<EpisodeEnd> EndsWithLimit(const ContractSubject& subject, int limit, int episode) {
  Params params = subject.params;
  params.Set(kStepLimit, std::to_string(limit));
  Env env(subject.row, params, Streams(subject, 200 + episode));
  Rng rng = Choices(subject, episode);
  env.Reset();
  std::vector<EpisodeEnd> ends;
  for (int ply = 0; ply < subject.options.plies && !env.done(); ++ply) {
    ends.push_back(env.StepAction(Choose(env.batch(), 0, rng).data()));
  }
  return ends;
}

/// With limit k the episode is the unlimited one, cut to k plies; terminated wins where both fall
/// on one ply.
void CheckLimit(const ContractSubject& subject) {
  if (!subject.params.Has(kStepLimit)) return;
  for (int episode = 0; episode < subject.options.episodes; ++episode) {
    const std::vector<EpisodeEnd> unlimited = EndsWithLimit(subject, 0, episode);
    const int length = static_cast<int>(unlimited.size());
    for (const int limit : {1, 2, 7, length - 1, length}) {
      if (limit < 1) continue;
      std::vector<EpisodeEnd> expected = unlimited;
      if (limit <= length) {
        expected.resize(static_cast<std::size_t>(limit));
        if (expected.back() == EpisodeEnd::kNone) expected.back() = EpisodeEnd::kTruncated;
      }
      if (EndsWithLimit(subject, limit, episode) != expected) {
        throw LawBroken("a limit of " + std::to_string(limit) + " plies is not kept in episode " +
                        std::to_string(episode));
      }
    }
  }
}

void CheckStepOutside(const ContractSubject& subject) {
  Env env(subject.row, subject.params, Streams(subject, 300));
  const auto refused = [&](const RawAction& action) {
    try {
      env.StepAction(action.data());
    } catch (const UsageError&) {
      return true;
    }
    return false;
  };
  const RawAction zeros(static_cast<std::size_t>(env.spec().action.size()), 0);
  if (!refused(zeros)) throw LawBroken("Step before Reset is accepted");
  Rng rng = Choices(subject, 4);
  env.Reset();
  for (int ply = 0; ply < subject.options.plies && !env.done(); ++ply) {
    const RawAction action = Choose(env.batch(), 0, rng);
    env.StepAction(action.data());
    if (env.done() && !refused(action)) throw LawBroken("Step after the end is accepted");
  }
}

constexpr ContractLaw kHostLaws[] = {
    {"masks", CheckMasks},
    {"illegal actions are refused", CheckIllegalRejected},
    {"neighbours", CheckNeighbours},
    {"time limit", CheckLimit},
    {"step outside an episode", CheckStepOutside},
};

}  // namespace

std::span<const ContractLaw> HostLaws() { return kHostLaws; }

}  // namespace brasa

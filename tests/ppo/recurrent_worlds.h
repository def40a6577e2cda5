// A recurrent PPO learner of several worlds fed with rows made by the test, and the same learner
// written out plainly: memories, minibatches of whole worlds, gradients by central differences.
#pragma once

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <utility>
#include <vector>

#include "agents/deep/ppo.h"
#include "tests/ppo/hand_fed.h"
#include "tests/ppo/plain_lstm.h"

namespace brasa {

constexpr std::size_t kWorlds = 3, kSlots = 6, kFeatures = 2, kActions = 3;

/// Observations, rewards and ends of rollout after rollout. World 0 terminates in slot 2, world 1
/// is truncated in slot 3, world 2 is truncated in the last slot, and never else.
struct RecurrentScript {
  explicit RecurrentScript(std::uint64_t seed) : rng(seed, StreamRole::kTest) {
    for (std::size_t n = 0; n < kWorlds; ++n) next.push_back(Observation());
    Extend();
  }
  /// The next rollout: it begins in the states where the one before ended.
  void Extend() {
    observation.assign(1, next);
    first.assign(1, ended);
    outcome.clear();
    for (std::size_t t = 0; t < kSlots; ++t) {
      std::vector<HandOutcome> row(kWorlds);
      ended.assign(kWorlds, 0);
      for (std::size_t n = 0; n < kWorlds; ++n) {
        row[n] = {static_cast<float>(rng.Normal()), EpisodeEnd::kNone, Observation()};
        if (n == 0 && t == 2) row[n].end = EpisodeEnd::kTerminated;
        if ((n == 1 && t == 3) || (n == 2 && t + 1 == kSlots)) row[n].end = EpisodeEnd::kTruncated;
        ended[n] = row[n].end != EpisodeEnd::kNone;
        next[n] = Observation();
      }
      outcome.push_back(row);
      observation.push_back(next);
      first.push_back(ended);
    }
  }
  std::vector<float> Observation() {
    return {static_cast<float>(rng.Normal()), static_cast<float>(rng.Normal())};
  }

  Rng rng;
  std::vector<std::vector<float>> next;
  std::vector<std::uint8_t> ended = std::vector<std::uint8_t>(kWorlds, 1);
  std::vector<std::vector<std::vector<float>>> observation;  ///< [T + 1, N]
  std::vector<std::vector<std::uint8_t>> first;              ///< [T + 1, N]
  std::vector<std::vector<HandOutcome>> outcome;             ///< [T, N]
};

/// Feeds `agent` with one rollout of `script`; returns the actions [T, N].
inline std::vector<std::vector<std::int32_t>> FeedRollout(Ppo& agent,
                                                          const RecurrentScript& script) {
  std::vector<std::int32_t> ids(kWorlds);
  std::iota(ids.begin(), ids.end(), 0);
  const auto put = [&](std::size_t t, const StateRows& rows) {
    for (std::size_t n = 0; n < kWorlds; ++n) {
      rows.player[n] = 0;
      rows.start[n] = script.first[t][n];
      std::fill_n(rows.mask + n * kActions, kActions, std::uint8_t{1});
      std::ranges::copy(script.observation[t][n],
                        static_cast<float*>(rows.observation) + n * kFeatures);
    }
  };
  std::vector<std::vector<std::int32_t>> actions;
  put(0, agent.NextRows().now);
  for (std::size_t t = 0; t < kSlots; ++t) {
    const StepRows rows = agent.NextRows();
    agent.actor().Act({.count = static_cast<int>(kWorlds),
                       .world = ids.data(),
                       .player = rows.now.player,
                       .observation = rows.now.observation,
                       .mask = rows.now.mask,
                       .start = rows.now.start},
                      rows.actions);
    const auto* const chosen = static_cast<std::int32_t*>(rows.actions);
    actions.emplace_back(chosen, chosen + kWorlds);
    std::vector<std::int32_t> worlds, lengths(kWorlds, 1);
    std::vector<std::uint32_t> episodes(kWorlds);
    std::vector<double> returns(kWorlds);
    std::vector<float> finals;
    for (std::size_t n = 0; n < kWorlds; ++n) {
      const HandOutcome& outcome = script.outcome[t][n];
      rows.outcome.reward[n] = outcome.reward;
      rows.outcome.end[n] = static_cast<std::uint8_t>(outcome.end);
      if (outcome.end == EpisodeEnd::kNone) continue;
      worlds.push_back(static_cast<std::int32_t>(n));
      finals.insert(finals.end(), outcome.final_observation.begin(),
                    outcome.final_observation.end());
    }
    put(t + 1, rows.next);
    agent.Learn({.count = static_cast<int>(worlds.size()),
                 .world = worlds.data(),
                 .observation = finals.data(),
                 .episode = episodes.data(),
                 .length = lengths.data(),
                 .returns = returns.data()});
  }
  return actions;
}

namespace plain {

/// The learner of one rollout after the other. `memory` [N, S] is what worlds remember before it.
struct RecurrentLearner {
  double discount = 0.9, lambda = 0.8;
  Options options;
  Learner learner;
  std::vector<Vector> memory;

  /// [N, T] samples of the rollout, with inputs, and where episodes begin.
  using Sequence = std::vector<Sample>;

  Vector Outputs(const Vector& parameters, const Vector& input, Vector& state) const {
    return StepOutputs(learner.network, parameters, input, state);
  }

  /// Plays the rollout: values, log-probabilities, GAE. Leaves the memories after it in `after` and
  /// the values of slot T in `last_value` [N].
  std::vector<Sequence> Play(const RecurrentScript& script,
                             const std::vector<std::vector<std::int32_t>>& actions,
                             std::vector<Vector>& after, Vector& last_value) const {
    const auto wide = [](const std::vector<float>& x) { return Vector(x.begin(), x.end()); };
    std::vector<Sequence> sequences(kWorlds);
    after = memory;
    last_value.clear();
    for (std::size_t n = 0; n < kWorlds; ++n) {
      Vector& state = after[n];
      Sequence& samples = sequences[n];
      Vector final_value(kSlots);
      for (std::size_t t = 0; t < kSlots; ++t) {
        if (script.first[t][n]) std::ranges::fill(state, 0.0);
        Sample s;
        s.input = wide(script.observation[t][n]);
        s.mask.assign(kActions, 1);
        s.action = static_cast<std::size_t>(actions[t][n]);
        const Vector y = Outputs(learner.parameters, s.input, state);
        s.old_log_prob = LogPolicy(y, s.mask)[s.action];
        s.old_value = y.back();
        samples.push_back(s);
        Vector copy = state;
        const HandOutcome& outcome = script.outcome[t][n];
        if (outcome.end == EpisodeEnd::kTruncated) {
          final_value[t] =
              Outputs(learner.parameters, wide(outcome.final_observation), copy).back();
        }
      }
      Vector copy = state;
      if (script.first[kSlots][n]) std::ranges::fill(copy, 0.0);
      double next = Outputs(learner.parameters, wide(script.observation[kSlots][n]), copy).back();
      last_value.push_back(next);
      double trace = 0;
      for (std::size_t t = kSlots; t-- > 0;) {
        Sample& s = samples[t];
        if (script.outcome[t][n].end != EpisodeEnd::kNone) {
          next = final_value[t];
          trace = 0;
        }
        const double reward = static_cast<double>(script.outcome[t][n].reward);
        trace = reward + discount * next - s.old_value + discount * lambda * trace;
        s.advantage = trace;
        s.target = trace + s.old_value;
        next = s.old_value;
      }
    }
    return sequences;
  }

  /// Mean loss of the worlds' whole rollouts, memories computed anew from before slot 0.
  double Loss(const Vector& parameters, const std::vector<Sequence>& sequences,
              const std::vector<std::size_t>& worlds, const RecurrentScript& script) const {
    double sum = 0;
    for (const std::size_t n : worlds) {
      Vector state = memory[n];
      for (std::size_t t = 0; t < kSlots; ++t) {
        if (script.first[t][n]) std::ranges::fill(state, 0.0);
        const Sample& s = sequences[n][t];
        sum += RowLoss(options.loss, s, Outputs(parameters, s.input, state));
      }
    }
    return sum / static_cast<double>(worlds.size() * kSlots);
  }

  void Normalize(std::vector<Sequence>& sequences, const std::vector<std::size_t>& worlds) const {
    double mean = 0, variance = 0;
    const double count = static_cast<double>(worlds.size() * kSlots);
    for (const std::size_t n : worlds) {
      for (const Sample& s : sequences[n]) mean += s.advantage / count;
    }
    for (const std::size_t n : worlds) {
      for (const Sample& s : sequences[n]) {
        variance += (s.advantage - mean) * (s.advantage - mean) / (count - 1);
      }
    }
    for (const std::size_t n : worlds) {
      for (Sample& s : sequences[n])
        s.advantage = (s.advantage - mean) / (std::sqrt(variance) + 1e-8);
    }
  }

  void Update(const RecurrentScript& script, const std::vector<std::vector<std::int32_t>>& actions,
              Rng& shuffle) {
    std::vector<Vector> after;
    Vector last_value;
    const std::vector<Sequence> sequences = Play(script, actions, after, last_value);
    const auto minibatches = static_cast<std::size_t>(options.minibatches);
    for (int epoch = 0; epoch < options.epochs; ++epoch) {
      std::vector<std::size_t> order(kWorlds);
      std::iota(order.begin(), order.end(), std::size_t{0});
      for (std::size_t i = kWorlds - 1; i > 0; --i) {
        std::swap(order[i], order[shuffle.Below(static_cast<std::uint32_t>(i + 1))]);
      }
      for (std::size_t k = 0; k < minibatches; ++k) {
        const std::vector<std::size_t> worlds(
            order.begin() + static_cast<std::ptrdiff_t>(k * kWorlds / minibatches),
            order.begin() + static_cast<std::ptrdiff_t>((k + 1) * kWorlds / minibatches));
        std::vector<Sequence> batch = sequences;
        Normalize(batch, worlds);
        Vector gradient = Gradient([&](const Vector& p) { return Loss(p, batch, worlds, script); },
                                   learner.parameters);
        double squares = 0;
        for (const double g : gradient) squares += g * g;
        const double scale = std::min(1.0, options.max_grad_norm / (std::sqrt(squares) + 1e-6));
        for (double& g : gradient) g *= scale;
        learner.Adam(gradient, options.learning_rate);
      }
    }
    memory = after;
  }
};

}  // namespace plain
}  // namespace brasa

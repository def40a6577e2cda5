// A learner and its worlds, stepped by the loop of brasa/agent.h, and what the seats decided, kept
// by rules written out here: what plain versions of the learners are worked from.
#pragma once

#include <algorithm>
#include <cmath>
#include <functional>
#include <memory>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "agents/deep/policy_model.h"
#include "agents/memory/rollout.h"
#include "brasa/vector_env.h"
#include "tests/ppo/plain_ppo.h"
#include "tests/support/rows.h"
#include "tests/support/step_counter.h"
#include "tests/support/train_loop.h"
#include "tests/three_seat/three_seat_game.h"

namespace brasa {

using support::Settings;

inline Settings With(Settings settings, const Settings& more) {
  settings.insert(settings.end(), more.begin(), more.end());
  return settings;
}

/// A decision of a seat and what it led to.
struct Decision {
  plain::Sample sample;  ///< input, mask and action; the rest is the learner's
  int world = 0, slot = 0;
  int end_slot = -1;  ///< of the ply that ended the episode
  double reward = 0;  ///< the seat's, until its next decision or the end
  EpisodeEnd end = EpisodeEnd::kNone;
  plain::Vector final_input;  ///< where the episode ended
  int next = -1;              ///< index of the seat's next decision, if there is one
};

/// Float observations that are the network's inputs. Acts, records, learns.
class Played {
 public:
  Played(const EnvRow& row, const std::string& agent_name, const Settings& settings, int worlds,
         std::uint64_t seed, std::int64_t total_steps = 0, const Settings& params = {},
         int workers = 1)
      : env([&] {
          Params values = DefaultParams(row);
          for (const auto& [name, value] : params) values.Set(name, value);
          return MakeVectorEnv(row, values, {worlds, workers, {seed, StreamRole::kEnv, 0}});
        }()),
        agent([&] {
          const AgentRow& agent_row = support::FindRow(BuiltinAgents(), agent_name);
          Config config(agent_row.fields);
          for (const auto& [name, value] : settings) config.Set(name, value);
          return agent_row.make({env->spec(), config, worlds, seed, total_steps});
        }()),
        ids_(static_cast<std::size_t>(worlds)),
        open_(static_cast<std::size_t>(worlds * env->spec().players), -1) {
    std::iota(ids_.begin(), ids_.end(), 0);
    env->Reset(agent->FirstRows());
  }

  /// The actor decides and the worlds step; Learn is still to be called with env->last().
  StepRows Act() {
    const StepRows rows = agent->NextRows();
    agent->actor().Act({.count = env->worlds(),
                        .world = ids_.data(),
                        .player = rows.now.player,
                        .observation = rows.now.observation,
                        .mask = rows.now.mask,
                        .start = rows.now.start},
                       rows.actions);
    env->Step(rows.actions, rows.outcome, rows.next);
    return rows;
  }
  void Step() {
    const StepRows rows = Act();
    Record(rows);
    agent->Learn(env->last());
  }
  void Train(int steps) {
    for (int i = 0; i < steps; ++i) Step();
  }
  /// The same without the record.
  void Run(int steps) {
    for (int i = 0; i < steps; ++i) {
      Act();
      agent->Learn(env->last());
    }
  }
  std::string Saved() const {
    StateWriter writer;
    env->Save(writer);
    agent->Save(writer);
    return writer.bytes();
  }
  void Load(const std::string& bytes) {
    StateReader reader(bytes, "checkpoint");
    env->Load(reader);
    agent->Load(reader);
    if (!reader.AtEnd()) throw FileError("checkpoint: something is left");
  }
  template <typename T>
  T& As() {
    return dynamic_cast<T&>(*agent);
  }

  std::unique_ptr<VectorEnv> env;
  std::unique_ptr<Agent> agent;
  std::vector<Decision> decisions;  ///< slot by slot, in a slot by world
  int slot = 0;

 private:
  static plain::Vector Seen(const void* observations, int row, int size) {
    const auto* at = static_cast<const float*>(observations) + std::ptrdiff_t{row} * size;
    return {at, at + size};
  }

  void Record(const StepRows& rows) {
    const EnvSpec& spec = env->spec();
    const int players = spec.players, size = spec.observation.size();
    const LastRows& last = env->last();
    int ended = 0;
    for (int w = 0; w < env->worlds(); ++w) {
      Decision made;
      made.world = w;
      made.slot = slot;
      made.sample.input = Seen(rows.now.observation, w, size);
      if (spec.action.kind == ActionKind::kBox) {
        made.sample.box = Seen(rows.actions, w, spec.action.size());
      } else {
        made.sample.action = static_cast<std::size_t>(static_cast<std::int32_t*>(rows.actions)[w]);
        made.sample.mask.assign(static_cast<std::size_t>(spec.action.count), 1);
        if (rows.now.mask != nullptr) {
          const std::uint8_t* const mask = rows.now.mask + w * spec.action.count;
          made.sample.mask.assign(mask, mask + spec.action.count);
        }
      }
      int& before = open_[static_cast<std::size_t>(w * players + rows.now.player[w])];
      const int index = static_cast<int>(decisions.size());
      if (before >= 0) decisions[static_cast<std::size_t>(before)].next = index;
      before = index;
      decisions.push_back(made);
      const auto end = static_cast<EpisodeEnd>(rows.outcome.end[w]);
      for (int p = 0; p < players; ++p) {
        int& open = open_[static_cast<std::size_t>(w * players + p)];
        if (open < 0) continue;
        Decision& decision = decisions[static_cast<std::size_t>(open)];
        decision.reward += static_cast<double>(rows.outcome.reward[w * players + p]);
        if (end == EpisodeEnd::kNone) continue;
        decision.end = end;
        decision.end_slot = slot;
        decision.final_input = Seen(last.observation, ended * players + p, size);
        open = -1;
      }
      ended += end != EpisodeEnd::kNone;
    }
    ++slot;
  }

  std::vector<std::int32_t> ids_;
  std::vector<int> open_;  ///< [N, P] index of the seat's last decision of the episode, or -1
};

inline std::vector<float> ParametersOf(const Network& network) {
  std::vector<float> values(static_cast<std::size_t>(network.parameter_count()));
  network.GetParameters(values);
  return values;
}
inline plain::Vector Wide(const std::vector<float>& values) {
  return {values.begin(), values.end()};
}
/// Network parameters, then the free ones, as plain_ppo.h wants them.
inline plain::Vector ParametersOf(PolicyModel& model) {
  plain::Vector all = Wide(ParametersOf(model.network()));
  all.insert(all.end(), model.free().values().begin(), model.free().values().end());
  return all;
}
/// All parameters 0 but the last head's biases.
inline void SayEverywhere(Network& network, float value) {
  std::vector<float> parameters(static_cast<std::size_t>(network.parameter_count()), 0.0f);
  const NetworkLayer head = LayersOf(network.spec()).back();
  for (auto i = head.bias_offset(); i < head.end(); ++i) {
    parameters[static_cast<std::size_t>(i)] = value;
  }
  network.SetParameters(parameters);
}

/// -weight log pi(a) - entropy_coef H + value_coef 1/2 (V - target)^2, the mean over samples.
struct PolicyGradientSample {
  plain::Sample sample;
  double weight = 0, target = 0;
};
inline double PolicyGradientLossOf(const NetworkSpec& network, const plain::Vector& parameters,
                                   const std::vector<PolicyGradientSample>& samples,
                                   double entropy_coef, double value_coef) {
  double sum = 0;
  for (const PolicyGradientSample& s : samples) {
    const plain::Vector y = plain::Outputs(network, parameters, s.sample.input);
    const plain::Policy policy = plain::PolicyOf(s.sample, y);
    const double error = y[plain::ValueColumn(s.sample)] - s.target;
    sum +=
        -s.weight * policy.log_p - entropy_coef * policy.entropy + value_coef * 0.5 * error * error;
  }
  return sum / static_cast<double>(samples.size());
}
/// The gradient, clipped to `max_norm`.
inline plain::Vector ClippedGradient(const std::function<double(const plain::Vector&)>& loss,
                                     const plain::Vector& parameters, double max_norm) {
  plain::Vector gradient = plain::Gradient(loss, parameters);
  double squares = 0;
  for (const double g : gradient) squares += g * g;
  const double scale = std::min(1.0, max_norm / (std::sqrt(squares) + 1e-6));
  for (double& g : gradient) g *= scale;
  return gradient;
}

}  // namespace brasa

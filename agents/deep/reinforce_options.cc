#include <algorithm>
#include <utility>
#include <vector>

#include "agents/deep/policy_options.h"
#include "agents/deep/reinforce.h"

namespace brasa {

std::vector<Field> ReinforceFields() {
  std::vector<Field> fields = {
      FloatField("learning_rate", 1e-3, 0, 1, "Adam's step size (epsilon 1e-5)"),
      BoolField("anneal_lr", false, "lower the learning rate linearly to 0 over the run"),
      FloatField("discount", 0.99, 0, 1, "gamma, per decision"),
      IntField("episodes", 8, 1, 1 << 20, "episodes of all worlds that end before each update"),
      IntField("longest_episode", 1000, 1, 1 << 20,
               "steps after which an episode is cut and bootstrapped; bounds the memory"),
      BoolField("baseline", true, "subtract the learnt value from the returns"),
      BoolField("normalize_advantage", true, "to mean 0 and deviation 1 in each update"),
      FloatField("entropy_coef", 0, 0, 100, "weight of the entropy bonus"),
      FloatField("value_coef", 0.5, 0, 100, "weight of the baseline's loss 1/2 (b - G)^2"),
      FloatField("max_grad_norm", 0.5, 0, 1e9, "clip the gradient's norm to this; 0 = never"),
  };
  for (Field& field : PolicyFields()) fields.push_back(std::move(field));
  return fields;
}

void CheckReinforce(const EnvSpec& spec, const Config& config) {
  ReinforceOptions::From(spec, config);
}

ReinforceOptions ReinforceOptions::From(const EnvSpec& spec, const Config& config) {
  const auto real = [&](const char* name) { return static_cast<float>(config.GetFloat(name)); };
  ReinforceOptions options;
  options.learning_rate = config.GetFloat("learning_rate");
  options.max_grad_norm = config.GetFloat("max_grad_norm");
  options.discount = real("discount");
  options.episodes = static_cast<int>(config.GetInt("episodes"));
  options.longest_episode = static_cast<int>(config.GetInt("longest_episode"));
  if (spec.max_episode_steps > 0) {  // the memory need not be longer than what can come
    options.longest_episode = std::min(options.longest_episode, spec.max_episode_steps);
  }
  options.anneal_lr = config.GetBool("anneal_lr");
  options.baseline = config.GetBool("baseline");
  options.normalize_advantage = config.GetBool("normalize_advantage");
  options.loss = {.entropy_coef = real("entropy_coef"), .value_coef = real("value_coef")};
  options.policy = PolicyOptionsFrom("reinforce", spec, config);
  options.policy.optimizer = {.epsilon = 1e-5};
  options.reward = RewardOptionsFrom(config, options.discount);
  return options;
}

std::int64_t ReinforceBytes(const AgentSetup& setup) {
  const ReinforceOptions options = ReinforceOptions::From(setup.spec, setup.config);
  const EnvSpec& spec = setup.spec;
  const NetworkSpec& network = options.policy.network;
  const std::int64_t rows = std::int64_t{options.Slots()} * setup.worlds;
  const std::int64_t states = rows + setup.worlds;
  const std::int64_t memory =
      LinkedRolloutBytes(spec, setup.worlds, options.Slots(), options.policy.input.frames);
  const std::int64_t actions = spec.action.kind == ActionKind::kDiscrete ? spec.action.count : 0;
  // The largest update learns from every row.
  const std::int64_t batch =
      rows * (4 * (network.inputs + 2 * network.outputs()) + actions + spec.action.bytes() + 28);
  const std::int64_t observed = options.policy.input.normalize ? 4 * rows * network.inputs : 0;
  // A checkpoint holds the memory once more, in a buffer that doubles as it grows.
  return 3 * memory + 4 * states + observed + batch + NetworkBytes(network, rows);
}

}  // namespace brasa

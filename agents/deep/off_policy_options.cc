#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "agents/deep/off_policy.h"
#include "agents/deep/policy_options.h"
#include "brasa/core/error.h"

namespace brasa {

std::vector<Field> OffPolicyFields() {
  return {
      FloatField("learning_rate", 3e-4, 0, 1, "Adam's step size of the policy"),
      FloatField("critic_learning_rate", 3e-4, 0, 1, "Adam's step size of the critics"),
      BoolField("anneal_lr", false, "lower both learning rates linearly to 0 over the run"),
      FloatField("adam_epsilon", 1e-8, 0, 1, "added to the root in Adam's step"),
      FloatField("discount", 0.99, 0, 1, "gamma, per decision"),
      FloatField("tau", 0.005, 0, 1, "share by which targets follow their networks"),
      IntField("replay_capacity", 1000000, 1, 1e9, "decisions that the replay holds"),
      IntField("learning_starts", 25000, 0, 1e12,
               "steps before the first update, played with uniformly random actions"),
      IntField("batch", 256, 1, 1 << 20, "samples per update"),
      IntField("train_frequency", 1, 1, 1e9, "steps of all worlds from one training to the next"),
      IntField("gradient_steps", 1, 1, 1 << 20, "updates of one training"),
      FloatField("noise_correlation", 0, 0, 0.9999,
                 "of the exploring noise from one decision to the next; 0 = white, near 1 = "
                 "long pushes to one side (Ornstein and Uhlenbeck's theta = 1 - this)"),
      IntListField("hidden", {256, 256}, 1, 4096, "units of the hidden layers"),
      ChoiceField("activation", "relu", {"tanh", "relu"}, "of the hidden layers"),
      ChoiceField("network.backend", "native", NetworkBackends(), "what computes the networks"),
      NetworkDeviceField(),
  };
}

void CheckContinuous(const std::string& agent, const EnvSpec& spec) {
  const ActionSpec& action = spec.action;
  if (action.kind != ActionKind::kBox) {
    const std::string kind = action.kind == ActionKind::kDiscrete ? "discrete" : "multi-discrete";
    throw ConfigError(agent + " plays environments with box actions; '" + spec.id + "' has " +
                      kind + " actions");
  }
  for (std::size_t k = 0; k < action.low.size(); ++k) {
    if (std::isfinite(action.low[k]) && std::isfinite(action.high[k]) &&
        action.low[k] < action.high[k]) {
      continue;
    }
    throw ConfigError(agent + " scales actions to their bounds, which must be finite and apart; " +
                      "component " + std::to_string(k) + " of '" + spec.id + "' has [" +
                      ValueText(static_cast<double>(action.low[k])) + ", " +
                      ValueText(static_cast<double>(action.high[k])) + "]");
  }
}

OffPolicyOptions OffPolicyOptions::From(const std::string& agent, const EnvSpec& spec,
                                        const Config& config) {
  CheckContinuous(agent, spec);
  const auto whole = [&](const char* name) { return static_cast<int>(config.GetInt(name)); };
  OffPolicyOptions options;
  options.agent = agent;
  options.learning_rate = config.GetFloat("learning_rate");
  options.critic_learning_rate = config.GetFloat("critic_learning_rate");
  options.discount = config.GetFloat("discount");
  options.tau = config.GetFloat("tau");
  options.anneal_lr = config.GetBool("anneal_lr");
  options.capacity = config.GetInt("replay_capacity");
  options.learning_starts = config.GetInt("learning_starts");
  options.train_frequency = config.GetInt("train_frequency");
  options.batch = whole("batch");
  options.gradient_steps = whole("gradient_steps");
  options.noise_correlation = config.GetFloat("noise_correlation");
  options.adam.epsilon = config.GetFloat("adam_epsilon");
  options.backend = config.GetText("network.backend");
  for (const std::int64_t units : config.GetIntList("hidden")) {
    options.network.hidden.push_back(static_cast<int>(units));
  }
  options.network.activation =
      config.GetText("activation") == "tanh" ? Activation::kTanh : Activation::kRelu;
  options.network.device = NetworkDeviceOf(config);
  return options;
}

NetworkSpec OffPolicyOptions::PolicySpec(const EnvSpec& spec) const {
  NetworkSpec policy = network;
  policy.inputs = ObservationEncoder(spec.observation).inputs();
  policy.shared_trunk = true;
  // The first actions lie near the middle of the box, with a deviation near 1.
  policy.heads = {{"mean", spec.action.size(), 0.01}};
  if (gaussian) policy.heads.push_back({"log_std", spec.action.size(), 0.01});
  return policy;
}

std::int64_t OffPolicyBytes(const AgentSetup& setup, const OffPolicyOptions& options,
                            int policies) {
  const std::int64_t replay = Replay::Bytes(setup.spec, setup.worlds, options.capacity);
  const NetworkSpec policy = options.PolicySpec(setup.spec);
  const std::int64_t states = policy.inputs, actions = setup.spec.action.size();
  NetworkSpec critic = options.network;
  critic.inputs = static_cast<int>(states + actions);
  critic.heads = {{"q", 1, 1.0}};
  critic.shared_trunk = true;
  const std::int64_t rows = std::max(options.batch, setup.worlds);
  const std::int64_t networks =
      policies * NetworkBytes(policy, rows) + 2 * options.critics * NetworkBytes(critic, rows);
  // Encoded states twice, critic inputs and their gradient, actions with noise and gradient.
  const std::int64_t batch = rows * (4 * (4 * states + 12 * actions + 4) + 16 * actions + 64);
  // A checkpoint holds the replay once more, in a buffer that doubles as it grows.
  return 3 * replay + networks + batch;
}

}  // namespace brasa

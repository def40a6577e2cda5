#include <utility>
#include <vector>

#include "agents/deep/policy_options.h"
#include "agents/deep/ppo.h"

namespace brasa {

std::vector<Field> PpoFields() {
  std::vector<Field> fields = {
      FloatField("learning_rate", 2.5e-4, 0, 1, "Adam's step size (epsilon 1e-5)"),
      BoolField("anneal_lr", true, "lower the learning rate linearly to 0 over the run's updates"),
      FloatField("discount", 0.99, 0, 1, "gamma, per decision"),
      FloatField("gae_lambda", 0.95, 0, 1, "lambda of generalised advantage estimation"),
      IntField("horizon", 128, 1, 1 << 20, "T, steps of each world per rollout"),
      IntField("minibatches", 4, 1, 1 << 20, "minibatches per epoch"),
      IntField("epochs", 4, 1, 1000, "passes over a rollout"),
      FloatField("clip", 0.2, 0, 10, "epsilon of the clipped surrogate and of the clipped value"),
      BoolField("anneal_clip", false, "lower clip linearly to 0 over the run's updates"),
      BoolField("clip_value_loss", true, "clip the change of the value as the policy's"),
      BoolField("normalize_advantage", true, "to mean 0 and deviation 1 in each minibatch"),
      FloatField("entropy_coef", 0.01, 0, 100, "weight of the entropy bonus"),
      FloatField("value_coef", 0.5, 0, 100, "weight of the value loss"),
      FloatField("max_grad_norm", 0.5, 0, 1e9, "clip the gradient's norm to this; 0 = never"),
      FloatField("target_kl", 0, 0, 100,
                 "start no further epoch once approx_kl exceeds this; 0 = never stop"),
  };
  for (Field& field : PolicyFields()) fields.push_back(std::move(field));
  fields.push_back(LstmField());
  return fields;
}

void CheckPpo(const EnvSpec& spec, const Config& config) { PpoOptions::From(spec, config); }

PpoOptions PpoOptions::From(const EnvSpec& spec, const Config& config) {
  const auto whole = [&](const char* name) { return static_cast<int>(config.GetInt(name)); };
  const auto real = [&](const char* name) { return static_cast<float>(config.GetFloat(name)); };
  PpoOptions options;
  options.learning_rate = config.GetFloat("learning_rate");
  options.max_grad_norm = config.GetFloat("max_grad_norm");
  options.target_kl = config.GetFloat("target_kl");
  options.discount = real("discount");
  options.gae_lambda = real("gae_lambda");
  options.horizon = whole("horizon");
  options.minibatches = whole("minibatches");
  options.epochs = whole("epochs");
  options.anneal_clip = config.GetBool("anneal_clip");
  options.anneal_lr = config.GetBool("anneal_lr");
  options.normalize_advantage = config.GetBool("normalize_advantage");
  options.loss = {.clip = real("clip"),
                  .entropy_coef = real("entropy_coef"),
                  .value_coef = real("value_coef"),
                  .clip_value_loss = config.GetBool("clip_value_loss")};
  options.policy = PolicyOptionsFrom("ppo", spec, config);
  SetLstm("ppo", spec, config, options.policy);
  options.policy.optimizer = {.epsilon = 1e-5};
  options.reward = RewardOptionsFrom(config, options.discount);
  return options;
}

std::int64_t PpoBytes(const AgentSetup& setup) {
  return OnPolicyBytes(setup, PpoOptions::From(setup.spec, setup.config));
}

std::int64_t OnPolicyBytes(const AgentSetup& setup, const PpoOptions& options) {
  const EnvSpec& spec = setup.spec;
  const NetworkSpec& network = options.policy.network;
  const std::int64_t worlds = setup.worlds;
  const bool masked = spec.action.kind == ActionKind::kDiscrete;
  const std::int64_t actions = masked ? spec.action.count : 0, sent = spec.action.bytes();
  const std::int64_t rows = worlds * options.horizon, states = rows + worlds;
  const std::int64_t rollout =
      LinkedRolloutBytes(spec, setup.worlds, options.horizon, options.policy.input.frames);
  // Advantages and targets [R], samples with value and target [T, N].
  const std::int64_t advantages = states * 8 + rows * 12;
  const std::int64_t observed = options.policy.input.normalize ? 4 * rows * network.inputs : 0;
  const std::int64_t block = (rows + options.minibatches - 1) / options.minibatches;
  const std::int64_t minibatch =
      block * (4 * (network.inputs + 2 * network.outputs()) + actions + sent + 24);
  // Memories before the rollout, now and of a minibatch, of two trunks.
  const std::int64_t memories = 3 * worlds * 4 * 4 * network.lstm;
  // A checkpoint holds the rollout once more, in a buffer that doubles as it grows.
  return 3 * rollout + advantages + observed + minibatch + memories + NetworkBytes(network, block);
}

}  // namespace brasa

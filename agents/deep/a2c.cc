#include "agents/deep/a2c.h"

#include <limits>
#include <utility>

#include "agents/deep/policy_options.h"

namespace brasa {

std::vector<Field> A2cFields() {
  std::vector<Field> fields = {
      FloatField("learning_rate", 7e-4, 0, 1, "step size"),
      BoolField("anneal_lr", false, "lower the learning rate linearly to 0 over the run's updates"),
      FloatField("discount", 0.99, 0, 1, "gamma, per decision"),
      FloatField("gae_lambda", 1, 0, 1, "lambda of the advantages; 1 = n-step returns"),
      IntField("horizon", 5, 1, 1 << 20, "T, steps of each world per update"),
      BoolField("normalize_advantage", false, "to mean 0 and deviation 1 in each update"),
      FloatField("entropy_coef", 0, 0, 100, "weight of the entropy bonus"),
      FloatField("value_coef", 1, 0, 100, "weight of the value loss 1/2 (V - target)^2"),
      FloatField("max_grad_norm", 0.5, 0, 1e9, "clip the gradient's norm to this; 0 = never"),
  };
  for (Field& field : OptimizerFields()) fields.push_back(std::move(field));
  for (Field& field : PolicyFields()) fields.push_back(std::move(field));
  fields.push_back(LstmField());
  return fields;
}

PpoOptions A2cOptions(const EnvSpec& spec, const Config& config) {
  const auto real = [&](const char* name) { return static_cast<float>(config.GetFloat(name)); };
  PpoOptions options;
  options.agent = "a2c";
  options.learning_rate = config.GetFloat("learning_rate");
  options.max_grad_norm = config.GetFloat("max_grad_norm");
  options.discount = real("discount");
  options.gae_lambda = real("gae_lambda");
  options.horizon = static_cast<int>(config.GetInt("horizon"));
  options.minibatches = 1;
  options.epochs = 1;
  options.anneal_lr = config.GetBool("anneal_lr");
  options.normalize_advantage = config.GetBool("normalize_advantage");
  options.loss = {.clip = std::numeric_limits<float>::max(),
                  .entropy_coef = real("entropy_coef"),
                  .value_coef = real("value_coef"),
                  .clip_value_loss = false};
  options.policy = PolicyOptionsFrom("a2c", spec, config);
  options.policy.optimizer = OptimizerFrom(config);
  SetLstm("a2c", spec, config, options.policy);
  options.reward = RewardOptionsFrom(config, options.discount);
  return options;
}

void CheckA2c(const EnvSpec& spec, const Config& config) { A2cOptions(spec, config); }

std::int64_t A2cBytes(const AgentSetup& setup) {
  return OnPolicyBytes(setup, A2cOptions(setup.spec, setup.config));
}

std::unique_ptr<Agent> MakeA2c(const AgentSetup& setup) {
  return std::make_unique<Ppo>(setup, A2cOptions(setup.spec, setup.config));
}

}  // namespace brasa

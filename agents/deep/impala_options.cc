#include <utility>
#include <vector>

#include "agents/deep/impala.h"
#include "agents/deep/policy_options.h"

namespace brasa {

std::vector<Field> ImpalaFields() {
  std::vector<Field> fields = {
      FloatField("learning_rate", 6e-4, 0, 1, "step size"),
      BoolField("anneal_lr", true, "lower the learning rate linearly to 0 over the run's updates"),
      FloatField("discount", 0.99, 0, 1, "gamma, per decision"),
      IntField("unroll", 20, 1, 1 << 20, "T, steps of each world per update"),
      FloatField("vtrace_lambda", 1, 0, 1, "lambda of the traces"),
      FloatField("rho_clip", 1, 0, 1e9, "most importance weight of a temporal difference"),
      FloatField("c_clip", 1, 0, 1e9, "most importance weight of a trace"),
      FloatField("entropy_coef", 0.01, 0, 100, "weight of the entropy bonus"),
      FloatField("value_coef", 0.5, 0, 100, "weight of the value loss 1/2 (V - v)^2"),
      FloatField("max_grad_norm", 0.5, 0, 1e9, "clip the gradient's norm to this; 0 = never"),
      BoolField("background", true, "learn on a thread beside the play; false gives equal results"),
  };
  for (Field& field : OptimizerFields()) fields.push_back(std::move(field));
  for (Field& field : PolicyFields()) fields.push_back(std::move(field));
  return fields;
}

void CheckImpala(const EnvSpec& spec, const Config& config) { ImpalaOptions::From(spec, config); }

ImpalaOptions ImpalaOptions::From(const EnvSpec& spec, const Config& config) {
  const auto real = [&](const char* name) { return static_cast<float>(config.GetFloat(name)); };
  ImpalaOptions options;
  options.learning_rate = config.GetFloat("learning_rate");
  options.max_grad_norm = config.GetFloat("max_grad_norm");
  options.unroll = static_cast<int>(config.GetInt("unroll"));
  options.anneal_lr = config.GetBool("anneal_lr");
  options.background = config.GetBool("background");
  options.vtrace = {.discount = real("discount"),
                    .lambda = real("vtrace_lambda"),
                    .rho_clip = real("rho_clip"),
                    .c_clip = real("c_clip")};
  options.loss = {.entropy_coef = real("entropy_coef"), .value_coef = real("value_coef")};
  options.policy = PolicyOptionsFrom("impala", spec, config);
  options.policy.optimizer = OptimizerFrom(config);
  options.reward = RewardOptionsFrom(config, options.vtrace.discount);
  return options;
}

std::int64_t ImpalaBytes(const AgentSetup& setup) {
  const ImpalaOptions options = ImpalaOptions::From(setup.spec, setup.config);
  const EnvSpec& spec = setup.spec;
  const NetworkSpec& network = options.policy.network;
  const std::int64_t rows = std::int64_t{options.unroll} * setup.worlds;
  const std::int64_t states = rows + setup.worlds;
  const std::int64_t rollout =
      LinkedRolloutBytes(spec, setup.worlds, options.unroll, options.policy.input.frames);
  const std::int64_t batch =
      4 * rows * (network.inputs + network.outputs() + 4) + states * (4 * network.outputs() + 20);
  const std::int64_t observed = options.policy.input.normalize ? 4 * rows * network.inputs : 0;
  // A checkpoint holds one rollout once more, in a buffer that doubles as it grows.
  return 4 * rollout + batch + observed + 2 * NetworkBytes(network, rows);
}

}  // namespace brasa

#include <algorithm>
#include <string>
#include <vector>

#include "agents/deep/ppo.h"
#include "brasa/core/error.h"

namespace brasa {

std::vector<Field> PpoFields() {
  return {
      FloatField("learning_rate", 2.5e-4, 0, 1, "Adam's step size (epsilon 1e-5)"),
      BoolField("anneal_lr", true, "lower the learning rate linearly to 0 over the run's updates"),
      FloatField("discount", 0.99, 0, 1, "gamma, per decision"),
      FloatField("gae_lambda", 0.95, 0, 1, "lambda of generalised advantage estimation"),
      IntField("horizon", 128, 1, 1 << 20, "T, steps of each world per rollout"),
      IntField("minibatches", 4, 1, 1 << 20, "minibatches per epoch"),
      IntField("epochs", 4, 1, 1000, "passes over a rollout"),
      FloatField("clip", 0.2, 0, 10, "epsilon of the clipped surrogate and of the clipped value"),
      BoolField("clip_value_loss", true, "clip the change of the value as the policy's"),
      BoolField("normalize_advantage", true, "to mean 0 and deviation 1 in each minibatch"),
      FloatField("entropy_coef", 0.01, 0, 100, "weight of the entropy bonus"),
      FloatField("value_coef", 0.5, 0, 100, "weight of the value loss"),
      FloatField("max_grad_norm", 0.5, 0, 1e9, "clip the gradient's norm to this; 0 = never"),
      FloatField("target_kl", 0, 0, 100,
                 "start no further epoch once approx_kl exceeds this; 0 = never stop"),
      IntListField("hidden", {64, 64}, 1, 4096, "units of the hidden layers"),
      ChoiceField("activation", "tanh", {"tanh", "relu"}, "of the hidden layers"),
      BoolField("shared_trunk", false, "policy and value share their hidden layers"),
      ChoiceField("network.backend", "native", {"native", "torch"}, "what computes the network"),
  };
}

void CheckPpo(const EnvSpec& spec, const Config&) {
  if (spec.action.kind == ActionKind::kDiscrete) return;
  const std::string kind = spec.action.kind == ActionKind::kBox ? "box" : "multi-discrete";
  throw ConfigError("ppo plays environments with discrete actions; '" + spec.id + "' has " + kind +
                    " actions");
}

PpoOptions PpoOptions::From(const EnvSpec& spec, const Config& config) {
  CheckPpo(spec, config);
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
  options.anneal_lr = config.GetBool("anneal_lr");
  options.normalize_advantage = config.GetBool("normalize_advantage");
  options.loss = {.clip = real("clip"),
                  .entropy_coef = real("entropy_coef"),
                  .value_coef = real("value_coef"),
                  .clip_value_loss = config.GetBool("clip_value_loss")};
  options.backend = config.GetText("network.backend");
  NetworkSpec& network = options.network;
  network.inputs = ObservationEncoder(spec.observation).inputs();
  for (const std::int64_t units : config.GetIntList("hidden")) {
    network.hidden.push_back(static_cast<int>(units));
  }
  network.activation =
      config.GetText("activation") == "tanh" ? Activation::kTanh : Activation::kRelu;
  network.shared_trunk = config.GetBool("shared_trunk");
  // Huang et al. 2022, detail 2: a nearly uniform first policy, a value of unit scale.
  network.heads = {{"policy", spec.action.count, 0.01}, {"value", 1, 1.0}};
  return options;
}

std::int64_t PpoBytes(const AgentSetup& setup) {
  const PpoOptions options = PpoOptions::From(setup.spec, setup.config);
  const std::int64_t worlds = setup.worlds, players = setup.spec.players;
  const std::int64_t actions = setup.spec.action.count, seen = setup.spec.observation.bytes();
  const std::int64_t rows = worlds * options.horizon, states = rows + worlds;
  const std::int64_t rollout = states * (seen + actions + 9) + rows * (4 * players + 9);
  // Decisions [R] of 12 bytes, advantages and targets [R], samples with value and target [T, N].
  const std::int64_t advantages = states * 20 + rows * 12;
  const std::int64_t block = (rows + options.minibatches - 1) / options.minibatches;
  const std::int64_t minibatch =
      block * (4 * (options.network.inputs + 2 * actions) + actions + 28);
  // Of training: what each layer gives and, of heads, its gradient; two gradients as wide as the
  // widest layer. Rows are padded to vector tiles.
  const auto padded = [](std::int64_t units) { return (units + 15) / 16 * 16; };
  const std::vector<NetworkLayer> layers = LayersOf(options.network);
  std::int64_t widest = padded(options.network.inputs), units = widest;
  for (const NetworkLayer& layer : layers) {
    units += (layer.is_head ? 2 : 1) * padded(layer.outputs);
    widest = std::max(widest, padded(layer.outputs));
  }
  // Parameters, gradient and two moments, and the weights once more as the backward pass reads
  // them.
  const std::int64_t network = 4 * (5 * layers.back().end() + block * (units + 2 * widest));
  // A checkpoint holds the rollout once more, in a buffer that doubles as it grows.
  return 3 * rollout + advantages + minibatch + network;
}

}  // namespace brasa

#include <string>
#include <vector>

#include "agents/deep/policy_options.h"
#include "agents/deep/pqn.h"
#include "brasa/core/error.h"

namespace brasa {

std::vector<Field> PqnFields() {
  return {
      ChoiceField("optimizer", "radam", {"radam", "adam"}, "rectified or plain Adam (0.9, 0.999)"),
      FloatField("learning_rate", 2.5e-4, 0, 1, "step size"),
      BoolField("anneal_lr", true, "lower the learning rate linearly to 0 over the run"),
      FloatField("adam_epsilon", 1e-8, 0, 1, "added to the root in Adam's step"),
      FloatField("discount", 0.99, 0, 1, "gamma, per decision"),
      FloatField("lambda", 0.65, 0, 1, "of the returns; 0 = one step"),
      IntField("horizon", 32, 1, 1 << 20, "T, steps of each world per rollout"),
      IntField("minibatches", 4, 1, 1 << 20, "minibatches per epoch"),
      IntField("epochs", 2, 1, 1000, "passes over a rollout"),
      FloatField("epsilon_start", 1.0, 0, 1, "probability of a random action at the start"),
      FloatField("epsilon_end", 0.05, 0, 1, "the same after it has fallen"),
      FloatField("epsilon_fraction", 0.1, 0, 1, "share of the run over which epsilon falls"),
      FloatField("max_grad_norm", 10, 0, 1e9, "clip the gradient's norm to this; 0 = never"),
      IntListField("hidden", {128, 128}, 1, 4096, "units of the hidden layers"),
      ChoiceField("activation", "relu", {"tanh", "relu"}, "of the hidden layers"),
      BoolField("network.layer_norm", true, "normalise hidden layers before their activation"),
      ChoiceField("network.backend", "native", NetworkBackends(), "what computes the network"),
      NetworkDeviceField(),
  };
}

void CheckPqn(const EnvSpec& spec, const Config&) {
  if (spec.action.kind == ActionKind::kDiscrete) return;
  const std::string kind = spec.action.kind == ActionKind::kBox ? "box" : "multi-discrete";
  throw ConfigError("pqn plays environments with discrete actions; '" + spec.id + "' has " + kind +
                    " actions");
}

PqnOptions PqnOptions::From(const EnvSpec& spec, const Config& config) {
  CheckPqn(spec, config);
  const auto whole = [&](const char* name) { return static_cast<int>(config.GetInt(name)); };
  PqnOptions options;
  options.learning_rate = config.GetFloat("learning_rate");
  options.max_grad_norm = config.GetFloat("max_grad_norm");
  options.discount = static_cast<float>(config.GetFloat("discount"));
  options.lambda = static_cast<float>(config.GetFloat("lambda"));
  options.horizon = whole("horizon");
  options.minibatches = whole("minibatches");
  options.epochs = whole("epochs");
  options.anneal_lr = config.GetBool("anneal_lr");
  options.rectified = config.GetText("optimizer") == "radam";
  options.epsilon_start = config.GetFloat("epsilon_start");
  options.epsilon_end = config.GetFloat("epsilon_end");
  options.epsilon_fraction = config.GetFloat("epsilon_fraction");
  QNetworkOptions& network = options.network;
  network.actions = spec.action.count;
  network.backend = config.GetText("network.backend");
  network.adam.epsilon = config.GetFloat("adam_epsilon");
  network.network.inputs = ObservationEncoder(spec.observation).inputs();
  for (const std::int64_t units : config.GetIntList("hidden")) {
    network.network.hidden.push_back(static_cast<int>(units));
  }
  network.network.activation =
      config.GetText("activation") == "tanh" ? Activation::kTanh : Activation::kRelu;
  network.network.shared_trunk = true;
  network.network.layer_norm = config.GetBool("network.layer_norm");
  network.network.device = NetworkDeviceOf(config);
  return options;
}

std::int64_t PqnBytes(const AgentSetup& setup) {
  const PqnOptions options = PqnOptions::From(setup.spec, setup.config);
  NetworkSpec network = options.network.network;
  network.heads = options.network.Heads();
  const std::int64_t rows = std::int64_t{options.horizon} * setup.worlds;
  const std::int64_t states = rows + setup.worlds;
  const std::int64_t rollout = LinkedRolloutBytes(setup.spec, setup.worlds, options.horizon, 1);
  const std::int64_t work = 4 * states * (network.inputs + 2 * network.outputs() + 6);
  const std::int64_t block = (rows + options.minibatches - 1) / options.minibatches;
  // A checkpoint holds the rollout once more, in a buffer that doubles as it grows.
  return 3 * rollout + work + NetworkBytes(network, block);
}

}  // namespace brasa

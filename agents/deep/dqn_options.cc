#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "agents/deep/convolution_options.h"
#include "agents/deep/dqn.h"
#include "brasa/core/error.h"

namespace brasa {

std::vector<Field> DqnFields() {
  return {
      FloatField("learning_rate", 2.5e-4, 0, 1, "Adam's step size"),
      BoolField("anneal_lr", false, "lower the learning rate linearly to 0 over the run"),
      FloatField("adam_epsilon", 1e-8, 0, 1, "added to the root in Adam's step"),
      FloatField("discount", 0.99, 0, 1, "gamma, per decision"),
      IntField("replay_capacity", 10000, 1, 1e9, "decisions that the replay holds"),
      IntField("learning_starts", 10000, 0, 1e12,
               "steps before the first update, played with uniformly random actions"),
      IntField("batch", 128, 1, 1 << 20, "samples per update"),
      IntField("train_frequency", 10, 1, 1e9, "steps of all worlds from one training to the next"),
      IntField("gradient_steps", 1, 1, 1 << 20, "updates of one training"),
      IntField("target_interval", 500, 1, 1e12,
               "steps of all worlds from one copy into the target network to the next"),
      FloatField("epsilon_start", 1.0, 0, 1, "probability of a random action at the start"),
      FloatField("epsilon_end", 0.05, 0, 1, "the same after it has fallen"),
      FloatField("epsilon_fraction", 0.5, 0, 1, "share of the run over which epsilon falls"),
      ChoiceField("loss", "mse", {"mse", "huber"}, "of values (distribution = none)"),
      FloatField("max_grad_norm", 0, 0, 1e9, "clip the gradient's norm to this; 0 = never"),
      BoolField("double", false, "the online network chooses what the target network values"),
      BoolField("dueling", false, "values of state and advantages of actions in separate heads"),
      IntField("n_step", 1, 1, 1000, "rewards of a target before it bootstraps"),
      BoolField("prioritized", false, "draw samples in proportion to their last error"),
      FloatField("priority_alpha", 0.5, 0, 1, "exponent of the priorities; 0 = uniform"),
      FloatField("priority_beta", 0.4, 0, 1,
                 "exponent of the importance weights at the start; 1 at the end of the run"),
      ChoiceField("distribution", "none", {"none", "c51", "qr"},
                  "what is learnt of the return: its mean, 51 atoms or quantiles"),
      IntField("atoms", 51, 2, 1000, "atoms of c51"),
      FloatField("v_min", -10, -1e9, 1e9, "return of the lowest atom of c51"),
      FloatField("v_max", 10, -1e9, 1e9, "return of the highest atom of c51"),
      IntField("quantiles", 200, 1, 1000, "quantiles of qr"),
      BoolField("noisy", false, "factorised Gaussian noise on all weights; epsilon stays as set"),
      FloatField("noisy_sigma", 0.5, 0, 10, "sigma0, scale of the first noise"),
      BoolField("negamax", false,
                "learn from single plies with the sign of the mover; two-player zero-sum "
                "perfect-information games only"),
      IntListField("hidden", {120, 84}, 1, 4096, "units of the hidden layers"),
      ChoiceField("activation", "relu", {"tanh", "relu"}, "of the hidden layers"),
      BoolField("shared_trunk", true, "both streams of a dueling network share the hidden layers"),
      ConvolutionField(),
      BoolField("network.layer_norm", false, "normalise hidden layers before their activation"),
      ChoiceField("network.backend", "native", NetworkBackends(), "what computes the network"),
      NetworkDeviceField(),
  };
}

std::vector<Field> RainbowFields() {
  // Hessel et al. 2018, table 1; counts in steps, of which theirs are four frames each.
  Config config(DqnFields());
  const std::pair<const char*, const char*> kDefaults[] = {{"learning_rate", "6.25e-5"},
                                                           {"adam_epsilon", "1.5e-4"},
                                                           {"replay_capacity", "1000000"},
                                                           {"learning_starts", "20000"},
                                                           {"batch", "32"},
                                                           {"train_frequency", "4"},
                                                           {"target_interval", "8000"},
                                                           {"epsilon_start", "0"},
                                                           {"epsilon_end", "0"},
                                                           {"double", "true"},
                                                           {"dueling", "true"},
                                                           {"n_step", "3"},
                                                           {"prioritized", "true"},
                                                           {"distribution", "c51"},
                                                           {"noisy", "true"},
                                                           {"max_grad_norm", "10"}};
  for (const auto& [name, value] : kDefaults) config.SetDefault(name, value);
  return {config.fields().begin(), config.fields().end()};
}

void CheckDqn(const EnvSpec& spec, const Config& config) {
  if (spec.action.kind != ActionKind::kDiscrete) {
    const std::string kind = spec.action.kind == ActionKind::kBox ? "box" : "multi-discrete";
    throw ConfigError("deep Q-learning plays environments with discrete actions; '" + spec.id +
                      "' has " + kind + " actions");
  }
  if (config.GetBool("negamax") &&
      !(spec.players == 2 && spec.zero_sum && spec.perfect_information)) {
    throw ConfigError("negamax = 'true' does not fit environment '" + spec.id +
                      "': it is for two-player zero-sum perfect-information games only");
  }
  if (config.GetFloat("v_min") >= config.GetFloat("v_max")) {
    throw ConfigError("v_min = " + config.GetText("v_min") +
                      " must be less than v_max = " + config.GetText("v_max"));
  }
}

DqnOptions DqnOptions::From(const EnvSpec& spec, const Config& config) {
  CheckDqn(spec, config);
  const auto whole = [&](const char* name) { return static_cast<int>(config.GetInt(name)); };
  DqnOptions options;
  options.learning_rate = config.GetFloat("learning_rate");
  options.discount = config.GetFloat("discount");
  options.max_grad_norm = config.GetFloat("max_grad_norm");
  options.anneal_lr = config.GetBool("anneal_lr");
  options.huber = config.GetText("loss") == "huber";
  options.use_double = config.GetBool("double");
  options.prioritized = config.GetBool("prioritized");
  options.negamax = config.GetBool("negamax");
  options.capacity = config.GetInt("replay_capacity");
  options.learning_starts = config.GetInt("learning_starts");
  options.train_frequency = config.GetInt("train_frequency");
  options.target_interval = config.GetInt("target_interval");
  options.batch = whole("batch");
  options.gradient_steps = whole("gradient_steps");
  options.n_step = whole("n_step");
  options.epsilon_start = config.GetFloat("epsilon_start");
  options.epsilon_end = config.GetFloat("epsilon_end");
  options.epsilon_fraction = config.GetFloat("epsilon_fraction");
  options.priority_alpha = config.GetFloat("priority_alpha");
  options.priority_beta = config.GetFloat("priority_beta");
  QNetworkOptions& network = options.network;
  network.actions = spec.action.count;
  const std::string distribution = config.GetText("distribution");
  if (distribution == "c51") {
    network.distribution = QDistribution::kC51;
    network.atoms = whole("atoms");
    network.support = {static_cast<float>(config.GetFloat("v_min")),
                       static_cast<float>(config.GetFloat("v_max")), network.atoms};
  } else if (distribution == "qr") {
    network.distribution = QDistribution::kQuantiles;
    network.atoms = whole("quantiles");
  }
  network.dueling = config.GetBool("dueling");
  network.noisy = config.GetBool("noisy");
  network.noisy_sigma = config.GetFloat("noisy_sigma");
  network.backend = config.GetText("network.backend");
  network.adam.epsilon = config.GetFloat("adam_epsilon");
  network.network.inputs = ObservationEncoder(spec.observation).inputs();
  for (const std::int64_t units : config.GetIntList("hidden")) {
    network.network.hidden.push_back(static_cast<int>(units));
  }
  network.network.activation =
      config.GetText("activation") == "tanh" ? Activation::kTanh : Activation::kRelu;
  network.network.shared_trunk = config.GetBool("shared_trunk");
  network.network.device = NetworkDeviceOf(config);
  TakeConvolutions("deep Q-learning", spec, config, 1, network.network);
  network.network.layer_norm = config.GetBool("network.layer_norm");
  return options;
}

std::int64_t DqnBytes(const AgentSetup& setup) {
  const DqnOptions options = DqnOptions::From(setup.spec, setup.config);
  const std::int64_t replay = Replay::Bytes(setup.spec, setup.worlds, options.capacity);
  const std::int64_t leaves = options.capacity + 2 * std::int64_t{setup.worlds};
  const std::int64_t tree =
      options.prioritized ? SumTree::Bytes(static_cast<std::int32_t>(leaves)) : 0;
  NetworkSpec spec = options.network.network;
  spec.heads = options.network.Heads();
  const std::vector<NetworkLayer> layers = LayersOf(spec);
  std::int64_t units = spec.inputs;
  for (const NetworkLayer& layer : layers) units += 2 * (RowOutputs(layer) + 16);
  // Two networks: parameters, gradient, two moments and transposed weights; noise trebles them.
  const std::int64_t networks = 2 * 4 * 5 * layers.back().end() * (options.network.noisy ? 3 : 1);
  const std::int64_t batch =
      4 * std::int64_t{options.batch} * (3 * units + 3 * spec.outputs() + 16);
  // A checkpoint holds replay and priorities once more, in a buffer that doubles as it grows.
  return 3 * (replay + tree) + networks + batch;
}

}  // namespace brasa

#include "agents/deep/policy_options.h"

#include <algorithm>
#include <cmath>

#include "agents/deep/convolution_options.h"
#include "brasa/core/error.h"

namespace brasa {
namespace {

void CheckFits(const std::string& agent, const EnvSpec& spec, const Config& config) {
  const auto refuse = [&](const std::string& setting, const std::string& why) {
    throw ConfigError(agent + ": " + setting + " does not fit '" + spec.id + "': " + why);
  };
  if (config.GetBool("normalize_observation") && spec.observation.categorical()) {
    refuse("normalize_observation = true", "its observations are ids, which become one-hot inputs");
  }
  if (config.GetInt("frame_stack") > 1 && spec.players > 1) {
    refuse("frame_stack = " + config.GetText("frame_stack"),
           "it has " + std::to_string(spec.players) +
               " players, and a stack would mix what they see; give 1");
  }
  if (spec.action.kind != ActionKind::kBox || config.GetText("box_actions") == "raw") return;
  const auto infinite = [](float bound) { return !std::isfinite(bound); };
  if (std::ranges::any_of(spec.action.low, infinite) ||
      std::ranges::any_of(spec.action.high, infinite)) {
    refuse("box_actions = '" + config.GetText("box_actions") + "'",
           "a bound of its actions is infinite; give raw");
  }
}

}  // namespace

std::vector<Field> PolicyFields() {
  return {
      IntListField("hidden", {64, 64}, 1, 4096, "units of the hidden layers"),
      ChoiceField("activation", "tanh", {"tanh", "relu"}, "of the hidden layers"),
      BoolField("shared_trunk", false, "policy and value share their hidden layers"),
      ConvolutionField(),
      BoolField("network.layer_norm", false, "normalise hidden layers before their activation"),
      ChoiceField("network.backend", "native", NetworkBackends(), "what computes the network"),
      NetworkDeviceField(),
      ChoiceField(
          "box_actions", "raw", {"raw", "clip", "scale"},
          "sampled box actions are sent raw (the environment clips), clipped to the bounds, "
          "or scaled from [-1, 1] to the bounds"),
      FloatField("log_std_init", 0, -20, 2, "first log deviation of box actions"),
      BoolField("normalize_observation", false,
                "by the mean and deviation of all rollouts before the present one"),
      FloatField("observation_clip", 10, 0, 1e9, "of normalised observations; 0 = never"),
      IntField("frame_stack", 1, 1, 64, "last observations that the network sees at once"),
      BoolField("normalize_reward", false, "divide by the deviation of the discounted return"),
      FloatField("reward_scale", 1, 0, 1e9, "multiply rewards, after normalising"),
      FloatField("reward_clip", 0, 0, 1e9, "clip rewards to this, last; 0 = never"),
  };
}

PolicyOptions PolicyOptionsFrom(const std::string& agent, const EnvSpec& spec,
                                const Config& config) {
  CheckFits(agent, spec, config);
  PolicyOptions options;
  options.backend = config.GetText("network.backend");
  options.input = {.normalize = config.GetBool("normalize_observation"),
                   .clip = static_cast<float>(config.GetFloat("observation_clip")),
                   .frames = static_cast<int>(config.GetInt("frame_stack"))};
  const std::string box_actions = config.GetText("box_actions");
  options.box_actions = box_actions == "raw"    ? BoxActions::kRaw
                        : box_actions == "clip" ? BoxActions::kClip
                                                : BoxActions::kScale;
  options.initial_log_std = static_cast<float>(config.GetFloat("log_std_init"));
  NetworkSpec& network = options.network;
  network.inputs = InputEncoder(spec.observation, options.input).inputs();
  for (const std::int64_t units : config.GetIntList("hidden")) {
    network.hidden.push_back(static_cast<int>(units));
  }
  network.activation =
      config.GetText("activation") == "tanh" ? Activation::kTanh : Activation::kRelu;
  network.shared_trunk = config.GetBool("shared_trunk");
  network.device = NetworkDeviceOf(config);
  TakeConvolutions(agent, spec, config, options.input.frames, network);
  network.layer_norm = config.GetBool("network.layer_norm");
  // Huang et al. 2022, detail 2: a nearly uniform first policy, a value of unit scale.
  const int columns = MakeActionDistribution(spec.action, nullptr)->columns();
  network.heads = {{"policy", columns, 0.01}, {"value", 1, 1.0}};
  return options;
}

std::vector<Field> OptimizerFields() {
  return {
      ChoiceField("optimizer", "rmsprop", {"rmsprop", "adam"},
                  "rmsprop (decay 0.99) or adam (0.9, 0.999)"),
      FloatField("optimizer_epsilon", 1e-5, 1e-12, 1, "added to the root of the second moment"),
  };
}

AdamOptions OptimizerFrom(const Config& config) {
  AdamOptions options;
  options.epsilon = config.GetFloat("optimizer_epsilon");
  if (config.GetText("optimizer") == "rmsprop") {
    options.beta1 = 0;
    options.beta2 = 0.99;
    options.bias_correction = false;
  }
  return options;
}

Field LstmField() {
  return IntField("network.lstm", 0, 0, 4096,
                  "units of an LSTM between hidden layers and heads, which remembers the episode; "
                  "0 = none; needs network.backend = torch");
}

void SetLstm(const std::string& agent, const EnvSpec& spec, const Config& config,
             PolicyOptions& options) {
  options.network.lstm = static_cast<int>(config.GetInt("network.lstm"));
  if (options.network.lstm == 0) return;
  const std::string setting = agent + ": network.lstm = " + config.GetText("network.lstm");
  if (spec.players > 1) {
    throw ConfigError(setting + " does not fit '" + spec.id + "': it has " +
                      std::to_string(spec.players) +
                      " players, and one memory would mix what they see; give 0");
  }
  if (options.backend != "torch") {
    throw ConfigError(setting + " needs network.backend = torch; '" + options.backend +
                      "' has no memory");
  }
}

RewardOptions RewardOptionsFrom(const Config& config, float discount) {
  return {.normalize = config.GetBool("normalize_reward"),
          .discount = discount,
          .scale = static_cast<float>(config.GetFloat("reward_scale")),
          .clip = static_cast<float>(config.GetFloat("reward_clip"))};
}

std::int64_t NetworkBytes(const NetworkSpec& network, std::int64_t rows) {
  // Of training: what each layer gives (normalised ones twice) and, of heads, its gradient; of an
  // LSTM, gates before and after their functions, memories and the gradients of all; two gradients
  // as wide as the widest layer. Rows are padded to vector tiles.
  const auto padded = [](std::int64_t units) { return (units + 15) / 16 * 16; };
  const std::vector<NetworkLayer> layers = LayersOf(network);
  std::int64_t widest = padded(network.inputs), units = widest;
  for (const NetworkLayer& layer : layers) {
    const bool of_lstm = layer.lstm != LstmPart::kNone;
    const std::int64_t outputs = padded(RowOutputs(layer));
    units += (of_lstm ? 4 : layer.is_head || layer.is_convolution() ? 2 : 1) * outputs;
    if (layer.layer_norm) units += outputs + 1;
    widest = std::max(widest, outputs);
  }
  // Parameters, gradient and two moments, and the weights once more as the backward pass reads
  // them.
  return 4 * (5 * layers.back().end() + rows * (units + 2 * widest));
}

}  // namespace brasa

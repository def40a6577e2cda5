#include "agents/deep/td3.h"

#include <algorithm>
#include <cmath>
#include <span>

namespace brasa {
namespace {

std::vector<float> ParametersOf(const Network& network) {
  std::vector<float> parameters(static_cast<std::size_t>(network.parameter_count()));
  network.GetParameters(parameters);
  return parameters;
}

}  // namespace

std::vector<Field> DdpgFields() {
  std::vector<Field> fields = OffPolicyFields();
  fields.push_back(FloatField("exploration_noise", 0.1, 0, 10,
                              "deviation of the exploring noise, in half widths of the box"));
  return fields;
}

std::vector<Field> Td3Fields() {
  std::vector<Field> fields = DdpgFields();
  const std::vector<Field> more = {
      FloatField("target_noise", 0.2, 0, 10,
                 "deviation of the target policy's smoothing, in half widths of the box"),
      FloatField("target_noise_clip", 0.5, 0, 10, "that noise is clipped to +- this"),
      IntField("policy_delay", 2, 1, 1000, "updates of the critics for one of policy and targets"),
  };
  fields.insert(fields.end(), more.begin(), more.end());
  return fields;
}

void CheckTd3(const EnvSpec& spec, const Config& config) { Td3Options::Td3(spec, config); }
void CheckDdpg(const EnvSpec& spec, const Config& config) { Td3Options::Ddpg(spec, config); }

Td3Options Td3Options::Td3(const EnvSpec& spec, const Config& config) {
  Td3Options options;
  options.learner = OffPolicyOptions::From("td3", spec, config);
  options.learner.exploration_noise = config.GetFloat("exploration_noise");
  options.target_noise = config.GetFloat("target_noise");
  options.target_noise_clip = config.GetFloat("target_noise_clip");
  options.policy_delay = static_cast<int>(config.GetInt("policy_delay"));
  return options;
}

Td3Options Td3Options::Ddpg(const EnvSpec& spec, const Config& config) {
  Td3Options options;
  options.learner = OffPolicyOptions::From("ddpg", spec, config);
  options.learner.exploration_noise = config.GetFloat("exploration_noise");
  options.learner.critics = 1;
  return options;
}

std::int64_t Td3Bytes(const AgentSetup& setup) {
  return OffPolicyBytes(setup, Td3Options::Td3(setup.spec, setup.config).learner, 2);
}
std::int64_t DdpgBytes(const AgentSetup& setup) {
  return OffPolicyBytes(setup, Td3Options::Ddpg(setup.spec, setup.config).learner, 2);
}

std::unique_ptr<Agent> MakeTd3(const AgentSetup& setup) {
  return std::make_unique<Td3>(setup, Td3Options::Td3(setup.spec, setup.config));
}
std::unique_ptr<Agent> MakeDdpg(const AgentSetup& setup) {
  return std::make_unique<Td3>(setup, Td3Options::Ddpg(setup.spec, setup.config));
}

Td3::Td3(const AgentSetup& setup, const Td3Options& options)
    : OffPolicyLearner(setup, options.learner, {}),
      options_(options),
      outputs_(batch() * components()),
      u_(outputs_.size()),
      du_(outputs_.size()),
      value_(batch()) {
  Rng unused;
  target_policy_ =
      MakeNetwork(options.learner.backend, policy().spec(), options.learner.adam, unused);
  target_policy_->SetParameters(ParametersOf(policy()));
}

void Td3::ChooseSuccessors(const float* states, float* u, float* bonus) {
  target_policy_->Forward(states, static_cast<int>(batch()), outputs_.data());
  std::fill_n(bonus, batch(), 0.0f);
  const bool smooth = options_.target_noise > 0;
  if (smooth) Fill(noise(), successor_noise_);
  const double limit = options_.target_noise_clip;
  for (std::size_t i = 0; i < outputs_.size(); ++i) {
    u[i] = std::tanh(outputs_[i]);
    if (!smooth) continue;
    const double shift = std::clamp(options_.target_noise * successor_noise_[i], -limit, limit);
    u[i] = std::clamp(u[i] + static_cast<float>(shift), -1.0f, 1.0f);
  }
}

void Td3::LearnPolicy(const float* states) {
  if (update() % options_.policy_delay != 0) return;
  const int rows = static_cast<int>(batch());
  policy().ForwardTrain(states, rows, outputs_.data());
  for (std::size_t i = 0; i < u_.size(); ++i) u_[i] = std::tanh(outputs_[i]);
  critics().JoinActions(u_.data());
  critics().ValueGradient(1, value_.data(), du_.data());
  double value = 0;
  for (const float q : value_) value += static_cast<double>(q) / rows;
  for (std::size_t i = 0; i < u_.size(); ++i) du_[i] *= -(1.0f - u_[i] * u_[i]);
  StepPolicy(-value, du_.data());
  critics().FollowTargets(options_.learner.tau);
  target_policy_->MoveTowards(policy(), options_.learner.tau);
}

void Td3::SaveMore(StateWriter& writer) const {
  writer.WriteVector("policy.target", ParametersOf(*target_policy_));
}

void Td3::LoadMore(StateReader& reader) {
  std::vector<float> parameters(static_cast<std::size_t>(target_policy_->parameter_count()));
  reader.ReadSpan("policy.target", std::span<float>(parameters));
  target_policy_->SetParameters(parameters);
}

}  // namespace brasa

#include "agents/deep/sac.h"

#include <cmath>

namespace brasa {
namespace {

enum MetricIndex { kTemperature, kEntropy };

}  // namespace

std::vector<Field> SacFields() {
  std::vector<Field> fields = OffPolicyFields();
  const std::vector<Field> more = {
      FloatField("temperature", 1, 1e-9, 1e9, "alpha, weight of the entropy: the first one"),
      BoolField("learn_temperature", true, "move the temperature towards the target entropy"),
      FloatField("target_entropy", -1, -1e3, 1e3,
                 "[nat] of each action component, scaled to [-1, 1]"),
  };
  fields.insert(fields.end(), more.begin(), more.end());
  Config config(fields);
  config.SetDefault("critic_learning_rate", "0.001");
  config.SetDefault("learning_starts", "5000");
  return {config.fields().begin(), config.fields().end()};
}

void CheckSac(const EnvSpec& spec, const Config& config) { SacOptions::From(spec, config); }

SacOptions SacOptions::From(const EnvSpec& spec, const Config& config) {
  SacOptions options;
  options.learner = OffPolicyOptions::From("sac", spec, config);
  options.learner.gaussian = true;
  options.temperature = config.GetFloat("temperature");
  options.learn_temperature = config.GetBool("learn_temperature");
  options.target_entropy = config.GetFloat("target_entropy");
  return options;
}

std::int64_t SacBytes(const AgentSetup& setup) {
  return OffPolicyBytes(setup, SacOptions::From(setup.spec, setup.config).learner, 1);
}

std::unique_ptr<Agent> MakeSac(const AgentSetup& setup) { return std::make_unique<Sac>(setup); }

Sac::Sac(const AgentSetup& setup, const SacOptions& options)
    : OffPolicyLearner(setup, options.learner,
                       {{"losses/temperature", options.temperature}, {"losses/entropy", 0}}),
      options_(options),
      log_temperature_(1, static_cast<float>(std::log(options.temperature)), options.learner.adam),
      gaussian_(static_cast<int>(components())),
      outputs_(batch() * 2 * components()),
      doutputs_(outputs_.size()),
      u_(batch() * components()),
      du_(u_.size()),
      log_prob_(batch()),
      least_value_(batch()) {}

double Sac::temperature() const {
  return std::exp(static_cast<double>(log_temperature_.values()[0]));
}

void Sac::ChooseSuccessors(const float* states, float* u, float* bonus) {
  const int rows = static_cast<int>(batch());
  policy().Forward(states, rows, outputs_.data());
  Fill(noise(), successor_noise_);
  gaussian_.Sample(outputs_.data(), successor_noise_.data(), rows, u, log_prob_.data());
  const auto alpha = static_cast<float>(temperature());
  for (std::size_t i = 0; i < batch(); ++i) bonus[i] = -alpha * log_prob_[i];
}

void Sac::LearnPolicy(const float* states) {
  const int rows = static_cast<int>(batch());
  policy().ForwardTrain(states, rows, outputs_.data());
  Fill(noise(), policy_noise_);
  gaussian_.Sample(outputs_.data(), policy_noise_.data(), rows, u_.data(), log_prob_.data());
  critics().JoinActions(u_.data());
  critics().ValueGradient(critics().count(), least_value_.data(), du_.data());
  double log_prob = 0, value = 0;
  for (std::size_t i = 0; i < batch(); ++i) {
    log_prob += static_cast<double>(log_prob_[i]) / rows;
    value += static_cast<double>(least_value_[i]) / rows;
  }
  const double alpha = temperature();
  for (float& slope : du_) slope = -slope;
  gaussian_.Gradients(du_.data(), static_cast<float>(alpha / rows), doutputs_.data());
  StepPolicy(alpha * log_prob - value, doutputs_.data());
  if (options_.learn_temperature) LearnTemperature(log_prob);
  critics().FollowTargets(options_.learner.tau);
  Tell(kTemperature, temperature());
  Tell(kEntropy, -log_prob);
}

void Sac::LearnTemperature(double mean_log_prob) {
  const double target = options_.target_entropy * static_cast<double>(components());
  log_temperature_.gradient()[0] = -static_cast<float>(mean_log_prob + target);
  log_temperature_.AdamStep(learning_rate(), 1);
}

}  // namespace brasa

#include "agents/deep/policy_model.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "brasa/core/hash.h"

namespace brasa {

PolicyModel::PolicyModel(const EnvSpec& spec, const PolicyOptions& options, Rng& init)
    : action_(spec.action),
      box_actions_(options.box_actions),
      input_(spec.observation, options.input),
      network_([&]() -> std::unique_ptr<Network> {
        if (options.network.lstm == 0) {
          return MakeNetwork(options.backend, options.network, options.optimizer, init);
        }
        auto recurrent =
            MakeRecurrentNetwork(options.backend, options.network, options.optimizer, init);
        recurrent_ = recurrent.get();
        return recurrent;
      }()),
      free_(FreePolicyParameters(spec.action), options.initial_log_std, options.optimizer) {}

std::unique_ptr<ActionDistribution> PolicyModel::MakeDistribution() const {
  return MakeActionDistribution(action_, free_.values().data());
}

void PolicyModel::Send(const float* sampled, int rows, float* actions) const {
  const std::size_t components = action_.low.size();
  const std::size_t size = static_cast<std::size_t>(rows) * components;
  if (box_actions_ == BoxActions::kRaw) {
    std::copy_n(sampled, size, actions);
    return;
  }
  for (std::size_t i = 0; i < size; ++i) {
    const float low = action_.low[i % components], high = action_.high[i % components];
    float action = sampled[i];
    if (box_actions_ == BoxActions::kScale) {
      action = low + 0.5f * (action + 1.0f) * (high - low);
    }
    actions[i] = std::clamp(action, low, high);
  }
}

void PolicyModel::TakeOver(const PolicyModel& other) {
  parameters_.resize(static_cast<std::size_t>(network_->parameter_count()));
  other.network_->GetParameters(parameters_);
  network_->SetParameters(parameters_);
  free_.SetValues(other.free_.values());
  input_.TakeMoments(other.input_);
}

double PolicyModel::GradientNorm() const {
  const double network = network_->GradientNorm();
  if (free_.values().empty()) return network;
  return std::sqrt(network * network + free_.SumOfSquaredGradients());
}

void PolicyModel::AdamStep(double learning_rate, double gradient_scale) {
  network_->AdamStep(learning_rate, gradient_scale);
  free_.AdamStep(learning_rate, gradient_scale);
}

std::uint64_t PolicyModel::ParameterHash() const {
  std::vector<float> parameters(static_cast<std::size_t>(network_->parameter_count()));
  network_->GetParameters(parameters);
  parameters.insert(parameters.end(), free_.values().begin(), free_.values().end());
  return HashBytes(parameters.data(), parameters.size() * sizeof(float));
}

void PolicyModel::Save(StateWriter& writer) const {
  network_->Save(writer);
  free_.Save(writer);
  input_.Save(writer);
}

void PolicyModel::Load(StateReader& reader) {
  network_->Load(reader);
  free_.Load(reader);
  input_.Load(reader);
}

}  // namespace brasa

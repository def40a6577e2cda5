#include "agents/nn/free_parameters.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "brasa/core/assert.h"

namespace brasa {

FreeParameters::FreeParameters(int size, float initial, const AdamOptions& adam)
    : adam_(adam),
      values_(static_cast<std::size_t>(size), initial),
      gradient_(values_.size(), 0.0f),
      first_moment_(values_.size(), 0.0f),
      second_moment_(values_.size(), 0.0f) {}

void FreeParameters::SetValues(std::span<const float> values) {
  BRASA_ASSERT(values.size() == values_.size());
  std::copy(values.begin(), values.end(), values_.begin());
}

double FreeParameters::SumOfSquaredGradients() const {
  double sum = 0;
  for (const float g : gradient_) sum += static_cast<double>(g) * static_cast<double>(g);
  return sum;
}

void FreeParameters::AdamStep(double learning_rate, double gradient_scale) {
  ++step_;
  const double t = static_cast<double>(step_);
  const double correction1 = adam_.bias_correction ? 1.0 - std::pow(adam_.beta1, t) : 1.0;
  const double correction2 = adam_.bias_correction ? 1.0 - std::pow(adam_.beta2, t) : 1.0;
  for (std::size_t i = 0; i < values_.size(); ++i) {
    const double g = gradient_scale * static_cast<double>(gradient_[i]);
    const double m = adam_.beta1 * static_cast<double>(first_moment_[i]) + (1 - adam_.beta1) * g;
    const double v =
        adam_.beta2 * static_cast<double>(second_moment_[i]) + (1 - adam_.beta2) * g * g;
    first_moment_[i] = static_cast<float>(m);
    second_moment_[i] = static_cast<float>(v);
    const double step =
        learning_rate * (m / correction1) / (std::sqrt(v / correction2) + adam_.epsilon);
    values_[i] = static_cast<float>(static_cast<double>(values_[i]) - step);
  }
}

void FreeParameters::Save(StateWriter& writer) const {
  writer.WriteVector("free.parameters", values_);
  writer.WriteVector("free.adam_first_moment", first_moment_);
  writer.WriteVector("free.adam_second_moment", second_moment_);
  writer.Write("free.adam_step", step_);
}

void FreeParameters::Load(StateReader& reader) {
  reader.ReadSpan("free.parameters", std::span(values_));
  reader.ReadSpan("free.adam_first_moment", std::span(first_moment_));
  reader.ReadSpan("free.adam_second_moment", std::span(second_moment_));
  reader.Read("free.adam_step", step_);
}

}  // namespace brasa

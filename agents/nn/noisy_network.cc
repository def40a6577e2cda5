#include "agents/nn/noisy_network.h"

#include <algorithm>
#include <cmath>

#include "agents/nn/kernels.h"
#include "brasa/core/assert.h"
#include "brasa/core/error.h"

namespace brasa {
namespace {

bool IsNoisy(const NetworkLayer& layer) { return !layer.is_convolution(); }

}  // namespace

NoisyNetwork::NoisyNetwork(const std::string& backend, const NetworkSpec& spec,
                           const AdamOptions& adam, double sigma0, Rng& init)
    : adam_(adam), inner_(MakeNetwork(backend, spec, adam, init)), layers_(LayersOf(spec)) {
  if (inner_->parameter_count() != layers_.back().end()) {
    throw ConfigError(
        "network.backend = '" + backend +
        "' has parameters of its own, which noisy = true cannot perturb; give native, "
        "torch or noisy = false");
  }
  for (const char* const suffix : {"", ".sigma"}) {
    const auto offset = static_cast<std::int64_t>(blocks_.empty() ? 0 : half());
    for (const ParameterBlock& block : inner_->parameter_blocks()) {
      blocks_.push_back({block.name + suffix, offset + block.offset, block.size});
    }
  }
  const std::size_t padded =
      (2 * half() + kernels::kColumnTile - 1) / kernels::kColumnTile * kernels::kColumnTile;
  for (AlignedBuffer* values : {&parameters_, &gradient_, &first_moment_, &second_moment_}) {
    values->assign(padded, 0.0f);
  }
  noise_.assign(half(), 0.0f);
  effective_.resize(half());
  for (const NetworkLayer& layer : layers_) {
    const double bound = 1.0 / std::sqrt(static_cast<double>(layer.inputs));
    float* const mu = parameters_.data();
    float* const sigma = mu + half();
    for (auto i = layer.offset; i < layer.gain_offset(); ++i) {
      mu[i] = static_cast<float>(init.Uniform(-bound, bound));
      sigma[i] = IsNoisy(layer) ? static_cast<float>(sigma0 * bound) : 0.0f;
    }
    if (layer.layer_norm) std::fill_n(mu + layer.gain_offset(), layer.outputs, 1.0f);
  }
}

void NoisyNetwork::SampleNoise(Rng& rng) {
  const auto fill = [&](std::vector<float>& values, int count) {
    values.resize(static_cast<std::size_t>(count));
    for (float& value : values) {
      const double x = rng.Normal();
      value = static_cast<float>(std::copysign(std::sqrt(std::abs(x)), x));
    }
  };
  for (const NetworkLayer& layer : layers_) {
    if (!IsNoisy(layer)) continue;
    fill(in_, layer.inputs);
    fill(out_, layer.outputs);
    float* eps = noise_.data() + layer.offset;
    for (const float o : out_) {
      for (const float i : in_) *eps++ = o * i;
    }
    std::ranges::copy(out_, eps);
  }
  stale_ = true;
}

void NoisyNetwork::UseMeans() {
  std::ranges::fill(noise_, 0.0f);
  stale_ = true;
}

void NoisyNetwork::Apply() {
  if (!stale_) return;
  const float* const sigma = parameters_.data() + half();
  for (std::size_t i = 0; i < half(); ++i) {
    effective_[i] = parameters_[i] + sigma[i] * noise_[i];
  }
  inner_->SetParameters(effective_);
  stale_ = false;
}

void NoisyNetwork::Forward(const float* x, int rows, float* y) {
  Apply();
  inner_->Forward(x, rows, y);
}

void NoisyNetwork::ForwardTrain(const float* x, int rows, float* y) {
  Apply();
  inner_->ForwardTrain(x, rows, y);
}

void NoisyNetwork::Backward(const float* dy) {
  BRASA_ASSERT(!stale_);
  inner_->Backward(dy);
  inner_->GetGradient({gradient_.data(), half()});
  for (std::size_t i = 0; i < half(); ++i) gradient_[half() + i] = gradient_[i] * noise_[i];
}

void NoisyNetwork::InputGradient(const float* dy, int first, float* dx) {
  BRASA_ASSERT(!stale_);
  inner_->InputGradient(dy, first, dx);
}

double NoisyNetwork::GradientNorm() const {
  return std::sqrt(kernels::SumOfSquares(gradient_.data(), gradient_.size()));
}

void NoisyNetwork::AdamStep(double learning_rate, double gradient_scale) {
  ++step_;
  const double t = static_cast<double>(step_);
  const double correction1 = 1.0 - std::pow(adam_.beta1, t);
  const double correction2 = 1.0 - std::pow(adam_.beta2, t);
  kernels::AdamUpdate({.scale = static_cast<float>(gradient_scale),
                       .beta1 = static_cast<float>(adam_.beta1),
                       .one_minus_beta1 = static_cast<float>(1.0 - adam_.beta1),
                       .beta2 = static_cast<float>(adam_.beta2),
                       .one_minus_beta2 = static_cast<float>(1.0 - adam_.beta2),
                       .step = static_cast<float>(learning_rate / correction1),
                       .root_scale = static_cast<float>(1.0 / std::sqrt(correction2)),
                       .epsilon = static_cast<float>(adam_.epsilon)},
                      gradient_.data(), gradient_.size(), first_moment_.data(),
                      second_moment_.data(), parameters_.data());
  stale_ = true;
}

void NoisyNetwork::GetParameters(std::span<float> out) const {
  std::copy_n(parameters_.begin(), 2 * half(), out.begin());
}

void NoisyNetwork::SetParameters(std::span<const float> values) {
  BRASA_ASSERT(values.size() == 2 * half());
  std::ranges::copy(values, parameters_.begin());
  stale_ = true;
}

void NoisyNetwork::GetGradient(std::span<float> out) const {
  std::copy_n(gradient_.begin(), 2 * half(), out.begin());
}

void NoisyNetwork::MoveTowards(const Network& source, double share) {
  const auto* const from = dynamic_cast<const NoisyNetwork*>(&source);
  BRASA_ASSERT(from != nullptr && from->parameters_.size() == parameters_.size());
  kernels::MoveTowards(from->parameters_.data(), static_cast<float>(share), parameters_.size(),
                       parameters_.data());
  stale_ = true;
}

void NoisyNetwork::Save(StateWriter& writer) const {
  const auto write = [&](const char* name, const AlignedBuffer& values) {
    writer.WriteSpan(name, std::span<const float>(values.data(), 2 * half()));
  };
  write("parameters", parameters_);
  write("adam_first_moment", first_moment_);
  write("adam_second_moment", second_moment_);
  writer.Write("adam_step", step_);
}

void NoisyNetwork::Load(StateReader& reader) {
  const auto read = [&](const char* name, AlignedBuffer& values) {
    reader.ReadSpan(name, std::span<float>(values.data(), 2 * half()));
  };
  read("parameters", parameters_);
  read("adam_first_moment", first_moment_);
  read("adam_second_moment", second_moment_);
  reader.Read("adam_step", step_);
  stale_ = true;
}

}  // namespace brasa

#include "agents/deep/q_network.h"

#include <algorithm>
#include <utility>

namespace brasa {

std::vector<NetworkHead> QNetworkOptions::Heads() const {
  if (!dueling) return {{"q", actions * atoms, 1.0}};
  return {{"value", atoms, 1.0}, {"advantage", actions * atoms, 1.0}};
}

QNetwork::QNetwork(QNetworkOptions options, Rng& init) : options_(std::move(options)) {
  NetworkSpec spec = options_.network;
  spec.heads = options_.Heads();
  if (options_.noisy) {
    auto noisy = std::make_unique<NoisyNetwork>(options_.backend, spec, options_.adam,
                                                options_.noisy_sigma, init);
    noisy_ = noisy.get();
    network_ = std::move(noisy);
  } else {
    network_ = MakeNetwork(options_.backend, spec, options_.adam, init);
  }
}

void QNetwork::SampleNoise(Rng& rng) {
  if (noisy_ != nullptr) noisy_->SampleNoise(rng);
}

void QNetwork::UseMeans() {
  if (noisy_ != nullptr) noisy_->UseMeans();
}

const float* QNetwork::Forward(const float* x, int rows) {
  outputs_.resize(static_cast<std::size_t>(rows) * static_cast<std::size_t>(network_->outputs()));
  network_->Forward(x, rows, outputs_.data());
  return Combine(rows);
}

const float* QNetwork::ForwardTrain(const float* x, int rows) {
  outputs_.resize(static_cast<std::size_t>(rows) * static_cast<std::size_t>(network_->outputs()));
  network_->ForwardTrain(x, rows, outputs_.data());
  return Combine(rows);
}

const float* QNetwork::Combine(int rows) {
  if (!options_.dueling) return outputs_.data();
  const auto atoms = static_cast<std::size_t>(options_.atoms);
  const auto actions = static_cast<std::size_t>(options_.actions);
  const float share = 1.0f / static_cast<float>(actions);
  combined_.resize(static_cast<std::size_t>(rows) * actions * atoms);
  const float* value = outputs_.data();
  float* out = combined_.data();
  for (int i = 0; i < rows; ++i, value += atoms * (actions + 1), out += atoms * actions) {
    const float* const advantage = value + atoms;
    for (std::size_t j = 0; j < atoms; ++j) {
      float mean = 0;
      for (std::size_t a = 0; a < actions; ++a) mean += advantage[a * atoms + j];
      const float base = value[j] - mean * share;
      for (std::size_t a = 0; a < actions; ++a)
        out[a * atoms + j] = base + advantage[a * atoms + j];
    }
  }
  return combined_.data();
}

void QNetwork::Backward(const std::int32_t* action, const float* dz, int rows) {
  const auto atoms = static_cast<std::size_t>(options_.atoms);
  const auto actions = static_cast<std::size_t>(options_.actions);
  const auto outputs = static_cast<std::size_t>(network_->outputs());
  const float share = 1.0f / static_cast<float>(actions);
  gradient_.assign(static_cast<std::size_t>(rows) * outputs, 0.0f);
  float* out = gradient_.data();
  for (int i = 0; i < rows; ++i, out += outputs, dz += atoms) {
    const auto chosen = static_cast<std::size_t>(action[i]);
    if (!options_.dueling) {
      std::copy_n(dz, atoms, out + chosen * atoms);
      continue;
    }
    std::copy_n(dz, atoms, out);
    float* const advantage = out + atoms;
    for (std::size_t a = 0; a < actions; ++a) {
      const float weight = a == chosen ? 1 - share : -share;
      for (std::size_t j = 0; j < atoms; ++j) advantage[a * atoms + j] = weight * dz[j];
    }
  }
  network_->Backward(gradient_.data());
}

float QNetwork::Value(std::span<const float> z) const {
  if (options_.distribution == QDistribution::kNone) return z[0];
  if (options_.distribution == QDistribution::kC51) return ExpectedReturn(options_.support, z);
  float sum = 0;
  for (const float quantile : z) sum += quantile;
  return sum / static_cast<float>(z.size());
}

void QNetwork::Values(const float* z, int rows, float* value) const {
  const auto atoms = static_cast<std::size_t>(options_.atoms);
  const int count = rows * options_.actions;
  for (int i = 0; i < count; ++i, z += atoms) value[i] = Value({z, atoms});
}

std::int32_t BestAction(const float* value, const std::uint8_t* mask, int actions) {
  std::int32_t best = -1;
  for (std::int32_t a = 0; a < actions; ++a) {
    if (mask != nullptr && mask[a] == 0) continue;
    if (best < 0 || value[a] > value[best]) best = a;
  }
  return best;
}

}  // namespace brasa

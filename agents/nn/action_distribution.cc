#include "agents/nn/action_distribution.h"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <vector>

#include "agents/nn/diagonal_gaussian.h"
#include "agents/nn/distributions.h"

namespace brasa {
namespace {

class DiscretePolicy final : public ActionDistribution {
 public:
  explicit DiscretePolicy(int actions) : actions_(actions) {}

  int columns() const override { return actions_; }
  void Set(const PolicyRows& rows) override {
    policy_.Set({rows.outputs, rows.rows, actions_, rows.stride, rows.mask});
  }
  void Draw(Rng& rng, double* noise) const override { noise[0] = rng.Uniform(); }
  void Sample(const double* noise, void* actions) const override {
    policy_.Sample(noise, static_cast<std::int32_t*>(actions));
  }
  void Mode(void* actions) const override { policy_.Mode(static_cast<std::int32_t*>(actions)); }
  void LogProbabilities(const void* actions, float* out) const override {
    policy_.LogProbabilities(static_cast<const std::int32_t*>(actions), out);
  }
  void Entropies(float* out) const override { policy_.Entropies(out); }
  void Gradients(const void* actions, const float* log_p_gradient, const float* entropy_gradient,
                 float* doutputs, int stride, float*) override {
    policy_.LogitGradients(static_cast<const std::int32_t*>(actions), log_p_gradient,
                           entropy_gradient, doutputs, stride);
  }

 private:
  int actions_;
  Categorical policy_;
};

/// Component k is a categorical distribution over columns of its own.
class MultiDiscretePolicy final : public ActionDistribution {
 public:
  explicit MultiDiscretePolicy(const std::vector<std::int32_t>& counts)
      : counts_(counts), components_(counts.size()) {}

  int columns() const override { return std::accumulate(counts_.begin(), counts_.end(), 0); }
  void Set(const PolicyRows& rows) override {
    rows_ = rows.rows;
    const auto count = static_cast<std::size_t>(rows_);
    if (ids_.size() < count) {
      ids_.resize(count);
      terms_.resize(count);
      uniforms_.resize(count);
    }
    const float* logits = rows.outputs;
    for (std::size_t k = 0; k < counts_.size(); ++k) {
      components_[k].Set({logits, rows.rows, counts_[k], rows.stride, nullptr});
      logits += counts_[k];
    }
  }
  void Draw(Rng& rng, double* noise) const override {
    for (std::size_t k = 0; k < counts_.size(); ++k) noise[k] = rng.Uniform();
  }
  void Sample(const double* noise, void* actions) const override {
    for (std::size_t k = 0; k < counts_.size(); ++k) {
      for (std::size_t i = 0; i < Rows(); ++i) uniforms_[i] = noise[i * counts_.size() + k];
      components_[k].Sample(uniforms_.data(), ids_.data());
      Scatter(k, actions);
    }
  }
  void Mode(void* actions) const override {
    for (std::size_t k = 0; k < counts_.size(); ++k) {
      components_[k].Mode(ids_.data());
      Scatter(k, actions);
    }
  }
  void LogProbabilities(const void* actions, float* out) const override {
    std::fill_n(out, rows_, 0.0f);
    for (std::size_t k = 0; k < counts_.size(); ++k) {
      Gather(k, actions);
      components_[k].LogProbabilities(ids_.data(), terms_.data());
      for (std::size_t i = 0; i < Rows(); ++i) out[i] += terms_[i];
    }
  }
  void Entropies(float* out) const override {
    std::fill_n(out, rows_, 0.0f);
    for (const Categorical& component : components_) {
      component.Entropies(terms_.data());
      for (std::size_t i = 0; i < Rows(); ++i) out[i] += terms_[i];
    }
  }
  void Gradients(const void* actions, const float* log_p_gradient, const float* entropy_gradient,
                 float* doutputs, int stride, float*) override {
    for (std::size_t k = 0; k < counts_.size(); ++k) {
      Gather(k, actions);
      components_[k].LogitGradients(ids_.data(), log_p_gradient, entropy_gradient, doutputs,
                                    stride);
      doutputs += counts_[k];
    }
  }

 private:
  std::size_t Rows() const { return static_cast<std::size_t>(rows_); }
  /// ids_ to and from component k of actions [rows, K].
  void Scatter(std::size_t k, void* actions) const {
    auto* const out = static_cast<std::int32_t*>(actions);
    for (std::size_t i = 0; i < Rows(); ++i) out[i * counts_.size() + k] = ids_[i];
  }
  void Gather(std::size_t k, const void* actions) const {
    const auto* const in = static_cast<const std::int32_t*>(actions);
    for (std::size_t i = 0; i < Rows(); ++i) ids_[i] = in[i * counts_.size() + k];
  }

  std::vector<std::int32_t> counts_;
  std::vector<Categorical> components_;
  int rows_ = 0;
  mutable std::vector<std::int32_t> ids_;  // [rows] of one component, as the two below
  mutable std::vector<float> terms_;
  mutable std::vector<double> uniforms_;
};

class BoxPolicy final : public ActionDistribution {
 public:
  BoxPolicy(int components, const float* log_std) : policy_(components), log_std_(log_std) {}

  int columns() const override { return policy_.components(); }
  void Set(const PolicyRows& rows) override {
    policy_.Set({rows.outputs, log_std_, rows.rows, rows.stride});
  }
  void Draw(Rng& rng, double* noise) const override {
    for (int k = 0; k < policy_.components(); ++k) noise[k] = rng.Normal();
  }
  void Sample(const double* noise, void* actions) const override {
    policy_.Sample(noise, static_cast<float*>(actions));
  }
  void Mode(void* actions) const override { policy_.Mode(static_cast<float*>(actions)); }
  void LogProbabilities(const void* actions, float* out) const override {
    policy_.LogProbabilities(static_cast<const float*>(actions), out);
  }
  void Entropies(float* out) const override { policy_.Entropies(out); }
  void Gradients(const void* actions, const float* log_p_gradient, const float* entropy_gradient,
                 float* doutputs, int stride, float* dfree) override {
    policy_.Gradients(static_cast<const float*>(actions), log_p_gradient, entropy_gradient,
                      doutputs, stride, dfree);
  }

 private:
  DiagonalGaussian policy_;
  const float* log_std_;
};

}  // namespace

int FreePolicyParameters(const ActionSpec& spec) {
  return spec.kind == ActionKind::kBox ? spec.size() : 0;
}

std::unique_ptr<ActionDistribution> MakeActionDistribution(const ActionSpec& spec,
                                                           const float* free) {
  switch (spec.kind) {
    case ActionKind::kDiscrete:
      break;
    case ActionKind::kMultiDiscrete:
      return std::make_unique<MultiDiscretePolicy>(spec.counts);
    case ActionKind::kBox:
      return std::make_unique<BoxPolicy>(spec.size(), free);
  }
  return std::make_unique<DiscretePolicy>(spec.count);
}

}  // namespace brasa

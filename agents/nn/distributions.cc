#include "agents/nn/distributions.h"

#include <Eigen/Core>
#include <algorithm>
#include <limits>
#include <string>

#include "brasa/core/error.h"

namespace brasa {
namespace {

namespace vec = Eigen::internal;
using Packet = vec::packet_traits<float>::type;
constexpr int kLanes = vec::unpacket_traits<Packet>::size;
constexpr float kMinusInfinity = -std::numeric_limits<float>::infinity();

Packet Splat(float value) { return vec::pset1<Packet>(value); }
Packet Load(const float* p) { return vec::ploadu<Packet>(p); }
void Store(float* p, const Packet& value) { vec::pstoreu(p, value); }

}  // namespace

void Categorical::Set(const LogitRows& input) {
  rows_ = input.rows;
  actions_ = input.actions;
  const int padded = (rows_ + kBlock - 1) / kBlock * kBlock;
  const std::size_t size = static_cast<std::size_t>(padded) * static_cast<std::size_t>(actions_);
  if (log_probabilities_.size() < size) {
    log_probabilities_.resize(size);
    probabilities_.resize(size);
  }
  if (entropies_.size() < static_cast<std::size_t>(padded)) {
    entropies_.resize(static_cast<std::size_t>(padded));
  }
  for (int first = 0; first < rows_; first += kBlock) {
    LoadBlock(input, first);
    for (int lane = 0; lane < kBlock; lane += kLanes) {
      NormaliseBlock(At(first, 0) + static_cast<std::size_t>(lane));
    }
  }
}

/// Logits of rows first .. first + kBlock - 1 into log_probabilities_, minus infinity where
/// illegal; rows beyond the last are zeros.
void Categorical::LoadBlock(const LogitRows& input, int first) {
  float* const block = log_probabilities_.data() + At(first, 0);
  const int count = std::min(kBlock, rows_ - first);
  if (count < kBlock) std::fill_n(block, actions_ * kBlock, 0.0f);
  for (int i = 0; i < count; ++i) {
    const std::ptrdiff_t row = first + i;
    const float* const logits = input.logits + row * input.stride;
    const std::uint8_t* const mask = input.mask ? input.mask + row * actions_ : nullptr;
    if (mask == nullptr) {
      for (int a = 0; a < actions_; ++a) block[a * kBlock + i] = logits[a];
      continue;
    }
    bool any = false;
    for (int a = 0; a < actions_; ++a) {
      block[a * kBlock + i] = mask[a] ? logits[a] : kMinusInfinity;
      any |= mask[a] != 0;
    }
    if (!any) throw UsageError("legal mask of row " + std::to_string(row) + " allows no action");
  }
}

/// Log-softmax and entropy of kLanes rows whose logits start at `first` in log_probabilities_.
void Categorical::NormaliseBlock(std::size_t first) {
  float* const log_p = log_probabilities_.data() + first;
  float* const p = probabilities_.data() + first;
  const std::size_t size = static_cast<std::size_t>(actions_) * kBlock;
  Packet highest = Splat(kMinusInfinity);
  for (std::size_t i = 0; i < size; i += kBlock) highest = vec::pmax(highest, Load(log_p + i));
  Packet sum = Splat(0);
  const Packet minus_infinity = Splat(kMinusInfinity);
  for (std::size_t i = 0; i < size; i += kBlock) {
    const Packet logit = Load(log_p + i);
    const Packet weight = vec::pselect(vec::pcmp_eq(logit, minus_infinity), Splat(0),
                                       vec::pexp(vec::psub(logit, highest)));
    sum = vec::padd(sum, weight);
    Store(p + i, weight);
  }
  const Packet log_sum = vec::plog(sum);
  Packet negative_entropy = Splat(0);
  for (std::size_t i = 0; i < size; i += kBlock) {
    const Packet weight = vec::pdiv(Load(p + i), sum);
    const Packet log_weight = vec::psub(vec::psub(Load(log_p + i), highest), log_sum);
    const Packet term =
        vec::pselect(vec::pcmp_eq(weight, Splat(0)), Splat(0), vec::pmul(weight, log_weight));
    negative_entropy = vec::padd(negative_entropy, term);
    Store(p + i, weight);
    Store(log_p + i, log_weight);
  }
  const std::size_t row = first / size * kBlock + first % kBlock;
  Store(entropies_.data() + row, vec::psub(Splat(0), negative_entropy));
}

void Categorical::Sample(const double* uniforms, std::int32_t* actions) const {
  for (int row = 0; row < rows_; ++row) {
    double total = 0;
    for (int a = 0; a < actions_; ++a) total += static_cast<double>(Probability(row, a));
    const double target = uniforms[row] * total;
    double cumulative = 0;
    std::int32_t chosen = 0;
    for (int a = 0; a < actions_; ++a) {
      const double p = static_cast<double>(Probability(row, a));
      if (!(p > 0)) continue;
      chosen = a;
      cumulative += p;
      if (cumulative > target) break;
    }
    actions[row] = chosen;
  }
}

void Categorical::Mode(std::int32_t* actions) const {
  for (int row = 0; row < rows_; ++row) {
    std::int32_t best = 0;
    for (int a = 1; a < actions_; ++a) {
      if (LogProbability(row, a) > LogProbability(row, best)) best = a;
    }
    actions[row] = best;
  }
}

void Categorical::LogProbabilities(const std::int32_t* actions, float* out) const {
  for (int row = 0; row < rows_; ++row) out[row] = LogProbability(row, actions[row]);
}

void Categorical::Entropies(float* out) const { std::copy_n(entropies_.begin(), rows_, out); }

void Categorical::LogitGradients(const std::int32_t* actions, const float* log_p_gradient,
                                 const float* entropy_gradient, float* dlogits, int stride) const {
  for (int row = 0; row < rows_; ++row) {
    const float entropy = entropies_[static_cast<std::size_t>(row)];
    float* const out = dlogits + static_cast<std::ptrdiff_t>(row) * stride;
    for (int a = 0; a < actions_; ++a) {
      const float p = Probability(row, a);
      // log p is minus infinity where p is 0.
      const float surprise = p > 0 ? LogProbability(row, a) + entropy : 0.0f;
      out[a] = -p * (log_p_gradient[row] + entropy_gradient[row] * surprise);
    }
    out[actions[row]] += log_p_gradient[row];
  }
}

}  // namespace brasa

#include "agents/nn/squashed_gaussian.h"

#include <Eigen/Core>
#include <algorithm>
#include <cmath>

namespace brasa {
namespace {

namespace vec = Eigen::internal;
using Packet = vec::packet_traits<float>::type;
constexpr int kLanes = vec::unpacket_traits<Packet>::size;
constexpr std::size_t kPad = 16;  // a multiple of every kLanes
static_assert(kPad % kLanes == 0);

constexpr float kHalfLogTwoPi = 0.91893853320467274178f;
constexpr float kLogTwo = 0.69314718055994530942f;

Packet Splat(float value) { return vec::pset1<Packet>(value); }
Packet Load(const AlignedBuffer& values, std::size_t i) {
  return vec::pload<Packet>(values.data() + i);
}
void Store(AlignedBuffer& values, std::size_t i, const Packet& value) {
  vec::pstore(values.data() + i, value);
}

}  // namespace

void SquashedGaussian::Grow(std::size_t size) {
  if (mean_.size() >= size) return;
  for (AlignedBuffer* values : {&mean_, &log_std_, &noise_, &u_, &slope_, &shift_, &log_prob_}) {
    values->assign((size + kPad - 1) / kPad * kPad, 0.0f);
  }
}

void SquashedGaussian::Sample(const float* outputs, const double* noise, int rows, float* u,
                              float* log_prob) {
  size_ = static_cast<std::size_t>(rows) * components_;
  Grow(size_);
  for (std::size_t i = 0; i < size_; i += components_, outputs += 2 * components_) {
    for (std::size_t k = 0; k < components_; ++k) {
      mean_[i + k] = outputs[k];
      log_std_[i + k] = outputs[components_ + k];
      noise_[i + k] = static_cast<float>(noise[i + k]);
    }
  }
  for (std::size_t i = 0; i < size_; i += kLanes) SampleLanes(i);
  std::copy_n(u_.begin(), size_, u);
  if (log_prob == nullptr) return;
  for (std::size_t i = 0; i < size_; i += components_) {
    float sum = 0;
    for (std::size_t k = 0; k < components_; ++k) sum += log_prob_[i + k];
    *log_prob++ = sum;
  }
}

// With e = exp(-2 |x|): tanh(|x|) = (1 - e) / (1 + e), 1 - tanh(x)^2 = 4 e / (1 + e)^2 and its
// logarithm is 2 (log 2 - |x| - log(1 + e)).
void SquashedGaussian::SampleLanes(std::size_t i) {
  const Packet one = Splat(1), two = Splat(2);
  const Packet raw = Load(log_std_, i), n = Load(noise_, i);
  const Packet log_std = vec::pmin(vec::pmax(raw, Splat(kLeastLogStd)), Splat(kMostLogStd));
  const Packet shift = vec::pmul(vec::pexp(log_std), n);
  const Packet x = vec::padd(Load(mean_, i), shift), size = vec::pabs(x);
  const Packet e = vec::pexp(vec::pmul(Splat(-2), size));
  const Packet sum = vec::padd(one, e);
  const Packet tanh = vec::pdiv(vec::psub(one, e), sum);
  const Packet log_slope =
      vec::pmul(two, vec::psub(vec::psub(Splat(kLogTwo), size), vec::plog(sum)));
  const Packet normal =
      vec::padd(vec::pmul(vec::pmul(Splat(0.5f), n), n), vec::padd(log_std, Splat(kHalfLogTwoPi)));
  Store(shift_, i, shift);
  Store(u_, i, vec::pselect(vec::pcmp_lt(x, Splat(0)), vec::psub(Splat(0), tanh), tanh));
  Store(slope_, i, vec::pdiv(vec::pmul(Splat(4), e), vec::pmul(sum, sum)));
  Store(log_prob_, i, vec::psub(vec::psub(Splat(0), normal), log_slope));
}

// With the noise held, d log p / dm = 2 u and d log p / dlog s = 2 u s n - 1.
void SquashedGaussian::Gradients(const float* du, float dlog_prob, float* doutputs) const {
  for (std::size_t i = 0; i < size_; i += components_, doutputs += 2 * components_) {
    for (std::size_t k = 0; k < components_; ++k) {
      const std::size_t at = i + k;
      const float dx = du[at] * slope_[at] + dlog_prob * 2.0f * u_[at];
      const bool clipped = log_std_[at] < kLeastLogStd || log_std_[at] > kMostLogStd;
      doutputs[k] = dx;
      doutputs[components_ + k] = clipped ? 0.0f : dx * shift_[at] - dlog_prob;
    }
  }
}

void SquashedGaussian::Mode(const float* outputs, int rows, float* u) const {
  for (int i = 0; i < rows; ++i, outputs += 2 * components_) {
    for (std::size_t k = 0; k < components_; ++k) *u++ = std::tanh(outputs[k]);
  }
}

}  // namespace brasa

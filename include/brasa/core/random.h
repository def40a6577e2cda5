// Random streams. Equal (seed, role, index, episode) give equal numbers on every machine; different
// ones share no block of the generator. Nothing in Brasa draws from anything else.
#pragma once

#include <cmath>
#include <cstdint>
#include <span>

#include "brasa/core/assert.h"
#include "brasa/core/math.h"
#include "brasa/core/philox.h"

namespace brasa {

/// Who draws. Part of a stream's key, so that acting, evaluating or watching never moves the
/// numbers that training sees. Values are stored in files: append only.
enum class StreamRole : std::uint8_t {
  kEnv = 0,         ///< training worlds: reset, noise, chance
  kActor = 1,       ///< exploration of the training actor
  kLearner = 2,     ///< shuffles and other draws of the learner
  kInit = 3,        ///< initial parameters
  kEvalEnv = 4,     ///< worlds of evaluation
  kEvalActor = 5,   ///< actors of evaluation
  kPlayEnv = 6,     ///< worlds a person plays or watches
  kPlayActor = 7,   ///< actors a person plays against or watches
  kSearch = 8,      ///< playouts of tree search
  kTest = 9,        ///< tests, benchmarks and the checker
  kBootstrap = 10,  ///< resampling of scores for intervals
};

/// The stream number of (role, index, episode): 8, 24 and 32 bits.
inline std::uint64_t StreamNumber(StreamRole role, std::uint32_t index, std::uint32_t episode) {
  BRASA_ASSERT(index < (1u << 24));
  return (static_cast<std::uint64_t>(role) << 56) | (static_cast<std::uint64_t>(index) << 32) |
         episode;
}

/// A random stream: a value of 32 bytes; copying it forks nothing, the copy draws the same numbers.
struct Rng : brasa_rng {
  Rng() : brasa_rng{0, 0, 0, 0} {}
  Rng(std::uint64_t seed, StreamRole role, std::uint32_t index = 0, std::uint32_t episode = 0)
      : brasa_rng{seed, StreamNumber(role, index, episode), 0, 0} {}

  /// 64 uniform bits.
  std::uint64_t Next() { return brasa_rng_next(this); }
  /// Uniform in [0, 1), a multiple of 2^-53.
  double Uniform() { return brasa_rng_uniform(this); }
  /// low + (high - low) * Uniform().
  double Uniform(double low, double high) { return low + (high - low) * Uniform(); }
  /// Uniform in {0, .., n-1}; n > 0.
  std::uint32_t Below(std::uint32_t n) { return brasa_rng_below(this, n); }
  /// Standard normal (Box-Muller, one number a call, two draws).
  double Normal() {
    const double u = 1.0 - Uniform();  // (0, 1]
    const double v = Uniform();
    return std::sqrt(-2.0 * Log(u)) * SinCos(2.0 * kPi * v).cos;
  }
  /// The first index whose cumulative weight exceeds a uniform draw; weights >= 0, sum > 0.
  int Categorical(std::span<const double> weights) {
    double total = 0;
    for (const double weight : weights) total += weight;
    const double u = Uniform() * total;
    double sum = 0;
    int last = 0;
    for (int i = 0; i < static_cast<int>(weights.size()); ++i) {
      if (weights[static_cast<std::size_t>(i)] <= 0) continue;
      sum += weights[static_cast<std::size_t>(i)];
      last = i;
      if (sum > u) return i;
    }
    return last;
  }
};
static_assert(sizeof(Rng) == 32);

}  // namespace brasa

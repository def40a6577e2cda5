// Elementary functions whose bits are equal on every x86-64 CPU and compiler, for environment rules
// and random numbers: IEEE operations only, no libm, no branches, so that loops over worlds
// vectorise and scalar and vector paths agree bit for bit (build with -ffp-contract=off).
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>

namespace brasa {

inline constexpr double kPi = 3.14159265358979323846;

/// Sine and cosine of one angle.
struct SinCosResult {
  double sin;
  double cos;
};

/// sin and cos of x [rad], |x| <= 2^20. Absolute error below 2e-16 against the true value.
/// NaN and infinity give NaN. Cody-Waite reduction by pi/2 in three parts of 33 bits, then the
/// minimax polynomials of fdlibm (Sun Microsystems 1993), degree 13 and 14, on [-pi/4, pi/4].
inline SinCosResult SinCos(double x) {
  constexpr double kTwoOverPi = 6.36619772367581382433e-01;
  constexpr double kRound = 6755399441055744.0;  // 1.5 * 2^52: adding it rounds to an integer
  constexpr double kPart1 = 1.57079632673412561417e+00;
  constexpr double kPart2 = 6.07710050630396597660e-11;
  constexpr double kPart3 = 2.02226624871116645580e-21;
  const double shifted = x * kTwoOverPi + kRound;
  const double k = shifted - kRound;
  const std::uint64_t quadrant = std::bit_cast<std::uint64_t>(shifted);
  const double r = ((x - k * kPart1) - k * kPart2) - k * kPart3;
  const double z = r * r;
  const double sin_poly =
      -1.66666666666666324348e-01 +
      z * (8.33333333332248946124e-03 +
           z * (-1.98412698298579493134e-04 +
                z * (2.75573137070700676789e-06 +
                     z * (-2.50507602534068634195e-08 + z * 1.58969099521155010221e-10))));
  const double cos_poly =
      4.16666666666666019037e-02 +
      z * (-1.38888888888741095749e-03 +
           z * (2.48015872894767294178e-05 +
                z * (-2.75573143513906633035e-07 +
                     z * (2.08757232129817482790e-09 + z * -1.13596475577881948265e-11))));
  const double sin_r = r + r * z * sin_poly;
  const double cos_r = 1.0 - (0.5 * z - z * z * cos_poly);
  // Quadrants 0..3: (s, c), (c, -s), (-s, -c), (-c, s).
  const std::uint64_t swap = 0 - (quadrant & 1);
  const std::uint64_t sin_bits = std::bit_cast<std::uint64_t>(sin_r);
  const std::uint64_t cos_bits = std::bit_cast<std::uint64_t>(cos_r);
  const std::uint64_t sin_sign = (quadrant & 2) << 62;
  const std::uint64_t cos_sign = ((quadrant + 1) & 2) << 62;
  return {std::bit_cast<double>(((sin_bits & ~swap) | (cos_bits & swap)) ^ sin_sign),
          std::bit_cast<double>(((cos_bits & ~swap) | (sin_bits & swap)) ^ cos_sign)};
}

/// x rounded to the nearest float32 (ties to even) and back; 0 or 2^-126 <= |x| < 2^128. By integer
/// operations, because g++ 12 at -O3 drops the two casts where two neighbours are rounded (its
/// basic-block vectoriser folds the pair of conversions away).
inline double RoundToFloat(double x) {
  constexpr std::uint64_t kDropped = (1ull << 29) - 1;  // 52 - 23 bits of the mantissa
  const std::uint64_t bits = std::bit_cast<std::uint64_t>(x);
  const std::uint64_t odd = (bits >> 29) & 1;
  return std::bit_cast<double>((bits + (kDropped >> 1) + odd) & ~kDropped);
}

/// condition ? yes : no by masks: no branch, so that loops over worlds stay free of control flow.
inline double Select(bool condition, double yes, double no) {
  const std::uint64_t mask = 0 - static_cast<std::uint64_t>(condition);
  return std::bit_cast<double>((std::bit_cast<std::uint64_t>(yes) & mask) |
                               (std::bit_cast<std::uint64_t>(no) & ~mask));
}

/// x, or the bound that it exceeds; low <= high. No branch, see Select.
inline double Clip(double x, double low, double high) {
  const double below = Select(x > high, high, x);
  return Select(below < low, low, below);
}

/// x - 2 pi k in [-pi, pi] with k an integer and 2 pi = 2 kPi, without any rounding: std::remainder
/// but for the sign where the result is pi or -pi. |x| <= 2^20.
inline double RemainderTwoPi(double x) {
  constexpr double kInverse = 1.59154943091895345608e-01;
  constexpr double kRound = 6755399441055744.0;  // 1.5 * 2^52: adding it rounds to an integer
  constexpr double kHigh = 0x1.921fb544p+2;      // 33 bits: its product with k is exact
  constexpr double kLow = 2 * kPi - kHigh;       // the other 20
  const double k = (x * kInverse + kRound) - kRound;
  const double r = (x - k * kHigh) - k * kLow;
  // k may have been rounded the wrong way within one part in 2^52 of a half.
  const double below = r - Select(r > kPi, 2 * kPi, 0);
  return below + Select(below < -kPi, 2 * kPi, 0);
}

/// Natural logarithm of a positive normal number; relative error below 3e-16 (fdlibm's reduction:
/// x = 2^k (1 + f), log(1 + f) by a polynomial in s = f / (2 + f)).
inline double Log(double x) {
  constexpr double kLn2Hi = 6.93147180369123816490e-01;
  constexpr double kLn2Lo = 1.90821492927058770002e-10;
  constexpr std::uint64_t kSqrtHalf = 0x3FE6A09E667F3BCDull;
  const std::uint64_t bits = std::bit_cast<std::uint64_t>(x);
  // The exponent that leaves the mantissa in [sqrt(1/2), sqrt(2)).
  const std::int64_t k = static_cast<std::int64_t>(bits - kSqrtHalf) >> 52;
  const double mantissa = std::bit_cast<double>(bits - (static_cast<std::uint64_t>(k) << 52));
  const double f = mantissa - 1.0;
  const double s = f / (2.0 + f);
  const double z = s * s;
  const double w = z * z;
  const double even = w * (3.999999999940941908e-01 +
                           w * (2.222219843214978396e-01 + w * 1.531383769920937332e-01));
  const double odd = z * (6.666666666666735130e-01 +
                          w * (2.857142874366239149e-01 +
                               w * (1.818357216161805012e-01 + w * 1.479819860511658591e-01)));
  const double half_square = 0.5 * f * f;
  const double dk = static_cast<double>(k);
  return dk * kLn2Hi - ((half_square - (s * (half_square + even + odd) + dk * kLn2Lo)) - f);
}

}  // namespace brasa

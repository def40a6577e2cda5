#include "brasa/core/math.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <vector>

#include "brasa/core/random.h"

namespace brasa {
namespace {

constexpr double kLimit = 1048576;  // 2^20, the range SinCos promises

/// Angles near and at multiples of pi/2, where the reduction cancels most, and random ones of every
/// magnitude.
std::vector<double> Angles(int random_count) {
  std::vector<double> angles = {0, 1, -1, kPi, -kPi, kLimit, -kLimit, 1e-300, 5e-324};
  for (int k = -667544; k <= 667544; k += (std::abs(k) < 2000 ? 1 : 997)) {
    const double multiple = static_cast<double>(k * (static_cast<long double>(M_PIl) / 2));
    double next = multiple;
    for (int ulps = 0; ulps < 3; ++ulps) {
      angles.insert(angles.end(), {next, 2 * multiple - next});
      next = std::nextafter(next, 2 * kLimit);
    }
  }
  Rng rng(1, StreamRole::kTest);
  for (int i = 0; i < random_count; ++i) {
    angles.push_back(rng.Uniform(-8, 8));
    angles.push_back(rng.Uniform(-kLimit, kLimit));
    angles.push_back(std::ldexp(rng.Uniform(-1, 1), -static_cast<int>(rng.Below(60))));
  }
  std::erase_if(angles, [](double x) { return std::abs(x) > kLimit; });
  return angles;
}

/// The greatest error of SinCos over `angles` against the C library in long double (64-bit
/// mantissa, correct to 1 ulp of it).
void ExpectAccurate(const std::vector<double>& angles) {
  double worst = 0;
  for (const double x : angles) {
    const SinCosResult got = SinCos(x);
    const auto error = [&](double value, long double truth) {
      const auto distance = static_cast<double>(std::abs(value - truth));
      if (distance > worst) worst = distance;
      ASSERT_LT(distance, 2e-16) << std::hexfloat << x;
    };
    error(got.sin, std::sin(static_cast<long double>(x)));
    error(got.cos, std::cos(static_cast<long double>(x)));
    if (::testing::Test::HasFatalFailure()) return;
  }
  ::testing::Test::RecordProperty("worst_error", std::to_string(worst));
}

TEST(SinCos, EveryAngle_IsWithinTheStatedErrorOfTheTrueValue) { ExpectAccurate(Angles(20000)); }

TEST(FullSinCos, ManyAngles_AreWithinTheStatedErrorOfTheTrueValue) {
  ExpectAccurate(Angles(3000000));
}

TEST(SinCos, SmallAngles_KeepTheirRelativeAccuracy) {
  // sin x = x (1 - x^2/6 ..): below 2^-27 the nearest double is x itself.
  for (const double x : {1e-9, -1e-9, 3e-50, 2.2250738585072014e-308}) {
    EXPECT_EQ(SinCos(x).sin, x);
    EXPECT_EQ(SinCos(x).cos, 1.0);
  }
  EXPECT_EQ(SinCos(0).sin, 0.0);
}

TEST(SinCos, Quadrants_HaveTheirSigns) {
  // Angles in the middle of each octant, turned by whole turns in both directions.
  for (int turn = -3; turn <= 3; ++turn) {
    for (int octant = 0; octant < 8; ++octant) {
      const SinCosResult got = SinCos(2 * kPi * turn + kPi / 4 * (octant + 0.5));
      EXPECT_EQ(got.sin > 0, octant < 4) << turn << " " << octant;
      EXPECT_EQ(got.cos > 0, octant < 2 || octant >= 6) << turn << " " << octant;
      EXPECT_EQ(std::abs(got.sin) > std::abs(got.cos), octant % 4 == 1 || octant % 4 == 2);
    }
  }
}

TEST(SinCos, OppositeAngles_MirrorExactly) {
  for (const double x : Angles(500)) {
    const SinCosResult there = SinCos(x);
    const SinCosResult back = SinCos(-x);
    ASSERT_EQ(there.sin, -back.sin) << x;
    ASSERT_EQ(there.cos, back.cos) << x;
  }
}

TEST(SinCos, NanAndInfinity_GiveNan) {
  const double infinity = std::numeric_limits<double>::infinity();
  for (const double x : {infinity, -infinity, std::numeric_limits<double>::quiet_NaN()}) {
    EXPECT_TRUE(std::isnan(SinCos(x).sin)) << x;
    EXPECT_TRUE(std::isnan(SinCos(x).cos)) << x;
  }
}

TEST(RoundToFloat, EveryNumber_IsTheNearestFloat) {
  std::vector<double> numbers = {0,
                                 -0.0,
                                 1,
                                 0.07,
                                 -1.2,
                                 0x1.fffffffp0,
                                 0x1.000001p0,
                                 0x1.000003p0,
                                 0x1.0000010000001p0,
                                 0x1p-126,
                                 -0x1.fffffep127};
  Rng rng(6, StreamRole::kTest);
  for (int i = 0; i < 20000; ++i) {
    numbers.push_back(std::ldexp(rng.Uniform(-1, 1), static_cast<int>(rng.Below(80)) - 40));
    // A float and a half unit behind it: ties.
    const auto base = static_cast<double>(static_cast<float>(rng.Uniform(1, 2)));
    numbers.push_back(base + 0x1p-24);
  }
  for (const double x : numbers) {
    const volatile float nearest = static_cast<float>(x);  // volatile: the cast is not folded
    const double wanted = nearest;
    ASSERT_EQ(std::bit_cast<std::uint64_t>(RoundToFloat(x)), std::bit_cast<std::uint64_t>(wanted))
        << std::hexfloat << x;
  }
}

TEST(Select, Clip_TakesTheBoundThatIsExceeded) {
  EXPECT_EQ(Select(true, 1.5, -2), 1.5);
  EXPECT_EQ(Select(false, 1.5, -2), -2);
  for (const double x : {-9.0, -2.0, 0.5, 3.0, 9.0}) {
    EXPECT_EQ(Clip(x, -2, 3), std::clamp(x, -2.0, 3.0)) << x;
  }
}

TEST(RemainderTwoPi, EveryAngle_IsTheExactRemainder) {
  std::vector<double> angles = Angles(20000);
  for (const double limit : {kPi, 3 * kPi, 5 * kPi}) {  // where k turns over
    for (const double x : {std::nextafter(limit, 0.0), limit, std::nextafter(limit, 100.0)}) {
      angles.insert(angles.end(), {x, -x});
    }
  }
  for (const double x : angles) {
    const double got = RemainderTwoPi(x), truth = std::remainder(x, 2 * kPi);
    ASSERT_LE(std::abs(got), kPi) << std::hexfloat << x;
    if (std::abs(truth) == kPi) {
      ASSERT_EQ(std::abs(got), kPi) << std::hexfloat << x;
    } else {
      ASSERT_EQ(got, truth) << std::hexfloat << x;
    }
  }
  EXPECT_EQ(RemainderTwoPi(kPi), kPi);
  EXPECT_EQ(RemainderTwoPi(-kPi), -kPi);
}

__attribute__((noinline)) void SinCosLoop(const double* x, double* sin, double* cos,
                                          std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) {
    const SinCosResult result = SinCos(x[i]);
    sin[i] = result.sin;
    cos[i] = result.cos;
  }
}

__attribute__((noinline)) void LogLoop(const double* x, double* out, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) out[i] = Log(x[i]);
}

std::uint64_t Bits(double x) { return std::bit_cast<std::uint64_t>(x); }

TEST(Math, LoopOverAnArray_EqualsOneByOneBitForBit) {
  // Release builds vectorise the loops over n = all; with n = 1 the scalar remainder runs.
  const std::vector<double> angles = Angles(2000);
  std::vector<double> sin(angles.size()), cos(angles.size()), log(angles.size());
  SinCosLoop(angles.data(), sin.data(), cos.data(), angles.size());
  std::vector<double> positive = angles;
  for (double& x : positive) x = std::max(std::abs(x), std::numeric_limits<double>::min());
  LogLoop(positive.data(), log.data(), positive.size());
  for (std::size_t i = 0; i < angles.size(); ++i) {
    double one_sin = 0, one_cos = 0, one_log = 0;
    SinCosLoop(&angles[i], &one_sin, &one_cos, 1);
    LogLoop(&positive[i], &one_log, 1);
    ASSERT_EQ(Bits(sin[i]), Bits(one_sin)) << angles[i];
    ASSERT_EQ(Bits(cos[i]), Bits(one_cos)) << angles[i];
    ASSERT_EQ(Bits(log[i]), Bits(one_log)) << positive[i];
  }
}

TEST(Math, KnownInputs_GiveTheirBits) {
  // Pins the bits across compilers and CPUs; the values are the correctly rounded ones.
  EXPECT_EQ(SinCos(1).sin, 0x1.aed548f090ceep-1);
  EXPECT_EQ(SinCos(1).cos, 0x1.14a280fb5068cp-1);
  EXPECT_EQ(SinCos(-100).sin, 0x1.03425b78c4db8p-1);
  EXPECT_EQ(Log(2), 0x1.62e42fefa39efp-1);
  EXPECT_EQ(Log(10), 0x1.26bb1bbb55516p+1);
}

void ExpectLogAccurate(double x) {
  const long double truth = std::log(static_cast<long double>(x));
  const auto distance = static_cast<double>(std::abs(Log(x) - truth));
  ASSERT_LE(distance, 3e-16 * static_cast<double>(std::abs(truth))) << std::hexfloat << x;
}

TEST(Log, EveryMagnitude_IsWithinTheStatedRelativeError) {
  Rng rng(2, StreamRole::kTest);
  for (int i = 0; i < 50000; ++i) {
    ExpectLogAccurate(rng.Uniform(0.5, 2));
    ExpectLogAccurate(1.0 - rng.Uniform());
    const std::uint64_t mantissa = rng.Next() >> 12;
    ExpectLogAccurate(std::bit_cast<double>((1ull + rng.Below(2046)) << 52 | mantissa));
    ExpectLogAccurate(1.0 + std::ldexp(rng.Uniform(-1, 1), -static_cast<int>(rng.Below(53))));
    if (HasFatalFailure()) return;
  }
}

TEST(Log, One_IsZeroAndItsNeighboursAreNot) {
  EXPECT_EQ(Log(1.0), 0.0);
  EXPECT_GT(Log(std::nextafter(1.0, 2.0)), 0.0);
  EXPECT_LT(Log(std::nextafter(1.0, 0.0)), 0.0);
}

TEST(Log, EndsOfTheNormalRange_AreRight) {
  ExpectLogAccurate(std::numeric_limits<double>::min());
  ExpectLogAccurate(std::numeric_limits<double>::max());
  ExpectLogAccurate(0x1p-53);  // the smallest that Normal() takes
}

}  // namespace
}  // namespace brasa

#include "runners/vector/mode_chooser.h"

#include <gtest/gtest.h>

#include <functional>

namespace brasa {
namespace {

struct Run {
  double seconds = 0;
  int parallel = 0;  ///< steps
};

/// `steps` vector steps that take serial(t) or parallel(t) seconds.
Run Drive(ModeChooser& chooser, int steps, const std::function<double(int)>& serial,
          const std::function<double(int)>& parallel) {
  Run run;
  for (int t = 0; t < steps; ++t) {
    const bool many = chooser.parallel();
    const double took = many ? parallel(t) : serial(t);
    run.seconds += took;
    run.parallel += many;
    if (chooser.sampling()) {
      chooser.Sample(took);
    } else {
      chooser.Tick();
    }
  }
  return run;
}
Run Drive(ModeChooser& chooser, int steps, double serial, double parallel) {
  return Drive(
      chooser, steps, [=](int) { return serial; }, [=](int) { return parallel; });
}

TEST(ModeChooser, WhereWorkersGain_NearlyAllStepsAreParallel) {
  ModeChooser chooser;
  EXPECT_GT(Drive(chooser, 100'000, 100e-6, 60e-6).parallel, 99'000);
  EXPECT_TRUE(chooser.decided_parallel());
  EXPECT_EQ(chooser.serial_seconds(), 100e-6);
}

TEST(ModeChooser, WhereWorkersGainLessThanATwentieth_StepsAreSerial) {
  ModeChooser chooser;
  EXPECT_LT(Drive(chooser, 100'000, 100e-6, 96e-6).parallel, 1'000);
  EXPECT_FALSE(chooser.decided_parallel());
}

// However slow the workers are, a run takes at most 1 / 0.95 of the time of serial stepping. The
// first decision comes after 5 steps of each way, then one after 800, 1600, .. 25600: of 10^5 steps
// 8 times 5 are parallel.
TEST(ModeChooser, WhereWorkersAreHopeless_TryingThemCostsLessThanATwentieth) {
  for (const double slower : {1.5, 3.0, 30.0}) {
    ModeChooser chooser;
    EXPECT_LT(Drive(chooser, 100'000, 4e-6, 4e-6 * slower).seconds, 0.4 / 0.95) << slower;
  }
}

// Every second step of either way meets other programs and takes ten times as long.
TEST(ModeChooser, SlowMoments_DoNotDecide) {
  ModeChooser chooser;
  const auto slow_moment = [](int t) { return t % 2 == 0 ? 10.0 : 1.0; };
  Drive(
      chooser, 2'000, [&](int t) { return 100e-6 * slow_moment(t); },
      [&](int t) { return 60e-6 * slow_moment(t); });
  EXPECT_TRUE(chooser.decided_parallel());
}

// The first step after a change of the way is slow: serial stepping would seem to take 100 us.
TEST(ModeChooser, TheFirstStepOfAWay_DoesNotCount) {
  ModeChooser chooser;
  bool before = true;
  int serial_in_turn = 0;
  const auto serial = [&](int) {
    serial_in_turn = before ? 0 : serial_in_turn + 1;
    before = false;
    return serial_in_turn == 0 ? 100e-6 : 50e-6;
  };
  const auto parallel = [&](int) {
    before = true;
    return 60e-6;
  };
  Drive(chooser, 2'000, serial, parallel);
  EXPECT_FALSE(chooser.decided_parallel());
}

TEST(ModeChooser, AChangeOfPace_ChangesTheWay) {
  ModeChooser chooser;
  Drive(chooser, 200'000, 100e-6, 60e-6);
  EXPECT_TRUE(chooser.decided_parallel());
  Drive(chooser, 30'000, 10e-6, 12e-6);
  EXPECT_FALSE(chooser.decided_parallel());
  Drive(chooser, 30'000, 100e-6, 60e-6);
  EXPECT_TRUE(chooser.decided_parallel());
}

}  // namespace
}  // namespace brasa

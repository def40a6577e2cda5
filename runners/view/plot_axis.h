// Axes with round ticks.
#pragma once

#include <string>
#include <vector>

namespace brasa {

/// A span of values and the ticks in it.
struct Axis {
  double low = 0, high = 1;   // low < high
  double step = 1;            // between ticks: 1, 2 or 5 times a power of ten
  std::vector<double> ticks;  // multiples of step in [low, high], ascending

  /// 0 at low, 1 at high.
  double Place(double value) const { return (value - low) / (high - low); }
};

enum class AxisEnds { kAtValues, kAtTicks };

/// An axis over the finite values [low, high], low <= high, with steps that give at most about
/// `most_ticks` ticks. kAtTicks extends it to the next tick on both sides. Where low and high are
/// (nearly) equal, room is made around them.
Axis MakeAxis(double low, double high, int most_ticks, AxisEnds ends);

/// "0.25", "1.5k", "100k", "2M", "3G": exact for a tick of that step.
std::string TickLabel(double value, double step);

}  // namespace brasa

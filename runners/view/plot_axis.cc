#include "runners/view/plot_axis.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace brasa {
namespace {

/// The smallest of 1, 2, 5 times a power of ten that is at least `step`.
double RoundStep(double step) {
  const double power = std::pow(10.0, std::floor(std::log10(step)));
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (factor * power >= step * (1 - 1e-9)) return factor * power;
  }
  return 10 * power;
}

/// Widens a span too narrow to be divided in double precision.
void MakeRoom(double& low, double& high) {
  const double magnitude = std::max(std::abs(low), std::abs(high));
  if (high - low > 1e-9 * magnitude) return;
  const double room = magnitude > 0 ? 0.1 * magnitude : 1;
  low -= room;
  high += room;
}

}  // namespace

Axis MakeAxis(double low, double high, int most_ticks, AxisEnds ends) {
  MakeRoom(low, high);
  const int most = std::max(most_ticks, 2);
  Axis axis{low, high, RoundStep(high / most - low / most), {}};
  // A value that misses a tick by rounding alone is on it.
  constexpr double kSlack = 1e-6;
  const bool at_ticks = ends == AxisEnds::kAtTicks;
  const double first =
      at_ticks ? std::floor(low / axis.step + kSlack) : std::ceil(low / axis.step - kSlack);
  const double last =
      at_ticks ? std::ceil(high / axis.step - kSlack) : std::floor(high / axis.step + kSlack);
  for (double i = first; i <= last; ++i) axis.ticks.push_back(i * axis.step);
  if (at_ticks) {
    axis.low = first * axis.step;
    axis.high = last * axis.step;
  }
  return axis;
}

std::string TickLabel(double value, double step) {
  if (std::abs(value) < step / 2) return "0";
  struct Unit {
    double size;
    const char* suffix;
  };
  constexpr Unit kUnits[] = {{1e9, "G"}, {1e6, "M"}, {1e3, "k"}, {1, ""}};
  const double magnitude = std::abs(value) * (1 + 1e-9);
  char text[64];
  if (magnitude < 1e-4 || magnitude >= 1e13) {
    std::snprintf(text, sizeof text, "%.6g", value);
    return text;
  }
  const Unit* unit = &kUnits[3];
  for (const Unit& larger : kUnits) {
    if (magnitude >= larger.size) {
      unit = &larger;
      break;
    }
  }
  const double digits = std::ceil(-std::log10(step / unit->size) - 1e-9);
  std::snprintf(text, sizeof text, "%.*f", std::clamp(static_cast<int>(digits), 0, 12),
                value / unit->size);
  std::string label = text;
  if (label.find('.') != std::string::npos) {
    label.erase(label.find_last_not_of('0') + 1);
    if (label.back() == '.') label.pop_back();
  }
  return label + unit->suffix;
}

}  // namespace brasa

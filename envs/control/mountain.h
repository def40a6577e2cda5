// The valley that both mountain cars drive in: its bounds, its forces' common part, its picture.
#pragma once

#include "brasa/canvas.h"

namespace brasa {

struct Mountain {
  static constexpr double kLeft = -1.2;      // [m] a wall that takes the car's speed
  static constexpr double kRight = 0.6;      // [m] where the position is clipped
  static constexpr double kMaxSpeed = 0.07;  // [m/step]
  static constexpr double kGravity = 0.0025;
  static constexpr double kStartLow = -0.6, kStartHigh = -0.4;  // [m] uniform

  /// The hill with the car at `position` and a flag at `goal`; a line of figures with `velocity`.
  static void Draw(Canvas& canvas, double position, double velocity, double goal);
};

}  // namespace brasa

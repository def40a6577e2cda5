#include "envs/box2d/walker_terrain.h"

namespace brasa {
namespace {

constexpr double kStep = WalkerTerrain::kStep;

enum class Stretch { kGrass, kStump, kStairs, kPit };

/// Draws the line of the ground corner by corner, in stretches of a drawn number of corners.
class TerrainMaker {
 public:
  TerrainMaker(bool hardcore, Rng& rng) : hardcore_(hardcore), rng_(rng) {}

  WalkerTerrain Make() {
    for (int i = 0; i < WalkerTerrain::kLength; ++i) {
      const double x = i * kStep;
      switch (stretch_) {
        case Stretch::kGrass:
          Grass(i);
          break;
        case Stretch::kStump:
          Stump(x);
          break;
        case Stretch::kStairs:
          Stairs(x);
          break;
        case Stretch::kPit:
          Pit(x);
          break;
      }
      terrain_.ground[static_cast<std::size_t>(i)] = {x, y_};
      first_ = false;
      if (--left_ == 0) NextStretch();
    }
    return std::move(terrain_);
  }

 private:
  /// Uniform in {low, .., high - 1}.
  int Integer(int low, int high) {
    return low + static_cast<int>(rng_.Below(static_cast<std::uint32_t>(high - low)));
  }
  void NextStretch() {
    left_ = Integer(WalkerTerrain::kGrass / 2, WalkerTerrain::kGrass);
    const bool obstacle = stretch_ == Stretch::kGrass && hardcore_;
    stretch_ = obstacle ? static_cast<Stretch>(Integer(1, 4)) : Stretch::kGrass;
    first_ = true;
  }
  void Box(double left, double right, double top, double bottom) {
    terrain_.obstacles.push_back(
        {Point{left, top}, Point{right, top}, Point{right, bottom}, Point{left, bottom}});
  }
  /// A random walk of slopes pulled back to the height of the start. A stretch's first corner is
  /// as high as the one before.
  void Grass(int i) {
    if (first_) return;
    const double below = WalkerTerrain::kHeight - y_;
    slope_ = 0.8 * slope_ + 0.01 * ((below > 0) - (below < 0));
    if (i > WalkerTerrain::kStartPad) slope_ += rng_.Uniform(-1, 1) / 30;
    y_ += slope_;
  }
  /// A block as high as it is wide: one or two steps of the ground.
  void Stump(double x) {
    if (!first_) return;
    left_ = Integer(1, 3);
    Box(x, x + left_ * kStep, y_ + left_ * kStep, y_);
  }
  /// Three or four stairs, four steps of the ground wide and one high, up or down. As in Gymnasium
  /// the ground's own line runs along them as a ramp, not in steps.
  void Stairs(double x) {
    constexpr int kWidth = 4;
    if (!first_) {
      const int walked = stairs_ * kWidth - left_ - rise_;
      y_ = foot_ + walked / static_cast<double>(kWidth) * rise_ * kStep;
      return;
    }
    rise_ = rng_.Uniform() > 0.5 ? 1 : -1;
    stairs_ = Integer(3, 5);
    foot_ = y_;
    for (int s = 0; s < stairs_; ++s) {
      const double top = y_ + s * rise_ * kStep;
      Box(x + s * kWidth * kStep, x + (s + 1) * kWidth * kStep, top, top - kStep);
    }
    left_ = stairs_ * kWidth;
  }
  /// A hole four steps of the ground deep and three or four wide, between two walls.
  void Pit(double x) {
    constexpr double kDepth = 4 * kStep;
    if (first_) {
      const int width = Integer(3, 5);
      Box(x, x + kStep, y_, y_ - kDepth);
      Box(x + width * kStep, x + (width + 1) * kStep, y_, y_ - kDepth);
      left_ = width + 2;
      foot_ = y_;
      return;
    }
    y_ = left_ > 1 ? foot_ - kDepth : foot_;
  }

  const bool hardcore_;
  Rng& rng_;
  WalkerTerrain terrain_;
  Stretch stretch_ = Stretch::kGrass;
  bool first_ = false;                   // at a stretch's first corner
  int left_ = WalkerTerrain::kStartPad;  // corners of the stretch
  double y_ = WalkerTerrain::kHeight, slope_ = 0;
  double foot_ = 0;  // height before stairs or pit
  int rise_ = 1, stairs_ = 0;
};

}  // namespace

WalkerTerrain DrawWalkerTerrain(bool hardcore, Rng& rng) {
  return TerrainMaker(hardcore, rng).Make();
}

}  // namespace brasa

// The ground and the walker of BipedalWalker-v3; the card is in bipedal_walker.h.
#pragma once

#include <array>
#include <span>
#include <utility>

#include "brasa/core/random.h"
#include "envs/box2d/physics.h"
#include "envs/box2d/walker_terrain.h"

namespace brasa {

struct WalkerOptions {
  bool hardcore = false;
  bool operator==(const WalkerOptions&) const = default;
};

/// One episode. Plies draw nothing.
class WalkerWorld {
 public:
  using Options = WalkerOptions;
  using Number = float;
  static constexpr std::size_t kPlyNumbers = 4;  // the action
  using Action = std::span<const float, kPlyNumbers>;

  struct Outcome {
    double reward = 0;
    bool terminated = false;
  };

  static constexpr int kRays = 10;
  static constexpr double kRayLength = 160.0 / 30;        // [m]
  static constexpr double kMotorTorque = 80;              // [N m]
  static constexpr double kHipSpeed = 4, kKneeSpeed = 6;  // [rad/s]
  static constexpr double kStartX = WalkerTerrain::kStep * WalkerTerrain::kStartPad / 2;
  static constexpr double kFinishX =
      (WalkerTerrain::kLength - WalkerTerrain::kGrass) * WalkerTerrain::kStep;

  /// `push` [N] acts on the hull along x for the first 0.02 s.
  WalkerWorld(WalkerTerrain terrain, double push);
  WalkerWorld(const WalkerOptions& options, Rng& rng);

  /// Joints in the order hip 0, knee 0, hip 1, knee 1.
  Outcome Play(Action action);
  static bool Allows(Action action);

  /// What is observed, before rounding to float32.
  std::array<double, 24> Quantities() const;

  const WalkerTerrain& terrain() const { return terrain_; }
  /// Parts of the way of each ray at which it meets the ground, 1 where it does not.
  const std::array<double, kRays>& lidar() const { return lidar_; }
  /// Where ray i ends that starts at `from`.
  static Point RayEnd(Point from, int i);
  double episode_return() const { return return_; }
  int plies() const { return plies_; }
  double x() const { return physics_.State(hull_).position.x; }
  bool fallen() const { return physics_.touched(hull_) || x() < 0; }
  bool arrived() const { return x() > kFinishX; }
  const Physics& physics() const { return physics_; }
  int hull() const { return hull_; }
  /// Upper leg 0, lower leg 0, upper leg 1, lower leg 1; their joints have the same numbers.
  int limb(int i) const { return limbs_[static_cast<std::size_t>(i)]; }

 private:
  explicit WalkerWorld(std::pair<WalkerTerrain, double> start)
      : WalkerWorld(std::move(start.first), start.second) {}
  void BuildGround();
  void BuildWalker();
  int AddLimb(double half_width, double height, double angle);
  void Advance(Action action);
  void Scan();
  double Shaping() const;

  WalkerTerrain terrain_;
  Physics physics_{-10};
  int hull_ = 0;
  std::array<int, 4> limbs_{}, joints_{};
  std::array<double, kRays> lidar_{};
  double shaping_ = 0, return_ = 0;
  int plies_ = 0;
};

}  // namespace brasa

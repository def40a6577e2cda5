// The moon, the lander and the wind of LunarLander-v3; the card is in lunar_lander.h.
#pragma once

#include <array>
#include <span>
#include <vector>

#include "brasa/canvas.h"
#include "brasa/core/random.h"
#include "envs/box2d/physics.h"

namespace brasa {

struct LanderOptions {
  bool continuous = false;
  bool enable_wind = false;
  double wind_power = 15;
  double turbulence_power = 1.5;
  double gravity = -10;  // [m/s^2]
  bool operator==(const LanderOptions&) const = default;
};

/// What chance decides before an episode.
struct LanderStart {
  std::array<double, 12> heights{};  // of the moon, before the pad is levelled and all is smoothed
  Point force;                       // on the lander, during its first 0.02 s [N]
  int wind_index = 0;                // where the wind's and the turbulence's waves begin
  int torque_index = 0;
};

LanderStart DrawLanderStart(const LanderOptions& options, Rng& rng);

/// What the engines do in a ply, and the two draws that spread their thrust.
struct LanderPly {
  double main_power = 0;               // 0 or 0.5 .. 1
  double side_power = 0;               // 0 or 0.5 .. 1, negative pushes to the left
  std::array<double, 2> dispersion{};  // +-kDispersion
};

/// One episode. Plies draw nothing.
class LanderWorld {
 public:
  using Options = LanderOptions;
  using Number = double;
  static constexpr std::size_t kPlyNumbers = 4;

  struct Outcome {
    double reward = 0;
    bool terminated = false;
  };

  static constexpr double kScale = 30;  // pixels of the original drawing per metre
  static constexpr double kWidth = 600 / kScale, kHeight = 400 / kScale;
  static constexpr double kPadHeight = kHeight / 4;
  static constexpr double kPadLeft = 8, kPadRight = 12;
  static constexpr double kDispersion = 1 / kScale;
  static constexpr double kLegDown = 18 / kScale;
  static constexpr int kRidge = 11;  // corners of the moon's outline

  LanderWorld(const LanderOptions& options, const LanderStart& start);
  LanderWorld(const LanderOptions& options, Rng& rng)
      : LanderWorld(options, DrawLanderStart(options, rng)) {}

  Outcome Play(const LanderPly& ply);
  /// main_power, side_power, dispersion.
  Outcome Play(std::span<const double, kPlyNumbers> ply);
  static bool Allows(std::span<const double, kPlyNumbers> ply);

  /// x, y, speeds, angle, angular speed, contacts as observed, before rounding to float32.
  std::array<double, 8> Quantities() const;

  const std::array<Point, kRidge>& ridge() const { return ridge_; }
  const LanderPly& last_ply() const { return last_; }
  double episode_return() const { return return_; }
  double fuel_cost() const { return fuel_cost_; }
  int plies() const { return plies_; }
  /// The number of the wind that blows next; it rests while a leg touches the moon.
  int wind_index() const { return wind_index_; }
  bool crashed() const { return physics_.touched(lander_); }
  bool landed() const { return !physics_.State(lander_).awake; }
  const Physics& physics() const { return physics_; }
  int lander() const { return lander_; }
  int leg(int i) const { return legs_[static_cast<std::size_t>(i)]; }

 private:
  void BuildMoon(const LanderStart& start);
  void BuildLander();
  void Blow();
  void Fire(const LanderPly& ply);
  double Shaping() const;

  LanderOptions options_;
  Physics physics_;
  std::array<Point, kRidge> ridge_{};
  int lander_ = 0;
  std::array<int, 2> legs_{};
  int wind_index_, torque_index_;
  double shaping_ = 0;
  LanderPly last_;
  double return_ = 0, fuel_cost_ = 0;
  int plies_ = 0;
};

}  // namespace brasa

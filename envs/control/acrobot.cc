#include "envs/control/acrobot.h"

#include <array>
#include <cstdio>

#include "envs/control/control_text.h"

namespace brasa {
namespace {

constexpr double kMass1 = 1, kMass2 = 1;          // [kg]
constexpr double kLength1 = 1;                    // [m]
constexpr double kCentre1 = 0.5, kCentre2 = 0.5;  // [m] along the link to its centre of mass
constexpr double kInertia = 1;                    // [kg m^2] of either link
constexpr double kGravity = 9.8;                  // [m/s^2]
constexpr double kTimeStep = 0.2;                 // [s]
constexpr double kGoalHeight = 1;                 // [m] above the pivot

constexpr std::string_view kActionNames[] = {"left", "none", "right"};
constexpr Quantity kQuantities[] = {{"theta1", -kPi, kPi},
                                    {"theta2", -kPi, kPi},
                                    {"theta1_dot", -Acrobot::kMaxSpeed1, Acrobot::kMaxSpeed1},
                                    {"theta2_dot", -Acrobot::kMaxSpeed2, Acrobot::kMaxSpeed2}};

/// A state, or its rates of change.
struct Motion {
  double angle1, angle2, speed1, speed2;
};

/// from + time * rates
Motion Moved(const Motion& from, double time, const Motion& rates) {
  return {from.angle1 + time * rates.angle1, from.angle2 + time * rates.angle2,
          from.speed1 + time * rates.speed1, from.speed2 + time * rates.speed2};
}

/// sin and cos of both angles.
struct Trig {
  double cos1, sin1, cos2, sin2;
};

[[gnu::always_inline]] inline Trig TrigOf(const Motion& s) {
  const SinCosResult first = SinCos(s.angle1), second = SinCos(s.angle2);
  return {first.cos, first.sin, second.cos, second.sin};
}

/// cos(angle - pi/2) with pi/2 and the difference rounded to float64, as the source has it, from
/// sin and cos of the angle: links at rest drift by 1e-17 a step there, and so they do here.
inline double Quarter(double angle, double sine, double cosine) {
  constexpr double kHalfPi = kPi / 2, kHalfPiRest = 6.12323399573676603587e-17;
  const double lost = angle - ((angle - kHalfPi) + kHalfPi);
  return sine + (kHalfPiRest - lost) * cosine;
}

/// Equations of motion, d1, d2, phi1 and phi2 as in the source. Its two accelerations are the
/// solution of [d1 d2; d2 i2] [a1; a2] = [-phi1; force2], found here with one division.
[[gnu::always_inline]] inline Motion Rates(const Motion& s, const Trig& t, double torque,
                                           double centripetal) {
  constexpr double kCoupling = kMass2 * kLength1 * kCentre2;
  constexpr double kInertia2 = kMass2 * kCentre2 * kCentre2 + kInertia;
  constexpr double kFixed1 = kMass1 * kCentre1 * kCentre1 +
                             kMass2 * (kLength1 * kLength1 + kCentre2 * kCentre2) + 2 * kInertia;
  const double d1 = kFixed1 + 2 * kCoupling * t.cos2;
  const double d2 = kInertia2 + kCoupling * t.cos2;
  const double sin_sum = t.sin1 * t.cos2 + t.cos1 * t.sin2;
  const double cos_sum = t.cos1 * t.cos2 - t.sin1 * t.sin2;
  const double phi2 = kMass2 * kCentre2 * kGravity * Quarter(s.angle1 + s.angle2, sin_sum, cos_sum);
  const double swing = kCoupling * t.sin2;
  const double phi1 =
      (kMass1 * kCentre1 + kMass2 * kLength1) * kGravity * Quarter(s.angle1, t.sin1, t.cos1) -
      swing * (s.speed2 * (s.speed2 + 2 * s.speed1)) + phi2;
  const double force2 = torque - centripetal * swing * (s.speed1 * s.speed1) - phi2;
  const double inverse = 1 / (d1 * kInertia2 - d2 * d2);
  return {s.speed1, s.speed2, -(kInertia2 * phi1 + d2 * force2) * inverse,
          (d1 * force2 + d2 * phi1) * inverse};
}

/// One step of dynamics; the trigonometric members belong to the angles before and after it.
/// Inlined, so that the loop over worlds vectorises.
[[gnu::always_inline]] inline ControlStep Advance(double action, double centripetal, double& theta1,
                                                  double& theta2, double& theta1_dot,
                                                  double& theta2_dot, double& cos1, double& sin1,
                                                  double& cos2, double& sin2) {
  const double torque = action - 1;
  const Motion s{theta1, theta2, theta1_dot, theta2_dot};
  const Motion k1 = Rates(s, {cos1, sin1, cos2, sin2}, torque, centripetal);
  const Motion at2 = Moved(s, kTimeStep / 2, k1);
  const Motion k2 = Rates(at2, TrigOf(at2), torque, centripetal);
  const Motion at3 = Moved(s, kTimeStep / 2, k2);
  const Motion k3 = Rates(at3, TrigOf(at3), torque, centripetal);
  const Motion at4 = Moved(s, kTimeStep, k3);
  const Motion k4 = Rates(at4, TrigOf(at4), torque, centripetal);
  const Motion sum = Moved(Moved(Moved(k1, 2, k2), 2, k3), 1, k4);
  const Motion next = Moved(s, kTimeStep / 6, sum);
  const Motion after{RemainderTwoPi(next.angle1), RemainderTwoPi(next.angle2),
                     Clip(next.speed1, -Acrobot::kMaxSpeed1, Acrobot::kMaxSpeed1),
                     Clip(next.speed2, -Acrobot::kMaxSpeed2, Acrobot::kMaxSpeed2)};
  const Trig trig = TrigOf(after);
  theta1 = after.angle1;
  theta2 = after.angle2;
  theta1_dot = after.speed1;
  theta2_dot = after.speed2;
  cos1 = trig.cos1;
  sin1 = trig.sin1;
  cos2 = trig.cos2;
  sin2 = trig.sin2;
  const double height = -cos1 - (cos1 * cos2 - sin1 * sin2);
  const bool ended = height > kGoalHeight;
  return {Select(ended, 0.0, -1.0), static_cast<std::uint64_t>(ended)};
}

}  // namespace

std::vector<Field> Acrobot::Fields() {
  return {
      ChoiceField("dynamics", "book", {"book", "nips"},
                  "equations of motion: of Sutton and Barto's book, or of Sutton's 1996 paper")};
}

EnvSpec Acrobot::Spec(const Params&) {
  constexpr auto kFast1 = static_cast<float>(kMaxSpeed1), kFast2 = static_cast<float>(kMaxSpeed2);
  EnvSpec spec;
  spec.id = "Acrobot-v1";
  spec.summary = "Swing the free end of two links up by a motor in the joint between them";
  spec.observation.shape = {6};
  spec.observation.axes = {"quantity"};
  spec.observation.names = {"cos(theta1)", "sin(theta1)", "cos(theta2)",
                            "sin(theta2)", "theta1_dot",  "theta2_dot"};
  spec.observation.low = {-1, -1, -1, -1, -kFast1, -kFast2};
  spec.observation.high = {1, 1, 1, 1, kFast1, kFast2};
  spec.action.count = 3;
  spec.action.names.assign(std::begin(kActionNames), std::end(kActionNames));
  spec.max_episode_steps = 500;
  spec.reward_threshold = -100;
  spec.max_return = 0;
  return spec;
}

void Acrobot::Reset(Rng& rng) {
  double start[4];
  for (double& value : start) value = RoundToFloat(rng.Uniform(-0.1, 0.1));
  SetState(start[0], start[1], start[2], start[3]);
}

void Acrobot::SetState(double angle1, double angle2, double speed1, double speed2) {
  const SinCosResult first = SinCos(angle1), second = SinCos(angle2);
  theta1 = angle1;
  theta2 = angle2;
  theta1_dot = speed1;
  theta2_dot = speed2;
  cos1 = first.cos;
  sin1 = first.sin;
  cos2 = second.cos;
  sin2 = second.sin;
}

EpisodeEnd Acrobot::Step(ActionRef action, Rng&, std::span<float> rewards) {
  const ControlStep step = Advance(action.id(), centripetal, theta1, theta2, theta1_dot, theta2_dot,
                                   cos1, sin1, cos2, sin2);
  rewards[0] = static_cast<float>(step.reward);
  return static_cast<EpisodeEnd>(step.ended);
}

void Acrobot::StepMany(std::span<Acrobot> worlds, const void* actions, Rng*, float* rewards,
                       std::uint8_t* ends) {
  if (worlds.empty()) return;
  const double centripetal = worlds.front().centripetal;
  StepBlocks<8, &Acrobot::theta1, &Acrobot::theta2, &Acrobot::theta1_dot, &Acrobot::theta2_dot,
             &Acrobot::cos1, &Acrobot::sin1, &Acrobot::cos2, &Acrobot::sin2>(
      worlds, static_cast<const std::int32_t*>(actions), rewards,
      ends, [centripetal](double action, auto&... state) __attribute__((always_inline)) {
        return Advance(action, centripetal, state...);
      });
}

void Acrobot::Draw(Canvas& canvas) const {
  canvas.View(-3.6, -2.5, 3.6, 2.3);
  canvas.Clear(palette::kPaper);
  canvas.Line({-3.3, kGoalHeight}, {3.3, kGoalHeight}, 0.03, palette::kGreen);
  canvas.Text({3.3, kGoalHeight + 0.15}, 0.14, "goal", TextAlign::kRight, palette::kGreen);
  const Point joint{sin1, -cos1};
  const Point tip{joint.x + sin1 * cos2 + cos1 * sin2, Height()};
  canvas.Line({0, 0}, joint, 0.2, palette::kSky);
  canvas.Line(joint, tip, 0.2, palette::kBlue);
  for (const Point at : {Point{0, 0}, joint}) {
    canvas.Circle(at, 0.13, palette::kInk);
    canvas.Circle(at, 0.07, palette::kYellow);
  }
  canvas.Circle(tip, 0.1, palette::kBlue);
  char label[80];
  std::snprintf(label, sizeof label, "height %+.2f m   speeds %+.1f  %+.1f rad/s", Height(),
                theta1_dot, theta2_dot);
  canvas.Text({0, -2.3}, 0.15, label, TextAlign::kCentre, palette::kInk);
}

std::string Acrobot::ToText() const {
  return StateToText(kQuantities, std::to_array({theta1, theta2, theta1_dot, theta2_dot}));
}

void Acrobot::FromText(std::string_view text) {
  double values[4] = {};
  StateFromText(text, kQuantities, 4, values);
  SetState(values[0], values[1], values[2], values[3]);
}

std::string Acrobot::ActionToText(ActionRef action) const {
  return std::string(kActionNames[action.id()]);
}

std::vector<double> Acrobot::ActionFromText(std::string_view text) const {
  return ActionFromName(text, kActionNames);
}

std::vector<Control> Acrobot::Controls() const {
  return {{"Left", {0}}, {"", {1}}, {"Right", {2}}};
}

}  // namespace brasa

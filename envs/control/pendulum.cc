#include "envs/control/pendulum.h"

#include <array>
#include <cmath>
#include <cstdio>

#include "envs/control/control_text.h"

namespace brasa {
namespace {

constexpr double kFarthest = 1048576;  // 2^20, as far as SinCos reaches
constexpr Quantity kQuantities[] = {{"theta", -kFarthest, kFarthest},
                                    {"theta_dot", -Pendulum::kMaxSpeed, Pendulum::kMaxSpeed},
                                    {"torque", -Pendulum::kMaxTorque, Pendulum::kMaxTorque}};

/// A point `radius` away from the pivot; `angle` from upright, counter-clockwise.
Point Polar(double radius, double angle) {
  const SinCosResult turned = SinCos(angle);
  return {-radius * turned.sin, radius * turned.cos};
}

/// An arc over the pivot with a head, as long as the torque is strong.
void DrawTorque(Canvas& canvas, double torque) {
  constexpr double kRadius = 0.42, kWidth = 0.05;
  const double reach = torque / Pendulum::kMaxTorque * 1.2;  // [rad] to both sides of upright
  if (std::abs(reach) < 0.01) return;
  constexpr int kPieces = 24;
  for (int i = 0; i < kPieces; ++i) {
    canvas.Line(Polar(kRadius, reach * (2.0 * i / kPieces - 1)),
                Polar(kRadius, reach * (2.0 * (i + 1) / kPieces - 1)), kWidth, palette::kRed);
  }
  const double tip = reach + (reach > 0 ? 0.3 : -0.3);
  const Point head[] = {Polar(kRadius - 0.1, reach), Polar(kRadius + 0.1, reach),
                        Polar(kRadius, tip)};
  canvas.Polygon(head, palette::kRed);
}

}  // namespace

std::vector<Field> Pendulum::Fields() { return {FloatField("g", 10, 0, 1000, "gravity [m/s^2]")}; }

EnvSpec Pendulum::Spec(const Params&) {
  EnvSpec spec;
  spec.id = "Pendulum-v1";
  spec.summary = "Swing a rod up and hold it upright with a weak motor";
  spec.observation.shape = {3};
  spec.observation.axes = {"quantity"};
  spec.observation.names = {"cos(theta)", "sin(theta)", "theta_dot"};
  spec.observation.low = {-1, -1, -8};
  spec.observation.high = {1, 1, 8};
  spec.action.kind = ActionKind::kBox;
  spec.action.low = {-2};
  spec.action.high = {2};
  spec.action.names = {"torque"};
  spec.max_episode_steps = 200;
  spec.max_return = 0;
  return spec;
}

void Pendulum::SetState(double angle, double speed) {
  const SinCosResult at = SinCos(angle);
  theta = angle;
  theta_dot = speed;
  cos_theta = at.cos;
  sin_theta = at.sin;
  torque = 0;
}

void Pendulum::StepMany(std::span<Pendulum> worlds, const void* actions, Rng*, float* rewards,
                        std::uint8_t* ends) {
  if (worlds.empty()) return;
  const double g = worlds.front().gravity;
  StepBlocks<4, &Pendulum::theta, &Pendulum::theta_dot, &Pendulum::cos_theta, &Pendulum::sin_theta,
             &Pendulum::torque>(
      worlds, static_cast<const float*>(actions), rewards, ends,
      [g](double action, double& angle, double& speed, double& cosine, double& sine,
          double& applied) __attribute__((always_inline)) {
        return Advance(action, g, angle, speed, sine, cosine, applied);
      });
}

void Pendulum::Draw(Canvas& canvas) const {
  canvas.View(-2.1, -1.4, 2.1, 1.4);
  canvas.Clear(palette::kPaper);
  canvas.Line({0, 1.02}, {0, 1.12}, 0.02, palette::kGreen);
  canvas.Ring({0, 0}, 1.0, 0.01, palette::kLight);
  const Point tip{-kLength * sin_theta, kLength * cos_theta};
  canvas.Line({0, 0}, tip, 0.17, palette::kOrange);
  canvas.Circle(tip, 0.085, palette::kOrange);
  canvas.Circle({0, 0}, 0.085, palette::kOrange);
  canvas.Circle({0, 0}, 0.04, palette::kInk);
  DrawTorque(canvas, torque);
  char label[80];
  std::snprintf(label, sizeof label, "angle %+.1f deg   speed %+.2f rad/s   torque %+.2f N m",
                Norm(theta) * 180 / kPi, theta_dot, torque);
  canvas.Text({0, -1.27}, 0.09, label, TextAlign::kCentre, palette::kInk);
}

std::string Pendulum::ToText() const {
  return StateToText(kQuantities, std::to_array({theta, theta_dot, torque}));
}

void Pendulum::FromText(std::string_view text) {
  double values[3] = {};
  StateFromText(text, kQuantities, 2, values);
  SetState(values[0], values[1]);
  torque = values[2];
}

std::string Pendulum::ActionToText(ActionRef action) const {
  return BoxActionToText(action.values()[0]);
}

std::vector<double> Pendulum::ActionFromText(std::string_view text) const {
  return BoxActionFromText(text, "N m", kMaxTorque);
}

std::vector<Control> Pendulum::Controls() const {
  return {{"Left", {kMaxTorque}}, {"", {0}}, {"Right", {-kMaxTorque}}};
}

}  // namespace brasa

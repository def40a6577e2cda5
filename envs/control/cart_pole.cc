#include "envs/control/cart_pole.h"

#include <array>
#include <cstdio>
#include <limits>

#include "envs/control/control_text.h"
#include "envs/control/step_blocks.h"

namespace brasa {
namespace {

constexpr double kAny = std::numeric_limits<double>::max();
constexpr std::string_view kActionNames[] = {"left", "right"};
/// Where the pole is still balanced.
constexpr Quantity kQuantities[] = {{"x", -CartPole::kPositionLimit, CartPole::kPositionLimit},
                                    {"x_dot", -kAny, kAny},
                                    {"theta", -CartPole::kAngleLimit, CartPole::kAngleLimit},
                                    {"theta_dot", -kAny, kAny}};

}  // namespace

EnvSpec CartPole::Spec(const Params&) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  constexpr auto kSeenAngle = static_cast<float>(2 * kAngleLimit);
  EnvSpec spec;
  spec.id = "CartPole-v1";
  spec.summary = "Balance a pole on a cart by pushing the cart left or right";
  spec.observation.shape = {4};
  spec.observation.axes = {"quantity"};
  spec.observation.names = {"x", "x_dot", "theta", "theta_dot"};
  spec.observation.low = {-4.8f, -kInfinity, -kSeenAngle, -kInfinity};
  spec.observation.high = {4.8f, kInfinity, kSeenAngle, kInfinity};
  spec.action.count = 2;
  spec.action.names.assign(std::begin(kActionNames), std::end(kActionNames));
  spec.max_episode_steps = 500;
  spec.reward_threshold = 475;
  spec.min_return = 0;
  return spec;
}

void CartPole::StepMany(std::span<CartPole> worlds, const void* actions, Rng*, float* rewards,
                        std::uint8_t* ends) {
  StepBlocks<4, &CartPole::x, &CartPole::x_dot, &CartPole::theta, &CartPole::theta_dot>(
      worlds, static_cast<const std::int32_t*>(actions), rewards, ends,
      [](double action, double& position, double& speed, double& angle, double& turn) {
        return ControlStep{1, Advance(action, position, speed, angle, turn)};
      });
}

void CartPole::Draw(Canvas& canvas) const {
  canvas.View(-2.6, -0.7, 2.6, 1.6);
  canvas.Clear(palette::kPaper);
  canvas.Line({-2.6, 0}, {2.6, 0}, 0.02, palette::kGrey);
  for (const double edge : {-kPositionLimit, kPositionLimit}) {
    canvas.Line({edge, -0.12}, {edge, 0.12}, 0.02, palette::kRed);
  }
  for (const double offset : {-0.14, 0.14}) canvas.Circle({x + offset, 0.06}, 0.06, palette::kInk);
  canvas.Rectangle({x - 0.25, 0.08}, {x + 0.25, 0.3}, palette::kInk);
  const auto [sin_theta, cos_theta] = SinCos(theta);
  const Point axle{x, 0.3};
  const double length = 2 * kHalfLength;
  canvas.Line(axle, {axle.x + length * sin_theta, axle.y + length * cos_theta}, 0.1,
              palette::kOrange);
  canvas.Circle(axle, 0.06, palette::kBlue);
  char label[64];
  std::snprintf(label, sizeof label, "x %+.2f m   angle %+.1f deg", x, theta * 180 / kPi);
  canvas.Text({0, -0.4}, 0.1, label, TextAlign::kCentre, palette::kInk);
}

std::string CartPole::ToText() const {
  return StateToText(kQuantities, std::to_array({x, x_dot, theta, theta_dot}));
}

void CartPole::FromText(std::string_view text) {
  double values[4] = {};
  StateFromText(text, kQuantities, 4, values);
  x = values[0];
  x_dot = values[1];
  theta = values[2];
  theta_dot = values[3];
}

std::string CartPole::ActionToText(ActionRef action) const {
  return std::string(kActionNames[action.id()]);
}

std::vector<double> CartPole::ActionFromText(std::string_view text) const {
  return ActionFromName(text, kActionNames);
}

std::vector<Control> CartPole::Controls() const { return {{"Left", {0}}, {"Right", {1}}}; }

}  // namespace brasa

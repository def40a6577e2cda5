#include "envs/control/cart_pole.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <limits>

namespace brasa {

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
  spec.action.names = {"left", "right"};
  spec.max_episode_steps = 500;
  spec.reward_threshold = 475;
  spec.min_return = 0;
  return spec;
}

void CartPole::StepMany(std::span<CartPole> worlds, const void* actions, Rng*, float* rewards,
                        std::uint8_t* ends) {
  constexpr std::size_t kBlock = 64;
  const auto* ids = static_cast<const std::int32_t*>(actions);
  const std::size_t n = worlds.size();
  std::fill(rewards, rewards + n, 1.0f);
  std::size_t begin = 0;
  for (; begin + kBlock <= n; begin += kBlock) {
    double x[kBlock], x_dot[kBlock], theta[kBlock], theta_dot[kBlock];
    std::int64_t id[kBlock];
    std::uint64_t ended[kBlock];
    CartPole* block = &worlds[begin];
    for (std::size_t i = 0; i < kBlock; ++i) {
      x[i] = block[i].x;
      x_dot[i] = block[i].x_dot;
      theta[i] = block[i].theta;
      theta_dot[i] = block[i].theta_dot;
      id[i] = ids[begin + i];
    }
    for (std::size_t i = 0; i < kBlock; ++i) {
      ended[i] = Advance(id[i], x[i], x_dot[i], theta[i], theta_dot[i]);
    }
    for (std::size_t i = 0; i < kBlock; ++i) {
      block[i].x = x[i];
      block[i].x_dot = x_dot[i];
      block[i].theta = theta[i];
      block[i].theta_dot = theta_dot[i];
      ends[begin + i] = static_cast<std::uint8_t>(ended[i]);
    }
  }
  for (std::size_t i = begin; i < n; ++i) {
    CartPole& world = worlds[i];
    ends[i] = static_cast<std::uint8_t>(
        Advance(ids[i], world.x, world.x_dot, world.theta, world.theta_dot));
  }
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
  return "x=" + ValueText(x) + " x_dot=" + ValueText(x_dot) + " theta=" + ValueText(theta) +
         " theta_dot=" + ValueText(theta_dot);
}

void CartPole::FromText(std::string_view text) {
  constexpr std::string_view kNames[] = {"x=", "x_dot=", "theta=", "theta_dot="};
  double values[4] = {};
  std::string_view rest = text;
  bool ok = true;
  for (int i = 0; i < 4 && ok; ++i) {
    while (!rest.empty() && rest.front() == ' ') rest.remove_prefix(1);
    ok = rest.starts_with(kNames[i]);
    if (!ok) break;
    rest.remove_prefix(kNames[i].size());
    const auto result = std::from_chars(rest.data(), rest.data() + rest.size(), values[i]);
    ok = result.ec == std::errc() && std::isfinite(values[i]);
    rest.remove_prefix(static_cast<std::size_t>(result.ptr - rest.data()));
  }
  if (!ok || !rest.empty()) {
    throw UsageError("state '" + std::string(text) +
                     "' is not understood; give 'x=0 x_dot=0 theta=0 theta_dot=0'");
  }
  if (std::abs(values[0]) > kPositionLimit || std::abs(values[2]) > kAngleLimit) {
    throw UsageError("state '" + std::string(text) +
                     "' is terminal; give |x| <= 2.4 and |theta| <= 0.2094395");
  }
  x = values[0];
  x_dot = values[1];
  theta = values[2];
  theta_dot = values[3];
}

std::string CartPole::ActionToText(ActionRef action) const {
  return action.id() == 1 ? "right" : "left";
}

std::vector<double> CartPole::ActionFromText(std::string_view text) const {
  if (text == "left" || text == "0") return {0};
  if (text == "right" || text == "1") return {1};
  throw UsageError("action '" + std::string(text) + "' is unknown; give left or right");
}

std::vector<Control> CartPole::Controls() const { return {{"Left", {0}}, {"Right", {1}}}; }

}  // namespace brasa

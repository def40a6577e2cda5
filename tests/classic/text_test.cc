// Text forms of the control problems: what is written reads back, anything else is refused.
#include <gtest/gtest.h>

#include "envs/control/acrobot.h"
#include "envs/control/cart_pole.h"
#include "envs/control/mountain_car.h"
#include "envs/control/mountain_car_continuous.h"
#include "envs/control/pendulum.h"
#include "tests/classic/classic_testing.h"

namespace brasa {
namespace {

using namespace testing_classic;

template <typename T>
T Fresh() {
  if constexpr (contract::HasFields<T>) return T(DefaultsOf<T>());
  return T(Params());
}

template <typename T>
void ExpectReadsBack(const std::string& text) {
  T world = Fresh<T>();
  world.FromText(text);
  EXPECT_EQ(world.ToText(), text);
  T read = Fresh<T>();
  read.FromText(world.ToText());
  EXPECT_EQ(0, std::memcmp(&world, &read, sizeof world)) << text;
}

TEST(ControlText, States_ReadBack) {
  ExpectReadsBack<CartPole>("x=0.25 x_dot=-1.5 theta=0.0625 theta_dot=3e+20");
  ExpectReadsBack<MountainCar>("position=-0.4726076625357092 velocity=0");
  ExpectReadsBack<MountainCar>("position=0.6 velocity=-0.07");
  ExpectReadsBack<MountainCarContinuous>("position=-1.2000000476837158 velocity=-0");
  ExpectReadsBack<Pendulum>("theta=-20 theta_dot=8 torque=-0.5");
  ExpectReadsBack<Acrobot>("theta1=3.14 theta2=-1e-300 theta1_dot=12.5 theta2_dot=-28");
}

TEST(ControlText, PendulumWithoutTorque_IsReadAtRestOfTheMotor) {
  Pendulum world = Fresh<Pendulum>();
  world.torque = 1;
  world.FromText("theta=1 theta_dot=2");
  EXPECT_EQ(world.ToText(), "theta=1 theta_dot=2 torque=0");
  EXPECT_NEAR(world.sin_theta, std::sin(1), 2e-16);
}

template <typename T>
void ExpectRefused(const std::vector<std::string>& texts) {
  T world = Fresh<T>();
  const T before = world;
  for (const std::string& text : texts) {
    try {
      world.FromText(text);
      ADD_FAILURE() << "accepted '" << text << "'";
    } catch (const UsageError& error) {
      EXPECT_NE(std::string(error.what()).find("'" + text + "'"), std::string::npos)
          << error.what();
    }
    EXPECT_EQ(0, std::memcmp(&world, &before, sizeof world)) << "the world stays as it was";
  }
}

TEST(ControlText, WhatIsNoState_IsRefusedNamingTheText) {
  ExpectRefused<CartPole>({"", "x=2.5 x_dot=0 theta=0 theta_dot=0"});
  ExpectRefused<MountainCar>(
      {"", "position=0", "position=0 velocity", "position=0 velocity=", "position=0 velocity=x",
       "position=0  velocity=0", "position=0velocity=0", " position=0 velocity=0",
       "position=0 velocity=0 ", "position=0 velocity=0 1", "velocity=0 position=0",
       "position=nan velocity=0", "position=0 velocity=inf", "position=0.7 velocity=0",
       "position=-1.3 velocity=0", "position=0 velocity=0.08", "position=1e999 velocity=0"});
  ExpectRefused<MountainCarContinuous>({"position=0.61 velocity=0"});
  ExpectRefused<Pendulum>({"theta=0", "theta=2e6 theta_dot=0", "theta=0 theta_dot=8.1",
                           "theta=0 theta_dot=0 torque=3", "theta=0 theta_dot=0 torque",
                           "theta=0 theta_dot=0 ", "theta=0 theta_dot=0 torque=0 torque=0"});
  ExpectRefused<Acrobot>({"theta1=4 theta2=0 theta1_dot=0 theta2_dot=0",
                          "theta1=0 theta2=0 theta1_dot=13 theta2_dot=0",
                          "theta1=0 theta2=0 theta1_dot=0"});
}

template <typename T, typename Action>
void ExpectActionReads(const std::string& text, Action action, const std::string& written) {
  const T world = Fresh<T>();
  EXPECT_EQ(world.ActionFromText(text), std::vector<double>{static_cast<double>(action)});
  EXPECT_EQ(world.ActionToText(ActionRef(&action, 1)), written);
}

TEST(ControlText, Actions_HaveNamesOrNumbers) {
  ExpectActionReads<CartPole>("right", 1, "right");
  ExpectActionReads<MountainCar>("left", 0, "left");
  ExpectActionReads<MountainCar>("1", 1, "coast");
  ExpectActionReads<Acrobot>("none", 1, "none");
  ExpectActionReads<MountainCarContinuous>("-0.25", -0.25f, "-0.25");
  ExpectActionReads<Pendulum>("3", 3.0f, "3");  // the rules clip
  for (const char* text : {"", "Left", "3", "-1", "left ", "01"}) {
    EXPECT_THROW(Fresh<MountainCar>().ActionFromText(text), UsageError) << text;
  }
  for (const char* text : {"", "x", "1 ", "nan", "inf", "1e99", "0x1", "1,2"}) {
    EXPECT_THROW(Fresh<Pendulum>().ActionFromText(text), UsageError) << text;
  }
}

/// Random and mutated texts: only UsageError may come out, and what is read is written again.
template <typename T>
void Fuzz(const std::vector<std::string>& seeds, int count, std::uint64_t seed) {
  Rng rng(seed, StreamRole::kTest);
  const std::string letters = "=. -+0123456789eatheposinvlcyt_xdorqu12\n\t\"";
  int accepted = 0;
  for (int i = 0; i < count; ++i) {
    std::string text = seeds[rng.Below(static_cast<std::uint32_t>(seeds.size()))];
    for (int edits = static_cast<int>(rng.Below(4)); edits > 0; --edits) {
      const std::size_t at = rng.Below(static_cast<std::uint32_t>(text.size()) + 1);
      const char letter = rng.Below(8) == 0 ? static_cast<char>(rng.Below(256))
                                            : letters[rng.Below(42) % letters.size()];
      const auto kind = rng.Below(3);
      if (kind == 0) text.insert(at, 1, letter);
      if (kind == 1 && at < text.size()) text.erase(at, 1 + rng.Below(3));
      if (kind == 2 && at < text.size()) text[at] = letter;
    }
    T world = Fresh<T>();
    try {
      world.FromText(text);
      T read = Fresh<T>();
      read.FromText(world.ToText());
      ASSERT_EQ(0, std::memcmp(&world, &read, sizeof world)) << text;
      ++accepted;
    } catch (const UsageError&) {
    }
    try {
      world.ActionFromText(text);
    } catch (const UsageError&) {
    }
  }
  EXPECT_GT(accepted, count / 10);
}

void FuzzAll(int count) {
  Fuzz<CartPole>({"x=0 x_dot=0 theta=0 theta_dot=0"}, count, 1);
  Fuzz<MountainCar>({"position=-0.5 velocity=0", "position=0.25 velocity=-0.01"}, count, 2);
  Fuzz<MountainCarContinuous>({"position=-0.5 velocity=0"}, count, 3);
  Fuzz<Pendulum>({"theta=1 theta_dot=-1 torque=0.5", "theta=1 theta_dot=0"}, count, 4);
  Fuzz<Acrobot>({"theta1=1 theta2=-1 theta1_dot=0 theta2_dot=2"}, count, 5);
}

TEST(ControlText, RandomInput_GivesAStateOrAUsageError) { FuzzAll(20000); }

TEST(FullControlTextFuzz, RandomInput_GivesAStateOrAUsageError) { FuzzAll(1000000); }

}  // namespace
}  // namespace brasa

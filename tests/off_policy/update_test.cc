// Every update of SAC, TD3 and DDPG against the plain versions.
#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "tests/off_policy/plain_off_policy.h"
#include "tests/off_policy/training.h"

namespace brasa {
namespace {

using plain::Vector;

Vector Wide(const std::vector<float>& values) { return {values.begin(), values.end()}; }
Vector Parameters(const Network& network) { return Wide(ParametersOf(network)); }
Vector GradientOfNetwork(const Network& network) { return Wide(GradientOf(network)); }

/// A sample of the last update.
struct Sample {
  Vector state, successor, u;
  double reward = 0, bootstrap = 0;
};

constexpr std::size_t kComponents = 2;
constexpr double kDiscount = 0.9, kTau = 0.125;
constexpr double kLearningRate = 0.01, kCriticLearningRate = 0.02;

/// From the replay alone; actions of BoxCounter's box [-3, 1] x [0.5, 2.5].
std::vector<Sample> SamplesOf(const OffPolicyRun& run) {
  const Replay& replay = run.agent.replay();
  const auto* seen = static_cast<const float*>(replay.observations());
  std::vector<Sample> samples;
  for (const std::int32_t row : run.agent.batch_rows()) {
    const std::int32_t next = replay.Window(row, 1, 1).successor;
    const float* const action = replay.action_values(row);
    samples.push_back(
        {{seen + 2 * row, seen + 2 * row + 2},
         {seen + 2 * next, seen + 2 * next + 2},
         {(static_cast<double>(action[0]) + 1) / 2, static_cast<double>(action[1]) - 1.5},
         static_cast<double>(replay.reward(row)),
         replay.end(row) == EpisodeEnd::kTerminated ? 0 : kDiscount});
  }
  return samples;
}

/// The noise of sample i.
Vector NoiseOf(const std::vector<double>& all, std::size_t i) {
  return {all.begin() + static_cast<std::ptrdiff_t>(i * kComponents),
          all.begin() + static_cast<std::ptrdiff_t>((i + 1) * kComponents)};
}

/// All networks of a learner.
struct State {
  explicit State(OffPolicyRun& run) {
    OffPolicyLearner& agent = run.agent;
    policy = Parameters(agent.policy());
    for (int i = 0; i < agent.critics().count(); ++i) {
      critics.push_back(Parameters(agent.critics().online(i)));
      targets.push_back(Parameters(agent.critics().target(i)));
    }
    if (auto* const sac = dynamic_cast<Sac*>(&agent)) temperature = sac->temperature();
    if (auto* const td3 = dynamic_cast<Td3*>(&agent)) {
      target_policy = Parameters(td3->target_policy());
    }
  }
  Vector policy, target_policy;
  std::vector<Vector> critics, targets;
  double temperature = 0;
};

void ExpectNear(const Vector& found, const Vector& expected, double tolerance,
                const std::string& what) {
  ASSERT_EQ(found.size(), expected.size());
  double squares = 0;
  for (const double x : expected) squares += x * x;
  for (std::size_t i = 0; i < found.size(); ++i) {
    ASSERT_NEAR(found[i], expected[i], tolerance * (1 + std::sqrt(squares))) << what << ' ' << i;
  }
}

Vector Between(const Vector& target, const Vector& goal) {
  Vector moved = target;
  for (std::size_t i = 0; i < moved.size(); ++i) moved[i] += kTau * (goal[i] - target[i]);
  return moved;
}

/// One learner's updates beside the plain ones. Tolerances are those of float sums over networks of
/// a dozen units whose inputs are of order 10.
class Comparison {
 public:
  Comparison(const std::string& agent, const Settings& more)
      : agent_(agent),
        run_(agent, BoxCounterRow(), SmallSettings(more), 2, 5),
        policy_spec_(run_.agent.policy().spec()),
        critic_spec_(run_.agent.critics().online(0).spec()),
        critic_adam_(static_cast<std::size_t>(run_.agent.critics().count())) {}

  /// `delay`: updates of the critics for one of the policy.
  void Run(int delay) {
    for (int step = 0; step < 40; ++step) {
      const State before(run_);
      run_.Step();
      if (run_.agent.updates() == updates_) continue;
      ASSERT_EQ(run_.agent.updates(), ++updates_);
      const State after(run_);
      samples_ = SamplesOf(run_);
      SCOPED_TRACE(agent_ + ", update " + std::to_string(updates_));
      ExpectTargets(before);
      ExpectCritics(before, after);
      if (updates_ % delay == 0) {
        ExpectPolicy(before, after);
        ExpectFollowed(before, after);
      } else {
        EXPECT_EQ(after.policy, before.policy);
        EXPECT_EQ(after.targets, before.targets);
        EXPECT_EQ(after.target_policy, before.target_policy);
      }
      if (testing::Test::HasFatalFailure()) return;
    }
    EXPECT_GT(updates_, 30);
  }

  double target_noise = 0, target_noise_clip = 0;
  bool learns_temperature = true;
  double target_entropy = -1;
  double epsilon = 1e-8;  ///< Adam's; a large one shows the size of a gradient

 private:
  double PlainTarget(const State& before, std::size_t i) const {
    const Sample& s = samples_[i];
    const Vector noise = NoiseOf(run_.agent.successor_noise(), i);
    if (agent_ == "sac") {
      const plain::Squashed next =
          plain::Squash(plain::Outputs(policy_spec_, before.policy, s.successor), noise);
      return s.reward +
             s.bootstrap * (plain::LeastValue(critic_spec_, before.targets, s.successor, next.u) -
                            before.temperature * next.log_prob);
    }
    Vector u = plain::Tanh(plain::Outputs(policy_spec_, before.target_policy, s.successor));
    for (std::size_t k = 0; k < u.size(); ++k) {
      u[k] = plain::Clip(u[k] + plain::Clip(target_noise * noise[k], target_noise_clip), 1);
    }
    return s.reward + s.bootstrap * plain::LeastValue(critic_spec_, before.targets, s.successor, u);
  }

  void ExpectTargets(const State& before) {
    targets_.clear();
    for (std::size_t i = 0; i < samples_.size(); ++i) {
      targets_.push_back(PlainTarget(before, i));
      ASSERT_NEAR(static_cast<double>(run_.agent.batch_targets()[i]), targets_.back(),
                  1e-4 * (1 + std::abs(targets_.back())));
    }
  }

  void ExpectCritics(const State& before, const State& after) {
    for (std::size_t c = 0; c < before.critics.size(); ++c) {
      const auto loss = [&](const Vector& x) {
        double sum = 0;
        for (std::size_t i = 0; i < samples_.size(); ++i) {
          const double error =
              plain::Value(critic_spec_, x, samples_[i].state, samples_[i].u) - targets_[i];
          sum += error * error / static_cast<double>(samples_.size());
        }
        return sum;
      };
      const Vector found = GradientOfNetwork(run_.agent.critics().online(static_cast<int>(c)));
      ExpectNear(found, plain::Gradient(loss, before.critics[c]), 1e-4, "critic gradient");
      ExpectNear(after.critics[c],
                 critic_adam_[c].Step(before.critics[c], found, kCriticLearningRate, epsilon), 1e-5,
                 "critic");
    }
  }

  /// The critics have learnt already when the policy does.
  void ExpectPolicy(const State& before, const State& after) {
    const double count = static_cast<double>(samples_.size());
    const auto loss = [&](const Vector& x) {
      double sum = 0;
      for (std::size_t i = 0; i < samples_.size(); ++i) {
        const Vector& state = samples_[i].state;
        const Vector outputs = plain::Outputs(policy_spec_, x, state);
        if (agent_ == "sac") {
          const plain::Squashed own = plain::Squash(outputs, NoiseOf(run_.agent.policy_noise(), i));
          sum += before.temperature * own.log_prob -
                 plain::LeastValue(critic_spec_, after.critics, state, own.u);
        } else {
          sum -= plain::Value(critic_spec_, after.critics[0], state, plain::Tanh(outputs));
        }
      }
      return sum / count;
    };
    const Vector found = GradientOfNetwork(run_.agent.policy());
    const Vector expected = plain::Gradient(loss, before.policy);
    double norm = 0;
    for (const double g : expected) norm += g * g;
    EXPECT_GT(norm, 0);
    ExpectNear(found, expected, 2e-4, "policy gradient");
    ExpectNear(after.policy, policy_adam_.Step(before.policy, found, kLearningRate, epsilon), 1e-5,
               "policy");
    if (agent_ == "sac") ExpectTemperature(before, after);
  }

  void ExpectTemperature(const State& before, const State& after) {
    if (!learns_temperature) {
      EXPECT_EQ(after.temperature, before.temperature);
      return;
    }
    double gradient = 0;
    for (std::size_t i = 0; i < samples_.size(); ++i) {
      const plain::Squashed own =
          plain::Squash(plain::Outputs(policy_spec_, before.policy, samples_[i].state),
                        NoiseOf(run_.agent.policy_noise(), i));
      gradient -= (own.log_prob + target_entropy * 2) / static_cast<double>(samples_.size());
    }
    const Vector moved =
        temperature_adam_.Step({std::log(before.temperature)}, {gradient}, kLearningRate, epsilon);
    EXPECT_NEAR(std::log(after.temperature), moved[0], 2e-6);
  }

  void ExpectFollowed(const State& before, const State& after) {
    for (std::size_t c = 0; c < before.targets.size(); ++c) {
      ExpectNear(after.targets[c], Between(before.targets[c], after.critics[c]), 1e-7, "target");
      EXPECT_NE(after.targets[c], before.targets[c]);
    }
    if (agent_ == "sac") return;
    ExpectNear(after.target_policy, Between(before.target_policy, after.policy), 1e-7,
               "target policy");
  }

  const std::string agent_;
  OffPolicyRun run_;
  const NetworkSpec policy_spec_, critic_spec_;
  std::vector<Sample> samples_;
  Vector targets_;
  std::vector<plain::Adam> critic_adam_;
  plain::Adam policy_adam_, temperature_adam_;
  std::int64_t updates_ = 0;
};

TEST(SacUpdate, EqualsThePlainOne) {
  Comparison comparison("sac", {{"temperature", "0.5"}});
  comparison.Run(1);
}

TEST(SacUpdate, TargetEntropy_IsOfEachComponent) {
  Comparison comparison("sac", {{"target_entropy", "0.25"}, {"adam_epsilon", "1"}});
  comparison.target_entropy = 0.25;
  comparison.epsilon = 1;
  comparison.Run(1);
}

TEST(SacUpdate, FixedTemperature_StaysAsItIs) {
  Comparison comparison("sac", {{"temperature", "2"}, {"learn_temperature", "false"}});
  comparison.learns_temperature = false;
  comparison.Run(1);
}

TEST(Td3Update, EqualsThePlainOne) {
  Comparison comparison("td3", {});
  comparison.target_noise = 0.2;
  comparison.target_noise_clip = 0.5;
  comparison.Run(2);
}

// Noise far beyond its clip, and every third update only.
TEST(Td3Update, ClippedNoiseAndOtherDelay_EqualThePlainOnes) {
  Comparison comparison(
      "td3", {{"target_noise", "3"}, {"target_noise_clip", "0.25"}, {"policy_delay", "3"}});
  comparison.target_noise = 3;
  comparison.target_noise_clip = 0.25;
  comparison.Run(3);
}

TEST(DdpgUpdate, EqualsThePlainOne) {
  Comparison comparison("ddpg", {});
  comparison.Run(1);
}

}  // namespace
}  // namespace brasa

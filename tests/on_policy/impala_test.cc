// IMPALA: targets, lag and update against a plain, single-threaded version.
#include "agents/deep/impala.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cmath>
#include <stdexcept>

#include "tests/on_policy/played.h"

namespace brasa {
namespace {

using support::StepCounterRow;

/// V-trace by the recursive equations, for decision `i` of a rollout whose slots end before `end`.
struct PlainVtrace {
  const std::vector<Decision>& decisions;
  std::vector<double> value, ratio, final_value;  ///< of all decisions
  int end = 0;
  double discount = 0.9, lambda = 0.8, rho_clip = 1.1, c_clip = 0.9;

  bool Open(std::size_t i) const {
    const Decision& d = decisions[i];
    if (d.end != EpisodeEnd::kNone) return d.end_slot >= end;
    return d.next < 0 || decisions[static_cast<std::size_t>(d.next)].slot > end;
  }
  /// Of what follows decision i: its value, or its V-trace target.
  double After(std::size_t i, bool target) const {
    const Decision& d = decisions[i];
    if (d.end == EpisodeEnd::kTerminated) return 0;
    if (d.end == EpisodeEnd::kTruncated) return final_value[i];
    const auto next = static_cast<std::size_t>(d.next);
    return target ? Target(next) : value[next];
  }
  double Target(std::size_t i) const {
    if (decisions[i].slot >= end || Open(i)) return value[i];
    const double rho = std::min(rho_clip, ratio[i]), c = lambda * std::min(c_clip, ratio[i]);
    const double delta = rho * (decisions[i].reward + discount * After(i, false) - value[i]);
    return value[i] + delta + discount * c * (After(i, true) - After(i, false));
  }
  double Weight(std::size_t i) const {
    const double rho = std::min(rho_clip, ratio[i]);
    return rho * (decisions[i].reward + discount * After(i, true) - value[i]);
  }
};

constexpr int kUnroll = 7;
const Settings kSettings = {{"hidden", "4"},           {"unroll", "7"},
                            {"discount", "0.9"},       {"vtrace_lambda", "0.8"},
                            {"rho_clip", "1.1"},       {"c_clip", "0.9"},
                            {"learning_rate", "0.05"}, {"entropy_coef", "0.05"},
                            {"value_coef", "0.7"},     {"anneal_lr", "false"}};

/// RMSprop (PyTorch's form, decay 0.99) or Adam, epsilon 1e-5.
struct PlainOptimizer {
  plain::Learner adam;
  bool rmsprop = true;
  void Step(const plain::Vector& gradient) {
    if (!rmsprop) return adam.Adam(gradient, 0.05);
    adam.second.resize(gradient.size());
    for (std::size_t i = 0; i < gradient.size(); ++i) {
      adam.second[i] = 0.99 * adam.second[i] + 0.01 * gradient[i] * gradient[i];
      adam.parameters[i] -= 0.05 * gradient[i] / (std::sqrt(adam.second[i]) + 1e-5);
    }
  }
};

struct Case {
  const char* name;
  EnvRow row;
  Settings params, settings;
};
std::vector<Case> Cases() {
  return {{"masks, truncation", StepCounterRow<float, false>(), {}, {}},
          {"boxes", StepCounterRow<float, true>(), {}, {{"log_std_init", "-0.5"}}},
          {"three seats", three_seat::ThreeSeatRow(), {}, {{"optimizer", "adam"}}},
          {"seats, truncated", three_seat::ThreeSeatRow(), {{"max_episode_steps", "2"}}, {}},
          {"in turn", StepCounterRow<float, false>(), {}, {{"background", "false"}}}};
}

// Rollout k is played with the parameters after k - 1 updates, and learnt by those after k, from
// which update k + 1 makes the next. theta[j] is what the learner had after j updates; the plain
// learner goes on from what was found, so that float32's rounding does not add up.
TEST(Impala, ParametersAndLag_EqualThePlainVersion) {
  for (const Case& c : Cases()) {
    SCOPED_TRACE(c.name);
    Played run(c.row, "impala", With(kSettings, c.settings), 2, 7, 0, c.params);
    auto& agent = run.As<Impala>();
    const NetworkSpec network = agent.model().network().spec();
    const auto value_column = static_cast<std::size_t>(network.outputs() - 1);
    std::vector<plain::Vector> theta = {ParametersOf(agent.learner_model())};
    PlainOptimizer slow{{network, theta[0], {}, {}}, true};
    for (const auto& [name, value] : c.settings) {
      if (name == "optimizer") slow.rmsprop = false;
    }
    double most_ratio = 0;
    for (int k = 0; k < 12; ++k) {
      run.Train(k == 0 ? kUnroll : kUnroll - 1);
      theta.push_back(ParametersOf(agent.learner_model()));  // after update k + 1
      EXPECT_EQ(agent.updates(), k);
      EXPECT_EQ(ParametersOf(agent.model()), theta[static_cast<std::size_t>(k)]);
      run.Step();  // records what slot T shows
      const std::vector<Decision>& all = run.decisions;
      const plain::Vector& learner = theta[static_cast<std::size_t>(k)];
      const plain::Vector& actor = theta[static_cast<std::size_t>(std::max(0, k - 1))];
      PlainVtrace vtrace{all, {}, {}, {}, (k + 1) * kUnroll};
      for (const Decision& d : all) {
        const plain::Vector y = plain::Outputs(network, learner, d.sample.input);
        const plain::Vector mu = plain::Outputs(network, actor, d.sample.input);
        vtrace.value.push_back(y[value_column]);
        vtrace.ratio.push_back(
            std::exp(plain::PolicyOf(d.sample, y).log_p - plain::PolicyOf(d.sample, mu).log_p));
        vtrace.final_value.push_back(
            d.final_input.empty() ? 0
                                  : plain::Outputs(network, learner, d.final_input)[value_column]);
      }
      std::vector<PolicyGradientSample> samples;
      for (std::size_t i = 0; i < all.size(); ++i) {
        const bool played = all[i].slot >= k * kUnroll && all[i].slot < vtrace.end;
        if (!played || vtrace.Open(i)) continue;
        samples.push_back({all[i].sample, vtrace.Weight(i), vtrace.Target(i)});
        most_ratio = std::max(most_ratio, vtrace.ratio[i]);
      }
      slow.adam.parameters = learner;
      slow.Step(ClippedGradient(
          [&](const plain::Vector& x) {
            return PolicyGradientLossOf(network, x, samples, 0.05, 0.7);
          },
          learner, 0.5));
      for (std::size_t i = 0; i < learner.size(); ++i) {
        ASSERT_NEAR(theta.back()[i], slow.adam.parameters[i], 3e-4)
            << "update " << k + 1 << " parameter " << i;
      }
    }
    EXPECT_GT(most_ratio, 1.1);  // both clips have been met
  }
}

// Every value is 8, ratios are 1, discount 1/2, lambda 0: targets look one step ahead.
// StepCounter's rewards are ply + 1: t + 1 + 4, but t + 1 where the episode terminated, and 5 + 4
// in the fifth ply of a truncated one. The loss of the value is the mean of 1/2 (8 - target)^2.
TEST(Impala, EndsOfEpisodes_WorkedByHand) {
  Played run(StepCounterRow<float, false>(), "impala",
             {{"hidden", ""},
              {"unroll", "10"},
              {"discount", "0.5"},
              {"vtrace_lambda", "0"},
              {"learning_rate", "0"}},
             1, 3);
  auto& agent = run.As<Impala>();
  for (PolicyModel* model : {&agent.model(), &agent.learner_model()}) {
    SayEverywhere(model->network(), 8);
  }
  // Episodes of 2, 3 and 5 plies fill a rollout: 5, 2; 5, 6, 3; 5, 6, 7, 8, 9 to regress to.
  const double squares = 9 + 36 + 9 + 4 + 25 + 9 + 4 + 1 + 0 + 1;
  run.Run(20);
  EXPECT_EQ(agent.updates(), 1);
  EXPECT_EQ(agent.metrics()[0].name, "losses/value_loss");
  EXPECT_NEAR(agent.metrics()[0].value, squares / 20, 1e-6);
  EXPECT_EQ(agent.metrics()[3].name, "losses/mean_ratio");
  EXPECT_EQ(agent.metrics()[3].value, 1.0);
}

TEST(Impala, LearningBesideThePlay_GivesTheBitsOfLearningInTurn) {
  const auto saved = [](const std::string& background) {
    Played run(support::BuiltinRow("CartPole-v1"), "impala",
               {{"hidden", "8"}, {"background", background}}, 4, 3, 4000);
    run.Run(500);
    EXPECT_EQ(run.agent->updates(), 24);
    return std::pair(run.Saved(), run.agent->ParameterHash());
  };
  EXPECT_TRUE(saved("true") == saved("false"));
}

TEST(Impala, ErrorOfTheLearner_ArrivesAtTheBarrier) {
  for (const std::string background : {"true", "false"}) {
    Played run(StepCounterRow<float, false>(), "impala",
               {{"hidden", ""}, {"unroll", "4"}, {"background", background}}, 1, 3);
    PolicyModel& learner = run.As<Impala>().learner_model();
    SayEverywhere(learner.network(), 1e30f);  // its square is beyond float32
    std::string error = "no error";
    int steps = 0;
    try {
      for (; steps < 20; ++steps) run.Run(1);
    } catch (const NumericError& e) {
      error = e.what();
    }
    EXPECT_EQ(error, "impala, update 1: value loss is not finite");
    EXPECT_EQ(steps, background == "true" ? 7 : 3);
  }
}

TEST(Impala, UnrollThatDoesNotFit_IsRefusedInOneLine) {
  try {
    Played run(three_seat::ThreeSeatRow(), "impala", {{"unroll", "2"}}, 1, 3);
    FAIL();
  } catch (const ConfigError& error) {
    EXPECT_STREQ(error.what(),
                 "unroll = 2 is too short for 'ThreeSeat-v0': with 3 players give 3 or more");
  }
}

TEST(ImpalaOptions, EverySettingIsTaken) {
  Config config(ImpalaFields());
  const Settings settings = {{"learning_rate", "0.5"}, {"optimizer_epsilon", "0.25"},
                             {"anneal_lr", "false"},   {"discount", "0.75"},
                             {"unroll", "77"},         {"vtrace_lambda", "0.625"},
                             {"rho_clip", "2"},        {"c_clip", "3"},
                             {"entropy_coef", "0.5"},  {"value_coef", "0.125"},
                             {"max_grad_norm", "78"},  {"reward_scale", "79"},
                             {"background", "false"}};
  for (const auto& [name, value] : settings) config.Set(name, value);
  const EnvSpec spec = support::StepCounter<float, false>::Spec(Params());
  const ImpalaOptions o = ImpalaOptions::From(spec, config);
  EXPECT_EQ(o.learning_rate, 0.5);
  EXPECT_EQ(o.policy.optimizer.epsilon, 0.25);
  EXPECT_EQ(o.policy.optimizer.beta1, 0);
  EXPECT_EQ(o.policy.optimizer.beta2, 0.99);
  EXPECT_FALSE(o.policy.optimizer.bias_correction || o.anneal_lr || o.background);
  EXPECT_EQ(o.vtrace.discount, 0.75f);
  EXPECT_EQ(o.vtrace.lambda, 0.625f);
  EXPECT_EQ(o.vtrace.rho_clip, 2);
  EXPECT_EQ(o.vtrace.c_clip, 3);
  EXPECT_EQ(o.unroll, 77);
  EXPECT_EQ(o.loss.entropy_coef, 0.5f);
  EXPECT_EQ(o.loss.value_coef, 0.125f);
  EXPECT_EQ(o.max_grad_norm, 78);
  EXPECT_EQ(o.reward.scale, 79);
  const ImpalaOptions defaults = ImpalaOptions::From(spec, Config(ImpalaFields()));
  EXPECT_TRUE(defaults.anneal_lr && defaults.background);
}

TEST(BackgroundJob, Wait_ThrowsWhatTheJobThrewOnce) {
  int runs = 0;
  BackgroundJob job([&] {
    if (++runs == 2) throw std::runtime_error("second");
  });
  job.Wait();  // nothing has begun
  job.Start();
  job.Wait();
  EXPECT_EQ(runs, 1);
  job.Start();
  EXPECT_THROW(job.Wait(), std::runtime_error);
  EXPECT_NO_THROW(job.Wait());
  job.Start();
  job.Wait();
  EXPECT_EQ(runs, 3);
}

TEST(BackgroundJob, Destructor_WaitsForTheJob) {
  std::atomic<int> done = 0;
  {
    BackgroundJob job([&] { ++done; });
    job.Start();
  }
  EXPECT_EQ(done, 1);
}

}  // namespace
}  // namespace brasa

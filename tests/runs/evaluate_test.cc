// Evaluate: fair shares of episodes, seats against opponents, and that nothing of the run moves.
#include <numeric>

#include "brasa/env_batch.h"
#include "tests/runs/runs_testing.h"

namespace brasa {
namespace {

TrainedAgent Untrained(Registry& registry, const std::string& env) {
  TrainedAgent agent;
  agent.config = TestConfig(registry, "drift", env, 1000, 2);
  const EnvSpec spec = EnvBatch(registry.FindEnv(env), agent.config.params, 1, {}).spec();
  agent.agent = registry.FindAgent("drift").make({spec, agent.config.agent_config, 2, 1, 1000});
  return agent;
}

// The oracle plays every world by itself, one after the other, with Env: 10 episodes in 4 worlds
// are 3, 3, 2 and 2.
TEST(Evaluate, Episodes_AreThoseOfEveryWorldPlayedAlone) {
  Registry registry = TestRegistry();
  TrainedAgent agent = Untrained(registry, "Noisy-v0");
  EvaluateOptions options;
  options.episodes = 10;
  options.worlds = 4;
  options.seed = 5;
  const EvaluateResult result = Evaluate(registry, agent, options);
  std::size_t episode = 0;
  std::int64_t steps = 0;
  for (std::uint32_t world = 0; world < 4; ++world) {
    Env env(registry.FindEnv("Noisy-v0"), agent.config.params, {5, StreamRole::kEvalEnv, world});
    for (int k = 0; k < (world < 2 ? 3 : 2); ++k, ++episode) {
      env.Reset();
      while (!env.done()) env.Step(1);  // the greedy agent's choice
      EXPECT_EQ(result.returns[episode], env.returns()[0]) << "world " << world;
      EXPECT_EQ(result.lengths[episode], env.plies());
      steps += env.plies();
    }
  }
  EXPECT_EQ(result.returns.size(), 10u);
  EXPECT_EQ(result.steps, steps);
  const double sum = std::accumulate(result.returns.begin(), result.returns.end(), 0.0);
  EXPECT_DOUBLE_EQ(result.mean_return[0].value, sum / 10);
  EXPECT_EQ(result.mean_return[0].n, 10);
}

TEST(Evaluate, Workers_ChangeNothing) {
  Registry registry = TestRegistry();
  TrainedAgent agent = Untrained(registry, "Noisy-v0");
  EvaluateOptions options;
  options.mode = ActMode::kExplore;
  const EvaluateResult serial = Evaluate(registry, agent, options);
  options.workers = 3;
  const EvaluateResult parallel = Evaluate(registry, agent, options);
  EXPECT_EQ(parallel.signature, serial.signature);
  EXPECT_EQ(parallel.returns, serial.returns);
}

// Both name 2: every game is a draw of 0.
TEST(Evaluate, SelfPlay_TellsReturnsPerPlayer) {
  Registry registry = TestRegistry();
  TrainedAgent agent = Untrained(registry, "Higher-v0");
  EvaluateOptions options;
  options.episodes = 8;
  const EvaluateResult result = Evaluate(registry, agent, options);
  EXPECT_EQ(result.returns, std::vector<double>(16, 0.0));
  EXPECT_EQ(result.mean_return.size(), 2u);
  EXPECT_TRUE(result.seats.empty());
  EXPECT_EQ(result.steps, 16);
}

// The greedy agent names 2: it wins against 0 and 1 and draws against 2, so from each seat it wins
// as often as its mean return there says, and never loses. Two thirds of 300 are 200, with a
// standard deviation of 8.2; 160 to 240 is beyond four of them.
TEST(Evaluate, RandomOpponent_IsMetFromEachSeatInTurn) {
  Registry registry = TestRegistry();
  TrainedAgent agent = Untrained(registry, "Higher-v0");
  EvaluateOptions options;
  options.episodes = 600;
  options.opponent = "random";
  const EvaluateResult result = Evaluate(registry, agent, options);
  ASSERT_EQ(result.seats.size(), 2u);
  for (std::size_t seat = 0; seat < 2; ++seat) {
    const EvaluateResult::Seat& count = result.seats[seat];
    EXPECT_EQ(count.losses, 0);
    EXPECT_EQ(count.wins + count.draws, 300);
    EXPECT_GT(count.wins, 160);
    EXPECT_LT(count.wins, 240);
    EXPECT_DOUBLE_EQ(result.mean_return[seat].value, count.wins / 300.0);
    EXPECT_EQ(result.mean_return[seat].n, 300);
  }
}

TEST(Evaluate, SearchingOpponent_Plays) {
  Registry registry = TestRegistry();
  TrainedAgent agent = Untrained(registry, "TicTacToe-v0");
  EvaluateOptions options;
  options.episodes = 10;
  options.opponent = "mcts";
  const EvaluateResult result = Evaluate(registry, agent, options);
  for (const EvaluateResult::Seat& seat : result.seats) {
    EXPECT_EQ(seat.wins, 0) << "search is not beaten by whoever takes the highest cell";
    EXPECT_GE(seat.losses, 4);
    EXPECT_EQ(seat.draws + seat.losses, 5);
  }
}

TEST(Evaluate, BadOptions_AreRefused) {
  Registry registry = TestRegistry();
  TrainedAgent agent = Untrained(registry, "Noisy-v0");
  const auto error = [&](const auto& change) {
    EvaluateOptions options;
    change(options);
    try {
      Evaluate(registry, agent, options);
    } catch (const Error& thrown) {
      return std::string(thrown.what());
    }
    return std::string("nothing was thrown");
  };
  EXPECT_EQ(error([](EvaluateOptions& o) { o.episodes = 0; }),
            "episodes = 0 is not allowed; give an integer >= 1");
  EXPECT_EQ(error([](EvaluateOptions& o) { o.worlds = 101; }),
            "envs = 101 is not allowed; give an integer in [0, episodes]");
  EXPECT_EQ(error([](EvaluateOptions& o) { o.opponent = "random"; }),
            "opponent = 'random' is not allowed: Noisy-v0 has one player");
  agent = Untrained(registry, "Higher-v0");
  EXPECT_EQ(error([](EvaluateOptions& o) { o.opponent = "randm"; }),
            "opponent = 'randm' is unknown (did you mean random?); give self, random or mcts");
}

/// Evaluates an agent of the same kind every 50 updates of the one that trains.
class Evaluator final : public Listener {
 public:
  explicit Evaluator(Registry& registry) : registry_(registry) {}
  void OnUpdate(const UpdateView& view) override {
    if (view.updates % 50 != 0) return;
    TrainedAgent agent = Untrained(registry_, "Noisy-v0");
    Evaluate(registry_, agent, {});
  }

 private:
  Registry& registry_;
};

TEST(Evaluate, InTheMiddleOfTraining_ChangesNoSignature) {
  Registry registry = TestRegistry();
  const TempFolder folder;
  const RunConfig config = TestConfig(registry, "drift", "Noisy-v0", 4000, 4);
  const RunResult straight = Train(registry, config, folder / "straight", {});
  Evaluator evaluator(registry);
  RunHooks hooks;
  hooks.listeners = {&evaluator};
  EXPECT_EQ(Train(registry, config, folder / "run", hooks).signature, straight.signature);
}

}  // namespace
}  // namespace brasa

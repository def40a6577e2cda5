#include "brasa/registry.h"
#include "agents/deep/a2c.h"
#include "agents/deep/dqn.h"
#include "agents/deep/impala.h"
#include "agents/deep/ppo.h"
#include "agents/deep/pqn.h"
#include "agents/deep/reinforce.h"
#include "agents/deep/sac.h"
#include "agents/deep/td3.h"
#include "agents/registry/presets.h"
#include "agents/search/mcts_agent.h"
#include "agents/search/planning_agent.h"
#include "agents/search/random_agent.h"
#include "agents/tabular/tabular_agent.h"

namespace brasa {
namespace {

template <TabularKind kKind>
AgentRow TabularRow(const char* summary) {
  return {TabularName(kKind),
          summary,
          TabularFields(kKind),
          [](const EnvSpec& spec, const Config& config) { CheckTabular(kKind, spec, config); },
          [](const AgentSetup& setup) { return MakeTabular(kKind, setup); },
          PresetsOf(TabularName(kKind)),
          true,
          [](const AgentSetup& setup) { return TabularBytes(kKind, setup); }};
}

}  // namespace

std::span<const AgentRow> BuiltinAgents() {
  static const std::vector<AgentRow> kRows = {
      {"random", "Uniform legal actions", {}, nullptr, MakeRandomAgent, {}, false},
      TabularRow<TabularKind::kQLearning>(
          "Tabular Q-learning, one or n steps, for one or several seats"),
      TabularRow<TabularKind::kDoubleQ>(
          "Tabular double Q-learning: two tables against the bias of the maximum"),
      TabularRow<TabularKind::kSarsa>(
          "Tabular SARSA: learns the policy it plays; n steps or traces"),
      TabularRow<TabularKind::kExpectedSarsa>(
          "Tabular expected SARSA: the mean over the policy it plays; n steps or traces"),
      TabularRow<TabularKind::kQLambda>(
          "Watkins's Q(lambda): tabular Q-learning with traces cut where it explored"),
      TabularRow<TabularKind::kDynaQ>(
          "Dyna-Q: tabular Q-learning that also learns a model and plans with it"),
      {"ppo", "Proximal policy optimisation, any actions, one or several seats", PpoFields(),
       CheckPpo, MakePpo, PresetsOf("ppo"), true, PpoBytes},
      {"a2c", "Advantage actor-critic, any actions, one or several seats", A2cFields(), CheckA2c,
       MakeA2c, PresetsOf("a2c"), true, A2cBytes},
      {"reinforce", "REINFORCE with a learnt baseline, any actions, one or several seats",
       ReinforceFields(), CheckReinforce, MakeReinforce, PresetsOf("reinforce"), true,
       ReinforceBytes},
      {"impala", "Actor and learner side by side with V-trace, any actions, one or several seats",
       ImpalaFields(), CheckImpala, MakeImpala, PresetsOf("impala"), true, ImpalaBytes},
      {"dqn", "Deep Q-learning with switches for all of Rainbow's parts, one or several seats",
       DqnFields(), CheckDqn, MakeDqn, PresetsOf("dqn"), true, DqnBytes},
      {"rainbow", "Deep Q-learning with all its extensions on: Rainbow", RainbowFields(), CheckDqn,
       MakeDqn, PresetsOf("rainbow"), true, DqnBytes},
      {"pqn",
       "Q-learning of parallel worlds without replay or target network, one or several seats",
       PqnFields(), CheckPqn, MakePqn, PresetsOf("pqn"), true, PqnBytes},
      {"sac", "Soft actor-critic with a learnt temperature, box actions", SacFields(), CheckSac,
       MakeSac, PresetsOf("sac"), true, SacBytes},
      {"td3", "Twin delayed deep deterministic policy gradient, box actions", Td3Fields(), CheckTd3,
       MakeTd3, PresetsOf("td3"), true, Td3Bytes},
      {"ddpg", "Deep deterministic policy gradient, box actions", DdpgFields(), CheckDdpg, MakeDdpg,
       PresetsOf("ddpg"), true, DdpgBytes},
      {"mcts",
       "Plain UCT tree search with random playouts",
       MctsFields(),
       CheckMcts,
       MakeMcts,
       {},
       false},
      {"value_iteration",
       "Plans the optimum from the environment's model, the time limit included",
       ValueIterationFields(),
       CheckValueIteration,
       MakeValueIteration,
       {},
       false},
      {"policy_iteration",
       "Plans the best policy without a clock from the environment's model",
       PolicyIterationFields(),
       CheckPolicyIteration,
       MakePolicyIteration,
       {},
       false},
  };
  return kRows;
}

}  // namespace brasa

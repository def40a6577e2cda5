#include "agents/search/planning_agent.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <functional>
#include <span>
#include <string>
#include <utility>

#include "agents/search/fixed_agent.h"
#include "brasa/core/value_iteration.h"
#include "brasa/env_batch.h"

namespace brasa {
namespace {

/// Actions of a plan that knows the clock, at most: 4 bytes each.
constexpr double kMostActions = 1 << 26;

/// What to do: actions[k] [S] with k + 1 plies left, the last for that many and more.
using Plan = std::vector<std::vector<std::int32_t>>;
using Planner = std::function<Plan(const TransitionModel& model, int limit)>;

[[noreturn]] void Refuse(const std::string& agent, const std::string& env, const std::string& why) {
  throw ConfigError(agent + " does not fit environment '" + env + "': " + why);
}

void Check(const std::string& agent, const EnvSpec& spec) {
  if (spec.players != 1) Refuse(agent, spec.id, "it plans for one player");
  if (spec.action.kind != ActionKind::kDiscrete)
    Refuse(agent, spec.id, "it needs discrete actions");
  if (!spec.observation.categorical()) {
    Refuse(agent, spec.id, "it needs categorical observations that tell the state of a model");
  }
}

[[noreturn]] void FailToSettle(const std::string& agent, std::int64_t sweeps) {
  throw ConfigError(agent + ": the values have not settled after " + std::to_string(sweeps) +
                    " sweeps; lower discount or raise max_sweeps");
}

Plan ClockPlan(const TransitionModel& model, int limit, double discount) {
  if (static_cast<double>(limit) * model.states > kMostActions) {
    throw ConfigError("value_iteration: a plan for each of " + std::to_string(limit) +
                      " plies and " + std::to_string(model.states) +
                      " states takes more than 256 MiB; set time_limit = false");
  }
  Plan plan;
  std::vector<double> values(static_cast<std::size_t>(model.states), 0.0), better = values;
  for (int left = 1; left <= limit; ++left) {
    plan.push_back(GreedyPolicy(model, values, discount));
    BackUp(model, values, discount, better);
    values.swap(better);
  }
  return plan;
}

/// The limit of the values of `policy`, from `values` on; false if `max_sweeps` do not reach it.
bool Evaluate(const TransitionModel& model, const std::vector<std::int32_t>& policy,
              double discount, double tolerance, std::int64_t max_sweeps,
              std::vector<double>& values) {
  std::vector<double> next = values;
  for (std::int64_t sweep = 0; sweep < max_sweeps; ++sweep) {
    double moved = 0;
    for (std::size_t s = 0; s < values.size(); ++s) {
      const auto action = static_cast<std::size_t>(policy[s]);
      next[s] = ActionValue(model.outcomes[s][action], values, discount);
      moved = std::max(moved, std::abs(next[s] - values[s]));
    }
    values.swap(next);
    if (moved <= tolerance) return true;
  }
  return false;
}

/// Changes the actions of `policy` that are worse than another by more than `tolerance`: of equal
/// ones it keeps its own, so that the iteration ends. Returns whether any changed.
bool Improve(const TransitionModel& model, const std::vector<double>& values, double discount,
             double tolerance, std::vector<std::int32_t>& policy) {
  bool changed = false;
  const std::vector<std::int32_t> greedy = GreedyPolicy(model, values, discount);
  for (std::size_t s = 0; s < policy.size(); ++s) {
    const auto value = [&](std::int32_t action) {
      return ActionValue(model.outcomes[s][static_cast<std::size_t>(action)], values, discount);
    };
    if (value(greedy[s]) <= value(policy[s]) + tolerance) continue;
    policy[s] = greedy[s];
    changed = true;
  }
  return changed;
}

class PlanningActor final : public Actor {
 public:
  PlanningActor(std::string agent, Planner planner, int worlds)
      : agent_(std::move(agent)),
        planner_(std::move(planner)),
        plies_(static_cast<std::size_t>(worlds), 0) {}

  void Act(const ActRows& rows, void* actions) override {
    if (rows.batch == nullptr) throw UsageError(agent_ + " needs the worlds it is to plan for");
    if (plan_.empty()) MakePlan(*rows.batch);
    const ObservationSpec& seen = rows.batch->spec().observation;
    const auto* observations = static_cast<const std::uint8_t*>(rows.observation);
    const auto stride = static_cast<std::size_t>(seen.bytes());
    for (int i = 0; i < rows.count; ++i) {
      std::int32_t& ply = plies_[static_cast<std::size_t>(rows.world[i])];
      if (rows.start[i] != 0) ply = 0;
      const auto last = static_cast<std::int32_t>(plan_.size()) - 1;
      const auto left = static_cast<std::size_t>(std::max(0, last - ply++));
      const std::size_t state = State(seen, observations + static_cast<std::size_t>(i) * stride);
      static_cast<std::int32_t*>(actions)[i] = plan_[left][state];
    }
  }
  void Save(StateWriter& writer) const override { writer.WriteVector("actor/plies", plies_); }
  void Load(StateReader& reader) override {
    reader.ReadSpan("actor/plies", std::span<std::int32_t>(plies_));
  }

 private:
  void MakePlan(const EnvBatch& batch) {
    const std::string& id = batch.spec().id;
    if (batch.table().model == nullptr) Refuse(agent_, id, "it offers no transition model");
    if (batch.has_legal()) Refuse(agent_, id, "it needs every action to be legal");
    const Env env(batch.row(), batch.params(), WorldStreams{0, StreamRole::kSearch, 0});
    const TransitionModel model = env.Model();
    std::int64_t observations = 1;
    for (const std::int32_t count : batch.spec().observation.categories) observations *= count;
    if (model.states < observations)
      Refuse(agent_, id, "its model's states are not its observations");
    plan_ = planner_(model, batch.max_episode_steps());
  }
  static std::size_t State(const ObservationSpec& seen, const std::uint8_t* observation) {
    std::size_t state = 0;
    for (std::size_t i = 0; i < seen.categories.size(); ++i) {
      std::size_t id = observation[i];
      if (seen.type == ElementType::kFloat32) {
        float number = 0;
        std::memcpy(&number, observation + i * sizeof number, sizeof number);
        id = static_cast<std::size_t>(number);
      }
      state = state * static_cast<std::size_t>(seen.categories[i]) + id;
    }
    return state;
  }

  std::string agent_;
  Planner planner_;
  Plan plan_;                        // made for the first action
  std::vector<std::int32_t> plies_;  // [worlds] of this episode so far
};

std::unique_ptr<Agent> MakePlanning(const char* name, const AgentSetup& setup, Planner planner) {
  Check(name, setup.spec);
  return std::make_unique<FixedAgent>(
      setup, true, [name, planner](ActMode, int worlds, std::uint64_t, StreamRole) {
        return std::make_unique<PlanningActor>(name, planner, worlds);
      });
}

std::vector<Field> SweepFields() {
  return {
      FloatField("tolerance", 1e-12, 0, 1, "sweeps end where no value moves by more"),
      IntField("max_sweeps", 1000000, 1, 1e12, "sweeps after which it gives up"),
  };
}

}  // namespace

std::vector<Field> ValueIterationFields() {
  std::vector<Field> fields = {
      FloatField("discount", 1, 0, 1, "weight of the next state's value"),
      BoolField("time_limit", true,
                "plan for the plies that are left where the environment has a limit; false: one "
                "action a state, as if there were none"),
  };
  for (Field& field : SweepFields()) fields.push_back(std::move(field));
  return fields;
}

std::vector<Field> PolicyIterationFields() {
  std::vector<Field> fields = {
      FloatField("discount", 0.999, 0, 0.999999,
                 "weight of the next state's value; below 1, so that a policy that never ends has "
                 "values too"),
  };
  for (Field& field : SweepFields()) fields.push_back(std::move(field));
  return fields;
}

void CheckValueIteration(const EnvSpec& spec, const Config&) { Check("value_iteration", spec); }

void CheckPolicyIteration(const EnvSpec& spec, const Config&) { Check("policy_iteration", spec); }

std::unique_ptr<Agent> MakeValueIteration(const AgentSetup& setup) {
  const double discount = setup.config.GetFloat("discount");
  const double tolerance = setup.config.GetFloat("tolerance");
  const std::int64_t max_sweeps = setup.config.GetInt("max_sweeps");
  const bool clock = setup.config.GetBool("time_limit");
  return MakePlanning("value_iteration", setup, [=](const TransitionModel& model, int limit) {
    if (clock && limit > 0) return ClockPlan(model, limit, discount);
    const auto values = BestUnlimitedValues(model, discount, tolerance, max_sweeps);
    if (!values) FailToSettle("value_iteration", max_sweeps);
    return Plan{GreedyPolicy(model, *values, discount)};
  });
}

std::unique_ptr<Agent> MakePolicyIteration(const AgentSetup& setup) {
  const double discount = setup.config.GetFloat("discount");
  const double tolerance = setup.config.GetFloat("tolerance");
  const std::int64_t max_sweeps = setup.config.GetInt("max_sweeps");
  return MakePlanning("policy_iteration", setup, [=](const TransitionModel& model, int) {
    std::vector<std::int32_t> policy(static_cast<std::size_t>(model.states), 0);
    std::vector<double> values(policy.size(), 0.0);
    // Errors of the values within this differ by the sweeps' tolerance alone.
    const double settled = 2 * tolerance / (1 - discount);
    do {
      if (!Evaluate(model, policy, discount, tolerance, max_sweeps, values)) {
        FailToSettle("policy_iteration", max_sweeps);
      }
    } while (Improve(model, values, discount, settled, policy));
    return Plan{policy};
  });
}

}  // namespace brasa

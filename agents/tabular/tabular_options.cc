#include "agents/tabular/tabular_options.h"

#include <algorithm>
#include <cmath>

namespace brasa {
namespace {

void Append(std::vector<Field>& fields, std::vector<Field> more) {
  for (Field& field : more) fields.push_back(std::move(field));
}

std::vector<Field> CommonFields() {
  return {
      FloatField("learning_rate", 0.1, 0, 1, "step size of an update"),
      ChoiceField("learning_rate_schedule", "constant", {"constant", "linear", "visits"},
                  "linear: to 0 at the run's end; visits: divided by (updates so far of this state "
                  "and action) ^ visit_power"),
      FloatField("visit_power", 0.6, 0, 1, "exponent of the visits schedule; 1: the harmonic one"),
      FloatField("discount", 0.99, 0, 1, "weight of the next decision's value"),
      FloatField("epsilon_start", 1.0, 0, 1, "probability of a random action at the start"),
      FloatField("epsilon_end", 0.05, 0, 1, "the same after it has fallen"),
      FloatField("epsilon_fraction", 0.5, 0, 1, "share of the run over which epsilon falls"),
      ChoiceField("epsilon_schedule", "linear", {"constant", "linear", "harmonic"},
                  "constant: epsilon_start throughout; harmonic: 1 / epsilon grows linearly"),
      FloatField("initial_value", 0, -1e9, 1e9,
                 "value of every action before its first update; above the true values it drives "
                 "exploration"),
  };
}

Field NStepField(const char* help) { return IntField("n_step", 1, 1, 10000, help); }

std::vector<Field> TraceFields(double lambda) {
  return {
      FloatField("lambda", lambda, 0, 1,
                 "decay of the eligibility traces, beside the discount; 0: no traces"),
      ChoiceField("trace", "replacing", {"replacing", "accumulating"},
                  "a visit sets the trace to 1, or adds 1 to it"),
  };
}

/// Throws unless `good`.
void Require(bool good, TabularKind kind, const EnvSpec& spec, const std::string& why) {
  if (good) return;
  throw ConfigError(TabularName(kind) + " does not fit environment '" + spec.id + "': " + why);
}

}  // namespace

std::string TabularName(TabularKind kind) {
  switch (kind) {
    case TabularKind::kQLearning:
      return "q_learning";
    case TabularKind::kDoubleQ:
      return "double_q";
    case TabularKind::kSarsa:
      return "sarsa";
    case TabularKind::kExpectedSarsa:
      return "expected_sarsa";
    case TabularKind::kQLambda:
      return "q_lambda";
    case TabularKind::kDynaQ:
      break;
  }
  return "dyna_q";
}

std::vector<Field> TabularFields(TabularKind kind) {
  std::vector<Field> fields = CommonFields();
  switch (kind) {
    case TabularKind::kQLearning:
      Append(fields, {NStepField("rewards of a target, fewer where an action was not greedy"),
                      BoolField("negamax", false,
                                "learn from single plies with the sign of the mover; two-player "
                                "zero-sum perfect-information games only")});
      break;
    case TabularKind::kSarsa:
    case TabularKind::kExpectedSarsa:
      Append(fields, {NStepField("rewards of a target")});
      Append(fields, TraceFields(0));
      break;
    case TabularKind::kQLambda:
      Append(fields, TraceFields(0.9));
      break;
    case TabularKind::kDynaQ:
      Append(fields, {IntField("planning_steps", 5, 0, 100000,
                               "updates from the learnt model after each real one")});
      break;
    case TabularKind::kDoubleQ:
      break;
  }
  Append(fields, StateBinsFields());
  return fields;
}

void CheckTabular(TabularKind kind, const EnvSpec& spec, const Config& config) {
  Require(spec.action.kind == ActionKind::kDiscrete, kind, spec, "it needs discrete actions");
  const StateBins bins(spec, config);
  const ObservationSpec& seen = spec.observation;
  const bool ids = seen.type == ElementType::kUint8 || seen.categorical();
  Require(ids || !bins.empty(), kind, spec,
          "a table needs observations that are ids (categorical or uint8), these are float32 "
          "numbers that hardly repeat; give bins or use an agent with a network");
  const TabularOptions options(kind, config);
  if (options.negamax && !(spec.players == 2 && spec.zero_sum && spec.perfect_information)) {
    throw ConfigError("negamax = 'true' does not fit environment '" + spec.id +
                      "': it is for two-player zero-sum perfect-information games only");
  }
  if (options.negamax && options.n_step > 1) {
    throw ConfigError("negamax = 'true' needs n_step = 1");
  }
  if (options.n_step > 1 && options.lambda > 0) {
    throw ConfigError("n_step above 1 needs lambda = 0: give one of the two");
  }
  if (config.GetText("epsilon_schedule") == "harmonic" &&
      (config.GetFloat("epsilon_start") <= 0 || config.GetFloat("epsilon_end") <= 0)) {
    throw ConfigError(
        "epsilon_schedule = 'harmonic' needs epsilon_start and epsilon_end above 0: it never "
        "reaches 0");
  }
}

TabularSchedules::Kind TabularSchedules::KindOf(const std::string& name) {
  if (name == "constant") return Kind::kConstant;
  if (name == "linear") return Kind::kLinear;
  return name == "harmonic" ? Kind::kHarmonic : Kind::kVisits;
}

TabularSchedules::TabularSchedules(const Config& config)
    : rate_kind_(KindOf(config.GetText("learning_rate_schedule"))),
      epsilon_kind_(KindOf(config.GetText("epsilon_schedule"))),
      rate_(config.GetFloat("learning_rate")),
      visit_power_(config.GetFloat("visit_power")),
      epsilon_start_(config.GetFloat("epsilon_start")),
      epsilon_end_(config.GetFloat("epsilon_end")),
      epsilon_fraction_(config.GetFloat("epsilon_fraction")) {}

double TabularSchedules::Epsilon(double progress) const {
  if (epsilon_kind_ == Kind::kConstant) return epsilon_start_;
  const double fallen = epsilon_fraction_ > 0 ? std::min(1.0, progress / epsilon_fraction_) : 1.0;
  if (epsilon_kind_ == Kind::kLinear) {
    return epsilon_start_ + (epsilon_end_ - epsilon_start_) * fallen;
  }
  return epsilon_start_ / (1 + (epsilon_start_ / epsilon_end_ - 1) * fallen);
}

double TabularSchedules::Rate(double progress, std::uint32_t visits) const {
  if (rate_kind_ == Kind::kLinear) return rate_ * (1 - progress);
  if (rate_kind_ == Kind::kConstant || visits == 1) return rate_;
  return rate_ / std::pow(static_cast<double>(visits), visit_power_);
}

TabularOptions::TabularOptions(TabularKind kind, const Config& config)
    : target(TabularTarget::kMax),
      discount(config.GetFloat("discount")),
      initial_value(config.GetFloat("initial_value")) {
  if (kind == TabularKind::kDoubleQ) target = TabularTarget::kDouble;
  if (kind == TabularKind::kSarsa) target = TabularTarget::kNext;
  if (kind == TabularKind::kExpectedSarsa) target = TabularTarget::kExpected;
  if (config.Has("n_step")) n_step = static_cast<int>(config.GetInt("n_step"));
  if (config.Has("lambda")) {
    lambda = config.GetFloat("lambda");
    accumulate = config.GetText("trace") == "accumulating";
  }
  if (config.Has("planning_steps")) {
    planning_steps = static_cast<int>(config.GetInt("planning_steps"));
  }
  if (config.Has("negamax")) negamax = config.GetBool("negamax");
}

}  // namespace brasa

#include "agents/tabular/q_learning.h"

#include <algorithm>
#include <cmath>

#include "agents/memory/seat_transitions.h"
#include "agents/tabular/q_actor.h"
#include "agents/tabular/q_table.h"
#include "brasa/step_buffer.h"

namespace brasa {
namespace {

enum class Schedule { kConstant, kLinear, kVisits };

Schedule ScheduleOf(const std::string& name) {
  if (name == "constant") return Schedule::kConstant;
  return name == "linear" ? Schedule::kLinear : Schedule::kVisits;
}

class QLearning final : public Agent {
 public:
  explicit QLearning(const AgentSetup& setup);

  StateRows FirstRows() override { return buffer_.FirstRows(); }
  StepRows NextRows() override { return buffer_.NextRows(); }
  void Learn(const LastRows& last) override;
  Actor& actor() override { return actor_; }
  std::unique_ptr<Actor> MakeActor(ActMode mode, int worlds, std::uint64_t seed,
                                   StreamRole role) override {
    return std::make_unique<QActor>(table_, epsilon_, mode, worlds, seed, role);
  }
  std::int64_t updates() const override { return updates_; }
  std::span<const Metric> metrics() const override { return metrics_; }
  void Save(StateWriter& writer) const override;
  void Load(StateReader& reader) override;
  std::uint64_t ParameterHash() const override { return table_.Hash(); }

 private:
  struct Decision {
    std::int32_t state = -1;
    std::int32_t action = 0;
  };

  void MeetStates();
  void LearnSeats(const LastRows& last);
  void LearnPlies(const LastRows& last);
  /// max_b Q over the final state as `seat` sees it, row (e, seat) of `last`.
  double FinalValue(const LastRows& last, std::int32_t e, std::int32_t seat) const;
  void Update(Decision decision, double target);
  /// Fraction of the planned steps that lies behind; 1 if none are planned.
  double Progress() const;
  void SetSchedules();
  void SetMetrics();
  Decision& decision(int world, int seat) {
    return decisions_[static_cast<std::size_t>(world * players_ + seat)];
  }

  // Settings.
  int worlds_, players_;
  std::int64_t total_steps_;
  Schedule schedule_;
  double rate_start_, visit_power_, discount_;
  double epsilon_start_, epsilon_end_, epsilon_fraction_;
  bool negamax_;
  // What is learnt.
  QTable table_;
  SeatTransitions seats_;
  std::vector<Decision> decisions_;  // [N, P] of the open transitions
  std::int64_t steps_ = 0, updates_ = 0;
  double rate_ = 0, epsilon_ = 0;  // of the next step
  // Scratch of one Learn.
  StepBuffer buffer_;
  std::vector<std::int32_t> next_states_;  // [N]
  std::vector<SeatTransition> closed_;
  double error_sum_ = 0;
  int error_count_ = 0;
  std::vector<Metric> metrics_;
  QActor actor_;
};

QLearning::QLearning(const AgentSetup& setup)
    : worlds_(setup.worlds),
      players_(setup.spec.players),
      total_steps_(setup.total_steps),
      schedule_(ScheduleOf(setup.config.GetText("learning_rate_schedule"))),
      rate_start_(setup.config.GetFloat("learning_rate")),
      visit_power_(setup.config.GetFloat("visit_power")),
      discount_(setup.config.GetFloat("discount")),
      epsilon_start_(setup.config.GetFloat("epsilon_start")),
      epsilon_end_(setup.config.GetFloat("epsilon_end")),
      epsilon_fraction_(setup.config.GetFloat("epsilon_fraction")),
      negamax_(setup.config.GetBool("negamax")),
      table_(setup.spec, setup.config.GetFloat("initial_value")),
      seats_(worlds_, players_),
      decisions_(static_cast<std::size_t>(worlds_ * players_)),
      buffer_(setup.spec, worlds_),
      next_states_(static_cast<std::size_t>(worlds_)),
      metrics_{{"losses/td_error", 0},
               {"charts/table_size", 0},
               {"charts/epsilon", 0},
               {"charts/learning_rate", 0}},
      actor_(table_, epsilon_, ActMode::kExplore, worlds_, setup.seed, StreamRole::kActor) {
  SetSchedules();
  SetMetrics();
}

void QLearning::Learn(const LastRows& last) {
  error_sum_ = 0;
  error_count_ = 0;
  MeetStates();
  if (negamax_) {
    LearnPlies(last);
  } else {
    LearnSeats(last);
  }
  steps_ += worlds_;
  SetSchedules();
  SetMetrics();
  buffer_.Advance();
}

// Rows are made in a fixed order: of all present states, then of all successor states.
void QLearning::MeetStates() {
  for (int w = 0; w < worlds_; ++w) {
    const std::int32_t state = table_.Meet(buffer_.observation(0, w), buffer_.mask(0, w));
    decision(w, buffer_.player(0)[std::size_t(w)]) = {state, buffer_.action(w)};
  }
  for (int w = 0; w < worlds_; ++w) {
    next_states_[std::size_t(w)] = table_.Meet(buffer_.observation(1, w), buffer_.mask(1, w));
  }
}

void QLearning::LearnSeats(const LastRows& last) {
  // The rows are this step's alone: a transition's decision is kept in `decisions_`.
  const StepRows rows = buffer_.NextRows();
  closed_.clear();
  seats_.Push({steps_, rows.now.player, rows.outcome, steps_ + worlds_, rows.next.player}, last,
              closed_);
  for (const SeatTransition& made : closed_) {
    double target = static_cast<double>(made.reward);
    if (made.end == EpisodeEnd::kNone) {
      target += discount_ * table_.Best(next_states_[std::size_t(made.world)]);
    } else if (made.end == EpisodeEnd::kTruncated) {
      target += discount_ * FinalValue(last, made.last, made.seat);
    }
    Update(decision(made.world, made.seat), target);
  }
}

void QLearning::LearnPlies(const LastRows& last) {
  const StepRows rows = buffer_.NextRows();
  std::int32_t ended = 0;
  for (int w = 0; w < worlds_; ++w) {
    const std::int32_t mover = rows.now.player[w];
    double target = static_cast<double>(rows.outcome.reward[w * players_ + mover]);
    const auto end = static_cast<EpisodeEnd>(rows.outcome.end[w]);
    if (end == EpisodeEnd::kNone) {
      const double sign = rows.next.player[w] == mover ? 1.0 : -1.0;
      target += discount_ * sign * table_.Best(next_states_[std::size_t(w)]);
    } else if (end == EpisodeEnd::kTruncated) {
      target += discount_ * FinalValue(last, ended, mover);
    }
    if (end != EpisodeEnd::kNone) ++ended;
    Update(decision(w, mover), target);
  }
}

double QLearning::FinalValue(const LastRows& last, std::int32_t e, std::int32_t seat) const {
  const auto row = static_cast<std::size_t>(e * players_ + seat);
  const auto* observations = static_cast<const std::uint8_t*>(last.observation);
  return table_.Best(table_.Find(observations + row * table_.key_bytes()));
}

void QLearning::Update(Decision decision, double target) {
  const auto action = static_cast<std::size_t>(decision.action);
  double& value = table_.values(decision.state)[action];
  std::uint32_t& visits = table_.visits(decision.state)[action];
  ++visits;
  double rate = rate_;
  if (schedule_ == Schedule::kVisits) rate /= std::pow(static_cast<double>(visits), visit_power_);
  const double error = target - value;
  value += rate * error;
  error_sum_ += std::abs(error);
  ++error_count_;
  ++updates_;
}

double QLearning::Progress() const {
  if (total_steps_ <= 0) return 1;
  return std::min(1.0, static_cast<double>(steps_) / static_cast<double>(total_steps_));
}

void QLearning::SetSchedules() {
  const double progress = Progress();
  const double fallen = epsilon_fraction_ > 0 ? std::min(1.0, progress / epsilon_fraction_) : 1.0;
  epsilon_ = epsilon_start_ + (epsilon_end_ - epsilon_start_) * fallen;
  rate_ = schedule_ == Schedule::kLinear ? rate_start_ * (1 - progress) : rate_start_;
}

void QLearning::SetMetrics() {
  if (error_count_ > 0) metrics_[0].value = error_sum_ / error_count_;
  metrics_[1].value = table_.states();
  metrics_[2].value = epsilon_;
  metrics_[3].value = rate_;
}

void QLearning::Save(StateWriter& writer) const {
  table_.Save(writer);
  seats_.Save(writer);
  std::vector<std::int32_t> open;
  for (const Decision& made : decisions_) open.insert(open.end(), {made.state, made.action});
  writer.WriteVector("q/decisions", open);
  writer.Write("q/steps", steps_);
  writer.Write("q/updates", updates_);
  writer.Write("q/td_error", metrics_[0].value);
  buffer_.Save(writer);
  actor_.Save(writer);
}

void QLearning::Load(StateReader& reader) {
  table_.Load(reader);
  seats_.Load(reader);
  std::vector<std::int32_t> open(2 * decisions_.size());
  reader.ReadSpan("q/decisions", std::span<std::int32_t>(open));
  for (std::size_t i = 0; i < decisions_.size(); ++i) {
    decisions_[i] = {open[2 * i], open[2 * i + 1]};
  }
  reader.Read("q/steps", steps_);
  reader.Read("q/updates", updates_);
  reader.Read("q/td_error", metrics_[0].value);
  buffer_.Load(reader);
  actor_.Load(reader);
  SetSchedules();
  error_count_ = 0;
  SetMetrics();
}

}  // namespace

std::vector<Field> QLearningFields() {
  return {
      FloatField("learning_rate", 0.1, 0, 1, "step size of an update"),
      ChoiceField("learning_rate_schedule", "constant", {"constant", "linear", "visits"},
                  "linear: to 0 at the run's end; visits: divided by (updates so far of this state "
                  "and action) ^ visit_power"),
      FloatField("visit_power", 0.6, 0, 1, "exponent of the visits schedule"),
      FloatField("discount", 0.99, 0, 1, "weight of the next decision's value"),
      FloatField("epsilon_start", 1.0, 0, 1, "probability of a random action at the start"),
      FloatField("epsilon_end", 0.05, 0, 1, "the same after it has fallen"),
      FloatField("epsilon_fraction", 0.5, 0, 1, "share of the run over which epsilon falls"),
      FloatField("initial_value", 0, -1e9, 1e9,
                 "value of every action before its first update; above the true values it drives "
                 "exploration"),
      BoolField("negamax", false,
                "learn from single plies with the sign of the mover; two-player zero-sum "
                "perfect-information games only"),
  };
}

void CheckQLearning(const EnvSpec& spec, const Config& config) {
  if (spec.action.kind != ActionKind::kDiscrete) {
    throw ConfigError("q_learning does not fit environment '" + spec.id +
                      "': it needs discrete actions");
  }
  CheckTabularObservation(spec);
  if (config.GetBool("negamax") &&
      !(spec.players == 2 && spec.zero_sum && spec.perfect_information)) {
    throw ConfigError("negamax = 'true' does not fit environment '" + spec.id +
                      "': it is for two-player zero-sum perfect-information games only");
  }
}

std::int64_t QLearningBytes(const AgentSetup& setup) {
  return QTable::FirstBytes(setup.spec) +
         setup.worlds *
             static_cast<std::int64_t>(sizeof(Rng) + sizeof(std::int32_t) +
                                       sizeof(SeatTransition)) *
             setup.spec.players;
}

std::unique_ptr<Agent> MakeQLearning(const AgentSetup& setup) {
  CheckQLearning(setup.spec, setup.config);
  return std::make_unique<QLearning>(setup);
}

}  // namespace brasa

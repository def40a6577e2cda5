#include "agents/tabular/tabular_agent.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "agents/memory/seat_transitions.h"
#include "agents/tabular/credit.h"
#include "agents/tabular/dyna_model.h"
#include "agents/tabular/q_actor.h"
#include "agents/tabular/q_table.h"
#include "brasa/step_buffer.h"

namespace brasa {
namespace {

class TabularAgent final : public Agent {
 public:
  TabularAgent(TabularKind kind, const AgentSetup& setup);

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
  void MeetStates();
  void LearnSeats(const LastRows& last);
  void LearnPlies(const LastRows& last);
  /// The mover of `world` has decided: ends what waited for that.
  void Decide(int world);
  /// A transition is complete but, for sarsa, the next action.
  void Close(const SeatTransition& made, const LastRows& last);
  /// `planning_steps` updates from the model.
  void Plan(int world);

  /// V of the next decision in row `state`, to teach `table`.
  double Value(int state, int table) const;
  /// Row of the final state as `seat` sees it, row (e, seat) of `last`; -1 if it has none.
  int FinalState(const LastRows& last, std::int32_t e, std::int32_t seat) const;
  /// Learns the oldest target of the lane, whose last part is `bootstrap`.
  void Resolve(int lane, int table, double bootstrap);
  /// Moves one value towards `target`, or by their traces all of the lane. Returns the error.
  double Move(TabularDecision decision, int table, double target);
  double MoveTraces(int lane, TabularDecision newest, double target);
  /// Takes the error into the metrics. Throws NumericError if it is not finite.
  void Count(double error);

  /// The table that the next update of `world` teaches.
  int Toss(int world) {
    return options_.tables() == 1 ? 0 : static_cast<int>(draws_[world].Below(2));
  }
  double Rate(int table, TabularDecision of) {
    return schedules_.Rate(progress_, table_.visits(table, of.state, of.action));
  }
  void SetSchedules();
  void SetMetrics();
  int Lane(int world, int seat) const { return world * players_ + seat; }
  TabularDecision& decision(int lane) { return decisions_[static_cast<std::size_t>(lane)]; }

  // Settings.
  TabularKind kind_;
  int worlds_, players_;
  std::int64_t total_steps_;
  TabularOptions options_;
  TabularSchedules schedules_;
  // What is learnt.
  QTable table_;
  DynaModel model_;
  SeatTransitions seats_;
  std::vector<TabularDecision> decisions_;  // [N, P] of the open transitions
  Windows windows_;
  Traces traces_;
  WorldRngs draws_;
  std::int64_t steps_ = 0, updates_ = 0;
  double progress_ = 0, epsilon_ = 0;  // of the next step
  // Scratch of one Learn.
  StepBuffer buffer_;
  std::vector<std::int32_t> next_states_;  // [N]
  std::vector<std::uint8_t> greedy_;       // [N] the action was one of the best
  std::vector<SeatTransition> closed_;
  double error_sum_ = 0;
  int error_count_ = 0;
  std::vector<Metric> metrics_;
  QActor actor_;
};

TabularAgent::TabularAgent(TabularKind kind, const AgentSetup& setup)
    : kind_(kind),
      worlds_(setup.worlds),
      players_(setup.spec.players),
      total_steps_(setup.total_steps),
      options_(kind, setup.config),
      schedules_(setup.config),
      table_(setup.spec, StateBins(setup.spec, setup.config), options_.initial_value,
             options_.tables()),
      model_(setup.spec.action.count),
      seats_(worlds_, players_),
      decisions_(static_cast<std::size_t>(worlds_ * players_)),
      windows_(worlds_ * players_, options_.n_step),
      traces_(worlds_ * players_, options_.accumulate),
      draws_(worlds_, setup.seed, StreamRole::kLearner),
      buffer_(setup.spec, worlds_),
      next_states_(static_cast<std::size_t>(worlds_)),
      greedy_(static_cast<std::size_t>(worlds_)),
      metrics_{{"losses/td_error", 0},
               {"charts/table_size", 0},
               {"charts/epsilon", 0},
               {"charts/learning_rate", 0}},
      actor_(table_, epsilon_, ActMode::kExplore, worlds_, setup.seed, StreamRole::kActor) {
  SetSchedules();
  SetMetrics();
}

void TabularAgent::Learn(const LastRows& last) {
  error_sum_ = 0;
  error_count_ = 0;
  MeetStates();
  if (options_.negamax) {
    LearnPlies(last);
  } else {
    LearnSeats(last);
  }
  steps_ += worlds_;
  SetSchedules();
  SetMetrics();
  buffer_.Advance();
}

// Rows are made in a fixed order: of all present states, then of all successor states. Whether an
// action was greedy is asked of the values it was chosen by, before any of them moves.
void TabularAgent::MeetStates() {
  for (int w = 0; w < worlds_; ++w) {
    const std::int32_t state = table_.Meet(buffer_.observation(0, w), buffer_.mask(0, w));
    const std::int32_t action = buffer_.action(w);
    decision(Lane(w, buffer_.player(0)[std::size_t(w)])) = {state, action};
    greedy_[std::size_t(w)] = table_.Mean(state, action) >= table_.Best(state);
  }
  for (int w = 0; w < worlds_; ++w) {
    next_states_[std::size_t(w)] = table_.Meet(buffer_.observation(1, w), buffer_.mask(1, w));
  }
}

void TabularAgent::LearnSeats(const LastRows& last) {
  for (int w = 0; w < worlds_; ++w) Decide(w);
  // The rows are this step's alone: a transition's decision is kept in `decisions_`.
  const StepRows rows = buffer_.NextRows();
  closed_.clear();
  seats_.Push({steps_, rows.now.player, rows.outcome, steps_ + worlds_, rows.next.player}, last,
              closed_);
  for (const SeatTransition& made : closed_) Close(made, last);
}

void TabularAgent::Decide(int world) {
  const int lane = Lane(world, buffer_.player(0)[std::size_t(world)]);
  const TabularDecision made = decision(lane);
  if (options_.target == TabularTarget::kNext && windows_.full(lane)) {
    Resolve(lane, 0, table_.value(0, made.state, made.action));
  }
  const bool cut = options_.target == TabularTarget::kMax && greedy_[std::size_t(world)] == 0;
  while (cut && !windows_.empty(lane)) Resolve(lane, 0, Value(made.state, 0));
  if (options_.lambda <= 0) return;
  if (cut) {
    traces_.Clear(lane);
  } else {
    traces_.Decay(lane, options_.discount * options_.lambda);
  }
  traces_.Visit(lane, made);
  ++table_.visits(0, made.state, made.action);
}

void TabularAgent::Close(const SeatTransition& made, const LastRows& last) {
  const int lane = Lane(made.world, made.seat);
  const int table = Toss(made.world);
  windows_.Add(lane, decision(lane), made.reward);
  DynaModel::Outcome outcome = {made.reward, -1, made.end == EpisodeEnd::kTerminated};
  if (made.end == EpisodeEnd::kNone) {
    outcome.next = next_states_[std::size_t(made.world)];
    const bool waits = options_.target == TabularTarget::kNext || !windows_.full(lane);
    if (!waits) Resolve(lane, table, Value(outcome.next, table));
  } else {
    if (!outcome.terminated) outcome.next = FinalState(last, made.last, made.seat);
    while (!windows_.empty(lane)) {
      Resolve(lane, table, outcome.terminated ? 0 : Value(outcome.next, table));
    }
    traces_.Clear(lane);
  }
  if (options_.planning_steps == 0) return;
  model_.Learn(decision(lane), outcome);
  Plan(made.world);
}

void TabularAgent::Plan(int world) {
  for (int i = 0; i < options_.planning_steps; ++i) {
    const auto [decided, outcome] = model_.Draw(draws_[world]);
    const double rest = outcome.terminated ? 0 : Value(outcome.next, 0);
    Move(decided, 0, double{outcome.reward} + options_.discount * rest);
  }
}

void TabularAgent::LearnPlies(const LastRows& last) {
  const StepRows rows = buffer_.NextRows();
  std::int32_t ended = 0;
  for (int w = 0; w < worlds_; ++w) {
    const std::int32_t mover = rows.now.player[w];
    double target = static_cast<double>(rows.outcome.reward[w * players_ + mover]);
    const auto end = static_cast<EpisodeEnd>(rows.outcome.end[w]);
    if (end == EpisodeEnd::kNone) {
      const double sign = rows.next.player[w] == mover ? 1.0 : -1.0;
      target += options_.discount * sign * Value(next_states_[std::size_t(w)], 0);
    } else if (end == EpisodeEnd::kTruncated) {
      target += options_.discount * Value(FinalState(last, ended, mover), 0);
    }
    if (end != EpisodeEnd::kNone) ++ended;
    Count(Move(decision(Lane(w, mover)), 0, target));
  }
}

double TabularAgent::Value(int state, int table) const {
  switch (options_.target) {
    case TabularTarget::kMax:
      return table_.Best(state);
    case TabularTarget::kDouble:
      return table_.Crossed(table, state);
    case TabularTarget::kNext:
    case TabularTarget::kExpected:
      break;
  }
  return (1 - epsilon_) * table_.Best(state) + epsilon_ * table_.Average(state);
}

int TabularAgent::FinalState(const LastRows& last, std::int32_t e, std::int32_t seat) const {
  const auto row = static_cast<std::size_t>(e * players_ + seat);
  const auto* observations = static_cast<const std::uint8_t*>(last.observation);
  return table_.Find(observations + row * table_.key_bytes());
}

void TabularAgent::Resolve(int lane, int table, double bootstrap) {
  const Windows::Target target = windows_.Pop(lane, options_.discount, bootstrap);
  Count(options_.lambda > 0 ? MoveTraces(lane, target.decision, target.value)
                            : Move(target.decision, table, target.value));
}

double TabularAgent::Move(TabularDecision decided, int table, double target) {
  ++table_.visits(table, decided.state, decided.action);
  double& value = table_.value(table, decided.state, decided.action);
  const double error = target - value;
  value += Rate(table, decided) * error;
  ++updates_;
  return error;
}

double TabularAgent::MoveTraces(int lane, TabularDecision newest, double target) {
  const double error = target - table_.value(0, newest.state, newest.action);
  for (const Traces::Trace& trace : traces_.of(lane)) {
    const TabularDecision of = trace.decision;
    table_.value(0, of.state, of.action) += Rate(0, of) * error * trace.weight;
  }
  ++updates_;
  return error;
}

void TabularAgent::Count(double error) {
  if (!std::isfinite(error)) {
    throw NumericError(TabularName(kind_) + ", update " + std::to_string(updates_) +
                       ": the temporal-difference error is not finite; lower learning_rate");
  }
  error_sum_ += std::abs(error);
  ++error_count_;
}

void TabularAgent::SetSchedules() {
  progress_ = total_steps_ <= 0
                  ? 1
                  : std::min(1.0, static_cast<double>(steps_) / static_cast<double>(total_steps_));
  epsilon_ = schedules_.Epsilon(progress_);
}

void TabularAgent::SetMetrics() {
  if (error_count_ > 0) metrics_[0].value = error_sum_ / error_count_;
  metrics_[1].value = table_.states();
  metrics_[2].value = epsilon_;
  metrics_[3].value = schedules_.Rate(progress_, 1);
}

void TabularAgent::Save(StateWriter& writer) const {
  table_.Save(writer);
  model_.Save(writer);
  seats_.Save(writer);
  std::vector<std::int32_t> open;
  for (const TabularDecision& made : decisions_) open.insert(open.end(), {made.state, made.action});
  writer.WriteVector("tabular/decisions", open);
  windows_.Save(writer);
  traces_.Save(writer);
  draws_.Save(writer);
  writer.Write("tabular/steps", steps_);
  writer.Write("tabular/updates", updates_);
  writer.Write("tabular/td_error", metrics_[0].value);
  buffer_.Save(writer);
  actor_.Save(writer);
}

void TabularAgent::Load(StateReader& reader) {
  table_.Load(reader);
  model_.Load(reader, table_.states());
  seats_.Load(reader);
  std::vector<std::int32_t> open(2 * decisions_.size());
  reader.ReadSpan("tabular/decisions", std::span<std::int32_t>(open));
  for (std::size_t i = 0; i < decisions_.size(); ++i) {
    decisions_[i] = {open[2 * i], open[2 * i + 1]};
  }
  windows_.Load(reader);
  traces_.Load(reader);
  draws_.Load(reader);
  reader.Read("tabular/steps", steps_);
  reader.Read("tabular/updates", updates_);
  reader.Read("tabular/td_error", metrics_[0].value);
  buffer_.Load(reader);
  actor_.Load(reader);
  SetSchedules();
  error_count_ = 0;
  SetMetrics();
}

}  // namespace

std::int64_t TabularBytes(TabularKind kind, const AgentSetup& setup) {
  const TabularOptions options(kind, setup.config);
  const StateBins bins(setup.spec, setup.config);
  const std::int64_t lanes = std::int64_t{setup.worlds} * setup.spec.players;
  const std::int64_t model = options.planning_steps == 0
                                 ? 0
                                 : QTable::FirstStates(setup.spec, bins) * setup.spec.action.count *
                                       DynaModel::BytesPerDecision();
  const auto lane = static_cast<std::int64_t>(sizeof(TabularDecision) + sizeof(SeatTransition));
  return QTable::FirstBytes(setup.spec, bins, options.tables()) + model + lanes * lane +
         Windows::Bytes(lanes, options.n_step) +
         setup.worlds * static_cast<std::int64_t>(2 * sizeof(Rng) + sizeof(std::int32_t));
}

std::unique_ptr<Agent> MakeTabular(TabularKind kind, const AgentSetup& setup) {
  CheckTabular(kind, setup.spec, setup.config);
  return std::make_unique<TabularAgent>(kind, setup);
}

}  // namespace brasa

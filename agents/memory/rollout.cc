#include "agents/memory/rollout.h"

#include <algorithm>

namespace brasa {

Rollout::Rollout(const EnvSpec& spec, int worlds, int horizon, int frames)
    : worlds_(worlds),
      horizon_(horizon),
      players_(spec.players),
      actions_(spec.action.kind == ActionKind::kDiscrete ? spec.action.count : 0),
      history_(frames - 1),
      observation_bytes_(static_cast<std::size_t>(spec.observation.bytes())),
      action_size_(static_cast<std::size_t>(spec.action.size())) {
  const std::size_t steps = At(horizon, 1);
  const std::size_t states = At(horizon + 1, 1);
  player_.resize(states);
  observations_.resize(At(history_ + horizon + 1, observation_bytes_));
  mask_.resize(states * static_cast<std::size_t>(actions_));
  start_.resize(At(history_ + horizon + 1, 1));
  value_.resize(states);
  action_.resize(steps * action_size_);
  reward_.resize(steps * static_cast<std::size_t>(players_));
  end_.resize(steps);
  log_prob_.resize(steps);
  if (spec.action.kind == ActionKind::kBox) sampled_.resize(steps * action_size_);
}

StateRows Rollout::States(int t) {
  return {.player = player_.data() + At(t, 1),
          .observation = observations_.data() + At(history_ + t, observation_bytes_),
          .mask = actions_ > 0 ? mask_.data() + At(t, static_cast<std::size_t>(actions_)) : nullptr,
          .start = start_.data() + At(history_ + t, 1)};
}

StepRows Rollout::Step(int t) {
  return {.now = States(t),
          .actions = action_.data() + At(t, action_size_),
          .outcome = {.reward = reward_.data() + At(t, static_cast<std::size_t>(players_)),
                      .end = end_.data() + At(t, 1)},
          .next = States(t + 1)};
}

SeatStep Rollout::Decisions(int t) {
  const StepRows step = Step(t);
  const std::int64_t row = std::int64_t{t} * worlds_;
  return {.row = row,
          .player = step.now.player,
          .outcome = step.outcome,
          .next_row = row + worlds_,
          .next_player = step.next.player};
}

void Rollout::Keep(int from, int to) {
  const auto move = [&](auto& rows, std::size_t row_size, int slots) {
    const auto first = rows.begin() + static_cast<std::ptrdiff_t>(At(from, row_size));
    std::copy(first, first + static_cast<std::ptrdiff_t>(At(slots, row_size)), rows.begin());
  };
  const int steps = to - from, states = steps + 1;
  move(player_, 1, states);
  move(observations_, observation_bytes_, history_ + states);
  move(mask_, static_cast<std::size_t>(actions_), states);
  move(start_, 1, history_ + states);
  move(value_, 1, steps);
  move(action_, action_size_, steps);
  move(reward_, static_cast<std::size_t>(players_), steps);
  move(end_, 1, steps);
  move(log_prob_, 1, steps);
  if (!sampled_.empty()) move(sampled_, action_size_, steps);
}

void Rollout::BeginAfter(const Rollout& before) {
  const auto copy_last = [&](const auto& from, auto& to, std::size_t row_size) {
    std::copy(from.begin() + static_cast<std::ptrdiff_t>(At(horizon_, row_size)), from.end(),
              to.begin());
  };
  copy_last(before.player_, player_, 1);
  copy_last(before.observations_, observations_, observation_bytes_);
  copy_last(before.mask_, mask_, static_cast<std::size_t>(actions_));
  copy_last(before.start_, start_, 1);
}

void Rollout::FrameRows(std::int32_t row, std::int32_t* out) const {
  std::int32_t at = row + history_ * worlds_;
  for (int f = history_; f >= 0; --f) {
    out[f] = at;
    if (f > 0 && start_[static_cast<std::size_t>(at)] == 0) at -= worlds_;
  }
}

void Rollout::Save(StateWriter& writer) const {
  writer.WriteVector("rollout.player", player_);
  writer.WriteVector("rollout.observation", observations_);
  writer.WriteVector("rollout.mask", mask_);
  writer.WriteVector("rollout.start", start_);
  writer.WriteVector("rollout.action", action_);
  writer.WriteVector("rollout.reward", reward_);
  writer.WriteVector("rollout.end", end_);
  writer.WriteVector("rollout.sampled", sampled_);
  writer.WriteVector("rollout.log_prob", log_prob_);
  writer.WriteVector("rollout.value", value_);
}

void Rollout::Load(StateReader& reader) {
  const auto read = [&](const char* name, auto& rows) { reader.ReadSpan(name, std::span(rows)); };
  read("rollout.player", player_);
  read("rollout.observation", observations_);
  read("rollout.mask", mask_);
  read("rollout.start", start_);
  read("rollout.action", action_);
  read("rollout.reward", reward_);
  read("rollout.end", end_);
  read("rollout.sampled", sampled_);
  read("rollout.log_prob", log_prob_);
  read("rollout.value", value_);
}

}  // namespace brasa

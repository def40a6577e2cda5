#include "runners/evaluate/side.h"

#include <cstring>
#include <utility>

namespace brasa {

Side::Side(std::unique_ptr<Actor> actor, bool needs_worlds, EnvBatch& batch)
    : actor_(std::move(actor)), needs_worlds_(needs_worlds), batch_(batch) {
  const EnvSpec& spec = batch.spec();
  const auto n = static_cast<std::size_t>(batch.worlds());
  observation_bytes_ = static_cast<std::size_t>(spec.observation.bytes());
  mask_bytes_ = batch.has_legal() ? static_cast<std::size_t>(spec.action.count) : 0;
  action_bytes_ = static_cast<std::size_t>(spec.action.bytes());
  fresh_.assign(n, 1);
  world_.reserve(n);
  player_.resize(n);
  observation_.resize(n * observation_bytes_);
  mask_.resize(n * mask_bytes_);
  start_.resize(n);
  action_.resize(n * action_bytes_);
}

void Side::Add(const StateRows& states, int world) {
  const auto w = static_cast<std::size_t>(world);
  const std::size_t row = world_.size();
  world_.push_back(world);
  player_[row] = states.player[w];
  start_[row] = std::exchange(fresh_[w], std::uint8_t{0});
  std::memcpy(&observation_[row * observation_bytes_],
              static_cast<const std::uint8_t*>(states.observation) + w * observation_bytes_,
              observation_bytes_);
  if (mask_bytes_ > 0) {
    std::memcpy(&mask_[row * mask_bytes_], states.mask + w * mask_bytes_, mask_bytes_);
  }
}

void Side::Act(void* actions) {
  if (world_.empty()) return;
  ActRows rows;
  rows.count = static_cast<int>(world_.size());
  rows.world = world_.data();
  rows.player = player_.data();
  rows.observation = observation_.data();
  rows.mask = mask_bytes_ > 0 ? mask_.data() : nullptr;
  rows.start = start_.data();
  rows.batch = needs_worlds_ ? &batch_ : nullptr;
  actor_->Act(rows, action_.data());
  for (std::size_t row = 0; row < world_.size(); ++row) {
    std::memcpy(
        static_cast<std::uint8_t*>(actions) + static_cast<std::size_t>(world_[row]) * action_bytes_,
        &action_[row * action_bytes_], action_bytes_);
  }
}

}  // namespace brasa

#include "agents/memory/seat_transitions.h"

#include <algorithm>

#include "brasa/core/assert.h"

namespace brasa {

SeatTransitions::SeatTransitions(int worlds, int players) : worlds_(worlds), players_(players) {
  BRASA_ASSERT(worlds > 0 && players > 0);
  const std::size_t size = At(worlds, 0);
  row_.assign(size, kClosed);
  reward_.assign(size, 0.0f);
}

void SeatTransitions::Push(const SeatStep& step, const LastRows& last,
                           std::vector<SeatTransition>& closed) {
  std::int32_t ended = 0;
  for (int w = 0; w < worlds_; ++w) {
    const std::size_t decision = At(w, step.player[w]);
    BRASA_ASSERT(row_[decision] == kClosed);
    row_[decision] = step.row + w;
    reward_[decision] = 0.0f;
    for (int p = 0; p < players_; ++p) reward_[At(w, p)] += step.outcome.reward[At(w, p)];

    const auto end = static_cast<EpisodeEnd>(step.outcome.end[w]);
    if (end != EpisodeEnd::kNone) {
      BRASA_ASSERT(ended < last.count && last.world[ended] == w);
      CloseAll(w, end, ended++, closed);
    } else if (row_[At(w, step.next_player[w])] != kClosed) {
      Close(w, step.next_player[w], closed).next_row = step.next_row + w;
    }
  }
  BRASA_ASSERT(ended == last.count);
}

SeatTransition& SeatTransitions::Close(int world, int seat, std::vector<SeatTransition>& closed) {
  SeatTransition transition;
  transition.world = world;
  transition.seat = seat;
  transition.row = row_[At(world, seat)];
  transition.reward = reward_[At(world, seat)];
  row_[At(world, seat)] = kClosed;
  return closed.emplace_back(transition);
}

void SeatTransitions::CloseAll(int world, EpisodeEnd end, std::int32_t last,
                               std::vector<SeatTransition>& closed) {
  const auto first = static_cast<std::ptrdiff_t>(closed.size());
  for (int p = 0; p < players_; ++p) {
    if (row_[At(world, p)] == kClosed) continue;
    SeatTransition& transition = Close(world, p, closed);
    transition.end = end;
    transition.last = last;
  }
  std::sort(closed.begin() + first, closed.end(),
            [](const SeatTransition& a, const SeatTransition& b) { return a.row < b.row; });
}

void SeatTransitions::Forget() { std::fill(row_.begin(), row_.end(), kClosed); }

void SeatTransitions::Forget(int world) {
  const auto first = row_.begin() + static_cast<std::ptrdiff_t>(At(world, 0));
  std::fill(first, first + players_, kClosed);
}

void SeatTransitions::Renumber(std::int64_t by) {
  for (std::int64_t& row : row_) {
    if (row != kClosed) row -= by;
  }
}

int SeatTransitions::open() const {
  return static_cast<int>(row_.size()) -
         static_cast<int>(std::count(row_.begin(), row_.end(), kClosed));
}

void SeatTransitions::Save(StateWriter& writer) const {
  writer.WriteVector("seats/row", row_);
  writer.WriteVector("seats/reward", reward_);
}

void SeatTransitions::Load(StateReader& reader) {
  reader.ReadSpan("seats/row", std::span<std::int64_t>(row_));
  reader.ReadSpan("seats/reward", std::span<float>(reward_));
}

}  // namespace brasa

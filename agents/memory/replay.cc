#include "agents/memory/replay.h"

#include <algorithm>
#include <cstring>
#include <string>

#include "brasa/core/assert.h"
#include "brasa/core/error.h"

namespace brasa {
namespace {

/// Vector steps in the ring: those of `capacity` decisions and the present states.
int RingSlots(int worlds, std::int64_t capacity) {
  constexpr std::int64_t kMostRows = std::int64_t{1} << 30;
  BRASA_ASSERT(worlds > 0 && capacity > 0);
  const std::int64_t slots = (capacity - 1) / worlds + 2;
  if (capacity < kMostRows && slots * worlds < kMostRows) return static_cast<int>(slots);
  throw ConfigError("replay_capacity = " + std::to_string(capacity) + " is too large for envs = " +
                    std::to_string(worlds) + ": a replay has less than 2^30 rows");
}

/// Final observations that a full ring can hold: an episode is truncated after L plies, so a world
/// has at most slots / L + 2 truncations in the ring, and in each every seat that decided has one.
std::int32_t PlannedFinalRows(const EnvSpec& spec, int worlds, int slots) {
  const int limit = spec.max_episode_steps;
  if (limit <= 0) return 0;
  const std::int64_t rows =
      static_cast<std::int64_t>(worlds) * (slots / limit + 2) * std::min(spec.players, limit);
  return static_cast<std::int32_t>(
      std::min<std::int64_t>(rows, static_cast<std::int64_t>(worlds) * slots));
}

}  // namespace

Replay::Replay(const EnvSpec& spec, int worlds, std::int64_t capacity,
               ReplayTransitions transitions)
    : worlds_(worlds),
      slots_(RingSlots(worlds, capacity)),
      actions_(spec.action.kind == ActionKind::kDiscrete ? spec.action.count : 0),
      players_(spec.players),
      size_(static_cast<std::size_t>(spec.action.size())),
      observation_bytes_(static_cast<std::size_t>(spec.observation.bytes())),
      transitions_(transitions),
      seats_(worlds, spec.players) {
  BRASA_ASSERT(transitions == ReplayTransitions::kSeats || (spec.players == 2 && spec.zero_sum));
  const std::size_t all = At(rows());
  const std::int32_t finals = PlannedFinalRows(spec, worlds, slots_);
  observations_.reserve((all + At(finals)) * observation_bytes_);
  observations_.resize(all * observation_bytes_);
  free_final_.reserve(At(finals));
  AddFinalRows(finals);
  mask_.assign(all * static_cast<std::size_t>(actions_), 1);
  player_.resize(all);
  (spec.action.kind == ActionKind::kBox ? values_.resize(all * size_) : ids_.resize(all * size_));
  reward_.resize(all);
  end_.resize(all);
  next_.assign(all, kOpen);
  const auto n = static_cast<std::size_t>(worlds);
  for (auto& start : start_) start.resize(n);
  step_reward_.resize(n * static_cast<std::size_t>(players_));
  step_end_.resize(n);
  closed_.reserve(n * static_cast<std::size_t>(players_));
  closed_rows_.reserve(n * static_cast<std::size_t>(players_));
}

std::int64_t Replay::Bytes(const EnvSpec& spec, int worlds, std::int64_t capacity) {
  const int slots = RingSlots(worlds, capacity);
  const std::int64_t rows = static_cast<std::int64_t>(slots) * worlds;
  const std::int64_t seen = spec.observation.bytes();
  const std::int64_t mask = spec.action.kind == ActionKind::kDiscrete ? spec.action.count : 0;
  // Mover, reward, end and successor.
  const std::int64_t row = seen + mask + spec.action.bytes() + 13;
  const std::int64_t seats = static_cast<std::int64_t>(worlds) * spec.players;
  const std::int64_t step = seats * static_cast<std::int64_t>(20 + sizeof(SeatTransition));
  return rows * row + PlannedFinalRows(spec, worlds, slots) * (seen + 4) + step + 3 * worlds;
}

StateRows Replay::States(std::int64_t step) {
  const std::size_t row = At(SlotOf(step) * worlds_);
  return {.player = player_.data() + row,
          .observation = observations_.data() + row * observation_bytes_,
          .mask = actions_ > 0 ? mask_.data() + row * static_cast<std::size_t>(actions_) : nullptr,
          .start = start_[step % 2].data()};
}

StepRows Replay::NextRows() {
  const std::size_t first = At(opened()) * size_;
  return {.now = States(step_),
          .actions = values_.empty() ? static_cast<void*>(ids_.data() + first)
                                     : static_cast<void*>(values_.data() + first),
          .outcome = {.reward = step_reward_.data(), .end = step_end_.data()},
          .next = States(step_ + 1)};
}

void Replay::Advance(const LastRows& last) {
  closed_rows_.clear();
  const StepRows rows = NextRows();
  Open(SlotOf(step_ + 1));
  if (transitions_ == ReplayTransitions::kSeats) {
    CloseSeats(rows, last);
  } else {
    ClosePlies(rows, last);
  }
  ++step_;
}

void Replay::Open(int slot) {
  for (std::int32_t row = slot * worlds_; row < (slot + 1) * worlds_; ++row) {
    std::int32_t& next = next_[At(row)];
    if (next != kOpen) --samples_;
    if (next >= this->rows()) free_final_.push_back(next);
    next = kOpen;
  }
}

// SeatTransitions gets row numbers that count from the beginning: a decision that waited for so
// long that the ring came round is older than the oldest row and forgotten.
void Replay::CloseSeats(const StepRows& rows, const LastRows& last) {
  const std::int64_t oldest = (step_ + 2 - slots_) * worlds_;
  closed_.clear();
  seats_.Push({.row = step_ * worlds_,
               .player = rows.now.player,
               .outcome = rows.outcome,
               .next_row = (step_ + 1) * worlds_,
               .next_player = rows.next.player},
              last, closed_);
  for (const SeatTransition& made : closed_) {
    if (made.row < oldest) continue;
    std::int32_t next = kTerminal;
    if (made.end == EpisodeEnd::kNone) {
      next = static_cast<std::int32_t>(made.next_row % this->rows());
    } else if (made.end == EpisodeEnd::kTruncated) {
      next = KeepFinal(last, made.last * players_ + made.seat);
    }
    Close(static_cast<std::int32_t>(made.row % this->rows()), made.reward, made.end, next);
  }
}

void Replay::ClosePlies(const StepRows& rows, const LastRows& last) {
  const std::int32_t first = opened(), first_next = SlotOf(step_ + 1) * worlds_;
  std::int32_t ended = 0;
  for (std::int32_t w = 0; w < worlds_; ++w) {
    const std::int32_t mover = rows.now.player[w];
    const auto end = static_cast<EpisodeEnd>(rows.outcome.end[w]);
    std::int32_t next = end == EpisodeEnd::kNone ? first_next + w : kTerminal;
    if (end == EpisodeEnd::kTruncated) next = KeepFinal(last, ended * players_ + mover);
    if (end != EpisodeEnd::kNone) ++ended;
    Close(first + w, rows.outcome.reward[w * players_ + mover], end, next);
  }
  BRASA_ASSERT(ended == last.count);
}

void Replay::Close(std::int32_t row, float reward, EpisodeEnd end, std::int32_t next) {
  reward_[At(row)] = reward;
  end_[At(row)] = static_cast<std::uint8_t>(end);
  next_[At(row)] = next;
  ++samples_;
  closed_rows_.push_back(row);
}

std::int32_t Replay::final_rows() const {
  return static_cast<std::int32_t>(observations_.size() / observation_bytes_) - rows();
}

void Replay::AddFinalRows(std::int32_t count) {
  const std::int32_t first = rows() + final_rows();
  observations_.resize(observations_.size() + At(count) * observation_bytes_);
  for (std::int32_t i = count; i-- > 0;) free_final_.push_back(first + i);
}

std::int32_t Replay::KeepFinal(const LastRows& last, std::int32_t last_row) {
  if (free_final_.empty()) AddFinalRows(std::max(16, final_rows() / 2));
  const std::int32_t row = free_final_.back();
  free_final_.pop_back();
  std::memcpy(
      observations_.data() + At(row) * observation_bytes_,
      static_cast<const std::uint8_t*>(last.observation) + At(last_row) * observation_bytes_,
      observation_bytes_);
  return row;
}

// The rows before and behind the present slot are one range of candidates; open ones are redrawn,
// so that every sample is equally likely.
void Replay::Draw(Rng& rng, std::span<std::int32_t> out) const {
  BRASA_ASSERT(samples_ > 0);
  const auto candidates =
      static_cast<std::uint32_t>(std::min<std::int64_t>(step_, slots_ - 1) * worlds_);
  const std::int32_t present = opened();
  for (std::int32_t& row : out) {
    do {
      row = static_cast<std::int32_t>(rng.Below(candidates));
      if (row >= present) row += worlds_;
    } while (!is_sample(row));
  }
}

ReplayWindow Replay::Window(std::int32_t row, int n, double discount) const {
  BRASA_ASSERT(is_sample(row) && n > 0);
  const bool plies = transitions_ == ReplayTransitions::kPlies;
  const std::int32_t first_mover = player(row);
  double sum = 0, factor = 1;
  std::int32_t successor = row;
  for (int i = 0; i < n; ++i) {
    const double sign = plies && player(row) != first_mover ? -1.0 : 1.0;
    sum += sign * factor * static_cast<double>(reward(row));
    factor *= discount;
    successor = next_[At(row)];
    if (successor == kTerminal) return {static_cast<float>(sum), 0.0f, row};
    if (successor >= rows())
      return {static_cast<float>(sum), static_cast<float>(sign * factor), successor};
    if (!is_sample(successor)) break;
    row = successor;
  }
  const double sign = plies && player(successor) != first_mover ? -1.0 : 1.0;
  return {static_cast<float>(sum), static_cast<float>(sign * factor), successor};
}

const std::uint8_t* Replay::mask(std::int32_t row) const {
  if (actions_ == 0 || row >= rows()) return nullptr;
  return mask_.data() + At(row) * static_cast<std::size_t>(actions_);
}

std::size_t Replay::FilledRows() const {
  return static_cast<std::size_t>(std::min<std::int64_t>(step_ + 1, slots_) * worlds_);
}

void Replay::Save(StateWriter& writer) const {
  const std::size_t filled = FilledRows();
  const auto write = [&](const char* name, const auto& values, std::size_t row_size) {
    writer.WriteSpan(name, std::span(values).first(filled * row_size));
  };
  writer.Write("replay.steps", step_);
  write("replay.observation", observations_, observation_bytes_);
  writer.WriteSpan("replay.final",
                   std::span(observations_).subspan(At(rows()) * observation_bytes_));
  write("replay.mask", mask_, static_cast<std::size_t>(actions_));
  write("replay.player", player_, 1);
  write("replay.action_id", ids_, ids_.empty() ? 0 : size_);
  write("replay.action", values_, values_.empty() ? 0 : size_);
  write("replay.reward", reward_, 1);
  write("replay.end", end_, 1);
  write("replay.next", next_, 1);
  writer.WriteVector("replay.free", free_final_);
  writer.WriteVector("replay.start", start_[step_ % 2]);
  seats_.Save(writer);
}

void Replay::Load(StateReader& reader) {
  reader.Read("replay.steps", step_);
  if (step_ < 0) throw FileError(reader.source() + ": 'replay.steps' is negative");
  const std::size_t filled = FilledRows();
  const auto read = [&](const char* name, auto& values, std::size_t row_size) {
    reader.ReadSpan(name, std::span(values).first(filled * row_size));
  };
  std::vector<std::uint8_t> finals;
  std::ranges::fill(next_, kOpen);
  read("replay.observation", observations_, observation_bytes_);
  reader.ReadVector("replay.final", finals);
  if (finals.size() % observation_bytes_ != 0) {
    throw FileError(reader.source() + ": 'replay.final' is not made of whole observations");
  }
  observations_.resize(At(rows()) * observation_bytes_);
  observations_.insert(observations_.end(), finals.begin(), finals.end());
  read("replay.mask", mask_, static_cast<std::size_t>(actions_));
  read("replay.player", player_, 1);
  read("replay.action_id", ids_, ids_.empty() ? 0 : size_);
  read("replay.action", values_, values_.empty() ? 0 : size_);
  read("replay.reward", reward_, 1);
  read("replay.end", end_, 1);
  read("replay.next", next_, 1);
  reader.ReadVector("replay.free", free_final_);
  reader.ReadSpan("replay.start", std::span<std::uint8_t>(start_[step_ % 2]));
  seats_.Load(reader);
  samples_ = std::ranges::count_if(next_, [](std::int32_t next) { return next != kOpen; });
  closed_rows_.clear();
  CheckLinks(reader);
}

void Replay::CheckLinks(const StateReader& reader) const {
  const std::int32_t all = rows() + final_rows();
  const bool links = std::ranges::all_of(
      next_, [&](std::int32_t next) { return next >= kTerminal && next < all; });
  const bool free = std::ranges::all_of(
      free_final_, [&](std::int32_t row) { return row >= rows() && row < all; });
  if (!links || !free) throw FileError(reader.source() + ": a row of the replay points nowhere");
}

}  // namespace brasa

#include "runners/vector/world_rows.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <string>

#include "brasa/core/hash.h"

namespace brasa {
namespace {

constexpr std::uint64_t kSignatureStart = 0x6272617361ull;  // "brasa"

/// Folds one word into a world's signature: a multiply and a shift, so that eight worlds fit a
/// vector register and the signature costs little beside the step.
inline std::uint64_t Fold(std::uint64_t state, std::uint64_t word) {
  state = (state ^ word) * 0x9E3779B97F4A7C15ull;
  return state ^ (state >> 32);
}

std::uint64_t Bits(float value) { return std::bit_cast<std::uint32_t>(value); }

}  // namespace

LastRowsStorage::LastRowsStorage(const EnvSpec& spec, int n)
    : players(static_cast<std::size_t>(spec.players)),
      measures(spec.measures.size()),
      observation_bytes(static_cast<std::size_t>(spec.observation.bytes())) {
  const auto rows = static_cast<std::size_t>(n);
  world.resize(rows);
  length.resize(rows);
  episode.resize(rows);
  returns.resize(rows * players);
  measured.resize(rows * measures);
  observations.resize(rows * players * observation_bytes);
}

LastRows LastRowsStorage::View(int count) const {
  LastRows rows;
  rows.count = count;
  rows.world = world.data();
  rows.observation = observations.data();
  rows.episode = episode.data();
  rows.length = length.data();
  rows.returns = returns.data();
  rows.measures = measures > 0 ? measured.data() : nullptr;
  return rows;
}

void LastRowsStorage::CopyRow(std::size_t j, const LastRowsStorage& from, std::size_t i) {
  const auto copy = [&](auto& to, const auto& source, std::size_t width) {
    std::copy_n(source.begin() + static_cast<std::ptrdiff_t>(i * width), width,
                to.begin() + static_cast<std::ptrdiff_t>(j * width));
  };
  copy(world, from.world, 1);
  copy(length, from.length, 1);
  copy(episode, from.episode, 1);
  copy(returns, from.returns, players);
  copy(measured, from.measured, measures);
  copy(observations, from.observations, players * observation_bytes);
}

void LastRowsStorage::MoveRows(std::size_t to, std::size_t from, std::size_t count) {
  const auto move = [&](auto& values, std::size_t width) {
    if (width == 0) return;
    std::memmove(values.data() + to * width, values.data() + from * width,
                 count * width * sizeof values[0]);
  };
  move(world, 1);
  move(length, 1);
  move(episode, 1);
  move(returns, players);
  move(measured, measures);
  move(observations, players * observation_bytes);
}

WorldRows::WorldRows(const EnvRow& row, const Params& params, const VectorEnvOptions& options,
                     int chunk)
    : batch_(row, params, options.worlds, options.streams),
      signed_(options.signature),
      ending_(batch_.spec(), options.worlds) {
  const EnvSpec& spec = batch_.spec();
  const auto n = static_cast<std::size_t>(options.worlds);
  players_ = static_cast<std::size_t>(spec.players);
  observation_bytes_ = static_cast<std::size_t>(spec.observation.bytes());
  action_bytes_ = static_cast<std::size_t>(spec.action.bytes());
  measures_ = spec.measures.size();
  returns_.assign(n * players_, 0.0);
  signatures_.assign(n, kSignatureStart);
  if (spec.max_chance_outcomes > 0) final_chance_.resize(n);
  Divide(chunk);
  for (int p = 0; p < spec.players; ++p) seats_.push_back(p);
  last_ = ending_.View(0);
}

void WorldRows::Divide(int chunk) {
  if (chunk == chunk_) return;
  chunk_ = chunk;
  chunks_ = (batch_.worlds() + chunk - 1) / chunk;
  const auto count = static_cast<std::size_t>(chunks_);
  if (ended_.size() < count) ended_.resize(count);
}

WorldRows::Range WorldRows::RangeOf(int c) const {
  return {c * chunk_, std::min((c + 1) * chunk_, batch_.worlds())};
}

void WorldRows::ResetChunk(int c, const StateRows& first) {
  const Range range = RangeOf(c);
  batch_.Reset(range.begin, range.end);
  ended_[static_cast<std::size_t>(c)] = {range.begin, range.begin};
  WriteStates(range, first);
}

void WorldRows::StepChunk(int c, int before, const void* actions, const OutcomeRows& outcome,
                          const StateRows& next) {
  const Range range = RangeOf(c);
  const auto begin = static_cast<std::size_t>(range.begin);
  const char* chunk_actions = static_cast<const char*>(actions) + begin * action_bytes_;
  float* rewards = outcome.reward + begin * players_;
  std::uint8_t* ends = outcome.end + begin;
  batch_.Step(range.begin, range.end, chunk_actions, rewards, ends);
  CheckFinite(rewards, range.end - range.begin, static_cast<int>(players_), range.begin, "reward");
  Account(range, actions, outcome);
  FinishEpisodes(c, before, ends);
  WriteStates(range, next);
}

void WorldRows::AbandonChunk(int c, int before, const void* actions, const OutcomeRows& outcome,
                             const StateRows& next) {
  const Range range = RangeOf(c);
  const auto begin = static_cast<std::size_t>(range.begin);
  const auto end = static_cast<std::size_t>(range.end);
  std::fill(outcome.reward + begin * players_, outcome.reward + end * players_, 0.0f);
  std::fill(outcome.end + begin, outcome.end + end,
            static_cast<std::uint8_t>(EpisodeEnd::kTruncated));
  Account(range, actions, outcome);
  FinishEpisodes(c, before, outcome.end + begin);
  const Slots& slots = ended_[static_cast<std::size_t>(c)];
  for (int i = slots.begin; i < slots.end; ++i) ++ending_.length[static_cast<std::size_t>(i)];
  WriteStates(range, next);
}

void WorldRows::Rebuild(int world, std::uint32_t episode, std::span<const std::uint8_t> actions,
                        std::uint64_t signature, const std::function<void()>& played) {
  const auto w = static_cast<std::size_t>(world);
  std::vector<float> rewards(players_);
  std::uint8_t end = 0;
  batch_.SetNextEpisode(world, episode);
  batch_.Reset(world, world + 1);
  played();
  std::fill_n(&returns_[w * players_], players_, 0.0);
  for (std::size_t at = 0; at < actions.size(); at += action_bytes_) {
    batch_.Step(world, world + 1, &actions[at], rewards.data(), &end);
    played();
    if (end != 0) throw Error(batch_.Place(world) + ": played again, the episode ends here");
    for (std::size_t p = 0; p < players_; ++p) {
      returns_[w * players_ + p] += static_cast<double>(rewards[p]);
    }
  }
  signatures_[w] = signature;
}

void WorldRows::Account(Range range, const void* actions, const OutcomeRows& outcome) {
  const auto begin = static_cast<std::size_t>(range.begin);
  const auto end = static_cast<std::size_t>(range.end);
  for (std::size_t i = begin * players_; i < end * players_; ++i) {
    returns_[i] += static_cast<double>(outcome.reward[i]);
  }
  if (signed_) Sign(range, actions, outcome);
}

void WorldRows::Sign(Range range, const void* actions, const OutcomeRows& outcome) {
  const auto begin = static_cast<std::size_t>(range.begin);
  const auto n = static_cast<std::size_t>(range.end - range.begin);
  const std::size_t components = action_bytes_ / 4;
  const auto* words = static_cast<const std::uint32_t*>(actions) + begin * components;
  const float* rewards = outcome.reward + begin * players_;
  const std::uint8_t* ends = outcome.end + begin;
  std::uint64_t* states = &signatures_[begin];
  const auto head = [](std::uint32_t word, float reward, std::uint8_t end) {
    return static_cast<std::uint64_t>(word) | static_cast<std::uint64_t>(end) << 30 |
           Bits(reward) << 32;
  };
  if (components == 1 && players_ == 1) {  // rows without gaps: a loop that vectorises
    for (std::size_t i = 0; i < n; ++i) {
      states[i] = Fold(states[i], head(words[i], rewards[i], ends[i]));
    }
    return;
  }
  for (std::size_t i = 0; i < n; ++i, words += components, rewards += players_) {
    states[i] = Fold(states[i], head(words[0], rewards[0], ends[i]));
    for (std::size_t k = 1; k < components; ++k) states[i] = Fold(states[i], words[k]);
    for (std::size_t p = 1; p < players_; ++p) states[i] = Fold(states[i], Bits(rewards[p]));
  }
}

void WorldRows::FinishEpisodes(int c, int before, const std::uint8_t* ends) {
  const Range range = RangeOf(c);
  Slots& slots = ended_[static_cast<std::size_t>(c)];
  const bool follows = before >= 0 && before == c - 1;
  slots.begin = follows ? ended_[static_cast<std::size_t>(before)].end : range.begin;
  slots.end = slots.begin;
  const int n = range.end - range.begin;
  int i = 0;
  while (i < n) {
    std::uint64_t eight = 0;
    if (i + 8 <= n) std::memcpy(&eight, ends + i, 8);
    if (i + 8 <= n && eight == 0) {
      i += 8;
      continue;
    }
    for (const int stop = std::min(i + 8, n); i < stop; ++i) {
      if (ends[i] == 0) continue;
      FinishEpisode(range.begin + i, static_cast<std::size_t>(slots.end));
      ++slots.end;
    }
  }
}

void WorldRows::FinishEpisode(int world, std::size_t slot) {
  const auto w = static_cast<std::size_t>(world);
  ending_.world[slot] = world;
  ending_.length[slot] = batch_.plies(world);
  ending_.episode[slot] = static_cast<std::uint32_t>(batch_.episode(world));
  for (std::size_t p = 0; p < players_; ++p) {
    ending_.returns[slot * players_ + p] = returns_[w * players_ + p];
    returns_[w * players_ + p] = 0;
    std::uint8_t* seen = &ending_.observations[(slot * players_ + p) * observation_bytes_];
    batch_.Observe(world, world + 1, &seats_[p], seen);
  }
  if (batch_.spec().observation.type == ElementType::kFloat32) {
    const auto* seen =
        reinterpret_cast<const float*>(&ending_.observations[slot * players_ * observation_bytes_]);
    CheckFinite(seen, 1, static_cast<int>(players_ * observation_bytes_ / 4), world,
                "final observation");
  }
  if (measures_ > 0) batch_.Measures(world, &ending_.measured[slot * measures_]);
  if (!final_chance_.empty()) {
    const auto ids = batch_.ChanceIds(world);
    final_chance_[w].assign(ids.begin(), ids.end());
  }
  batch_.Reset(world, world + 1);
}

void WorldRows::WriteStates(Range range, const StateRows& rows) {
  const auto begin = static_cast<std::size_t>(range.begin);
  const auto n = static_cast<std::size_t>(range.end - range.begin);
  std::int32_t* players = rows.player + begin;
  batch_.Players(range.begin, range.end, players);
  auto* seen = static_cast<std::uint8_t*>(rows.observation) + begin * observation_bytes_;
  batch_.Observe(range.begin, range.end, players_ > 1 ? players : nullptr, seen);
  if (batch_.spec().observation.type == ElementType::kFloat32) {
    CheckFinite(reinterpret_cast<const float*>(seen), static_cast<int>(n),
                static_cast<int>(observation_bytes_ / 4), range.begin, "observation");
  }
  if (rows.mask != nullptr) {
    const auto count = static_cast<std::size_t>(batch_.spec().action.count);
    batch_.Masks(range.begin, range.end, rows.mask + begin * count);
  }
  const std::int32_t* plies = batch_.plies().data() + begin;
  std::uint8_t* start = rows.start + begin;
  for (std::size_t i = 0; i < n; ++i) start[i] = plies[i] == 0;
}

void WorldRows::CheckFinite(const float* values, int rows, int width, int first_world,
                            const char* what) {
  // A float is finite unless its exponent is all ones.
  const int size = rows * width;
  std::uint32_t bad = 0;
  for (int i = 0; i < size; ++i) {
    const auto bits = std::bit_cast<std::uint32_t>(values[i]);
    bad |= static_cast<std::uint32_t>((bits & 0x7F800000u) == 0x7F800000u);
  }
  if (bad == 0) return;
  for (int i = 0; i < size; ++i) {
    const auto bits = std::bit_cast<std::uint32_t>(values[i]);
    if ((bits & 0x7F800000u) != 0x7F800000u) continue;
    throw NumericError(batch_.Place(first_world + i / width) + ": " + what + " " +
                       std::to_string(i % width) + " is " + std::to_string(values[i]));
  }
}

void WorldRows::GatherLast() {
  std::size_t filled = 0;
  for (std::size_t c = 0; c < static_cast<std::size_t>(chunks_);) {
    const int begin = ended_[c].begin;
    int end = ended_[c].end;
    while (++c < static_cast<std::size_t>(chunks_) && ended_[c].begin == end) end = ended_[c].end;
    const auto from = static_cast<std::size_t>(begin),
               count = static_cast<std::size_t>(end - begin);
    if (count > 0 && from != filled) ending_.MoveRows(filled, from, count);
    filled += count;
  }
  last_.count = static_cast<int>(filled);
}

int WorldRows::GatherLastOf(std::span<const std::int32_t> worlds, LastRowsStorage& rows) const {
  BRASA_ASSERT(chunk_ == 1);
  std::size_t filled = 0;
  for (const std::int32_t w : worlds) {
    const auto world = static_cast<std::size_t>(w);
    if (ended_[world].end > ended_[world].begin) rows.CopyRow(filled++, ending_, world);
  }
  return static_cast<int>(filled);
}

std::span<const std::int32_t> WorldRows::FinalChanceIds(int world) const {
  if (final_chance_.empty()) return {};
  return final_chance_[static_cast<std::size_t>(world)];
}

std::uint64_t WorldRows::Signature() const { return signed_ ? Combined(signatures_) : 0; }

std::uint64_t WorldRows::Combined(std::span<const std::uint64_t> signatures) {
  std::uint64_t all = kSignatureStart;
  for (const std::uint64_t one : signatures) all = HashCombine(all, one);
  return all;
}

std::uint64_t WorldRows::FirstSignature() { return kSignatureStart; }

void WorldRows::Save(StateWriter& writer) const {
  batch_.Save(writer);
  writer.WriteVector("vector/returns", returns_);
  writer.WriteVector("vector/signatures", signatures_);
}

void WorldRows::Load(StateReader& reader) {
  batch_.Load(reader);
  reader.ReadSpan("vector/returns", std::span<double>(returns_));
  reader.ReadSpan("vector/signatures", std::span<std::uint64_t>(signatures_));
  last_.count = 0;
}

}  // namespace brasa

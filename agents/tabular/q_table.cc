#include "agents/tabular/q_table.h"

#include <algorithm>
#include <cstring>

#include "brasa/core/assert.h"
#include "brasa/core/hash.h"

namespace brasa {
namespace {

constexpr std::size_t kFirstSlots = 1024;
/// Values of a dense table; above it rows are made when they are met.
constexpr std::int64_t kDenseLimit = std::int64_t{1} << 24;

bool FitsDense(const EnvSpec& spec) {
  const auto& categories = spec.observation.categories;
  return categories.size() == 1 && std::int64_t{categories[0]} * spec.action.count <= kDenseLimit;
}

}  // namespace

void CheckTabularObservation(const EnvSpec& spec) {
  if (spec.observation.type == ElementType::kUint8 || spec.observation.categorical()) return;
  throw ConfigError("q_learning does not fit environment '" + spec.id +
                    "': a table needs observations that are ids (categorical or uint8), these are "
                    "float32 numbers that hardly repeat; use an agent with a network");
}

QTable::QTable(const EnvSpec& spec, double initial_value)
    : env_(spec.id),
      type_(spec.observation.type),
      actions_(static_cast<std::size_t>(spec.action.count)),
      key_bytes_(static_cast<std::size_t>(spec.observation.bytes())),
      initial_value_(initial_value),
      dense_(FitsDense(spec)) {
  CheckTabularObservation(spec);
  if (dense_) {
    AddRows(spec.observation.categories[0]);
  } else {
    slots_.assign(kFirstSlots, -1);
  }
}

std::int64_t QTable::FirstBytes(const EnvSpec& spec) {
  if (!FitsDense(spec)) return static_cast<std::int64_t>(kFirstSlots * sizeof(std::int32_t));
  constexpr std::int64_t kCell = sizeof(double) + sizeof(std::uint32_t) + 1;
  return kCell * spec.observation.categories[0] * spec.action.count;
}

void QTable::AddRows(int count) {
  states_ += count;
  values_.resize(At(states_), initial_value_);
  visits_.resize(At(states_), 0);
  legal_.resize(At(states_), 0);
}

int QTable::DenseIndex(const void* observation) const {
  if (type_ == ElementType::kUint8) return *static_cast<const std::uint8_t*>(observation);
  float id = 0;
  std::memcpy(&id, observation, sizeof id);
  return static_cast<int>(id);
}

std::size_t QTable::Slot(const void* observation) const {
  const std::size_t last = slots_.size() - 1;
  std::size_t slot = static_cast<std::size_t>(HashBytes(observation, key_bytes_)) & last;
  while (slots_[slot] >= 0 && std::memcmp(key(slots_[slot]), observation, key_bytes_) != 0) {
    slot = (slot + 1) & last;
  }
  return slot;
}

int QTable::Find(const void* observation) const {
  if (!dense_) return slots_[Slot(observation)];
  const int state = DenseIndex(observation);
  if (state < 0 || state >= states_) {
    throw UsageError(env_ + ": observation " + std::to_string(state) + " is not in [0, " +
                     std::to_string(states_ - 1) + "]");
  }
  return state;
}

int QTable::Meet(const void* observation, const std::uint8_t* mask) {
  int state = Find(observation);
  if (state < 0) {
    const auto* bytes = static_cast<const std::uint8_t*>(observation);
    state = states_;
    slots_[Slot(observation)] = state;
    keys_.insert(keys_.end(), bytes, bytes + key_bytes_);
    AddRows(1);
    if (2 * static_cast<std::size_t>(states_) > slots_.size()) Rehash(2 * slots_.size());
  }
  std::uint8_t* legal = &legal_[At(state)];
  for (std::size_t a = 0; a < actions_; ++a) legal[a] |= mask == nullptr || mask[a] != 0;
  return state;
}

void QTable::Rehash(std::size_t slots) {
  slots_.assign(slots, -1);
  for (int state = 0; state < states_; ++state) slots_[Slot(key(state))] = state;
}

double QTable::Best(int state) const {
  if (state < 0) return initial_value_;
  bool known = false;
  double best = initial_value_;
  for (std::size_t i = At(state); i < At(state + 1); ++i) {
    if (legal_[i] == 0) continue;
    best = known ? std::max(best, values_[i]) : values_[i];
    known = true;
  }
  return best;
}

std::uint64_t QTable::Hash() const {
  const std::uint64_t keys = HashBytes(keys_.data(), keys_.size());
  return HashBytes(values_.data(), values_.size() * sizeof(double), keys);
}

void QTable::Save(StateWriter& writer) const {
  writer.WriteVector("table/keys", keys_);
  writer.WriteVector("table/values", values_);
  writer.WriteVector("table/visits", visits_);
  writer.WriteVector("table/legal", legal_);
}

void QTable::Load(StateReader& reader) {
  std::vector<std::uint8_t> keys, legal;
  std::vector<double> values;
  std::vector<std::uint32_t> visits;
  reader.ReadVector("table/keys", keys);
  reader.ReadVector("table/values", values);
  reader.ReadVector("table/visits", visits);
  reader.ReadVector("table/legal", legal);
  const std::size_t states = dense_ ? static_cast<std::size_t>(states_) : keys.size() / key_bytes_;
  const std::size_t size = states * actions_;
  if (values.size() != size || visits.size() != size || legal.size() != size ||
      keys.size() != (dense_ ? 0 : states * key_bytes_)) {
    throw FileError(reader.source() + ": the table of q_learning does not fit environment '" +
                    env_ + "'");
  }
  keys_ = std::move(keys);
  values_ = std::move(values);
  visits_ = std::move(visits);
  legal_ = std::move(legal);
  states_ = static_cast<int>(states);
  if (dense_) return;
  std::size_t slots = kFirstSlots;
  while (slots < 2 * states) slots *= 2;
  Rehash(slots);
}

}  // namespace brasa

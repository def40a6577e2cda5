#include "agents/tabular/q_table.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "brasa/core/assert.h"
#include "brasa/core/hash.h"

namespace brasa {
namespace {

constexpr std::size_t kFirstSlots = 1024;
/// Values of a dense table; above it rows are made when they are met.
constexpr std::int64_t kDenseLimit = std::int64_t{1} << 24;

}  // namespace

std::int64_t QTable::FirstStates(const EnvSpec& spec, const StateBins& bins) {
  if (!bins.empty()) return bins.cells();
  const auto& categories = spec.observation.categories;
  const bool dense =
      categories.size() == 1 && std::int64_t{categories[0]} * spec.action.count <= kDenseLimit;
  return dense ? categories[0] : 0;
}

std::int64_t QTable::FirstBytes(const EnvSpec& spec, const StateBins& bins, int tables) {
  const std::int64_t states = FirstStates(spec, bins);
  if (states == 0) return static_cast<std::int64_t>(kFirstSlots * sizeof(std::int32_t));
  const auto pair = static_cast<std::int64_t>(sizeof(double) + sizeof(std::uint32_t));
  return states * spec.action.count * (tables * pair + 1);
}

QTable::QTable(const EnvSpec& spec, StateBins bins, double initial_value, int tables)
    : env_(spec.id),
      type_(spec.observation.type),
      actions_(static_cast<std::size_t>(spec.action.count)),
      key_bytes_(static_cast<std::size_t>(spec.observation.bytes())),
      bins_(std::move(bins)),
      initial_value_(initial_value),
      tables_(tables),
      dense_(FirstStates(spec, bins_) > 0) {
  if (dense_) {
    AddRows(static_cast<int>(FirstStates(spec, bins_)));
  } else {
    slots_.assign(kFirstSlots, -1);
  }
}

void QTable::AddRows(int count) {
  states_ += count;
  values_.resize(At(states_, 0), initial_value_);
  visits_.resize(At(states_, 0), 0);
  legal_.resize(static_cast<std::size_t>(states_) * actions_, 0);
}

int QTable::DenseIndex(const void* observation) const {
  if (!bins_.empty()) return bins_.Cell(observation);
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
  std::uint8_t* known = &legal_[static_cast<std::size_t>(state) * actions_];
  for (std::size_t a = 0; a < actions_; ++a) known[a] |= mask == nullptr || mask[a] != 0;
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
  for (std::size_t a = 0; a < actions_; ++a) {
    if (legal(state)[a] == 0) continue;
    const double value = Mean(state, static_cast<std::int32_t>(a));
    best = known ? std::max(best, value) : value;
    known = true;
  }
  return best;
}

double QTable::Average(int state) const {
  if (state < 0) return initial_value_;
  int count = 0;
  double sum = 0;
  for (std::size_t a = 0; a < actions_; ++a) {
    if (legal(state)[a] == 0) continue;
    sum += Mean(state, static_cast<std::int32_t>(a));
    ++count;
  }
  return count > 0 ? sum / count : initial_value_;
}

double QTable::Crossed(int table, int state) const {
  if (state < 0) return initial_value_;
  std::int32_t best = -1;
  for (std::int32_t a = 0; a < actions(); ++a) {
    if (legal(state)[a] == 0) continue;
    if (best < 0 || value(table, state, a) > value(table, state, best)) best = a;
  }
  return best < 0 ? initial_value_ : value(1 - table, state, best);
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
  const std::size_t pairs = size * static_cast<std::size_t>(tables_);
  if (values.size() != pairs || visits.size() != pairs || legal.size() != size ||
      keys.size() != (dense_ ? 0 : states * key_bytes_)) {
    throw FileError(reader.source() + ": the table of action values does not fit environment '" +
                    env_ + "' or the agent's settings");
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

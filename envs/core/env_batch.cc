#include "brasa/env_batch.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "envs/core/error_text.h"
#include "envs/core/spec_view.h"

#ifdef __AVX512F__
#include <immintrin.h>
#endif

namespace brasa {
namespace {

/// Name of the parameter every environment takes beside its own.
constexpr const char* kLimitField = "max_episode_steps";

bool HasOwnLimit(const brasa_env_class& env_class) {
  for (int i = 0; i < env_class.field_count; ++i) {
    if (std::string_view(env_class.fields[i].name) == kLimitField) return true;
  }
  return false;
}

/// Ids compared at once; legal lists are readable this far behind their end.
constexpr std::int32_t kBlock = 16;

/// True if `id` stands among the first n <= kBlock of `ids`.
inline bool IsInBlock(const std::int32_t* ids, std::int32_t n, std::int32_t id) {
#ifdef __AVX512F__
  const std::uint32_t hits =
      _mm512_cmpeq_epi32_mask(_mm512_loadu_si512(ids), _mm512_set1_epi32(id));
  return (hits & ((1u << n) - 1)) != 0;
#else
  std::int32_t hits = 0;
  for (std::int32_t k = 0; k < kBlock; ++k) {
    hits |= static_cast<std::int32_t>(ids[k] == id) & static_cast<std::int32_t>(k < n);
  }
  return hits != 0;
#endif
}

/// True if `id` stands in `ids` [count], which ascend. `share` = 1 / number of all ids.
bool IsListed(const std::int32_t* ids, std::int32_t count, std::int32_t id, float share) {
  std::int32_t n = count;
  if (n > 2 * kBlock) {
    // The empty cells of a board lie about evenly: look where id would stand if they did.
    const float size = static_cast<float>(n), margin = kBlock / 2;
    const float place = std::clamp(static_cast<float>(id) * size * share, margin, size - margin);
    if (IsInBlock(ids + static_cast<std::int32_t>(place) - kBlock / 2, kBlock, id)) return true;
  }
  // Halving without branches on the ids, which random actions would have mispredicted every time.
  const std::int32_t* first = ids;
  while (n > kBlock) {
    const std::int32_t half = n / 2;
    first += half * static_cast<std::int32_t>(first[half - 1] < id);
    n -= half;
  }
  return IsInBlock(first, n, id);
}

}  // namespace

std::string EnvName(const EnvRow& row) {
  return row.origin == "built in" ? row.id : row.origin + ":" + row.id;
}

Params DefaultParams(const EnvRow& row) {
  std::vector<Field> fields = FieldsFromView(*row.env_class);
  if (!HasOwnLimit(*row.env_class)) {
    fields.push_back(IntField(kLimitField, -1, -1, 2147483647,
                              "plies until an episode is truncated; -1 = the environment's own "
                              "limit, 0 = none"));
  }
  Params params(std::move(fields));
  for (const auto& [name, value] : row.defaults) params.SetDefault(name, value);
  return params;
}

EnvBatch::EnvBatch(const EnvRow& row, const Params& params, int worlds, WorldStreams streams,
                   ChanceMode chance)
    : row_(row),
      params_(params),
      class_(row.select != nullptr ? row.select(params) : row.env_class),
      worlds_(worlds),
      streams_(streams),
      chance_mode_(chance) {
  if (worlds < 1 || worlds > (1 << 24)) {
    throw ConfigError("worlds = " + std::to_string(worlds) + " is not in [1, 16777216]");
  }
  std::vector<std::string> values;
  std::vector<brasa_param> c_params;
  const auto count = static_cast<std::size_t>(class_->field_count);
  for (std::size_t i = 0; i < count; ++i) {
    values.push_back(params_.GetText(class_->fields[i].name));
  }
  for (std::size_t i = 0; i < count; ++i) {
    c_params.push_back({class_->fields[i].name, values[i].c_str()});
  }
  brasa_error error{};
  if (class_->create(c_params.data(), static_cast<std::int32_t>(count), worlds, &batch_, &error) !=
      BRASA_OK) {
    batch_ = nullptr;
    throw ConfigError(row_.id + ": " + OneLine(error));
  }
  try {
    spec_ = SpecFromView(*class_->spec(batch_));
  } catch (...) {
    class_->destroy(batch_);
    throw;
  }
  spec_.id = row_.id;
  max_steps_ = spec_.max_episode_steps;
  if (!HasOwnLimit(*class_)) {
    const auto limit = params_.GetInt(kLimitField);
    if (limit >= 0) max_steps_ = static_cast<int>(limit);
  }
  spec_.max_episode_steps = max_steps_;
  max_legal_ = spec_.max_legal > 0 ? spec_.max_legal : spec_.action.count;
  const auto n = static_cast<std::size_t>(worlds);
  rngs_.resize(n);
  episodes_.assign(n, -1);
  plies_.assign(n, 0);
  // Where every action is always legal, one shared list serves all worlds.
  const std::size_t lists = has_legal() ? n : 1;
  if (spec_.action.kind == ActionKind::kDiscrete) {
    legal_ids_.resize(lists * static_cast<std::size_t>(max_legal_) + kBlock);
    if (!has_legal()) {
      for (int a = 0; a < max_legal_; ++a) legal_ids_[static_cast<std::size_t>(a)] = a;
    }
  }
  legal_counts_.assign(lists, has_legal() ? -1 : max_legal_);
  if (spec_.max_chance_outcomes > 0) chance_ids_.resize(n);
}

EnvBatch::~EnvBatch() {
  if (batch_ != nullptr) class_->destroy(batch_);
}

std::string EnvBatch::Place(int world) const {
  std::string text = row_.id;
  if (world >= 0 && world < worlds_) {
    text += ", world " + std::to_string(streams_.first_index + static_cast<std::uint32_t>(world)) +
            ", episode " + std::to_string(episodes_[At(world)]) + ", step " +
            std::to_string(plies_[At(world)]);
  }
  return text;
}

void EnvBatch::Throw(const brasa_error& error) const {
  const std::string text = Place(error.world) + ": " + OneLine(error);
  if (error.code == BRASA_ERROR_CONFIG) throw ConfigError(text);
  if (error.code == BRASA_ERROR_USAGE) throw UsageError(text);
  throw Error(text);
}

void EnvBatch::Reset(int begin, int end) {
  for (int i = begin; i < end; ++i) {
    const std::size_t w = At(i);
    ++episodes_[w];
    plies_[w] = 0;
    rngs_[w] = Rng(streams_.seed, streams_.role, streams_.first_index + static_cast<unsigned>(i),
                   static_cast<std::uint32_t>(episodes_[w]));
    if (has_legal()) legal_counts_[w] = -1;
  }
  brasa_error error{};
  if (class_->reset(batch_, begin, end, &rngs_[At(begin)], &error) != BRASA_OK) Throw(error);
  if (!chance_ids_.empty()) RollChance(begin, end, nullptr, nullptr);
}

void EnvBatch::Step(int begin, int end, const void* actions, float* rewards, std::uint8_t* ends) {
  CheckActions(begin, end, actions);
  if (has_legal()) {
    std::fill(legal_counts_.begin() + begin, legal_counts_.begin() + end, -1);
  }
  brasa_error error{};
  if (class_->step(batch_, begin, end, actions, &rngs_[At(begin)], rewards, ends, &error) !=
      BRASA_OK) {
    Throw(error);
  }
  if (!chance_ids_.empty()) RollChance(begin, end, rewards, ends);
  std::int32_t* plies = &plies_[At(begin)];
  const int limit = max_steps_ > 0 ? max_steps_ : 2147483647;
  for (int i = 0; i < end - begin; ++i) {
    ++plies[i];
    const bool cut = (plies[i] >= limit) & (ends[i] == BRASA_END_NONE);
    ends[i] = cut ? static_cast<std::uint8_t>(EpisodeEnd::kTruncated) : ends[i];
  }
}

void EnvBatch::CheckActions(int begin, int end, const void* actions) {
  const ActionSpec& action = spec_.action;
  const int n = end - begin;
  if (action.kind == ActionKind::kDiscrete) {
    const auto* ids = static_cast<const std::int32_t*>(actions);
    const auto count = static_cast<std::uint32_t>(action.count);
    bool bad = false;
    for (int i = 0; i < n; ++i) bad |= static_cast<std::uint32_t>(ids[i]) >= count;
    if (has_legal()) {
      const auto most = static_cast<std::size_t>(max_legal_);
      const float share = 1 / static_cast<float>(action.count);
      for (int i = begin; i < end; ++i) {
        if (legal_counts_[At(i)] < 0) RefreshLegal(i, i + 1);
        bad |= !IsListed(&legal_ids_[At(i) * most], legal_counts_[At(i)], ids[i - begin], share);
      }
    }
    if (bad) {
      for (int i = 0; i < n; ++i) CheckLegal(begin + i, ids[i]);
    }
    return;
  }
  const int size = action.size();
  if (action.kind == ActionKind::kBox) {  // a loop that vectorises, and no more if all is well
    const auto* words = static_cast<const std::uint32_t*>(actions);
    std::uint32_t bad = 0;
    for (int i = 0; i < n * size; ++i) bad |= (words[i] & 0x7F800000u) == 0x7F800000u;
    if (bad == 0) return;
  }
  for (int i = 0; i < n * size; ++i) {
    const int k = i % size;
    if (action.kind == ActionKind::kBox) {
      const float value = static_cast<const float*>(actions)[i];
      if (std::isfinite(value)) continue;
      throw UsageError(Place(begin + i / size) + ": action component " + std::to_string(k) +
                       " is " + std::to_string(value) + "; give a finite number");
    }
    const std::int32_t value = static_cast<const std::int32_t*>(actions)[i];
    const std::int32_t count = action.counts[static_cast<std::size_t>(k)];
    if (value >= 0 && value < count) continue;
    throw UsageError(Place(begin + i / size) + ": action component " + std::to_string(k) + " is " +
                     std::to_string(value) + "; give 0 to " + std::to_string(count - 1));
  }
}

void EnvBatch::CheckLegal(int world, std::int32_t id) {
  if (id < 0 || id >= spec_.action.count) {
    throw UsageError(Place(world) + ": action " + std::to_string(id) +
                     " is out of range; give 0 to " + std::to_string(spec_.action.count - 1));
  }
  if (!has_legal()) return;
  const auto legal = Legal(world);
  if (std::binary_search(legal.begin(), legal.end(), id)) return;
  std::string list;
  for (std::size_t i = 0; i < legal.size() && i < 20; ++i) {
    list += (i > 0 ? ", " : "") + std::to_string(legal[i]);
  }
  if (legal.size() > 20) list += ", ..";
  throw UsageError(Place(world) + ": action " + std::to_string(id) + " is illegal; legal: " + list);
}

void EnvBatch::RollChance(int begin, int end, float* rewards, std::uint8_t* ends) {
  for (int i = begin; i < end; ++i) chance_ids_[At(i)].clear();
  if (chance_mode_ == ChanceMode::kStop) return;
  if (class_->roll == nullptr) {
    RollStepwise(begin, end, rewards, ends);
    return;
  }
  const brasa_chance_sink sink{
      &chance_ids_, [](void* context, std::int32_t world, std::int32_t id) {
        auto& drawn = *static_cast<std::vector<std::vector<std::int32_t>>*>(context);
        drawn[static_cast<std::size_t>(world)].push_back(id);
      }};
  brasa_error error{};
  if (class_->roll(batch_, begin, end, &rngs_[At(begin)], rewards, ends, &sink, &error) !=
      BRASA_OK) {
    Throw(error);
  }
}

/// For tables without `roll`.
void EnvBatch::RollStepwise(int begin, int end, float* rewards, std::uint8_t* ends) {
  const auto most = static_cast<std::size_t>(spec_.max_chance_outcomes);
  const auto players = static_cast<std::size_t>(spec_.players);
  std::vector<float> unused(players, 0.0f);
  std::vector<std::int32_t> ids(most);
  std::vector<double> probabilities(most);
  for (int i = begin; i < end; ++i) {
    const auto row = static_cast<std::size_t>(i - begin);
    float* row_rewards = rewards != nullptr ? rewards + row * players : unused.data();
    std::uint8_t unused_end = BRASA_END_NONE;
    std::uint8_t& row_end = ends != nullptr ? ends[row] : unused_end;
    brasa_error error{};
    while (row_end == BRASA_END_NONE) {
      std::int32_t player = 0;
      if (class_->player(batch_, i, i + 1, &player, &error) != BRASA_OK) Throw(error);
      if (player != kChance) break;
      std::int32_t count = 0;
      if (class_->chance(batch_, i, ids.data(), probabilities.data(), &count, &error) != BRASA_OK) {
        Throw(error);
      }
      const int drawn = rngs_[At(i)].Categorical(
          std::span<const double>(probabilities.data(), static_cast<std::size_t>(count)));
      const std::int32_t id = ids[static_cast<std::size_t>(drawn)];
      chance_ids_[At(i)].push_back(id);
      if (class_->apply_chance(batch_, i, id, row_rewards, &row_end, &error) != BRASA_OK) {
        Throw(error);
      }
    }
  }
}

void EnvBatch::Observe(int begin, int end, const std::int32_t* players, void* rows) const {
  brasa_error error{};
  if (class_->observe(batch_, begin, end, players, rows, &error) != BRASA_OK) Throw(error);
}

void EnvBatch::Players(int begin, int end, std::int32_t* players) const {
  if (class_->player == nullptr) {
    std::fill(players, players + (end - begin), 0);
    return;
  }
  brasa_error error{};
  if (class_->player(batch_, begin, end, players, &error) != BRASA_OK) Throw(error);
}

void EnvBatch::RefreshLegal(int begin, int end) {
  brasa_error error{};
  const auto most = static_cast<std::size_t>(max_legal_);
  if (class_->legal(batch_, begin, end, &legal_ids_[At(begin) * most], &legal_counts_[At(begin)],
                    &error) != BRASA_OK) {
    Throw(error);
  }
  for (int i = begin; i < end; ++i) {
    const std::int32_t count = legal_counts_[At(i)];
    const std::int32_t* ids = &legal_ids_[At(i) * most];
    const bool fits = count >= 0 && count <= max_legal_;
    // Ids ascend, so the ends bound them all.
    if (fits && (count == 0 || (ids[0] >= 0 && ids[count - 1] < spec_.action.count))) continue;
    legal_counts_[At(i)] = -1;
    throw Error(Place(i) + ": the environment lists a legal action out of range");
  }
}

void EnvBatch::Masks(int begin, int end, std::uint8_t* masks) {
  const auto count = static_cast<std::size_t>(spec_.action.count);
  const auto n = static_cast<std::size_t>(end - begin);
  if (!has_legal()) {
    std::memset(masks, 1, n * count);
    return;
  }
  std::memset(masks, 0, n * count);
  RefreshLegal(begin, end);
  for (int i = begin; i < end; ++i, masks += count) {
    for (const std::int32_t id : Legal(i)) masks[id] = 1;
  }
}

std::span<const std::int32_t> EnvBatch::ChanceIds(int world) const {
  if (chance_ids_.empty()) return {};
  return chance_ids_[At(world)];
}

void EnvBatch::Measures(int world, float* values) const {
  if (class_->measures == nullptr) return;
  brasa_error error{};
  if (class_->measures(batch_, world, values, &error) != BRASA_OK) Throw(error);
}

void EnvBatch::ResampleHidden(int world, int player, Rng& rng) {
  if (spec_.perfect_information) return;
  if (class_->resample == nullptr) {
    throw UsageError(row_.id +
                     " hides something from its players and cannot draw it anew "
                     "(it has no ResampleHidden)");
  }
  if (player < 0 || player >= spec_.players) {
    throw UsageError(row_.id + ": player " + std::to_string(player) +
                     " is out of range; give 0 to " + std::to_string(spec_.players - 1));
  }
  brasa_error error{};
  if (class_->resample(batch_, world, player, &rng, &error) != BRASA_OK) Throw(error);
  if (has_legal()) legal_counts_[At(world)] = -1;
}

void EnvBatch::CopyWorld(int j, const EnvBatch& from, int i) {
  BRASA_ASSERT(from.class_ == class_);
  brasa_error error{};
  if (class_->copy(batch_, j, from.batch_, i, &error) != BRASA_OK) Throw(error);
  plies_[At(j)] = from.plies_[At(i)];
  if (has_legal()) legal_counts_[At(j)] = -1;
  if (!chance_ids_.empty()) chance_ids_[At(j)] = from.chance_ids_[At(i)];
}

std::int64_t EnvBatch::SnapshotSize(int world) const {
  return class_->snapshot_size(batch_, world);
}

std::string EnvBatch::WorldBytes(int world) const {
  std::string bytes(static_cast<std::size_t>(SnapshotSize(world)), '\0');
  brasa_error error{};
  if (class_->save(batch_, world, bytes.data(), &error) != BRASA_OK) Throw(error);
  return bytes;
}

void EnvBatch::WorldFromBytes(int world, std::string_view bytes) {
  brasa_error error{};
  if (class_->load(batch_, world, bytes.data(), static_cast<std::int64_t>(bytes.size()), &error) !=
      BRASA_OK) {
    throw FileError(Place(world) + ": " + OneLine(error));
  }
  if (has_legal()) legal_counts_[At(world)] = -1;
}

void EnvBatch::Save(StateWriter& writer) const {
  writer.WriteText("env/id", row_.id);
  writer.Write("env/worlds", worlds_);
  std::vector<std::uint64_t> streams;
  for (const Rng& rng : rngs_) {
    streams.insert(streams.end(), {rng.key, rng.stream, rng.counter, rng.spare});
  }
  writer.WriteVector("env/streams", streams);
  writer.WriteVector("env/episodes", episodes_);
  writer.WriteVector("env/plies", plies_);
  std::vector<std::int64_t> sizes;
  std::string all;
  for (int i = 0; i < worlds_; ++i) {
    const std::string bytes = WorldBytes(i);
    sizes.push_back(static_cast<std::int64_t>(bytes.size()));
    all += bytes;
  }
  writer.WriteVector("env/sizes", sizes);
  writer.WriteText("env/bytes", all);
  for (const auto& ids : chance_ids_) writer.WriteVector("env/chance", ids);
}

void EnvBatch::Load(StateReader& reader) {
  const std::string id = reader.ReadText("env/id");
  if (id != row_.id) {
    throw FileError(reader.source() + ": holds worlds of '" + id + "', not of '" + row_.id + "'");
  }
  std::int32_t worlds = 0;
  reader.Read("env/worlds", worlds);
  if (worlds != worlds_) {
    throw FileError(reader.source() + ": holds " + std::to_string(worlds) + " worlds, not " +
                    std::to_string(worlds_));
  }
  std::vector<std::uint64_t> streams(4 * rngs_.size());
  reader.ReadSpan("env/streams", std::span<std::uint64_t>(streams));
  for (std::size_t i = 0; i < rngs_.size(); ++i) {
    rngs_[i].key = streams[4 * i];
    rngs_[i].stream = streams[4 * i + 1];
    rngs_[i].counter = streams[4 * i + 2];
    rngs_[i].spare = streams[4 * i + 3];
  }
  reader.ReadSpan("env/episodes", std::span<std::int32_t>(episodes_));
  reader.ReadSpan("env/plies", std::span<std::int32_t>(plies_));
  std::vector<std::int64_t> sizes(rngs_.size());
  reader.ReadSpan("env/sizes", std::span<std::int64_t>(sizes));
  const std::string all = reader.ReadText("env/bytes");
  std::size_t at = 0;
  for (int i = 0; i < worlds_; ++i) {
    const auto size = static_cast<std::size_t>(sizes[At(i)]);
    if (sizes[At(i)] < 0 || size > all.size() - at) {
      throw FileError(reader.source() + ": the worlds are truncated");
    }
    WorldFromBytes(i, std::string_view(all).substr(at, size));
    at += size;
  }
  for (auto& ids : chance_ids_) reader.ReadVector("env/chance", ids);
}

}  // namespace brasa

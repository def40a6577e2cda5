#include "agents/tabular/q_actor.h"

#include <algorithm>

namespace brasa {

QActor::QActor(const QTable& table, const double& epsilon, ActMode mode, int worlds,
               std::uint64_t seed, StreamRole role)
    : table_(table), epsilon_(epsilon), mode_(mode), rngs_(worlds, seed, role) {}

void QActor::Act(const ActRows& rows, void* actions) {
  auto* out = static_cast<std::int32_t*>(actions);
  const auto* observations = static_cast<const std::uint8_t*>(rows.observation);
  const auto actions_per_row = static_cast<std::size_t>(table_.actions());
  for (int i = 0; i < rows.count; ++i) {
    const auto row = static_cast<std::size_t>(i);
    FindLegal(rows.mask == nullptr ? nullptr : rows.mask + row * actions_per_row);
    Rng& rng = rngs_[rows.world[i]];
    const bool explore = mode_ == ActMode::kExplore;
    if (!explore || rng.Uniform() >= epsilon_) {
      KeepBest(table_.Find(observations + row * table_.key_bytes()));
    }
    const auto count = static_cast<std::uint32_t>(candidates_.size());
    out[i] = candidates_[explore && count > 1 ? rng.Below(count) : 0];
  }
}

void QActor::FindLegal(const std::uint8_t* mask) {
  candidates_.clear();
  for (std::int32_t a = 0; a < table_.actions(); ++a) {
    if (mask == nullptr || mask[a] != 0) candidates_.push_back(a);
  }
}

void QActor::KeepBest(int state) {
  if (state < 0) return;
  double best = table_.Mean(state, candidates_[0]);
  for (const std::int32_t a : candidates_) best = std::max(best, table_.Mean(state, a));
  std::erase_if(candidates_, [&](std::int32_t a) { return table_.Mean(state, a) < best; });
}

void QActor::Save(StateWriter& writer) const { rngs_.Save(writer); }

void QActor::Load(StateReader& reader) { rngs_.Load(reader); }

}  // namespace brasa

#include "agents/search/random_agent.h"

#include <cmath>
#include <vector>

#include "agents/search/fixed_agent.h"
#include "brasa/core/math.h"
#include "brasa/world_rngs.h"

namespace brasa {
namespace {

float SampleComponent(float low, float high, Rng& rng) {
  const bool from_low = std::isfinite(low), from_high = std::isfinite(high);
  if (from_low && from_high) {
    return static_cast<float>(rng.Uniform(static_cast<double>(low), static_cast<double>(high)));
  }
  if (!from_low && !from_high) return static_cast<float>(rng.Normal());
  const auto away = static_cast<float>(-Log(1.0 - rng.Uniform()));
  return from_low ? low + away : high - away;
}

class RandomActor final : public Actor {
 public:
  RandomActor(const ActionSpec& spec, int worlds, std::uint64_t seed, StreamRole role)
      : spec_(spec), rngs_(worlds, seed, role) {}

  void Act(const ActRows& rows, void* actions) override {
    const auto size = static_cast<std::size_t>(spec_.size());
    const auto count = static_cast<std::size_t>(spec_.count);
    for (int i = 0; i < rows.count; ++i) {
      const auto row = static_cast<std::size_t>(i);
      Rng& rng = rngs_[rows.world[i]];
      auto* ids = static_cast<std::int32_t*>(actions) + row * size;
      switch (spec_.kind) {
        case ActionKind::kDiscrete:
          ids[0] = SampleLegal(rows.mask == nullptr ? nullptr : rows.mask + row * count, rng);
          break;
        case ActionKind::kMultiDiscrete:
          for (std::size_t k = 0; k < size; ++k) {
            ids[k] =
                static_cast<std::int32_t>(rng.Below(static_cast<std::uint32_t>(spec_.counts[k])));
          }
          break;
        case ActionKind::kBox:
          for (std::size_t k = 0; k < size; ++k) {
            static_cast<float*>(actions)[row * size + k] =
                SampleComponent(spec_.low[k], spec_.high[k], rng);
          }
          break;
      }
    }
  }

  void Save(StateWriter& writer) const override { rngs_.Save(writer); }
  void Load(StateReader& reader) override { rngs_.Load(reader); }

 private:
  std::int32_t SampleLegal(const std::uint8_t* mask, Rng& rng) {
    legal_.clear();
    for (std::int32_t a = 0; a < spec_.count; ++a) {
      if (mask == nullptr || mask[a] != 0) legal_.push_back(a);
    }
    return legal_[rng.Below(static_cast<std::uint32_t>(legal_.size()))];
  }

  ActionSpec spec_;
  WorldRngs rngs_;
  std::vector<std::int32_t> legal_;
};

}  // namespace

std::unique_ptr<Agent> MakeRandomAgent(const AgentSetup& setup) {
  return std::make_unique<FixedAgent>(
      setup, false,
      [spec = setup.spec.action](ActMode, int worlds, std::uint64_t seed, StreamRole role) {
        return std::make_unique<RandomActor>(spec, worlds, seed, role);
      });
}

}  // namespace brasa

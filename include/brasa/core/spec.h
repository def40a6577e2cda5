// What an environment says about itself: sizes, bounds, limits, names.
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "brasa/core/error.h"

namespace brasa {

/// How a step ended its episode. Values are stored in files and cross the C ABI.
enum class EpisodeEnd : std::uint8_t {
  kNone = 0,        ///< the episode goes on
  kTerminated = 1,  ///< the problem ended: its value from here is 0, never bootstrap
  kTruncated = 2,   ///< a limit outside the problem cut it: bootstrap from the final observation
};

/// PlayerToMove() of a state where chance moves next.
inline constexpr int kChance = -1;

/// Element type of observations, kept from environment to replay to file.
enum class ElementType : std::uint8_t { kFloat32 = 0, kUint8 = 1 };

inline constexpr int ElementSize(ElementType type) { return type == ElementType::kFloat32 ? 4 : 1; }

/// One player's view of a state: a row-major array of `size()` elements.
struct ObservationSpec {
  ElementType type = ElementType::kFloat32;
  std::vector<int> shape;          ///< e.g. {4} or {2, 6, 7}
  std::vector<std::string> axes;   ///< one name per axis: {"plane", "row", "column"}
  std::vector<std::string> names;  ///< one per element, or empty
  std::vector<float> low, high;    ///< bounds, inclusive: one for all elements or one per element
  std::vector<std::int32_t> categories;  ///< categorical: element i is an id in [0, categories[i])

  int size() const {
    int product = 1;
    for (const int extent : shape) product *= extent;
    return product;
  }
  int bytes() const { return size() * ElementSize(type); }
  bool categorical() const { return !categories.empty(); }
  float low_at(int i) const { return low[low.size() == 1 ? 0 : static_cast<std::size_t>(i)]; }
  float high_at(int i) const { return high[high.size() == 1 ? 0 : static_cast<std::size_t>(i)]; }
};

enum class ActionKind : std::uint8_t { kDiscrete = 0, kMultiDiscrete = 1, kBox = 2 };

/// What a player may do. Rows of actions: int32 [N], int32 [N, size] or float32 [N, size].
struct ActionSpec {
  ActionKind kind = ActionKind::kDiscrete;
  int count = 0;                     ///< discrete: ids are 0 .. count-1
  std::vector<std::int32_t> counts;  ///< multi-discrete: component k is in [0, counts[k])
  std::vector<float> low, high;      ///< box: bounds per component
  std::vector<std::string> names;    ///< discrete: one per id, or empty; else one per component

  /// Components of one action (1 where discrete).
  int size() const {
    if (kind == ActionKind::kDiscrete) return 1;
    return static_cast<int>(kind == ActionKind::kBox ? low.size() : counts.size());
  }
  /// Bytes of one action; every component has 4.
  int bytes() const { return 4 * size(); }
};

/// What copying a world costs; search refuses kReplay unless told otherwise.
enum class CloneCost : std::uint8_t { kCopy = 0, kReplay = 1 };

/// A named figure of an episode, read once at its end and averaged like the return.
struct MeasureSpec {
  std::string name;
  std::string unit;
};

/// An environment's description for one set of parameters.
struct EnvSpec {
  std::string id;       ///< `Name-vN`; N grows when results would change
  std::string summary;  ///< one line
  int players = 1;      ///< P: rewards per step; players are 0 .. P-1
  ObservationSpec observation;
  ActionSpec action;
  int max_episode_steps = 0;  ///< plies until truncation; 0 = no limit
  int max_legal = 0;          ///< most ids LegalActions can give; 0 = action.count
  double min_return = -std::numeric_limits<double>::infinity();  ///< of one player, one episode
  double max_return = std::numeric_limits<double>::infinity();
  double reward_threshold = std::numeric_limits<double>::quiet_NaN();  ///< mean return of success
  bool zero_sum = false;            ///< rewards of a step sum to 0 over the players
  bool perfect_information = true;  ///< every player sees the whole state
  int max_chance_outcomes = 0;      ///< of one chance node; 0 = chance never moves
  CloneCost clone_cost = CloneCost::kCopy;
  std::vector<MeasureSpec> measures;
  std::vector<std::string> player_names;  ///< one per player, or empty
};

/// Throws ConfigError naming the environment and the fault if `spec` contradicts itself.
inline void CheckSpec(const EnvSpec& spec) {
  const auto require = [&](bool ok, const std::string& what) {
    if (!ok) throw ConfigError("environment '" + spec.id + "': " + what);
  };
  const auto fits = [](const auto& values, int size) {
    return values.empty() || static_cast<int>(values.size()) == size;
  };
  require(!spec.id.empty(), "the spec has no id");
  require(spec.players >= 1, "players must be at least 1");
  require(spec.max_episode_steps >= 0, "max_episode_steps must not be negative");
  const ObservationSpec& seen = spec.observation;
  require(!seen.shape.empty(), "the observation has no shape");
  for (const int extent : seen.shape) require(extent > 0, "an observation extent is not positive");
  require(fits(seen.axes, static_cast<int>(seen.shape.size())), "one axis name per extent");
  require(fits(seen.names, seen.size()), "one observation name per element");
  require(fits(seen.categories, seen.size()), "one category count per element");
  for (const int count : seen.categories) require(count > 0, "a category count is not positive");
  for (const auto* bound : {&seen.low, &seen.high}) {
    require(bound->size() == 1 || static_cast<int>(bound->size()) == seen.size(),
            "observation bounds must be one value or one per element");
  }
  for (int i = 0; i < seen.size(); ++i) {
    require(seen.low_at(i) <= seen.high_at(i), "an observation bound has low > high");
  }
  const ActionSpec& action = spec.action;
  switch (action.kind) {
    case ActionKind::kDiscrete:
      require(action.count > 0, "a discrete action space needs count > 0");
      require(fits(action.names, action.count), "one action name per id");
      break;
    case ActionKind::kMultiDiscrete:
      require(!action.counts.empty(), "a multi-discrete action space needs counts");
      for (const int count : action.counts) require(count > 0, "an action count is not positive");
      require(fits(action.names, action.size()), "one action name per component");
      break;
    case ActionKind::kBox:
      require(!action.low.empty() && action.low.size() == action.high.size(),
              "a box action space needs as many low as high bounds");
      for (std::size_t i = 0; i < action.low.size(); ++i) {
        require(action.low[i] <= action.high[i], "an action bound has low > high");
      }
      require(fits(action.names, action.size()), "one action name per component");
      break;
  }
  require(spec.max_legal >= 0 && spec.max_legal <= action.count,
          "max_legal must lie in 0 .. count");
  require(spec.max_chance_outcomes >= 0, "max_chance_outcomes must not be negative");
  require(spec.min_return <= spec.max_return, "min_return exceeds max_return");
  require(fits(spec.player_names, spec.players), "one name per player");
}

}  // namespace brasa

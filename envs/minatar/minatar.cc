#include "envs/minatar/minatar.h"

#include <cmath>

#include "brasa/core/error.h"

namespace brasa {

static_assert(std::has_unique_object_representations_v<MinAtarAsterix>, "no padding");
static_assert(std::has_unique_object_representations_v<MinAtarBreakout>, "no padding");
static_assert(std::has_unique_object_representations_v<MinAtarFreeway>, "no padding");
static_assert(std::has_unique_object_representations_v<MinAtarSeaquest>, "no padding");
static_assert(std::has_unique_object_representations_v<MinAtarSpaceInvaders>, "no padding");

namespace minatar {
namespace {

constexpr const char* kActionNames[kActions] = {"noop", "left", "up", "right", "down", "fire"};
constexpr Action kAllActions[kActions] = {kNoop, kLeft, kUp, kRight, kDown, kFire};

bool IsFull(const Params& params) { return params.GetText("action_set") == "full"; }

std::span<const Action> ActionSet(const Card& card, const Params& params) {
  return IsFull(params) ? std::span<const Action>(kAllActions) : card.minimal;
}

}  // namespace

std::vector<Field> Fields() {
  return {
      FloatField("sticky_action_prob", 0.1, 0, 1,
                 "chance of a step to repeat the action before instead of the one given"),
      BoolField("difficulty_ramping", true, "the game grows faster as it goes on"),
      ChoiceField("action_set", "minimal", {"minimal", "full"},
                  "the actions that mean something in this game, or all six"),
  };
}

EnvSpec Spec(const Card& card, const Params& params) {
  EnvSpec spec;
  spec.id = std::string("MinAtar/") + card.name + (IsFull(params) ? "-v0" : "-v1");
  spec.summary = card.summary;
  spec.observation.type = ElementType::kUint8;
  spec.observation.shape = {kSide, kSide, static_cast<int>(card.channels.size())};
  spec.observation.axes = {"row", "column", "channel"};
  spec.observation.low = {0};
  spec.observation.high = {1};
  for (const Action code : ActionSet(card, params)) spec.action.names.push_back(ActionName(code));
  spec.action.count = static_cast<int>(spec.action.names.size());
  spec.min_return = 0;
  return spec;
}

std::array<std::uint8_t, kActions> ActionCodes(const Card& card, const Params& params) {
  std::array<std::uint8_t, kActions> codes{};
  std::size_t id = 0;
  for (const Action code : ActionSet(card, params)) codes[id++] = code;
  return codes;
}

std::uint64_t StickyBelow(const Params& params) {
  // k * 2^-53 < p exactly where k < ceil(p * 2^53); the product is exact.
  return static_cast<std::uint64_t>(std::ceil(params.GetFloat("sticky_action_prob") * 0x1p53));
}

const char* ActionName(int code) { return kActionNames[code]; }

void WriteWorld(TextWriter& writer, std::int64_t score, int last_action) {
  writer.Number("score", score);
  writer.Word("last_action", ActionName(last_action));
}

void ReadWorld(TextReader& reader, std::int64_t& score, std::uint8_t& last_action) {
  score = reader.Number("score", 0, 1'000'000'000);
  last_action = static_cast<std::uint8_t>(reader.Word("last_action", kActionNames));
}

int ActionId(const Card& card, std::span<const std::uint8_t> codes, std::string_view text) {
  std::string list;
  for (std::size_t id = 0; id < codes.size(); ++id) {
    const char* name = ActionName(codes[id]);
    if (text == name || text == std::to_string(id)) return static_cast<int>(id);
    list += (id > 0 ? ", " : "") + std::string(name);
  }
  throw UsageError(std::string(card.name) + ": '" + std::string(text) +
                   "' is no action; give one of " + list + " or 0 to " +
                   std::to_string(codes.size() - 1));
}

std::vector<Control> Controls(std::span<const std::uint8_t> codes) {
  static constexpr const char* kKeys[kActions] = {"", "Left", "Up", "Right", "Down", "Space"};
  std::vector<Control> controls;
  for (std::size_t id = 0; id < codes.size(); ++id) {
    controls.push_back({kKeys[codes[id]], {static_cast<double>(id)}});
  }
  return controls;
}

}  // namespace minatar
}  // namespace brasa

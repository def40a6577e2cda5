// A small honest game with every optional member, and copies of it that break one law each.
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "brasa/env.h"

namespace brasa::contract_test {

/// What is wrong. kNone is the honest game.
enum class Fault {
  kNone,
  kNoSummary,
  kObservationOutside,
  kObservationNotFinite,
  kObservationUnwritten,
  kObservationBeyondTheRow,
  kPlayerOutOfRange,
  kLegalDescends,
  kLegalEmpty,
  kLegalOutOfRange,
  kLegalIsRefused,
  kTruncates,
  kRewardNotFinite,
  kRewardUnwritten,
  kRewardsNotZeroSum,
  kReturnOutside,
  kGlobalState,
  kStepManyDiffers,
  kTextForgets,
  kActionTextShifts,
  kHashCollides,
  kHashOfTheAddress,
  kDrawsNothing,
  kDrawsNotFinite,
  kDrawsWithoutView,
  kControlOutOfRange,
  kClickIllegal,
  kModelLeaks,
};

inline int global_counter = 0;

/// Two players alternately take 1, 2 or 3 (ids 0, 1, 2) of a pile of 9 to 12; the last one wins.
template <Fault kFault>
struct Pile {
  static constexpr bool kFlat = true;

  static EnvSpec Spec(const Params&) {
    EnvSpec spec;
    spec.id = "Pile-v0";
    spec.summary = kFault == Fault::kNoSummary ? "" : "Take the last of a pile";
    spec.players = 2;
    spec.observation.shape = {2};
    spec.observation.axes = {"feature"};
    spec.observation.names = {"pile", "mine"};
    spec.observation.low = {0};
    spec.observation.high = {12};
    spec.action.count = 3;
    spec.min_return = -1;
    spec.max_return = 1;
    spec.zero_sum = true;
    return spec;
  }
  explicit Pile(const Params&) {}

  void Reset(Rng& rng) {
    pile = 9 + static_cast<std::int32_t>(rng.Below(4));
    if (kFault == Fault::kGlobalState) pile = 9 + ++global_counter % 4;
    mover = 0;
  }
  EpisodeEnd Step(ActionRef action, Rng&, std::span<float> rewards) {
    // So rare that the random games do not meet it: it takes every legal action of their states.
    if (kFault == Fault::kLegalIsRefused && pile == 12 && action.id() == 1) {
      throw Error("two are not allowed");
    }
    pile -= action.id() + 1;
    const float won = pile == 0 ? 1.0f : 0.0f;
    const auto me = static_cast<std::size_t>(mover);
    rewards[me] = kFault == Fault::kReturnOutside ? 2 * won : won;
    if (kFault != Fault::kRewardUnwritten) rewards[1 - me] = -rewards[me];
    if (kFault == Fault::kRewardsNotZeroSum) rewards[1 - me] = 0.5f * won;
    if (kFault == Fault::kRewardNotFinite && pile == 0) {
      rewards[me] = std::numeric_limits<float>::infinity();
    }
    mover = 1 - mover;
    if (kFault == Fault::kTruncates && pile < 4) return EpisodeEnd::kTruncated;
    return pile == 0 ? EpisodeEnd::kTerminated : EpisodeEnd::kNone;
  }
  static void StepMany(std::span<Pile> worlds, const void* actions, Rng* rng, float* rewards,
                       std::uint8_t* ends) {
    for (std::size_t i = 0; i < worlds.size(); ++i) {
      const ActionRef action(static_cast<const std::int32_t*>(actions) + i, 1);
      ends[i] = static_cast<std::uint8_t>(
          worlds[i].Step(action, rng[i], std::span<float>(rewards + 2 * i, 2)));
      if (kFault == Fault::kStepManyDiffers && i % 16 == 15) rewards[2 * i] += 0.25f;
    }
  }
  void Observe(int player, std::span<float> out) const {
    out[0] = static_cast<float>(pile);
    if (kFault != Fault::kObservationUnwritten) out[1] = player == mover ? 1.0f : 0.0f;
    if (kFault == Fault::kObservationOutside) out[0] += 5;
    if (kFault == Fault::kObservationNotFinite && pile < 6) out[1] = std::nanf("");
    if (kFault == Fault::kObservationBeyondTheRow) out.data()[2] = 1;
  }
  int LegalActions(std::span<std::int32_t> ids) const {
    if (kFault == Fault::kLegalEmpty && pile < 4) return 0;
    const int count = pile < 3 ? pile : 3;
    for (int i = 0; i < count; ++i) {
      ids[static_cast<std::size_t>(i)] = kFault == Fault::kLegalDescends ? count - 1 - i : i;
    }
    if (kFault == Fault::kLegalOutOfRange && pile < 3) ids[0] = 3;
    return count;
  }
  int PlayerToMove() const { return kFault == Fault::kPlayerOutOfRange && pile < 4 ? 2 : mover; }

  void Draw(Canvas& canvas) const {
    if (kFault != Fault::kDrawsWithoutView) canvas.View(0, 0, 12, 1);
    if (kFault == Fault::kDrawsNothing) return;
    const double odd = kFault == Fault::kDrawsNotFinite ? std::nan("") : 0.5;
    canvas.Clear(palette::kPaper);
    for (int i = 0; i < pile; ++i) canvas.Circle({i + 0.5, odd}, 0.4, palette::kInk);
  }
  std::string ToText() const { return std::to_string(pile) + " " + std::to_string(mover); }
  void FromText(std::string_view text) {
    for (std::int32_t left = 0; left <= 12; ++left) {
      for (std::int32_t seat = 0; seat < 2; ++seat) {
        if (text != std::to_string(left) + " " + std::to_string(seat)) continue;
        pile = left;
        if (kFault != Fault::kTextForgets) mover = seat;
        return;
      }
    }
    throw UsageError("a state is a pile of 0 to 12 and a seat");
  }
  std::string ActionToText(ActionRef action) const {
    return std::to_string(action.id() + (kFault == Fault::kActionTextShifts ? 2 : 1));
  }
  std::vector<double> ActionFromText(std::string_view text) const {
    if (text.size() != 1 || text[0] < '1' || text[0] > '3') throw UsageError("take 1, 2 or 3");
    return {static_cast<double>(text[0] - '1')};
  }
  std::uint64_t Hash() const {
    if (kFault == Fault::kHashCollides) return static_cast<std::uint64_t>(pile);
    if (kFault == Fault::kHashOfTheAddress) return reinterpret_cast<std::uintptr_t>(this);
    return static_cast<std::uint64_t>(pile * 2 + mover);
  }
  std::vector<Control> Controls() const {
    return {{"1", {0}}, {"3", {kFault == Fault::kControlOutOfRange ? 3.0 : 2.0}}};
  }
  int ActionAt(Point at) const {
    const int id = at.x >= 0 && at.x < 3 ? static_cast<int>(at.x) : -1;
    return kFault != Fault::kClickIllegal && id >= pile ? -1 : id;
  }
  TransitionModel Model() const {
    TransitionModel model;
    model.states = model.actions = 1;
    model.start = {1};
    model.outcomes = {{{{kFault == Fault::kModelLeaks ? 0.9 : 1.0, 0, 0, true}}}};
    return model;
  }

  std::int32_t pile = 0;
  std::int32_t mover = 0;
};

/// kFlat with a hole: three bytes behind `kind` keep what the memory held.
struct Padded : Pile<Fault::kNone> {
  using Pile::Pile;
  std::uint8_t kind = 1;
};

/// A copy that shares its pile with the original; or a snapshot that forgets who moves.
template <bool kShares>
struct Boxed {
  static EnvSpec Spec(const Params& params) { return Pile<Fault::kNone>::Spec(params); }
  explicit Boxed(const Params& params) : game(std::make_shared<Pile<Fault::kNone>>(params)) {}
  Boxed(const Boxed& other) { *this = other; }
  Boxed& operator=(const Boxed& other) {
    if (this == &other) return *this;
    game = kShares ? other.game : std::make_shared<Pile<Fault::kNone>>(*other.game);
    return *this;
  }
  void Reset(Rng& rng) { game->Reset(rng); }
  EpisodeEnd Step(ActionRef action, Rng& rng, std::span<float> rewards) {
    return game->Step(action, rng, rewards);
  }
  void Observe(int player, std::span<float> out) const { game->Observe(player, out); }
  int LegalActions(std::span<std::int32_t> ids) const { return game->LegalActions(ids); }
  int PlayerToMove() const { return game->PlayerToMove(); }
  void Save(StateWriter& writer) const {
    writer.Write("pile", game->pile);
    if (kShares) writer.Write("mover", game->mover);
  }
  void Load(StateReader& reader) {
    reader.Read("pile", game->pile);
    if (kShares) reader.Read("mover", game->mover);
  }

  std::shared_ptr<Pile<Fault::kNone>> game;
};

}  // namespace brasa::contract_test

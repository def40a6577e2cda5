// One plugin of many games that break one law each, each under an id of its own: what `brasa check`
// must find.
#include <algorithm>
#include <array>
#include <cmath>
#include <csignal>
#include <cstdlib>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

#include "brasa/env.h"

namespace {

enum class Fault {
  kNone,
  kCrashInStep,
  kEndlessStep,
  kExitInStep,
  kAbortInObserve,
  kObserveBeyond,
  kRewardsBeyond,
  kLegalBeyond,
  kObserveOutside,
  kObserveNan,
  kNoLegal,
  kIdleMove,
  kLegalAfterEnd,
  kGlobalState,
  kPadding,
  kStaleReset,
  kNotZeroSum,
  kEndlessEpisode,
  kHashCollides,
  kTextForgets,
  kCrashOnWrongText,
  kWrongTextBreaks,
  kDrawMoves,
  kDrawNan,
  kChanceSum,
  kChanceDrawnInReset,
  kSpecContradicts,
  kRefusesLegal,
  kTruncates,
  kLegalDescends,
  kLegalOutOfRange,
  kTakesIllegal,
  kTakesAnything,
  kHangsOnIllegal,
  kWritesOnIllegal,
  kCrashOnIllegal,
  kStepAfterEnd,
  kCountTooHigh,
};

constexpr const char* kIds[] = {"None-v0",
                                "CrashInStep-v0",
                                "EndlessStep-v0",
                                "ExitInStep-v0",
                                "AbortInObserve-v0",
                                "ObserveBeyond-v0",
                                "RewardsBeyond-v0",
                                "LegalBeyond-v0",
                                "ObserveOutside-v0",
                                "ObserveNan-v0",
                                "NoLegal-v0",
                                "IdleMove-v0",
                                "LegalAfterEnd-v0",
                                "GlobalState-v0",
                                "Padding-v0",

                                "StaleReset-v0",
                                "NotZeroSum-v0",
                                "EndlessEpisode-v0",
                                "HashCollides-v0",
                                "TextForgets-v0",
                                "CrashOnWrongText-v0",
                                "WrongTextBreaks-v0",
                                "DrawMoves-v0",
                                "DrawNan-v0",
                                "ChanceSum-v0",
                                "ChanceDrawnInReset-v0",
                                "SpecContradicts-v0",
                                "RefusesLegal-v0",
                                "Truncates-v0",
                                "LegalDescends-v0",
                                "LegalOutOfRange-v0",
                                "TakesIllegal-v0",
                                "TakesAnything-v0",
                                "HangsOnIllegal-v0",
                                "WritesOnIllegal-v0",
                                "CrashOnIllegal-v0",
                                "StepAfterEnd-v0",
                                "CountTooHigh-v0"};

constexpr int kStones = 9, kHands = 3;

int total_resets = 0;

/// Bytes 1 to 3 behind `kind` are padding.
struct Hole {
  std::uint8_t kind = 1;
};
struct NoHole {
  std::int32_t kind = 1;
};

/// Two players take 1 to 3 stones in turn; the last one wins. Chance deals 9 or 10 of them first.
template <Fault kFault>
struct Heap {
  static constexpr bool kFlat = true;
  std::int32_t left = 0;  ///< 0 before the deal
  std::int32_t dealt = 0;
  std::int32_t mover = 0;
  std::int32_t stale = 0;
  mutable std::int32_t drawn = 0;
  std::conditional_t<kFault == Fault::kPadding, Hole, NoHole> hole;

  static brasa::EnvSpec Spec(const brasa::Params&) {
    brasa::EnvSpec spec;
    spec.id = kIds[static_cast<int>(kFault)];
    spec.summary = "take one to three stones; the last one wins";
    spec.players = 2;
    spec.zero_sum = true;
    spec.min_return = -1;
    spec.max_return = 1;
    spec.observation.shape = {2};
    spec.observation.low = {0};
    spec.observation.high = {10};
    spec.action.count = kFault == Fault::kCountTooHigh ? kHands + 1 : kHands;
    spec.max_legal = kFault == Fault::kSpecContradicts ? kHands + 1 : 0;
    spec.max_chance_outcomes = 2;
    return spec;
  }
  explicit Heap(const brasa::Params&) {}

  void Reset(brasa::Rng& rng) {
    ++total_resets;
    if (kFault == Fault::kChanceDrawnInReset) rng.Next();
    left = dealt = mover = drawn = 0;
    if (kFault != Fault::kStaleReset) stale = 0;
  }
  int PlayerToMove() const { return dealt == 0 ? brasa::kChance : mover; }
  int ChanceOutcomes(std::span<std::int32_t> ids, std::span<double> probabilities) const {
    for (int i = 0; i < 2; ++i) {
      ids[static_cast<std::size_t>(i)] = i;
      probabilities[static_cast<std::size_t>(i)] = kFault == Fault::kChanceSum ? 0.4 : 0.5;
    }
    return 2;
  }
  brasa::EpisodeEnd ApplyChance(int id, std::span<float>) {
    left = kStones + id;
    if (kFault == Fault::kGlobalState) left = kStones + total_resets % 2;
    if (kFault == Fault::kStaleReset) left = kStones + (stale > 0 ? 1 : 0);
    dealt = 1;
    return brasa::EpisodeEnd::kNone;
  }
  int LegalActions(std::span<std::int32_t> ids) const {
    if (kFault == Fault::kNoLegal && left < 3) return 0;
    const int count = left == 0 && kFault == Fault::kLegalAfterEnd ? 1 : std::min(left, kHands);
    for (int id = 0; id < count; ++id) ids[static_cast<std::size_t>(id)] = id;
    if (kFault == Fault::kLegalDescends) std::ranges::reverse(ids.first(std::size_t(count)));
    if (kFault == Fault::kLegalOutOfRange && left > kHands) ids[kHands - 1] = kHands;
    if (kFault == Fault::kLegalBeyond) ids.data()[kHands] = 0;
    return count;
  }
  brasa::EpisodeEnd Step(brasa::ActionRef action, brasa::Rng&, std::span<float> rewards) {
    if (left < 5) Misbehave();
    const auto me = static_cast<std::size_t>(mover);
    rewards[me] = rewards[1 - me] = 0;
    if (left == 0 && kFault == Fault::kStepAfterEnd) return brasa::EpisodeEnd::kTerminated;
    if (action.id() >= left) AnswerIllegal(rewards);
    const bool taken =
        kFault == Fault::kTakesAnything || (kFault == Fault::kTakesIllegal && left > 0);
    if (action.id() >= std::min(left, kHands) && !taken)
      throw brasa::UsageError("so many stones are not left");
    if (kFault == Fault::kRewardsBeyond) rewards.data()[2] = 0;
    if (kFault == Fault::kIdleMove && action.id() == 2) return brasa::EpisodeEnd::kNone;
    if (kFault == Fault::kRefusesLegal && left == 10 && action.id() == 1) {
      throw std::runtime_error("two are not allowed");
    }
    left = std::max(left - action.id() - 1, 0);
    ++stale;
    mover = 1 - mover;
    if (left == 0 && kFault == Fault::kEndlessEpisode) left = kStones;
    if (left > 0) return brasa::EpisodeEnd::kNone;
    rewards[me] = 1;
    rewards[1 - me] = kFault == Fault::kNotZeroSum ? 0.0f : -1.0f;
    return kFault == Fault::kTruncates ? brasa::EpisodeEnd::kTruncated
                                       : brasa::EpisodeEnd::kTerminated;
  }
  void Observe(int player, std::span<float> out) const {
    if (kFault == Fault::kAbortInObserve && left == 1) std::abort();
    out[0] = static_cast<float>(left) + (kFault == Fault::kObserveOutside ? 2.0f : 0.0f);
    out[1] = player == mover ? 1.0f : 0.0f;
    if (kFault == Fault::kObserveNan && left < 4) out[1] = std::nanf("");
    if (kFault == Fault::kObserveBeyond) out.data()[2] = 0;
  }
  std::uint64_t Hash() const {
    const auto salt = static_cast<std::uint64_t>(kFault == Fault::kHashCollides ? 0 : mover);
    return static_cast<std::uint64_t>(4 * left + 2 * dealt) + salt;
  }
  std::string ToText() const {
    return std::string(1, static_cast<char>('a' + left)) + (mover == 0 ? "x" : "o") +
           (dealt == 0 ? "?" : "!");
  }
  void FromText(std::string_view text) {
    if (text.size() != 3 && kFault == Fault::kCrashOnWrongText) std::raise(SIGSEGV);
    if (kFault == Fault::kWrongTextBreaks) left = kStones;
    if (text.size() != 3 || text[0] < 'a' || text[0] > 'k' || (text[1] != 'x' && text[1] != 'o') ||
        (text[2] != '!' && text[2] != '?')) {
      throw brasa::UsageError("a state is a letter a to k, x or o, and ! or ?");
    }
    left = text[0] - 'a';
    if (kFault != Fault::kTextForgets) mover = text[1] == 'x' ? 0 : 1;
    dealt = text[2] == '!' ? 1 : 0;
  }
  void Draw(brasa::Canvas& canvas) const {
    canvas.View(0, 0, 10, 1);
    canvas.Clear(brasa::palette::kPaper);
    if (kFault == Fault::kDrawMoves) ++drawn;
    const double y = kFault == Fault::kDrawNan ? std::nan("") : 0.5;
    for (int i = 0; i < left; ++i) canvas.Circle({i + 0.5, y}, 0.4, brasa::palette::kInk);
  }

 private:
  static void Misbehave() {
    if (kFault == Fault::kCrashInStep) std::raise(SIGSEGV);
    if (kFault == Fault::kExitInStep) std::_Exit(7);
    Loop(kFault == Fault::kEndlessStep);
  }
  static void AnswerIllegal(std::span<float> rewards) {
    if (kFault == Fault::kCrashOnIllegal) std::raise(SIGSEGV);
    if (kFault == Fault::kWritesOnIllegal) rewards.data()[2] = 0;
    Loop(kFault == Fault::kHangsOnIllegal);
  }
  static void Loop(bool endless) {
    volatile bool forever = endless;
    while (forever) {
    }
  }
};

template <int... kFaults>
std::array<const brasa_env_class*, sizeof...(kFaults)> Classes(
    std::integer_sequence<int, kFaults...>) {
  return {&brasa::EnvClassOf<Heap<static_cast<Fault>(kFaults)>>()...};
}

/// A table whose function lets an exception out, as one that was written by hand may.
std::int32_t ThrowingStep(brasa_batch*, std::int32_t, std::int32_t, const void*, brasa_rng*, float*,
                          std::uint8_t*, brasa_error*) {
  throw std::runtime_error("nobody catches this");
}

}  // namespace

extern "C" BRASA_EXPORT const brasa_plugin* brasa_plugin_entry(void) {
  static const auto honest = Classes(std::make_integer_sequence<int, std::size(kIds)>());
  static brasa_env_class throwing = *honest[0];
  throwing.id = "ThrowsAcross-v0";
  throwing.step = ThrowingStep;
  static std::vector<const brasa_env_class*> classes(honest.begin(), honest.end());
  if (classes.size() == honest.size()) classes.push_back(&throwing);
  static const brasa_plugin plugin{BRASA_ABI_VERSION, sizeof(brasa_plugin), classes.data(),
                                   static_cast<std::int32_t>(classes.size())};
  return &plugin;
}

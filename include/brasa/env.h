// The environment contract. An environment is a plain struct whose members are the whole state of
// one world; copying it clones the world. Include this header, write the struct, and either add a
// row to envs/registry or end a plugin's source with BRASA_PLUGIN(YourStruct).
//
// Required members
//   static EnvSpec Spec(const Params&)         sizes, bounds, limits, names
//   explicit T(const Params&)                  a world that is not in an episode yet
//   void Reset(Rng&)                           starts an episode
//   EpisodeEnd Step(ActionRef, Rng&, std::span<float> rewards)
//                                              one ply; writes all P rewards; kNone or kTerminated
//   void Observe(int player, std::span<float> out) const         (or std::span<std::uint8_t>)
//
// Optional members, found by name and signature (see `contract` below)
//   static constexpr bool kFlat = true         trivially copyable, no pointers, no padding
//   static std::vector<Field> Fields()         the parameters, with defaults and ranges
//   int LegalActions(std::span<std::int32_t>) const   ids ascending -> count, never 0 in an
//   episode,
//                                              0 in a position that is over
//   int PlayerToMove() const                   who moves, or kChance
//   int ChanceOutcomes(std::span<std::int32_t> ids, std::span<double> probabilities) const -> count
//   EpisodeEnd ApplyChance(int id, std::span<float> rewards)      adds to rewards
//   static void StepMany(std::span<T>, const void* actions, Rng*, float* rewards, std::uint8_t*
//   ends)
//                                              equal bit for bit to Step on each world
//   void Draw(Canvas&) const
//   std::string ToText() const;  void FromText(std::string_view)  throws UsageError
//   std::string ActionToText(ActionRef) const
//   std::vector<double> ActionFromText(std::string_view) const    throws UsageError
//   std::uint64_t Hash() const                 equal iff the states are equal, in practice
//   void Measures(std::span<float>) const      EnvSpec::measures, read at an episode's end
//   std::vector<Control> Controls() const      key to action
//   int ActionAt(Point) const                  the action of a click in drawing units, or -1
//   int ActionAt(Point from, Point to) const   of a click on a piece and then on where it goes
//   TransitionModel Model() const              of small problems
//   std::vector<Symmetry> Symmetries() const   of the game with these parameters
//   void ResampleHidden(int player, Rng&)      draws what `player` cannot know anew
//   void Save(StateWriter&) const; void Load(StateReader&)        required unless kFlat
//
// Laws. The rules may assume what the public wrappers check: Reset came first, actions are legal
// and finite, no Step after the end. Reset and Step draw only from the Rng handed in. Where chance
// is a mover, Reset and Step draw nothing. kTruncated is never said by an environment: time limits
// are EnvSpec::max_episode_steps. No clock, no global state, no thread_local. Use brasa::SinCos and
// the like instead of libm, and build with -ffp-contract=off (brasa_add_plugin does).
#pragma once

#include <concepts>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "brasa/canvas.h"
#include "brasa/core/archive.h"
#include "brasa/core/batch.h"
#include "brasa/core/config.h"
#include "brasa/core/model.h"
#include "brasa/core/random.h"
#include "brasa/core/spec.h"

namespace brasa {

/// A key and the action it stands for, one number per component. SDL's key names ("Left", "Space",
/// "a"); the key "" is what happens while none is pressed.
struct Control {
  std::string key;
  std::vector<double> action;
};

/// One symmetry of a game. A game whose actions and chance outcomes are all mapped has, at every
/// ply, the same mover, the permuted observation of every player, the mapped legal set, equal
/// rewards and an equal end. Symmetries() lists all but the identity; with it they form a group.
struct Symmetry {
  std::vector<std::int32_t> observation;  ///< [D] image[i] = original[observation[i]]
  std::vector<std::int32_t> action;       ///< [A] the image of each action id
  std::vector<std::int32_t> chance;       ///< the image of each chance id; empty = ids stay
};

namespace contract {

template <typename T>
concept ObservesFloat = requires(const T& t, std::span<float> out) {
  t.Observe(0, out);
};

template <typename T>
concept ObservesUint8 = requires(const T& t, std::span<std::uint8_t> out) {
  t.Observe(0, out);
};

template <typename T>
concept Environment = std::copy_constructible<T> && std::constructible_from<T, const Params&> &&
    (ObservesFloat<T> || ObservesUint8<T>)&&requires(T t, Rng& rng, ActionRef action,
                                                     std::span<float> rewards,
                                                     const Params& params) {
  { T::Spec(params) } -> std::same_as<EnvSpec>;
  t.Reset(rng);
  { t.Step(action, rng, rewards) } -> std::same_as<EpisodeEnd>;
};

template <typename T>
concept Flat = requires {
  requires T::kFlat;
};

template <typename T>
concept HasFields = requires {
  { T::Fields() } -> std::same_as<std::vector<Field>>;
};

template <typename T>
concept HasLegalActions = requires(const T& t, std::span<std::int32_t> ids) {
  { t.LegalActions(ids) } -> std::same_as<int>;
};

template <typename T>
concept HasPlayerToMove = requires(const T& t) {
  { t.PlayerToMove() } -> std::same_as<int>;
};

template <typename T>
concept HasChance = requires(T t, const T& c, std::span<std::int32_t> ids, std::span<double> p,
                             std::span<float> rewards) {
  { c.ChanceOutcomes(ids, p) } -> std::same_as<int>;
  { t.ApplyChance(0, rewards) } -> std::same_as<EpisodeEnd>;
};

template <typename T>
concept HasStepMany = requires(std::span<T> worlds, const void* actions, Rng* rng, float* rewards,
                               std::uint8_t* ends) {
  T::StepMany(worlds, actions, rng, rewards, ends);
};

template <typename T>
concept HasDraw = requires(const T& t, Canvas& canvas) {
  t.Draw(canvas);
};

template <typename T>
concept HasText = requires(T t, const T& c, std::string_view text) {
  { c.ToText() } -> std::same_as<std::string>;
  t.FromText(text);
};

template <typename T>
concept HasActionText = requires(const T& t, ActionRef action, std::string_view text) {
  { t.ActionToText(action) } -> std::same_as<std::string>;
  { t.ActionFromText(text) } -> std::same_as<std::vector<double>>;
};

template <typename T>
concept HasHash = requires(const T& t) {
  { t.Hash() } -> std::same_as<std::uint64_t>;
};

template <typename T>
concept HasMeasures = requires(const T& t, std::span<float> values) {
  t.Measures(values);
};

template <typename T>
concept HasControls = requires(const T& t) {
  { t.Controls() } -> std::same_as<std::vector<Control>>;
};

template <typename T>
concept HasActionAt = requires(const T& t, Point at) {
  { t.ActionAt(at) } -> std::same_as<int>;
};

template <typename T>
concept HasActionBetween = requires(const T& t, Point from, Point to) {
  { t.ActionAt(from, to) } -> std::same_as<int>;
};

template <typename T>
concept HasModel = requires(const T& t) {
  { t.Model() } -> std::same_as<TransitionModel>;
};

template <typename T>
concept HasSymmetries = requires(const T& t) {
  { t.Symmetries() } -> std::same_as<std::vector<Symmetry>>;
};

/// The world becomes one drawn, by the probabilities of chance, from the states that `player`
/// cannot tell from it: that player's observation, who moves and the mover's legal ids stay.
template <typename T>
concept HasResampleHidden = requires(T t, Rng& rng) {
  t.ResampleHidden(0, rng);
};

template <typename T>
concept HasSave = requires(T t, const T& c, StateWriter& writer, StateReader& reader) {
  c.Save(writer);
  t.Load(reader);
};

}  // namespace contract
}  // namespace brasa

#include "brasa/env_class.h"

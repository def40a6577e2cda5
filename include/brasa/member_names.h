// Finds misspelt members of an environment while a plugin is compiled: a member function whose name
// is nearly that of an optional member of brasa/env.h, or one of the right name with another
// signature, would be left unused in silence.
#pragma once

#include <type_traits>

#include "brasa/env.h"

namespace brasa::internal {

template <typename Member>
inline constexpr bool kIsFunction =
    std::is_member_function_pointer_v<Member> || std::is_function_v<std::remove_pointer_t<Member>>;

/// True of a non-template, not overloaded function of T with this name.
#define BRASA_HAS_FUNCTION(name) \
  requires { requires kIsFunction<decltype(&T::name)>; }

/// `near1` .. `near4` are slips for `name`, which `found` says is there as brasa/env.h wants it.
#define BRASA_CHECK_MEMBER(found, name, near1, near2, near3, near4)                             \
  static_assert((found) || !BRASA_HAS_FUNCTION(name),                                           \
                "Brasa: the environment's member " #name                                        \
                " has another signature than brasa/env.h wants, or its partner is missing: it " \
                "would not be used");                                                           \
  static_assert((found) || !BRASA_HAS_FUNCTION(near1),                                          \
                "Brasa: the environment's member " #near1 " is misspelt: write " #name);        \
  static_assert((found) || !BRASA_HAS_FUNCTION(near2),                                          \
                "Brasa: the environment's member " #near2 " is misspelt: write " #name);        \
  static_assert((found) || !BRASA_HAS_FUNCTION(near3),                                          \
                "Brasa: the environment's member " #near3 " is misspelt: write " #name);        \
  static_assert((found) || !BRASA_HAS_FUNCTION(near4),                                          \
                "Brasa: the environment's member " #near4 " is misspelt: write " #name)

/// Does not compile if T seems to misspell an optional member.
template <typename T>
constexpr bool CheckMemberNames() {
  BRASA_CHECK_MEMBER(contract::HasFields<T>, Fields, fields, GetFields, FIELDS, Field);
  BRASA_CHECK_MEMBER(contract::HasLegalActions<T>, LegalActions, legal_actions, legalActions,
                     Legalactions, LegalAction);
  BRASA_CHECK_MEMBER(contract::HasPlayerToMove<T>, PlayerToMove, player_to_move, playerToMove,
                     Playertomove, PlayersToMove);
  BRASA_CHECK_MEMBER(contract::HasChance<T>, ChanceOutcomes, chance_outcomes, chanceOutcomes,
                     Chanceoutcomes, ChanceOutcome);
  BRASA_CHECK_MEMBER(contract::HasChance<T>, ApplyChance, apply_chance, applyChance, Applychance,
                     ApplyChances);
  BRASA_CHECK_MEMBER(contract::HasStepMany<T>, StepMany, step_many, stepMany, Stepmany, StepsMany);
  BRASA_CHECK_MEMBER(contract::HasDraw<T>, Draw, draw, GetDraw, DRAW, Drawing);
  BRASA_CHECK_MEMBER(contract::HasText<T>, ToText, to_text, toText, Totext, ToString);
  BRASA_CHECK_MEMBER(contract::HasText<T>, FromText, from_text, fromText, Fromtext, FromString);
  BRASA_CHECK_MEMBER(contract::HasActionText<T>, ActionToText, action_to_text, actionToText,
                     Actiontotext, ActionToString);
  BRASA_CHECK_MEMBER(contract::HasActionText<T>, ActionFromText, action_from_text, actionFromText,
                     Actionfromtext, ActionFromString);
  BRASA_CHECK_MEMBER(contract::HasHash<T>, Hash, hash, GetHash, HASH, HashCode);
  BRASA_CHECK_MEMBER(contract::HasMeasures<T>, Measures, measures, GetMeasures, MEASURES, Measure);
  BRASA_CHECK_MEMBER(contract::HasControls<T>, Controls, controls, GetControls, CONTROLS, Control);
  BRASA_CHECK_MEMBER(contract::HasActionAt<T> || contract::HasActionBetween<T>, ActionAt, action_at,
                     actionAt, Actionat, ActionsAt);
  BRASA_CHECK_MEMBER(contract::HasModel<T>, Model, model, GetModel, MODEL, Models);
  BRASA_CHECK_MEMBER(contract::HasSymmetries<T>, Symmetries, symmetries, GetSymmetries, SYMMETRIES,
                     Symmetry);
  BRASA_CHECK_MEMBER(contract::HasResampleHidden<T>, ResampleHidden, resample_hidden,
                     resampleHidden, Resamplehidden, ResampleHiden);
  BRASA_CHECK_MEMBER(contract::HasSave<T>, Save, save, GetSave, SAVE, SaveState);
  BRASA_CHECK_MEMBER(contract::HasSave<T>, Load, load, GetLoad, LOAD, LoadState);
  return true;
}

#undef BRASA_CHECK_MEMBER
#undef BRASA_HAS_FUNCTION

}  // namespace brasa::internal

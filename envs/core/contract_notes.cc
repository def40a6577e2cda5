// What an environment does where the contract asks nothing: no law, but good to know.
#include <algorithm>
#include <cstdio>
#include <set>

#include "envs/core/contract_guard.h"
#include "envs/core/contract_laws.h"
#include "envs/core/raw_game.h"

namespace brasa {
namespace {

/// Illegal ids tried in one state, about.
constexpr int kMostTried = 50;

/// True if the rules take the action in a copy of the game's world.
bool Takes(const RawGame& game, RawWorlds& worlds, const RawAction& action) {
  worlds.Copy(1, worlds, 0);
  Rng rng = game.rng();
  std::vector<float> rewards(static_cast<std::size_t>(worlds.spec().players));
  brasa_error error{};
  std::uint8_t end = BRASA_END_NONE;
  return worlds.table().step(worlds.batch(), 1, 2, action.data(), &rng, rewards.data(), &end,
                             &error) == BRASA_OK;
}

/// Every id below the highest that was ever legal was legal, and some above it never.
std::string NeverLegal(const ContractSubject& subject) {
  RawWorlds worlds(subject.row, subject.params, 2);
  if (worlds.table().legal == nullptr) return "";
  std::set<std::int32_t> seen;
  VisitStates(subject, worlds, [&](const RawGame& game) {
    if (game.over()) return;
    for (const std::int32_t id : worlds.Legal(0)) seen.insert(id);
  });
  const std::int32_t count = worlds.spec().action.count;
  const auto next = static_cast<std::int32_t>(seen.size());
  if (seen.empty() || *seen.rbegin() + 1 != next || next == count) return "";
  return "actions " + std::to_string(next) + " to " + std::to_string(count - 1) + " of the " +
         std::to_string(count) + " in EnvSpec::action.count were legal in no state of " +
         std::to_string(subject.options.episodes) +
         " games, all below them in some; is the count too high?";
}

std::string IllegalAction(const ContractSubject& subject) {
  RawWorlds worlds(subject.row, subject.params, 2);
  if (worlds.table().legal == nullptr) return "";
  const std::int32_t count = worlds.spec().action.count;
  const std::int32_t stride = 1 + count / kMostTried;
  std::string note;
  VisitStates(subject, worlds, [&](const RawGame& game) {
    if (game.over()) return;
    const std::vector<std::int32_t> legal = worlds.Legal(0);
    for (std::int32_t id = game.ply() % stride; id < count; id += stride) {
      if (std::binary_search(legal.begin(), legal.end(), id)) continue;
      if (!Takes(game, worlds, {id}) || !note.empty()) continue;
      note = "Step takes action " + std::to_string(id) + ", which LegalActions does not list," +
             game.Where();
    }
  });
  return note;
}

std::string StepAfterTheEnd(const ContractSubject& subject) {
  RawWorlds worlds(subject.row, subject.params, 2);
  std::string note;
  VisitStates(subject, worlds, [&](const RawGame& game) {
    if (!game.over() || !note.empty()) return;
    const RawAction zeros(static_cast<std::size_t>(worlds.spec().action.size()), 0);
    if (Takes(game, worlds, zeros)) note = "Step goes on after the end" + game.Where();
  });
  return note;
}

struct Question {
  const char* name;
  std::string (*ask)(const ContractSubject& subject);
  const char* why_no_law;
};

constexpr Question kQuestions[] = {
    {"legal actions", NeverLegal, ""},
    {"illegal action", IllegalAction, "; no fault, for Brasa refuses it first"},
    {"step after the end", StepAfterTheEnd, "; no fault, for Brasa refuses it first"},
};

}  // namespace

std::vector<std::string> ContractNotes(const EnvRow& row, const Params& params,
                                       const ContractOptions& options) {
  std::vector<std::string> notes;
  const ContractGuard guard(row, params, options.progress);
  const ContractSubject subject{guard.row(), params, options};
  for (const Question& question : kQuestions) {
    if (options.progress != nullptr) BeginLaw(question.name, *options.progress);
    std::string note;
    try {
      note = question.ask(subject);
    } catch (const std::exception& error) {
      note = error.what();
    }
    if (!guard.fault().empty()) note = guard.fault();
    if (note.empty()) continue;
    notes.push_back(std::string(question.name) + ": " + note + question.why_no_law);
    if (options.on_finding) options.on_finding(notes.back());
    if (!guard.fault().empty()) break;
  }
  return notes;
}

}  // namespace brasa

// What an environment does where no host asks: actions that are not legal, steps after the end.
//
// The rules may leave the check to Brasa, which refuses both before a world sees them, or refuse
// them too. Whichever they do they do throughout: rules that refuse some of these calls and take
// others have a check of their own that contradicts LegalActions. And every call comes back, for no
// signal may leave the table (abi.h).
#include <algorithm>
#include <set>

#include "envs/core/contract_guard.h"
#include "envs/core/contract_laws.h"
#include "envs/core/raw_game.h"

namespace brasa {
namespace {

constexpr const char* kIllegalLaw = "illegal action";
constexpr const char* kAfterEndLaw = "step after the end";

/// Illegal ids tried in one state, about.
constexpr int kMostTried = 50;

/// The first call of each kind that Step answered, as text; empty if there was none.
struct Answers {
  std::string refused;       ///< an illegal action or a step after the end
  std::string took_illegal;  ///< an action that is not listed
  std::string took_after_end;
};

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

void Ask(const RawGame& game, RawWorlds& worlds, const RawAction& action, std::string& took,
         Answers& answers) {
  std::string& answer = Takes(game, worlds, action) ? took : answers.refused;
  if (!answer.empty()) return;
  answer = worlds.spec().action.kind == ActionKind::kDiscrete
               ? "action " + std::to_string(action[0])
               : "an action of zeros";
  answer += game.over() ? " after the end" : ", which LegalActions does not list,";
  answer += game.Where();
}

void AskIllegal(const ContractSubject& subject, Answers& answers) {
  RawWorlds worlds(subject.row, subject.params, 2);
  if (worlds.table().legal == nullptr) return;
  const std::int32_t count = worlds.spec().action.count;
  const std::int32_t stride = 1 + count / kMostTried;
  VisitStates(subject, worlds, [&](const RawGame& game) {
    if (game.over()) return;
    const std::vector<std::int32_t> legal = worlds.Legal(0);
    for (std::int32_t id = game.ply() % stride; id < count; id += stride) {
      if (std::binary_search(legal.begin(), legal.end(), id)) continue;
      Ask(game, worlds, {id}, answers.took_illegal, answers);
    }
  });
}

void AskAfterEnd(const ContractSubject& subject, Answers& answers) {
  RawWorlds worlds(subject.row, subject.params, 2);
  VisitStates(subject, worlds, [&](const RawGame& game) {
    if (!game.over()) return;
    const RawAction zeros(static_cast<std::size_t>(worlds.spec().action.size()), 0);
    Ask(game, worlds, zeros, answers.took_after_end, answers);
  });
}

/// Every id below the highest that was ever legal was legal, and some above it never.
std::string NeverLegal(const ContractSubject& subject) {
  RawWorlds worlds(subject.row, subject.params, 1);
  if (worlds.table().legal == nullptr) return "";
  std::set<std::int32_t> seen;
  VisitStates(subject, worlds, [&](const RawGame& game) {
    if (game.over()) return;
    for (const std::int32_t id : worlds.Legal(0)) seen.insert(id);
  });
  const std::int32_t count = worlds.spec().action.count;
  const auto next = static_cast<std::int32_t>(seen.size());
  if (seen.empty() || *seen.rbegin() + 1 != next || next == count) return "";
  return "legal actions: actions " + std::to_string(next) + " to " + std::to_string(count - 1) +
         " of the " + std::to_string(count) +
         " in EnvSpec::action.count were legal in no state of " +
         std::to_string(subject.options.episodes) +
         " games, all below them in some; is the count too high?";
}

void Judge(const char* law, const std::string& took, const std::string& refused,
           ContractRemarks& remarks) {
  if (took.empty()) return;
  const std::string fault = std::string(law) + ": Step takes " + took;
  if (!refused.empty()) {
    remarks.findings.push_back(fault + " and refuses " + refused +
                               ": check all of them or leave it to Brasa");
  } else {
    remarks.notes.push_back(fault + "; no fault, for it leaves the check to Brasa throughout");
  }
}

void AskAll(const ContractSubject& subject, ContractRemarks& remarks) {
  ContractProgress unseen;
  ContractProgress& progress =
      subject.options.progress != nullptr ? *subject.options.progress : unseen;
  Answers answers;
  BeginLaw(kIllegalLaw, progress);
  AskIllegal(subject, answers);
  BeginLaw(kAfterEndLaw, progress);
  AskAfterEnd(subject, answers);
  Judge(kIllegalLaw, answers.took_illegal, answers.refused, remarks);
  Judge(kAfterEndLaw, answers.took_after_end, answers.refused, remarks);
  const std::string never = NeverLegal(subject);
  if (!never.empty()) remarks.notes.push_back(never);
}

}  // namespace

int ContractOutsideLawCount() { return 2; }

ContractRemarks ContractOutside(const EnvRow& row, const Params& params,
                                const ContractOptions& options) {
  ContractRemarks remarks;
  const ContractGuard guard(row, params, options.progress);
  const ContractSubject subject{guard.row(), params, options};
  try {
    AskAll(subject, remarks);
  } catch (const std::exception& error) {
    remarks.findings.push_back(std::string(kIllegalLaw) + ": threw '" + error.what() + "'");
  }
  if (!guard.fault().empty()) remarks.findings = {guard.fault()};
  if (options.on_finding) {
    for (const std::string& finding : remarks.findings) options.on_finding(finding);
  }
  return remarks;
}

}  // namespace brasa

#include "brasa/contract_check.h"

#include <array>
#include <cmath>
#include <cstdio>
#include <cstring>

#include "envs/core/contract_guard.h"
#include "envs/core/contract_laws.h"

namespace brasa {

namespace {

/// "" or the finding.
std::string Finding(const ContractLaw& law, const ContractSubject& subject) {
  try {
    law.check(subject);
  } catch (const LawBroken& fault) {
    return std::string(law.name) + ": " + fault.what();
  } catch (const std::exception& error) {
    return std::string(law.name) + ": threw '" + error.what() + "'";
  }
  return "";
}

std::array<std::span<const ContractLaw>, 5> AllLaws() {
  return {RuleLaws(), MemoryLaws(), MemberLaws(), GameLaws(), HostLaws()};
}

}  // namespace

void BeginLaw(const char* name, ContractProgress& progress) {
  std::snprintf(progress.law, sizeof progress.law, "%s", name);
  progress.call[0] = '\0';
  progress.episode = progress.ply = -1;
  ++progress.laws;
}

int ContractLawCount() {
  std::size_t count = 2;  // spans and boundary, which every call is held to
  for (const auto laws : AllLaws()) count += laws.size();
  return static_cast<int>(count);
}

std::vector<std::string> ContractFindings(const EnvRow& row, const Params& params,
                                          const ContractOptions& options) {
  std::vector<std::string> findings;
  const ContractGuard guard(row, params, options.progress);
  const ContractSubject subject{guard.row(), params, options};
  for (const auto laws : AllLaws()) {
    for (const ContractLaw& law : laws) {
      if (options.progress != nullptr) BeginLaw(law.name, *options.progress);
      std::string finding = Finding(law, subject);
      // What is wrong at the boundary shows itself in any law.
      const bool broken = !guard.fault().empty();
      if (broken) finding = guard.fault();
      if (finding.empty()) continue;
      findings.push_back(finding);
      if (options.on_finding) options.on_finding(finding);
      if (law.basic || broken) return findings;
    }
  }
  return findings;
}

void RandomAction(const EnvSpec& spec, std::span<const std::int32_t> legal, Rng& rng,
                  void* action) {
  const ActionSpec& space = spec.action;
  if (space.kind == ActionKind::kDiscrete) {
    if (legal.empty()) throw UsageError(spec.id + ": no action is legal");
    const std::uint32_t i = rng.Below(static_cast<std::uint32_t>(legal.size()));
    std::memcpy(action, &legal[i], sizeof legal[i]);
    return;
  }
  for (std::size_t k = 0; k < static_cast<std::size_t>(space.size()); ++k) {
    if (space.kind == ActionKind::kMultiDiscrete) {
      const auto id =
          static_cast<std::int32_t>(rng.Below(static_cast<std::uint32_t>(space.counts[k])));
      std::memcpy(static_cast<char*>(action) + 4 * k, &id, sizeof id);
      continue;
    }
    const double low = static_cast<double>(space.low[k]), high = static_cast<double>(space.high[k]);
    const bool bounded = std::isfinite(low) && std::isfinite(high);
    const auto value = static_cast<float>(bounded ? rng.Uniform(low, high) : rng.Normal());
    std::memcpy(static_cast<char*>(action) + 4 * k, &value, sizeof value);
  }
}

}  // namespace brasa

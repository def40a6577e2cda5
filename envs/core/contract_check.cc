#include "brasa/contract_check.h"

#include <cmath>
#include <cstring>

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

}  // namespace

std::vector<std::string> ContractFindings(const EnvRow& row, const Params& params,
                                          const ContractOptions& options) {
  std::vector<std::string> findings;
  const ContractSubject subject{row, params, options};
  for (const auto laws : {RuleLaws(), MemberLaws(), GameLaws(), HostLaws()}) {
    for (const ContractLaw& law : laws) {
      const std::string finding = Finding(law, subject);
      if (finding.empty()) continue;
      findings.push_back(finding);
      if (law.basic) return findings;
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

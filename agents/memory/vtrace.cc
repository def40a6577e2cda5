#include "agents/memory/vtrace.h"

#include <algorithm>
#include <cstddef>
#include <vector>

#include "brasa/core/assert.h"

namespace brasa {

void ComputeVtrace(const DecisionChains& chains, const VtraceOptions& options,
                   const VtraceRows& rows) {
  const std::vector<std::int32_t>& next = chains.next();
  BRASA_ASSERT(rows.value.size() == next.size() && rows.target.size() == next.size());
  for (std::size_t row = next.size(); row-- > 0;) {
    const float value = rows.value[row];
    if (next[row] == DecisionChains::kOpen) {
      rows.target[row] = value;
      rows.policy_weight[row] = 0.0f;
      continue;
    }
    const bool goes_on = next[row] >= 0;
    const auto successor = static_cast<std::size_t>(next[row]);
    const float next_value = goes_on ? rows.value[successor] : chains.final_value()[row];
    const float next_target = goes_on ? rows.target[successor] : next_value;
    const float rho = std::min(options.rho_clip, rows.ratio[row]);
    const float c = options.lambda * std::min(options.c_clip, rows.ratio[row]);
    const float reward = chains.reward()[row];
    const float delta = rho * (reward + options.discount * next_value - value);
    rows.target[row] = value + delta + options.discount * c * (next_target - next_value);
    rows.policy_weight[row] = rho * (reward + options.discount * next_target - value);
  }
}

}  // namespace brasa

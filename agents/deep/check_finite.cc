#include "agents/deep/check_finite.h"

#include <cmath>

#include "brasa/core/error.h"

namespace brasa {

void CheckFinite(const FiniteCheck& check, const Network& network) {
  if (std::isfinite(check.loss) && std::isfinite(check.gradient_norm)) return;
  const auto fail = [&](const std::string& what) {
    throw NumericError(check.agent + ", update " + std::to_string(check.update) + ": " + what +
                       (check.tensor.empty() ? "" : " of " + check.tensor) + " is not finite");
  };
  if (!std::isfinite(check.loss)) fail("loss");
  const std::string block = NonFiniteBlock(network);
  if (!block.empty()) fail("gradient of layer '" + block + "'");
  fail("gradient norm");
}

}  // namespace brasa

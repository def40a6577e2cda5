#include "agents/deep/check_finite.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include "brasa/core/error.h"

namespace brasa {

void CheckFinite(const FiniteCheck& check, const Network& network) {
  if (std::isfinite(check.loss) && std::isfinite(check.gradient_norm)) return;
  const auto fail = [&](const std::string& what) {
    throw NumericError(check.agent + ", update " + std::to_string(check.update) + ": " + what +
                       (check.tensor.empty() ? "" : " of " + check.tensor) + " is not finite");
  };
  if (!std::isfinite(check.loss)) fail("loss");
  std::vector<float> gradient(static_cast<std::size_t>(network.parameter_count()));
  network.GetGradient(gradient);
  for (const NetworkLayer& layer : LayersOf(network.spec())) {
    const auto begin = gradient.begin() + layer.offset;
    const auto finite = [](float g) { return std::isfinite(g); };
    if (!std::all_of(begin, gradient.begin() + layer.end(), finite)) {
      fail("gradient of layer '" + layer.name + "'");
    }
  }
  fail("gradient norm");
}

}  // namespace brasa

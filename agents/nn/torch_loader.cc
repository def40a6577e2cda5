#include "agents/nn/backends.h"

namespace brasa {

std::unique_ptr<Network> MakeTorchNetwork(const NetworkSpec&, const AdamOptions&,
                                          std::span<const float>) {
  throw UsageError(
      "network.backend = 'torch': this program was built without torch (BRASA_WITH_TORCH); give "
      "native");
}

}  // namespace brasa

#include "agents/nn/backends.h"

namespace brasa {

std::unique_ptr<Network> MakeNetwork(const std::string& backend, const NetworkSpec& spec,
                                     const AdamOptions& adam, Rng& init) {
  if (backend != "native" && backend != "torch") {
    throw ConfigError("network.backend = '" + backend + "' is unknown; give native or torch");
  }
  const std::vector<float> parameters = InitialParameters(spec, init);
  if (backend == "torch") return MakeTorchNetwork(spec, adam, parameters);
  return MakeNativeNetwork(spec, adam, parameters);
}

}  // namespace brasa

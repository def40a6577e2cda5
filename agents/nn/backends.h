// The constructors behind MakeNetwork.
#pragma once

#include <memory>
#include <span>

#include "agents/nn/network.h"
#include "agents/nn/recurrent_network.h"

namespace brasa {

/// `parameters` in the order of LayersOf(spec).
std::unique_ptr<Network> MakeNativeNetwork(const NetworkSpec& spec, const AdamOptions& adam,
                                           std::span<const float> parameters);

/// The same on libtorch: opens libbrasa_torch.so at the first call. UsageError where it is missing.
std::unique_ptr<Network> MakeTorchNetwork(const NetworkSpec& spec, const AdamOptions& adam,
                                          std::span<const float> parameters);
/// Of a spec with an LSTM.
std::unique_ptr<RecurrentNetwork> MakeTorchRecurrentNetwork(const NetworkSpec& spec,
                                                            const AdamOptions& adam,
                                                            std::span<const float> parameters);

}  // namespace brasa

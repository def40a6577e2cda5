// The setting `network.conv`: convolutions in front of the hidden layers.
#pragma once

#include <cstdint>
#include <string>

#include "agents/nn/network.h"
#include "brasa/core/config.h"
#include "brasa/core/spec.h"

namespace brasa {

Field ConvolutionField();

/// Gives `network` the convolutions that `config` says and, where there are any, the picture that
/// observations of `spec` are. Throws ConfigError, which names `agent`, where the text is
/// malformed, the observations are not [height, width, channels] or a kernel does not fit. `frames`
/// is the number of frames in one input.
void TakeConvolutions(const std::string& agent, const EnvSpec& spec, const Config& config,
                      int frames, NetworkSpec& network);

/// Floats that `layer` makes of a row.
inline std::int64_t RowOutputs(const NetworkLayer& layer) {
  return layer.is_convolution() ? layer.OutputPicture().size() : layer.outputs;
}

}  // namespace brasa

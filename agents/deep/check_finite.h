// Where learning met a number that is not finite.
#pragma once

#include <cstdint>
#include <string>

#include "agents/nn/network.h"

namespace brasa {

/// One update of one network: who, when, and what became of it.
struct FiniteCheck {
  std::string agent;
  std::int64_t update = 0;  ///< from 1
  std::string tensor;       ///< what the network is, where an agent has several: "critic 1"
  double loss = 0;
  double gradient_norm = 0;
};

/// Throws NumericError naming agent, update and tensor where the loss or the norm of the network's
/// gradient is not finite: the loss, the first layer whose gradient is not, or the norm.
void CheckFinite(const FiniteCheck& check, const Network& network);

}  // namespace brasa

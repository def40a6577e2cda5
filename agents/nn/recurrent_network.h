// Networks that remember: what they say of a row follows from the rows before it.
//
// An LSTM (Hochreiter and Schmidhuber 1997; forget gates: Gers et al. 2000; PyTorch's form) of U
// units lies behind each trunk. Its memory is h [U] and c [U]; with x from the trunk
//   i, f, g, o = rows of W_input x + b_input + W_memory h + b_memory, U each
//   c' = sigmoid(f) c + sigmoid(i) tanh(g),  h' = sigmoid(o) tanh(c'),
// and h' is what the heads read.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "agents/nn/network.h"

namespace brasa {

/// B sequences of T steps; row t * B + b is step t of sequence b. S = RecurrentNetwork::state_size.
struct SequenceRows {
  const float* x = nullptr;             ///< [T, B, inputs]
  int steps = 0;                        ///< T
  int sequences = 0;                    ///< B
  const std::uint8_t* start = nullptr;  ///< [T, B] 1 = nothing is remembered before this row
  const float* state = nullptr;         ///< [B, S] memory before step 0
};

/// As Network, whose Forward and ForwardTrain take every row as the first of its sequence. A memory
/// is S floats, zeros where nothing is remembered. Nothing is kept between calls: whoever acts owns
/// the memories.
class RecurrentNetwork : public Network {
 public:
  virtual int state_size() const = 0;  ///< S: h, then c of every trunk
  /// Forward of one step of `rows` sequences; overwrites state [rows, S] with their next memory.
  virtual void Step(const float* x, int rows, float* state, float* y) = 0;
  /// ForwardTrain of whole sequences, y [T, B, O]; Backward then goes back through all their steps,
  /// up to the rows that start.
  virtual void ForwardSequences(const SequenceRows& rows, float* y) = 0;
};

/// As MakeNetwork for a spec with an LSTM. Throws ConfigError also where the backend is not torch.
std::unique_ptr<RecurrentNetwork> MakeRecurrentNetwork(const std::string& backend,
                                                       const NetworkSpec& spec,
                                                       const AdamOptions& adam, Rng& init);

}  // namespace brasa

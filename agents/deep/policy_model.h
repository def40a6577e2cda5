// A policy with its value: what actors and the learner share.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "agents/memory/input_encoder.h"
#include "agents/nn/action_distribution.h"
#include "agents/nn/free_parameters.h"
#include "agents/nn/network.h"
#include "agents/nn/recurrent_network.h"
#include "brasa/core/archive.h"
#include "brasa/core/spec.h"

namespace brasa {

/// What becomes of a sampled box action before it is sent. The policy scores what it sampled.
enum class BoxActions : std::uint8_t {
  kRaw,    ///< sent as it is: the environment's rules clip, as its card says
  kClip,   ///< clipped to the bounds
  kScale,  ///< [-1, 1] mapped to the bounds, then clipped to them
};

struct PolicyOptions {
  NetworkSpec
      network;  ///< heads: the policy's columns, then the value; inputs are those of `input`
  AdamOptions optimizer;
  std::string backend;
  InputOptions input;
  BoxActions box_actions = BoxActions::kRaw;
  float initial_log_std = 0;  ///< of box actions
};

/// Inputs, network, action distribution and its free parameters. Threads: one.
class PolicyModel {
 public:
  PolicyModel(const EnvSpec& spec, const PolicyOptions& options, Rng& init);

  /// The policy's columns, then the value.
  Network& network() { return *network_; }
  const Network& network() const { return *network_; }
  /// The network, if it remembers; else null.
  RecurrentNetwork* recurrent() const { return recurrent_; }
  /// S, floats of memory of one world; 0 where there is none.
  int state_size() const { return recurrent_ == nullptr ? 0 : recurrent_->state_size(); }
  InputEncoder& input() { return input_; }
  const InputEncoder& input() const { return input_; }
  FreeParameters& free() { return free_; }
  const FreeParameters& free() const { return free_; }
  const ActionSpec& action() const { return action_; }
  bool is_box() const { return action_.kind == ActionKind::kBox; }

  /// Reads the free parameters of this model, which must outlive it.
  std::unique_ptr<ActionDistribution> MakeDistribution() const;
  /// Of box actions: what is sent where `sampled` [rows, K] was chosen.
  void Send(const float* sampled, int rows, float* actions) const;

  /// Acts as `other`, of equal options, from now on: its parameters and the inputs' moments.
  void TakeOver(const PolicyModel& other);

  /// L2 norm over the gradients of network and free parameters.
  double GradientNorm() const;
  void AdamStep(double learning_rate, double gradient_scale);
  std::uint64_t ParameterHash() const;

  /// Parameters, optimizer and the inputs' moments.
  void Save(StateWriter& writer) const;
  void Load(StateReader& reader);

 private:
  ActionSpec action_;
  BoxActions box_actions_;
  InputEncoder input_;
  RecurrentNetwork* recurrent_ = nullptr;
  std::unique_ptr<Network> network_;
  FreeParameters free_;
  std::vector<float> parameters_;  ///< taken over
};

}  // namespace brasa

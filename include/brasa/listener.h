// What watches a run without touching it: metrics, event files, recording, progress, viewers.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "brasa/agent.h"
#include "brasa/core/archive.h"
#include "brasa/core/batch.h"
#include "brasa/vector_env.h"

namespace brasa {

/// One vector step, after VectorEnv::Step and before the agent learns. Rows are borrowed.
struct StepView {
  std::int64_t vector_step = 0;  ///< from 0
  std::int64_t steps = 0;        ///< world steps including this one: (vector_step + 1) * N
  const StepRows& rows;
  const LastRows& last;
  const VectorEnv& env;
};

/// The state of learning after an update.
struct UpdateView {
  std::int64_t steps = 0;  ///< world steps so far
  std::int64_t updates = 0;
  std::span<const Metric> metrics;
};

/// Listeners are called in the order they were added, on the runner's thread; they must not change
/// what they see. An error they throw stops the run.
class Listener {
 public:
  virtual ~Listener() = default;
  /// The worlds have been reset for the first time; no step yet. Not called when a run resumes.
  virtual void OnStart(const VectorEnv&) {}
  virtual void OnStep(const StepView&) {}
  virtual void OnUpdate(const UpdateView&) {}
  /// A checkpoint is taken: sync outputs and store their lengths, so that a resumed run can cut
  /// them back to here.
  virtual void OnCheckpoint(StateWriter&) {}
  /// A run resumes: recover outputs and cut them to the stored lengths.
  virtual void OnResume(StateReader&) {}
  /// The run ends in good order (finished or interrupted).
  virtual void OnEnd() {}
};

}  // namespace brasa

// Agents: a learner that makes actors. The learner owns the memory into which the vector
// environment writes; there is no second way in.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "brasa/core/archive.h"
#include "brasa/core/batch.h"
#include "brasa/core/config.h"
#include "brasa/core/random.h"
#include "brasa/core/spec.h"

namespace brasa {

class EnvBatch;

/// What an actor is asked about: R states in which somebody must move.
struct ActRows {
  int count = 0;                         ///< R
  const std::int32_t* world = nullptr;   ///< [R] index below the actor's `worlds`
  const std::int32_t* player = nullptr;  ///< [R]
  const void* observation = nullptr;     ///< [R, D] of the mover, in the spec's type
  const std::uint8_t* mask = nullptr;    ///< [R, A]; null where every action is legal
  const std::uint8_t* start = nullptr;   ///< [R] 1 = first ply of an episode
  EnvBatch* batch = nullptr;  ///< the worlds, to clone from and never to step; set only if the
                              ///< agent needs_worlds
};

/// The states `now` of all N worlds, asked about at once; world_ids [N] = 0 to N - 1.
inline ActRows AllRows(const StateRows& now, std::span<const std::int32_t> world_ids) {
  return {.count = static_cast<int>(world_ids.size()),
          .world = world_ids.data(),
          .player = now.player,
          .observation = now.observation,
          .mask = now.mask,
          .start = now.start};
}

/// Chooses actions. Owns its recurrent state and random streams; one thread.
class Actor {
 public:
  virtual ~Actor() = default;
  /// Overwrites actions [R, K] (int32 or float32). Masked actions are never chosen.
  virtual void Act(const ActRows& rows, void* actions) = 0;
  virtual void Save(StateWriter& writer) const = 0;
  virtual void Load(StateReader& reader) = 0;
};

/// Explore samples the policy (or epsilon-greedy); greedy takes its mode and draws nothing.
enum class ActMode { kExplore, kGreedy };

/// One figure of an update, by name; names are fixed for the life of an agent.
struct Metric {
  std::string name;  ///< as TensorBoard shows it: "losses/value_loss"
  double value = 0;
};

/// What an agent is made from.
struct AgentSetup {
  EnvSpec spec;
  Config config;
  int worlds = 1;
  std::uint64_t seed = 0;
  std::int64_t total_steps = 0;  ///< world steps the run is planned for: schedules end there
};

/// The rows of one vector step, all in the learner's memory. N = worlds.
struct StepRows {
  StateRows now;            ///< written by the step before (or by Reset)
  void* actions = nullptr;  ///< [N, K], written by the actor
  OutcomeRows outcome;      ///< written by VectorEnv::Step
  StateRows next;           ///< written by VectorEnv::Step
};

/// A learner. The loop is
///   env.Reset(agent.FirstRows());
///   for each vector step: rows = agent.NextRows(); agent.actor().Act(AllRows(rows.now, ids),
///                                                                              rows.actions);
///                         env.Step(rows.actions, rows.outcome, rows.next);
///                         agent.Learn(env.last());
/// Threads: one. Errors: NumericError names update and tensor when a loss or norm is not finite.
class Agent {
 public:
  virtual ~Agent() = default;

  /// Where the first states go.
  virtual StateRows FirstRows() = 0;
  /// Where the next vector step goes; the same rows until Learn is called.
  virtual StepRows NextRows() = 0;
  /// The rows of NextRows() are filled: learn from them when due.
  virtual void Learn(const LastRows& last) = 0;
  /// The actor that plays training.
  virtual Actor& actor() = 0;

  /// An actor of its own for evaluation or play, with `worlds` worlds and the streams of `role`. It
  /// shares the parameters: it must not outlive the agent nor act while the agent learns.
  virtual std::unique_ptr<Actor> MakeActor(ActMode mode, int worlds, std::uint64_t seed,
                                           StreamRole role) = 0;
  /// True if actors clone worlds (search).
  virtual bool needs_worlds() const { return false; }

  /// Updates so far; metrics() changes when it does.
  virtual std::int64_t updates() const = 0;
  virtual std::span<const Metric> metrics() const = 0;

  /// Everything that learning goes on from, training actor included; memory rows included.
  virtual void Save(StateWriter& writer) const = 0;
  virtual void Load(StateReader& reader) = 0;
  /// Hash of all parameters.
  virtual std::uint64_t ParameterHash() const = 0;
};

}  // namespace brasa

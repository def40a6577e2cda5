// The learner of agents that learn nothing: it takes the rows of a run and lets them go.
#pragma once

#include <functional>
#include <memory>

#include "brasa/agent.h"
#include "brasa/step_buffer.h"

namespace brasa {

/// Hands out actors made by a function; no parameters, no updates, no metrics.
class FixedAgent final : public Agent {
 public:
  /// Who acts; the arguments are MakeActor's.
  using ActorFactory = std::function<std::unique_ptr<Actor>(ActMode mode, int worlds,
                                                            std::uint64_t seed, StreamRole role)>;

  FixedAgent(const AgentSetup& setup, bool needs_worlds, ActorFactory factory)
      : needs_worlds_(needs_worlds),
        factory_(std::move(factory)),
        buffer_(setup.spec, setup.worlds),
        actor_(factory_(ActMode::kExplore, setup.worlds, setup.seed, StreamRole::kActor)) {}

  StateRows FirstRows() override { return buffer_.FirstRows(); }
  StepRows NextRows() override { return buffer_.NextRows(); }
  void Learn(const LastRows&) override { buffer_.Advance(); }
  Actor& actor() override { return *actor_; }
  std::unique_ptr<Actor> MakeActor(ActMode mode, int worlds, std::uint64_t seed,
                                   StreamRole role) override {
    return factory_(mode, worlds, seed, role);
  }
  bool needs_worlds() const override { return needs_worlds_; }
  std::int64_t updates() const override { return 0; }
  std::span<const Metric> metrics() const override { return {}; }
  void Save(StateWriter& writer) const override {
    buffer_.Save(writer);
    actor_->Save(writer);
  }
  void Load(StateReader& reader) override {
    buffer_.Load(reader);
    actor_->Load(reader);
  }
  std::uint64_t ParameterHash() const override { return 0; }

 private:
  bool needs_worlds_;
  ActorFactory factory_;
  StepBuffer buffer_;
  std::unique_ptr<Actor> actor_;
};

}  // namespace brasa

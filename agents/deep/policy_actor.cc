#include "agents/deep/policy_actor.h"

#include <algorithm>
#include <cstddef>

namespace brasa {

PolicyActor::PolicyActor(PolicyModel& model, ActMode mode, int worlds, std::uint64_t seed,
                         StreamRole role)
    : model_(model),
      mode_(mode),
      rngs_(worlds, seed, role),
      frames_(model.input().frames() > 1 ? worlds : 0, model.input().frames(),
              model.input().row_bytes()),
      memory_(worlds, model.state_size()),
      policy_(model.MakeDistribution()) {}

void PolicyActor::SetTrace(Rollout& rollout, int slot) {
  const std::ptrdiff_t row = std::ptrdiff_t{slot} * rollout.worlds();
  float* const sampled = rollout.sampled().data();
  trace_ = {.log_prob = rollout.log_prob().data() + row,
            .value = rollout.value().data() + row,
            .sampled = model_.is_box() ? sampled + row * model_.action().size() : nullptr};
}

void PolicyActor::Grow(int rows) {
  if (rows <= most_rows_) return;
  most_rows_ = rows;
  const auto count = static_cast<std::size_t>(rows);
  const InputEncoder& input = model_.input();
  const std::size_t components = static_cast<std::size_t>(model_.action().size());
  outputs_.resize(count * static_cast<std::size_t>(model_.network().outputs()));
  states_.resize(count * static_cast<std::size_t>(memory_.size()));
  log_prob_.resize(count);
  noise_.resize(count * components);
  if (model_.is_box()) sampled_.resize(count * components);
  if (!input.identity()) inputs_.resize(count * static_cast<std::size_t>(input.inputs()));
  if (input.frames() > 1) {
    stacked_.resize(count * static_cast<std::size_t>(input.frames() * input.row_bytes()));
  }
}

const float* PolicyActor::Inputs(const ActRows& rows) {
  const InputEncoder& input = model_.input();
  if (input.identity()) return static_cast<const float*>(rows.observation);
  const void* frames = rows.observation;
  if (input.frames() > 1) {
    frames_.Push(rows, stacked_.data());
    frames = stacked_.data();
  }
  input.Encode(frames, rows.count * input.frames(), inputs_.data());
  return inputs_.data();
}

void PolicyActor::Forward(const ActRows& rows) {
  const float* const inputs = Inputs(rows);
  RecurrentNetwork* const recurrent = model_.recurrent();
  if (recurrent == nullptr) {
    model_.network().Forward(inputs, rows.count, outputs_.data());
    return;
  }
  memory_.Read(rows, states_.data());
  recurrent->Step(inputs, rows.count, states_.data(), outputs_.data());
  memory_.Write(rows, states_.data());
}

void PolicyActor::Choose(const ActRows& rows, void* actions) {
  if (mode_ == ActMode::kGreedy) {
    policy_->Mode(actions);
    return;
  }
  const auto components = static_cast<std::size_t>(model_.action().size());
  for (std::size_t i = 0; i < static_cast<std::size_t>(rows.count); ++i) {
    policy_->Draw(rngs_[rows.world[i]], noise_.data() + i * components);
  }
  policy_->Sample(noise_.data(), actions);
}

void PolicyActor::Act(const ActRows& rows, void* actions) {
  Grow(rows.count);
  Forward(rows);
  policy_->Set({outputs_.data(), rows.count, model_.network().outputs(), rows.mask});
  void* const chosen = model_.is_box() ? sampled_.data() : actions;
  Choose(rows, chosen);
  if (model_.is_box()) model_.Send(sampled_.data(), rows.count, static_cast<float*>(actions));
  if (trace_.log_prob != nullptr) WriteTrace(rows, chosen);
}

void PolicyActor::WriteTrace(const ActRows& rows, const void* chosen) {
  policy_->LogProbabilities(chosen, log_prob_.data());
  const auto outputs = static_cast<std::size_t>(model_.network().outputs());
  const auto components = static_cast<std::size_t>(model_.action().size());
  for (std::size_t i = 0; i < static_cast<std::size_t>(rows.count); ++i) {
    const auto world = static_cast<std::size_t>(rows.world[i]);
    trace_.log_prob[world] = log_prob_[i];
    trace_.value[world] = outputs_[(i + 1) * outputs - 1];
    if (!model_.is_box()) continue;
    std::copy_n(sampled_.data() + i * components, components, trace_.sampled + world * components);
  }
}

void PolicyActor::Save(StateWriter& writer) const {
  rngs_.Save(writer);
  frames_.Save(writer);
  if (memory_.size() > 0) memory_.Save(writer);
}

void PolicyActor::Load(StateReader& reader) {
  rngs_.Load(reader);
  frames_.Load(reader);
  if (memory_.size() > 0) memory_.Load(reader);
}

}  // namespace brasa

#include "agents/deep/critics.h"

#include <algorithm>
#include <cstddef>

#include "agents/deep/check_finite.h"

namespace brasa {
namespace {

NetworkSpec CriticSpec(const CriticOptions& options) {
  NetworkSpec spec = options.network;
  spec.inputs = options.states + options.actions;
  spec.heads = {{"q", 1, 1.0}};
  spec.shared_trunk = true;
  return spec;
}

}  // namespace

Critics::Critics(const CriticOptions& options, Rng& init) : options_(options) {
  const NetworkSpec spec = CriticSpec(options);
  std::vector<float> parameters;
  for (int i = 0; i < options.count; ++i) {
    online_.push_back(MakeNetwork(options.backend, spec, options.adam, init));
    target_.push_back(MakeNetwork(options.backend, spec, options.adam, init));
    parameters.resize(static_cast<std::size_t>(online_.back()->parameter_count()));
    online_.back()->GetParameters(parameters);
    target_.back()->SetParameters(parameters);
  }
}

void Critics::Join(const float* states, const float* u, int rows) {
  rows_ = rows;
  const auto count = static_cast<std::size_t>(rows);
  const auto width = static_cast<std::size_t>(options_.states + options_.actions);
  if (inputs_.size() < count * width) {
    inputs_.resize(count * width);
    gradient_.resize(count * static_cast<std::size_t>(options_.actions));
    value_.resize(count * online_.size());
    dq_.resize(count);
  }
  for (int i = 0; i < rows; ++i, states += options_.states) {
    std::copy_n(states, options_.states, inputs_.data() + static_cast<std::size_t>(i) * width);
  }
  JoinActions(u);
}

void Critics::JoinActions(const float* u) {
  const std::ptrdiff_t width = options_.states + options_.actions;
  float* out = inputs_.data() + options_.states;
  for (int i = 0; i < rows_; ++i, out += width, u += options_.actions) {
    std::copy_n(u, options_.actions, out);
  }
}

void Critics::TargetValues(float* q) {
  target_[0]->Forward(inputs_.data(), rows_, q);
  for (std::size_t i = 1; i < target_.size(); ++i) {
    target_[i]->Forward(inputs_.data(), rows_, value_.data());
    for (int row = 0; row < rows_; ++row) {
      q[row] = std::min(q[row], value_[static_cast<std::size_t>(row)]);
    }
  }
}

double Critics::Fit(std::span<const float> y, std::int64_t update, double learning_rate,
                    double* mean_q) {
  const auto rows = static_cast<double>(y.size());
  const float share = 2.0f / static_cast<float>(y.size());
  double total = 0, sum = 0;
  for (std::size_t i = 0; i < online_.size(); ++i) {
    Network& network = *online_[i];
    network.ForwardTrain(inputs_.data(), rows_, value_.data());
    double loss = 0;
    for (std::size_t row = 0; row < y.size(); ++row) {
      const float error = value_[row] - y[row];
      dq_[row] = share * error;
      loss += static_cast<double>(error * error) / rows;
      sum += static_cast<double>(value_[row]);
    }
    network.Backward(dq_.data());
    CheckFinite(
        {options_.agent, update, "critic " + std::to_string(i + 1), loss, network.GradientNorm()},
        network);
    network.AdamStep(learning_rate, 1);
    total += loss;
  }
  *mean_q = sum / (rows * static_cast<double>(online_.size()));
  return total;
}

void Critics::ValueGradient(int count, float* q, float* du) {
  const auto rows = static_cast<std::size_t>(rows_);
  const auto actions = static_cast<std::size_t>(options_.actions);
  for (int i = 0; i < count; ++i) {
    online(i).ForwardTrain(inputs_.data(), rows_, value_.data() + std::size_t(i) * rows);
  }
  std::copy_n(value_.begin(), rows, q);
  for (std::size_t i = rows; i < rows * std::size_t(count); ++i) {
    q[i % rows] = std::min(q[i % rows], value_[i]);
  }
  std::fill_n(du, rows * actions, 0.0f);
  for (int i = 0; i < count; ++i) {
    // Of equal values the first network's counts.
    for (std::size_t row = 0; row < rows; ++row) {
      int least = 0;
      while (value_[std::size_t(least) * rows + row] != q[row] && least + 1 < count) ++least;
      dq_[row] = least == i ? 1.0f / static_cast<float>(rows_) : 0.0f;
    }
    online(i).InputGradient(dq_.data(), options_.states, gradient_.data());
    for (std::size_t j = 0; j < rows * actions; ++j) du[j] += gradient_[j];
  }
}

void Critics::FollowTargets(double tau) {
  for (std::size_t i = 0; i < online_.size(); ++i) target_[i]->MoveTowards(*online_[i], tau);
}

void Critics::Save(StateWriter& writer) const {
  std::vector<float> parameters(static_cast<std::size_t>(online_[0]->parameter_count()));
  for (std::size_t i = 0; i < online_.size(); ++i) {
    online_[i]->Save(writer);
    target_[i]->GetParameters(parameters);
    writer.WriteVector("critic.target", parameters);
  }
}

void Critics::Load(StateReader& reader) {
  std::vector<float> parameters(static_cast<std::size_t>(online_[0]->parameter_count()));
  for (std::size_t i = 0; i < online_.size(); ++i) {
    online_[i]->Load(reader);
    reader.ReadSpan("critic.target", std::span<float>(parameters));
    target_[i]->SetParameters(parameters);
  }
}

}  // namespace brasa

// An algorithm of one's own in one file, as a row of the whole program: REINFORCE (Williams 1992)
// with a linear softmax policy, theta_a += alpha (G_t - mean of G) grad log pi(a_t | x_t).
//   build/my_brasa train reinforce CartPole-v1 --steps 200000 --set learning_rate=0.002
#include <algorithm>
#include <cmath>

#include "brasa/core/error.h"
#include "brasa/core/hash.h"
#include "brasa/main.h"
#include "brasa/step_buffer.h"
#include "brasa/world_rngs.h"

using Numbers = std::vector<double>;

/// Probabilities of the A actions in a state with observation x [D]; theta is [A, D].
static Numbers Policy(const Numbers& theta, const float* x, std::size_t inputs) {
  Numbers p;
  double sum = 0;
  for (std::size_t at = 0; at < theta.size(); at += inputs) {
    double logit = 0;
    for (std::size_t i = 0; i < inputs; ++i) logit += theta[at + i] * static_cast<double>(x[i]);
    sum += p.emplace_back(std::exp(std::clamp(logit, -30.0, 30.0)));
  }
  for (double& value : p) value /= sum;
  return p;
}

struct LinearActor final : brasa::Actor {
  LinearActor(const Numbers& parameters, std::size_t size, bool mode, brasa::WorldRngs streams)
      : theta(parameters), inputs(size), greedy(mode), rngs(std::move(streams)) {}
  void Act(const brasa::ActRows& rows, void* actions) override {
    const auto* x = static_cast<const float*>(rows.observation);
    for (int r = 0; r < rows.count; ++r, x += inputs) {
      const Numbers p = Policy(theta, x, inputs);
      const auto best = static_cast<int>(std::max_element(p.begin(), p.end()) - p.begin());
      static_cast<std::int32_t*>(actions)[r] = greedy ? best : rngs[rows.world[r]].Categorical(p);
    }
  }
  void Save(brasa::StateWriter& writer) const override { rngs.Save(writer); }
  void Load(brasa::StateReader& reader) override { rngs.Load(reader); }

  const Numbers& theta;
  const std::size_t inputs;
  const bool greedy;
  brasa::WorldRngs rngs;
};

struct Reinforce final : brasa::Agent {
  explicit Reinforce(const brasa::AgentSetup& setup)
      : learning_rate(setup.config.GetFloat("learning_rate")),
        inputs(static_cast<std::size_t>(setup.spec.observation.size())),
        theta(inputs * static_cast<std::size_t>(setup.spec.action.count)),
        buffer(setup.spec, setup.worlds),
        episodes(static_cast<std::size_t>(setup.worlds)),
        player(theta, inputs, false, {setup.worlds, setup.seed, brasa::StreamRole::kActor}) {}

  // The learner owns the memory: it says where the next step is written, and reads it there.
  brasa::StateRows FirstRows() override { return buffer.FirstRows(); }
  brasa::StepRows NextRows() override { return buffer.NextRows(); }
  void Learn(const brasa::LastRows& last) override {
    for (int w = 0; w < buffer.worlds(); ++w) {
      const auto* x = reinterpret_cast<const float*>(buffer.observation(0, w));
      std::vector<float>& episode = episodes[static_cast<std::size_t>(w)];
      episode.insert(episode.end(), x, x + inputs);
      episode.push_back(static_cast<float>(buffer.action(w)));
      episode.push_back(buffer.NextRows().outcome.reward[w]);
    }
    for (int e = 0; e < last.count; ++e) LearnEpisode(static_cast<std::size_t>(last.world[e]));
    buffer.Advance();
  }
  /// An episode is observation, action and reward of each of its steps.
  void LearnEpisode(std::size_t world) {
    const std::vector<float> episode = std::exchange(episodes[world], {});
    const std::size_t stride = inputs + 2, steps = episode.size() / stride;
    Numbers returns(steps + 1);
    double mean = 0;
    for (std::size_t t = steps; t-- > 0; mean += returns[t] / static_cast<double>(steps)) {
      returns[t] = static_cast<double>(episode[(t + 1) * stride - 1]) + 0.99 * returns[t + 1];
    }
    for (std::size_t t = 0; t < steps; ++t) {
      const float* const x = episode.data() + t * stride;
      Numbers slope = Policy(theta, x, inputs);
      for (double& value : slope) value = -value;
      slope[static_cast<std::size_t>(x[inputs])] += 1;
      for (std::size_t k = 0; k < theta.size(); ++k) {
        theta[k] += learning_rate * (returns[t] - mean) * slope[k / inputs] *
                    static_cast<double>(x[k % inputs]);
      }
    }
    ++update_count;
  }
  brasa::Actor& actor() override { return player; }
  std::unique_ptr<brasa::Actor> MakeActor(brasa::ActMode mode, int worlds, std::uint64_t seed,
                                          brasa::StreamRole role) override {
    return std::make_unique<LinearActor>(theta, inputs, mode == brasa::ActMode::kGreedy,
                                         brasa::WorldRngs(worlds, seed, role));
  }
  std::int64_t updates() const override { return update_count; }
  std::span<const brasa::Metric> metrics() const override { return {}; }
  void Save(brasa::StateWriter& writer) const override {
    writer.WriteVector("theta", theta);
    writer.Write("updates", update_count);
    for (const std::vector<float>& episode : episodes) writer.WriteVector("episode", episode);
    buffer.Save(writer);
    player.Save(writer);
  }
  void Load(brasa::StateReader& reader) override {
    reader.ReadSpan("theta", std::span<double>(theta));
    reader.Read("updates", update_count);
    for (std::vector<float>& episode : episodes) reader.ReadVector("episode", episode);
    buffer.Load(reader);
    player.Load(reader);
  }
  std::uint64_t ParameterHash() const override {
    return brasa::HashBytes(theta.data(), theta.size() * sizeof(double));
  }

  const double learning_rate;
  const std::size_t inputs;
  Numbers theta;  // [A, D]
  brasa::StepBuffer buffer;
  std::vector<std::vector<float>> episodes;  // [N] open ones
  LinearActor player;
  std::int64_t update_count = 0;
};

int main(int argc, char** argv) {
  brasa::AgentRow row;
  row.name = "reinforce";
  row.summary = "REINFORCE with a linear softmax policy";
  row.fields = {brasa::FloatField("learning_rate", 0.001, 0, 1, "alpha")};
  row.check = [](const brasa::EnvSpec& spec, const brasa::Config&) {
    if (spec.players == 1 && spec.action.kind == brasa::ActionKind::kDiscrete &&
        spec.observation.type == brasa::ElementType::kFloat32) {
      return;
    }
    throw brasa::ConfigError("reinforce plays one player, discrete actions and float32 " +
                             ("observations, not '" + spec.id + "'"));
  };
  row.make = [](const brasa::AgentSetup& setup) -> std::unique_ptr<brasa::Agent> {
    return std::make_unique<Reinforce>(setup);
  };
  return brasa::Main(argc, argv, {.envs = {}, .agents = {row}});
}

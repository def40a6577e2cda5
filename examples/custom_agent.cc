// An algorithm of one's own in one file, as a row of the whole program: REINFORCE (Williams 1992)
// with a linear softmax policy, theta_a += alpha sum_t (G_t - mean of G) grad log pi(a_t | x_t).
//   build/my_brasa train linear_reinforce CartPole-v1 --steps 200000 --set learning_rate=0.002
#include <algorithm>
#include <cmath>

#include "brasa/core/hash.h"
#include "brasa/main.h"
#include "brasa/step_buffer.h"
#include "brasa/world_rngs.h"

using namespace brasa;
using Numbers = std::vector<double>;
/// Probabilities of the A actions in a state with observation x [D]; theta is [A, D].
static Numbers Policy(const Numbers& theta, const float* x, std::size_t inputs) {
  Numbers p(theta.size() / inputs);
  for (std::size_t k = 0; k < theta.size(); ++k) p[k / inputs] += theta[k] * x[k % inputs];
  double sum = 0;
  for (double& value : p) sum += value = std::exp(std::clamp(value, -30.0, 30.0));
  for (double& value : p) value /= sum;
  return p;
}

struct LinearActor final : Actor {
  LinearActor(const Numbers& parameters, std::size_t size, ActMode how, WorldRngs streams)
      : theta(parameters), inputs(size), mode(how), rngs(std::move(streams)) {}
  void Act(const ActRows& rows, void* actions) override {
    const auto* x = static_cast<const float*>(rows.observation);
    for (int r = 0; r < rows.count; ++r, x += inputs) {
      const Numbers p = Policy(theta, x, inputs);
      const auto best = static_cast<int>(std::ranges::max_element(p) - p.begin());
      static_cast<std::int32_t*>(actions)[r] =
          mode == ActMode::kGreedy ? best : rngs[rows.world[r]].Categorical(p);
    }
  }
  void Save(StateWriter& writer) const override { rngs.Save(writer); }
  void Load(StateReader& reader) override { rngs.Load(reader); }
  const Numbers& theta;
  const std::size_t inputs;
  const ActMode mode;
  WorldRngs rngs;
};

struct Reinforce final : Agent {
  explicit Reinforce(const AgentSetup& setup)
      : learning_rate(setup.config.GetFloat("learning_rate")),
        inputs(static_cast<std::size_t>(setup.spec.observation.size())),
        theta(inputs * static_cast<std::size_t>(setup.spec.action.count)),
        buffer(setup.spec, setup.worlds),
        episodes(static_cast<std::size_t>(setup.worlds) * (2 * theta.size() + 2)),
        player(theta, inputs, ActMode::kExplore, {setup.worlds, setup.seed, StreamRole::kActor}) {}
  // The learner owns the memory: it says where the next step is written, and reads it there.
  StateRows FirstRows() override { return buffer.FirstRows(); }
  StepRows NextRows() override { return buffer.NextRows(); }
  void Learn(const LastRows&) override {
    const OutcomeRows outcome = buffer.NextRows().outcome;
    double* sum = episodes.data();  // of the world's open episode: grad log pi of its steps [A, D]
    for (int w = 0; w < buffer.worlds(); ++w, sum += 2 * theta.size() + 2) {
      double* const weighted = sum + theta.size();    // sum of grad log pi times the reward to go
      double* const count = weighted + theta.size();  // steps, and the sum of their rewards to go
      const auto* x = reinterpret_cast<const float*>(buffer.observation(0, w));
      const Numbers p = Policy(theta, x, inputs);
      for (std::size_t k = 0; k < theta.size(); ++k) {
        const double taken = k / inputs == static_cast<std::size_t>(buffer.action(w)) ? 1 : 0;
        sum[k] += (taken - p[k / inputs]) * x[k % inputs];
        weighted[k] += outcome.reward[w] * sum[k];
      }
      count[1] += ++count[0] * outcome.reward[w];
      if (outcome.end[w] == 0) continue;
      for (std::size_t k = 0; k < theta.size(); ++k) {
        theta[k] += learning_rate * (weighted[k] - count[1] / count[0] * sum[k]);
      }
      std::fill(sum, count + 2, 0.0);
      ++update_count;
    }
    buffer.Advance();
  }
  Actor& actor() override { return player; }
  std::unique_ptr<Actor> MakeActor(ActMode mode, int n, std::uint64_t seed, StreamRole r) override {
    return std::make_unique<LinearActor>(theta, inputs, mode, WorldRngs(n, seed, r));
  }
  std::int64_t updates() const override { return update_count; }
  std::span<const Metric> metrics() const override { return {}; }
  void Save(StateWriter& writer) const override {
    writer.WriteVector("theta", theta);
    writer.WriteVector("episodes", episodes);
    writer.Write("updates", update_count);
    buffer.Save(writer);
    player.Save(writer);
  }
  void Load(StateReader& reader) override {
    reader.ReadSpan("theta", std::span<double>(theta));
    reader.ReadSpan("episodes", std::span<double>(episodes));
    reader.Read("updates", update_count);
    buffer.Load(reader);
    player.Load(reader);
  }
  std::uint64_t ParameterHash() const override { return HashBytes(&theta[0], 8 * theta.size()); }
  const double learning_rate;
  const std::size_t inputs;
  Numbers theta;  // [A, D]
  StepBuffer buffer;
  Numbers episodes;  // [N, 2 A D + 2]
  LinearActor player;
  std::int64_t update_count = 0;
};

int main(int argc, char** argv) {
  AgentRow row{"linear_reinforce", "REINFORCE with a linear softmax policy", {}, {}, {}, {}};
  row.fields = {FloatField("learning_rate", 0.001, 0, 1, "alpha")};
  row.check = [](const EnvSpec& spec, const Config&) {
    if (spec.action.kind != ActionKind::kDiscrete || spec.players > 1 ||
        spec.observation.type != ElementType::kFloat32) {
      throw ConfigError("linear_reinforce does not play '" + spec.id + "'");
    }
  };
  row.make = [](const AgentSetup& s) { return std::unique_ptr<Agent>(new Reinforce(s)); };
  return Main(argc, argv, {.envs = {}, .agents = {row}});
}

// Train: what a run leaves, and that nothing but the config decides its result.
#include <nlohmann/json.hpp>

#include "runners/loop/csv_reader.h"
#include "tests/runs/runs_testing.h"

namespace brasa {
namespace {

TEST(Train, Directory_HoldsEveryOutput) {
  Registry registry = TestRegistry();
  const TempFolder folder;
  const RunConfig config = TestConfig(registry, "drift", "Noisy-v0", 1000, 4);
  const RunResult result = Train(registry, config, folder.path() / "run", {});
  const std::vector<std::string> names = Names(folder / "run");
  ASSERT_EQ(names.size(), 5u);
  EXPECT_EQ(names[0], "checkpoints");
  EXPECT_TRUE(names[1].starts_with("events.out.tfevents."));
  EXPECT_EQ(names[2], "metrics.csv");
  EXPECT_EQ(names[3], "result.json");
  EXPECT_EQ(names[4], "run.toml");
  EXPECT_EQ(result.steps, 1000);
  EXPECT_TRUE(result.finished);
  EXPECT_TRUE(result.reproducible);
}

TEST(Train, ResultJson_HoldsTheResult) {
  Registry registry = TestRegistry();
  const TempFolder folder;
  const RunConfig config = TestConfig(registry, "drift", "Noisy-v0", 4000, 4);
  const RunResult result = Train(registry, config, folder / "run", {});
  const auto json = nlohmann::json::parse(Slurp(folder.path() / "run" / "result.json"));
  EXPECT_EQ(json.at("env"), "Noisy-v0");
  EXPECT_EQ(json.at("agent"), "drift");
  EXPECT_EQ(json.at("steps"), 4000);
  EXPECT_EQ(json.at("mean_return").at("value"), result.mean_return[0].value);
  EXPECT_EQ(json.at("mean_return").at("n"), 100);
  EXPECT_EQ(std::stoull(json.at("signature").get<std::string>(), nullptr, 16), result.signature);
  const RunResult read = ReadResult(folder / "run");
  EXPECT_EQ(ResultJson(read), ResultJson(result));
}

/// Keeps what every episode came to, as an independent account.
class EpisodeKeeper final : public Listener {
 public:
  void OnStep(const StepView& view) override {
    for (int e = 0; e < view.last.count; ++e) {
      returns.push_back(view.last.returns[e]);
      lengths.push_back(view.last.length[e]);
      measures.push_back(view.last.measures[e]);
    }
  }
  std::vector<double> returns, lengths, measures;
};

double MeanOfLast100(const std::vector<double>& values) {
  double sum = 0;
  for (std::size_t i = values.size() - 100; i < values.size(); ++i) sum += values[i];
  return sum / 100;
}

TEST(Train, LastRow_HasTheMeansOfTheLast100Episodes) {
  Registry registry = TestRegistry();
  const TempFolder folder;
  const RunConfig config = TestConfig(registry, "drift", "Noisy-v0", 4000, 4);
  EpisodeKeeper keeper;
  RunHooks hooks;
  hooks.listeners = {&keeper};
  const RunResult result = Train(registry, config, folder / "run", hooks);
  ASSERT_GT(keeper.returns.size(), 200u);
  const CsvTable table = ReadCsv(folder.path() / "run" / "metrics.csv");
  EXPECT_EQ(table.Column("steps").back(), 4000);
  EXPECT_EQ(table.Column("updates").back(), 250) << "4000 steps / 4 worlds / 4 vector steps";
  EXPECT_EQ(table.Column("episodes").back(), static_cast<double>(keeper.returns.size()));
  // Sums of float32 returns in another order: 1e-12 relative.
  EXPECT_NEAR(table.Column("mean_return").back(), MeanOfLast100(keeper.returns), 1e-10);
  EXPECT_NEAR(table.Column("mean_length").back(), MeanOfLast100(keeper.lengths), 1e-10);
  EXPECT_NEAR(table.Column("measures/luck").back(), MeanOfLast100(keeper.measures), 1e-10);
  EXPECT_NEAR(result.mean_return[0].value, MeanOfLast100(keeper.returns), 1e-10);
  EXPECT_EQ(table.columns[table.columns.size() - 2], "seconds");
  EXPECT_EQ(table.columns.back(), "steps_per_second");
  const LearningCurve curve = ReadLearningCurve(folder / "run");
  EXPECT_EQ(curve.steps.back(), 4000);
  EXPECT_EQ(curve.mean_return.back(), table.Column("mean_return").back());
}

TEST(Train, AgentWithoutMetrics_StillGetsRows) {
  Registry registry = TestRegistry();
  const TempFolder folder;
  const RunConfig config = TestConfig(registry, "random", "Noisy-v0", 4000, 4);
  Train(registry, config, folder / "run", {});
  // Every max(16 * 4, 4000 / 1000) = 64 steps, and one at the end: 4000 = 62 * 64 + 32.
  EXPECT_EQ(ReadCsv(folder.path() / "run" / "metrics.csv").rows(), 63u);
}

TEST(Train, Workers_ChangeNoResultAndTheSeedDoes) {
  Registry registry = TestRegistry();
  const TempFolder folder;
  RunConfig config = TestConfig(registry, "drift", "CartPole-v1", 6000, 24);
  const RunResult straight = Train(registry, config, folder / "1", {});
  for (const int workers : {2, 3, 8}) {
    config.workers = workers;
    const std::string name = std::to_string(workers);
    EXPECT_EQ(Train(registry, config, folder / name, {}).signature, straight.signature) << name;
  }
  config.seed = 2;
  EXPECT_NE(Train(registry, config, folder / "seed", {}).signature, straight.signature);
}

TEST(Train, RefusedConfig_WritesNothing) {
  Registry registry = TestRegistry();
  const TempFolder folder;
  RunConfig config = TestConfig(registry, "drift", "Noisy-v0", 3, 4);
  EXPECT_EQ(ErrorOf<ConfigError>([&] { Train(registry, config, folder / "run", {}); }),
            "steps = 3 is not allowed with envs = 4; give at least one step a world");
  EXPECT_TRUE(Names(folder.path()).empty());
}

TEST(Train, FolderThatIsNotEmpty_IsLeftAlone) {
  Registry registry = TestRegistry();
  const TempFolder folder;
  Spill(folder / "thesis.tex", "x");
  const RunConfig config = TestConfig(registry, "drift", "Noisy-v0", 1000, 4);
  ErrorOf<UsageError>([&] { Train(registry, config, folder.path(), {}); });
  EXPECT_EQ(Names(folder.path()), std::vector<std::string>{"thesis.tex"});
}

// No folder can be made in /proc, not even by root, whom permissions do not stop.
TEST(Train, FolderThatCannotBeMade_IsNamed) {
  Registry registry = TestRegistry();
  const RunConfig config = TestConfig(registry, "drift", "Noisy-v0", 1000, 4);
  const std::string error = ErrorOf<IoError>([&] { Train(registry, config, "/proc/run", {}); });
  EXPECT_TRUE(error.starts_with("cannot make /proc/run: ")) << error;
}

TEST(Train, FullDisk_TellsAndCanBeResumed) {
  Registry registry = TestRegistry();
  const TempFolder folder;
  const RunConfig config = TestConfig(registry, "drift", "Noisy-v0", 40000, 4);
  Train(registry, config, folder / "straight", {});
  {
    const FullDisk full(20000);
    const std::string error =
        ErrorOf<IoError>([&] { Train(registry, config, folder / "run", {}); });
    EXPECT_TRUE(error.ends_with("File too large")) << error;
  }
  EXPECT_TRUE(Resume(registry, folder / "run", {}).finished);
  ExpectSameRuns(folder / "straight", folder / "run");
}

TEST(Train, NanFromTheEnvironment_StopsNamingThePlace) {
  Registry registry = TestRegistry();
  const TempFolder folder;
  RunConfig config = TestConfig(registry, "drift", "Sour-v0", 4000, 4);
  config.checkpoint_seconds = 1e-9;
  const std::string error =
      ErrorOf<NumericError>([&] { Train(registry, config, folder / "run", {}); });
  EXPECT_NE(error.find("Sour-v0, world 0, episode 0"), std::string::npos) << error;
  EXPECT_GT(LoadAgent(registry, folder / "run").steps, 0) << "a checkpoint is there";
  ErrorOf<NumericError>([&] { Resume(registry, folder / "run", {}); });
}

}  // namespace
}  // namespace brasa

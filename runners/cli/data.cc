// brasa data: what is in a recording, and its episodes played again.
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "brasa/recorder.h"
#include "brasa/statistics.h"
#include "runners/cli/command.h"
#include "runners/cli/format.h"
#include "runners/cli/json_text.h"
#include "runners/cli/program.h"
#include "runners/cli/replay.h"
#include "runners/cli/screen.h"

namespace brasa::cli {
namespace {

using Json = nlohmann::ordered_json;

struct InfoOptions {
  std::string file;
  bool verify = false;
  bool json = false;
};

/// Mean return of player 0 over all ended episodes, with its 95 % bootstrap interval.
Estimate MeanReturn(const Recording& recording) {
  std::vector<double> returns;
  for (std::int64_t k = 0; k < recording.episodes(); ++k) {
    returns.push_back(recording.Episode(k).returns.at(0));
  }
  if (returns.empty()) return {std::nan(""), {std::nan(""), std::nan("")}, 0};
  return Bootstrap(returns, Statistic::kMean, Rng(0, StreamRole::kBootstrap), 1000);
}

Json InfoJson(const std::string& file, const Recording& recording, const Estimate& mean) {
  const RecordingInfo& info = recording.info();
  Json params = Json::object();
  for (const auto& [name, value] : info.params) params[name] = value;
  return {{"file", file},
          {"env", info.env},
          {"params", params},
          {"agent", info.agent},
          {"seed", info.seed},
          {"worlds", info.worlds},
          {"version", info.version},
          {"rows", recording.rows()},
          {"episodes", recording.episodes()},
          {"live", recording.live()},
          {"players", info.spec.players},
          {"observation_shape", info.spec.observation.shape},
          {"mean_return",
           {{"value", mean.value},
            {"low", mean.interval.low},
            {"high", mean.interval.high},
            {"n", mean.n}}}};
}

void PrintInfo(const InfoOptions& options) {
  const auto recording = Recording::Open(options.file);
  const std::int64_t verified = options.verify ? recording->Verify() : 0;
  const Estimate mean = MeanReturn(*recording);
  if (options.json) {
    Json json = InfoJson(options.file, *recording, mean);
    if (options.verify) json["verified_rows"] = verified;
    return PrintJson(json);
  }
  const RecordingInfo& info = recording->info();
  std::vector<std::vector<std::string>> rows = {
      {"environment", info.env},
      {"agent", info.agent},
      {"seed", std::to_string(info.seed)},
      {"worlds", std::to_string(info.worlds)},
      {"written by", "Brasa " + info.version + (recording->live() ? ", still being written" : "")},
      {"rows", std::to_string(recording->rows()) + " plies"},
      {"episodes", std::to_string(recording->episodes()) + " ended"},
  };
  for (const auto& [name, value] : info.params) rows.push_back({"env." + name, value});
  if (mean.n > 0) {
    char text[96];
    std::snprintf(text, sizeof text, "%.4g [%.4g, %.4g] over %d episodes", mean.value,
                  mean.interval.low, mean.interval.high, mean.n);
    rows.push_back({"mean return", text});
  }
  if (options.verify) {
    rows.push_back({"checksums", "of " + CountText(verified) + " plies compared, all equal"});
  }
  std::cout << ColumnsText(rows);
}

struct ReplayOptions {
  std::string file;
  std::int64_t episode = 0;
  bool check = false;
  ScreenOptions screen;
};

void ReplayEpisode(Program& program, const ReplayOptions& options) {
  const auto recording = Recording::Open(options.file);
  if (recording->episodes() == 0) {
    throw UsageError("'" + options.file + "' holds no ended episode");
  }
  if (options.episode >= recording->episodes()) {
    throw UsageError("--episode = " + std::to_string(options.episode) + " is not in '" +
                     options.file + "'; give 0 to " + std::to_string(recording->episodes() - 1));
  }
  const EnvRow& row = program.registry.FindEnv(recording->info().env);
  const EpisodeData data = recording->ReadEpisode(options.episode);
  Replay replay(row, recording->info(), data);
  const std::string difference = replay.Compare();
  if (!options.check) {
    Screen screen(options.screen, replay.env().spec());
    replay.Show(screen, "recorded episode " + std::to_string(options.episode));
    for (const std::string& line : screen.Finish()) std::cout << line << '\n';
  }
  std::cout << "episode " << options.episode << " of world " << data.head.world << ": "
            << data.head.length << " steps, return " << data.head.returns.at(0) << ", ";
  if (difference.empty()) {
    std::cout << "equal to its record\n";
  } else {
    std::cout << "differs from its record at " << difference << '\n';
    program.exit_code = 1;
  }
}

}  // namespace

void AddDataCommand(CLI::App& app, Program& program) {
  Command data(app, "data", "Look into recordings", "brasa data info trajectories.h5");
  CLI::App& group = data.Group();

  const auto info = std::make_shared<InfoOptions>();
  Command info_command(group, "info", "Say what a recording holds",
                       "brasa data info runs/my-run/trajectories.h5 --verify");
  info_command.Argument("file", &info->file, "recording (HDF5)")
      .Flag("--verify", &info->verify, "read everything and compare it with its checksums")
      .Flag("--json", &info->json, "print JSON")
      .Run([info] { PrintInfo(*info); });

  const auto replay = std::make_shared<ReplayOptions>();
  Command replay_command(group, "replay",
                         "Play a recorded episode again and compare it with its record",
                         "brasa data replay trajectories.h5 --episode 3 --gif episode.gif");
  replay_command.Argument("file", &replay->file, "recording (HDF5)")
      .Integer("--episode", &replay->episode, 0, 9e15, "number of the episode, from 0")
      .Flag("--check", &replay->check, "compare only, show nothing");
  AddScreenOptions(replay_command, &replay->screen);
  replay_command.Run([replay, &program] { ReplayEpisode(program, *replay); });
}

}  // namespace brasa::cli

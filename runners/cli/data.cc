// brasa data: what is in a recording, and its episodes played again.
#include <algorithm>
#include <charconv>
#include <cstring>
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
  std::string next_action;
  ScreenOptions screen;
};

/// Episode `options.episode`; of a recording of one world without an ended episode, the open one.
EpisodeData EpisodeOf(const Recording& recording, const ReplayOptions& options) {
  const std::int64_t ended = recording.episodes();
  if (ended == 0 && recording.info().worlds > 1) {
    throw UsageError("'" + options.file + "' holds no ended episode");
  }
  const std::int64_t count = std::max<std::int64_t>(1, ended);
  if (options.episode >= count) {
    throw UsageError("--episode = " + std::to_string(options.episode) + " is not in '" +
                     options.file + "'; give 0 to " + std::to_string(count - 1));
  }
  return ended > 0 ? recording.ReadEpisode(options.episode) : recording.ReadOpenEpisode(0);
}

/// Components separated by commas, as failure.json writes them.
std::vector<std::uint8_t> ActionBytes(const ActionSpec& action, const std::string& text) {
  std::vector<std::uint8_t> bytes(static_cast<std::size_t>(action.bytes()));
  std::string_view rest = text;
  bool ok = std::ranges::count(text, ',') + 1 == action.size();
  for (std::size_t at = 0; ok && at < bytes.size(); at += 4) {
    const std::string_view part = rest.substr(0, rest.find(','));
    rest.remove_prefix(std::min(rest.size(), part.size() + 1));
    const auto read = [&](auto value) {
      const auto result = std::from_chars(part.data(), part.data() + part.size(), value);
      std::memcpy(&bytes[at], &value, sizeof value);
      return result.ec == std::errc() && result.ptr == part.data() + part.size();
    };
    ok = action.kind == ActionKind::kBox ? read(0.0f) : read(std::int32_t{0});
  }
  if (ok) return bytes;
  throw UsageError("--next-action = '" + text + "' is not allowed; give " +
                   std::to_string(action.size()) + " number" + (action.size() > 1 ? "s" : "") +
                   " separated by commas");
}

/// Takes the action that a worker process was lost at.
void TakeNextAction(Env& env, const std::string& text) {
  const std::vector<std::uint8_t> action = ActionBytes(env.spec().action, text);
  std::cout.flush();
  const EpisodeEnd end = env.StepAction(action.data());
  std::cout << "action " << text << ": reward " << env.rewards()[0]
            << (end == EpisodeEnd::kNone ? ", the episode goes on\n" : ", the episode ends\n");
}

void ReplayEpisode(Program& program, const ReplayOptions& options) {
  const auto recording = Recording::Open(options.file);
  const EpisodeData data = EpisodeOf(*recording, options);
  const EnvRow& row = program.registry.FindEnv(recording->info().env);
  Replay replay(row, recording->info(), data);
  const std::string difference = replay.Compare();
  if (!options.check) {
    Screen screen(options.screen, replay.env().spec());
    replay.Show(screen, "recorded episode " + std::to_string(options.episode));
    for (const std::string& line : screen.Finish()) std::cout << line << '\n';
  }
  const bool open = data.head.end == EpisodeEnd::kNone;
  std::cout << (open ? "open episode " : "episode ") << (open ? data.head.episode : options.episode)
            << " of world " << recording->info().first_world + data.head.world << ": "
            << data.head.length << " steps, return " << data.head.returns.at(0) << ", ";
  if (difference.empty()) {
    std::cout << "equal to its record\n";
  } else {
    std::cout << "differs from its record at " << difference << '\n';
    program.exit_code = 1;
  }
  if (!options.next_action.empty()) TakeNextAction(replay.env(), options.next_action);
}

}  // namespace

void AddDataCommand(CLI::App& app, Program& program) {
  Command data(app, "data", "Look into recordings", "brasa data info trajectories.h5");
  CLI::App& group = data.Group();

  const auto info = std::make_shared<InfoOptions>();
  Command info_command(group, "info", "Say what a recording holds",
                       "brasa data info runs/my-run/trajectories.h5 --verify");
  info_command.Argument("FILE", &info->file, "A recording (HDF5)")
      .Flag("--verify", &info->verify, "Read everything and compare it with its checksums")
      .Flag("--json", &info->json, "Print JSON")
      .Run([info] { PrintInfo(*info); });

  const auto replay = std::make_shared<ReplayOptions>();
  Command replay_command(group, "replay",
                         "Play a recorded episode again and compare it with its record",
                         "brasa data replay trajectories.h5 --episode 3 --gif episode.gif");
  replay_command.Argument("FILE", &replay->file, "A recording (HDF5)")
      .Integer("--episode", &replay->episode, 0, 9e15, "Number of the episode, from 0")
      .Flag("--check", &replay->check, "Compare only, show nothing")
      .Text("--next-action", &replay->next_action, "A,..",
            "Then take this action: the one that failure.json names, to see a failure again");
  AddScreenOptions(replay_command, &replay->screen);
  replay_command.Run([replay, &program] { ReplayEpisode(program, *replay); });
}

}  // namespace brasa::cli

// brasa watch: an agent plays, or a running run is followed.
#include <filesystem>
#include <iostream>
#include <memory>

#include "brasa/recorder.h"
#include "runners/cli/command.h"
#include "runners/cli/program.h"
#include "runners/cli/replay.h"
#include "runners/cli/screen.h"
#include "runners/cli/seat.h"

namespace brasa::cli {
namespace {

struct WatchOptions {
  std::string run;
  ScreenOptions screen;
  std::int64_t episodes = 1;
  std::int64_t seed = 0;
};

std::string Caption(const Env& env, std::int64_t episode, const std::string& action) {
  std::string text = "episode " + std::to_string(episode + 1) + "  step " +
                     std::to_string(env.plies()) + "  return " + ReturnsText(env);
  if (!action.empty()) text += "  action " + action;
  return text;
}

/// Plays episodes with the agent's greedy policy. False if the window was closed.
bool PlayEpisodes(Seat& seat, Env& env, Screen& screen, std::int64_t episodes) {
  ActionBuffer action(env.spec());
  for (std::int64_t episode = 0; episode < episodes; ++episode) {
    env.Reset();
    if (!screen.Show(env, Caption(env, episode, ""))) return false;
    while (!env.done()) {
      seat.Choose(env, action.data());
      const std::string name = env.ActionToText(action.data());
      env.StepAction(action.data());
      if (!screen.Show(env, Caption(env, episode, name))) return false;
    }
    std::cout << "episode " << episode + 1 << ": return " << ReturnsText(env) << " in "
              << env.plies() << " steps, "
              << (env.end() == EpisodeEnd::kTruncated ? "truncated" : "terminated") << '\n';
  }
  return true;
}

/// Shows the newest ended episode of a recording that is being written, again and again.
void Follow(Program& program, Recording& recording, const WatchOptions& options) {
  const EnvRow& row = program.registry.FindEnv(recording.info().env);
  std::unique_ptr<Screen> screen;
  std::int64_t shown = -1, played = 0;
  while (played < options.episodes) {
    recording.Refresh();
    const std::int64_t newest = recording.episodes() - 1;
    if (newest == shown) {
      if (!recording.live()) break;
      usleep(100'000);
      continue;
    }
    shown = newest;
    const EpisodeData data = recording.ReadEpisode(newest);
    Replay replay(row, recording.info(), data);
    if (screen == nullptr) screen = std::make_unique<Screen>(options.screen, replay.env().spec());
    if (!replay.Show(*screen, "recorded episode " + std::to_string(newest))) return;
    std::cout << "episode " << newest << " of world " << data.head.world << ": " << data.head.length
              << " steps\n";
    ++played;
  }
  if (screen == nullptr) throw UsageError("the recording of '" + options.run + "' has no episode");
  for (const std::string& line : screen->Finish()) std::cout << line << '\n';
}

void Watch(Program& program, const WatchOptions& options) {
  const std::filesystem::path recorded = std::filesystem::path(options.run) / "trajectories.h5";
  if (HasRecording() && std::filesystem::exists(recorded)) {
    const auto recording = Recording::Open(recorded.string());
    if (recording->live()) {
      std::cerr << "brasa: the run goes on; following its recording\n";
      Follow(program, *recording, options);
      return;
    }
  }
  TrainedAgent trained = LoadAgent(program.registry, options.run);
  std::cerr << "brasa: " << trained.config.agent << " from the checkpoint at step " << trained.steps
            << '\n';
  const EnvRow& row = program.registry.FindEnv(trained.config.env);
  Env env(row, trained.config.params,
          {static_cast<std::uint64_t>(options.seed), StreamRole::kPlayEnv, 0});
  Screen screen(options.screen, env.spec());
  Seat seat(std::move(trained), env.spec(), static_cast<std::uint64_t>(options.seed));
  PlayEpisodes(seat, env, screen, options.episodes);
  for (const std::string& line : screen.Finish()) std::cout << line << '\n';
}

}  // namespace

void AddWatchCommand(CLI::App& app, Program& program) {
  const auto options = std::make_shared<WatchOptions>();
  Command command(app, "watch", "Watch an agent play, or a run while it goes on",
                  "brasa watch runs/20260101-120000-ppo-CartPole-v1 --gif cartpole.gif");
  command.Argument("RUN", &options->run, "A run directory or a checkpoint");
  AddScreenOptions(command, &options->screen);
  command.Integer("--episodes", &options->episodes, 1, 1e9, "Episodes to show")
      .Integer("--seed", &options->seed, 0, 9e15, "Seed of the episodes")
      .Run([options, &program] { Watch(program, *options); });
}

}  // namespace brasa::cli

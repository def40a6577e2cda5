#include "runners/cli/replay.h"

#include <algorithm>
#include <cstring>
#include <vector>

namespace brasa::cli {
namespace {

Params RecordedParams(const EnvRow& row, const RecordingInfo& info) {
  Params params = DefaultParams(row);
  for (const auto& [name, value] : info.params) params.Set(name, value);
  return params;
}

}  // namespace

Replay::Replay(const EnvRow& row, const RecordingInfo& info, const EpisodeData& data)
    : data_(data),
      env_(row, RecordedParams(row, info),
           {info.seed, StreamRole::kEnv,
            static_cast<std::uint32_t>(info.first_world + data.head.world)}),
      action_bytes_(static_cast<std::size_t>(env_.spec().action.bytes())),
      seen_bytes_(static_cast<std::size_t>(env_.spec().observation.bytes())),
      players_(static_cast<std::size_t>(env_.spec().players)) {
  if (env_.spec().players != info.spec.players ||
      env_.spec().observation.shape != info.spec.observation.shape) {
    throw UsageError("the recording was made with another version of " + row.id);
  }
}

void Replay::Start() {
  env_.batch().SetNextEpisode(0, data_.head.episode);
  env_.Reset();
}

EpisodeEnd Replay::Ply(int t) {
  return env_.StepAction(&data_.actions[static_cast<std::size_t>(t) * action_bytes_]);
}

bool Replay::Sees(int player, const std::uint8_t* recorded) const {
  std::vector<std::uint8_t> seen(seen_bytes_);
  env_.Observe(player, seen.data());
  return std::memcmp(seen.data(), recorded, seen_bytes_) == 0;
}

std::string Replay::DifferenceBefore(int t) {
  const auto at = static_cast<std::size_t>(t);
  const int player = env_.PlayerToMove();
  if (player != data_.player[at]) {
    return "player " + std::to_string(player) + " moves, recorded " +
           std::to_string(data_.player[at]);
  }
  if (!Sees(player, &data_.observation[at * seen_bytes_])) return "another observation";
  const auto drawn = env_.batch().ChanceIds(0);
  if (at < data_.chance.size() &&
      !std::equal(drawn.begin(), drawn.end(), data_.chance[at].begin(), data_.chance[at].end())) {
    return "chance drew something else";
  }
  return "";
}

std::string Replay::DifferenceAfter(int t, EpisodeEnd end) {
  const auto at = static_cast<std::size_t>(t);
  if (std::memcmp(env_.rewards().data(), &data_.rewards[at * players_], players_ * sizeof(float)) !=
      0) {
    return "another reward";
  }
  const EpisodeEnd recorded = t + 1 == data_.head.length ? data_.head.end : EpisodeEnd::kNone;
  return end == recorded ? "" : "another end";
}

std::string Replay::Compare() {
  Start();
  for (int t = 0; t < data_.head.length; ++t) {
    std::string difference = DifferenceBefore(t);
    if (difference.empty()) difference = DifferenceAfter(t, Ply(t));
    if (!difference.empty()) return "step " + std::to_string(t) + ": " + difference;
  }
  if (data_.head.end == EpisodeEnd::kNone) return "";
  if (!std::ranges::equal(env_.returns(), data_.head.returns)) return "its end: another return";
  for (std::size_t p = 0; p < players_; ++p) {
    if (!Sees(static_cast<int>(p), &data_.final_observation[p * seen_bytes_])) {
      return "after step " + std::to_string(data_.head.length - 1) +
             ": another final observation of player " + std::to_string(p);
    }
  }
  return "";
}

bool Replay::Show(Screen& screen, const std::string& name) {
  Start();
  if (!screen.Show(env_, name)) return false;
  for (int t = 0; t < data_.head.length; ++t) {
    const void* action = &data_.actions[static_cast<std::size_t>(t) * action_bytes_];
    const std::string move = env_.ActionToText(action);
    Ply(t);
    char text[160];
    std::snprintf(text, sizeof text, "%s  step %d  return %.4g  action %s", name.c_str(), t + 1,
                  env_.returns()[0], move.c_str());
    if (!screen.Show(env_, text)) return false;
  }
  return true;
}

}  // namespace brasa::cli

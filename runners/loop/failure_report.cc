#include "runners/loop/failure_report.h"

#include <cstring>
#include <nlohmann/json.hpp>

#include "brasa/core/config.h"
#include "runners/files/atomic_file.h"

namespace brasa {
namespace {

using Json = nlohmann::ordered_json;

/// The components of the lost action as numbers.
Json ActionJson(const ActionSpec& action, const WorkerLoss& loss) {
  Json json = Json::array();
  for (std::size_t at = 0; at + 4 <= loss.action.size(); at += 4) {
    if (action.kind == ActionKind::kBox) {
      float value = 0;
      std::memcpy(&value, &loss.action[at], 4);
      json.push_back(value);
    } else {
      std::int32_t id = 0;
      std::memcpy(&id, &loss.action[at], 4);
      json.push_back(id);
    }
  }
  return json;
}

/// The same as `brasa data replay` reads it.
std::string ActionText(const Json& action) {
  std::string text;
  for (const Json& component : action) {
    text += (text.empty() ? "" : ",") +
            (component.is_number_float() ? ValueText(component.get<double>()) : component.dump());
  }
  return text;
}

bool WriteLostEpisode(const FailedRun& run, const WorkerLoss& loss) {
  if (!loss.played_again || !HasRecording()) return false;
  RecordingInfo info = run.info;
  info.worlds = 1;
  info.first_world = loss.world;
  info.first_episode = loss.episode;
  EpisodeData data;
  data.player = loss.player;
  data.observation = loss.observation;
  data.actions = loss.actions;
  data.rewards = loss.rewards;
  data.chance = loss.chance;
  WriteOpenEpisode(run.files.failure_episode.string(), info, data);
  return true;
}

}  // namespace

void WriteFailure(const FailedRun& run, const WorkerLoss& loss) {
  const bool replay = WriteLostEpisode(run, loss);
  const Json action = ActionJson(run.info.spec.action, loss);
  Json params = Json::object();
  for (const auto& [name, value] : run.info.params) params[name] = value;
  Json json = {{"env", run.info.env},
               {"params", params},
               {"agent", run.info.agent},
               {"seed", run.info.seed},
               {"how", loss.how},
               {"repeated", loss.repeated},
               {"world", loss.world},
               {"episode", loss.episode},
               {"step", loss.step},
               {"action", action},
               {"worlds_of_the_process", {loss.begin, loss.end}},
               {"vector_step", run.vector_step},
               {"replay", nullptr},
               {"see_it_again", nullptr},
               {"checkpoint", nullptr}};
  if (replay) {
    const std::string file = run.files.failure_episode.string();
    json["replay"] = file;
    json["see_it_again"] = "brasa data replay " + file + " --check" +
                           (action.empty() ? "" : " --next-action=" + ActionText(action));
  }
  if (!run.checkpoint.empty()) json["checkpoint"] = run.checkpoint;
  WriteFileAtomically(run.files.failure,
                      json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
}

}  // namespace brasa

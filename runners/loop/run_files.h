// The names of a run's files.
#pragma once

#include <filesystem>

namespace brasa {

struct RunFiles {
  explicit RunFiles(const std::filesystem::path& directory)
      : config(directory / "run.toml"),
        metrics(directory / "metrics.csv"),
        checkpoints(directory / "checkpoints"),
        recording(directory / "trajectories.h5"),
        result(directory / "result.json"),
        failure(directory / "failure.json"),
        failure_episode(directory / "failure.h5") {}

  std::filesystem::path config, metrics, checkpoints, recording, result, failure, failure_episode;
};

}  // namespace brasa

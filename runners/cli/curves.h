// Learning curves of runs, those that differ in the seed alone taken together.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "brasa/core/spec.h"
#include "brasa/plot.h"
#include "brasa/registry.h"
#include "brasa/runner.h"

namespace brasa::cli {

/// One run directory.
struct RunCurve {
  std::string directory, agent, env;
  std::uint64_t seed = 0;
  EnvSpec spec;
  LearningCurve curve;
};

/// The settings in the run.toml of `directory`. Throws FileError if it has none.
RunConfig ReadRunConfig(Registry& registry, const std::string& directory);

/// Throws FileError if `directory` is no run or no episode has ended in it.
RunCurve ReadRunCurve(Registry& registry, const std::string& directory);

/// Runs of one agent and environment.
struct CurveGroup {
  std::string agent, env;
  std::vector<const RunCurve*> runs;
};
/// In the order in which they first come.
std::vector<CurveGroup> GroupRuns(std::span<const RunCurve> runs);

/// A single run's own points; or of several runs, at common steps, the interquartile mean with its
/// 95 % bootstrap interval over the runs. Throws UsageError where the runs share no range of steps.
Curve CurveOf(const CurveGroup& group);

}  // namespace brasa::cli

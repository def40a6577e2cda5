// What the tests of runs share: small environments and an agent, run folders, and the comparison of
// two runs' files that leaves out what a clock wrote.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "brasa/registry.h"
#include "brasa/runner.h"
#include "tests/outputs/outputs_testing.h"

namespace brasa {

/// Built-in rows and: agent "drift" (updates every 4 vector steps, one metric, random actions, its
/// state moves with every reward), environments "Noisy-v0" (ends at random, measures), "Sour-v0"
/// (`at`: reward NaN at that ply), "Higher-v0" (each of two players names 0, 1 or 2; the higher
/// number gets 1, the lower -1).
Registry TestRegistry();

/// A config of `agent` on `env` with these sizes, checkpoints only at the end.
RunConfig TestConfig(Registry& registry, const std::string& agent, const std::string& env,
                     std::int64_t steps, int worlds);

/// The files of a run without what clocks and paths change, by name: metrics.csv without its last
/// two columns, events without wall times and charts/SPS, result.json without seconds and
/// directory, the sections of each checkpoint but "outputs", the rows of trajectories.h5.
std::map<std::string, std::string> ComparableFiles(const std::filesystem::path& run);

/// Fails naming the first file that differs.
void ExpectSameRuns(const std::filesystem::path& a, const std::filesystem::path& b);

}  // namespace brasa

// The whole program `brasa` with extra rows: a researcher's own agent or environment is a main of
// ten lines and one file; train, resume, describe and the rest work with it.
#pragma once

#include <vector>

#include "brasa/registry.h"

namespace brasa {

/// Rows added to the built-in ones.
struct MainRows {
  std::vector<EnvRow> envs;
  std::vector<AgentRow> agents;
};

/// Runs the command line. Returns the exit code: 0, 1 where the machine failed, 2 for the user's
/// mistakes; prints one line to stderr for each error. Never throws.
int Main(int argc, char** argv, const MainRows& rows = {});

}  // namespace brasa

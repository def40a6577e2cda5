// The check of one environment in a process of its own: what the two processes share.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "brasa/contract_check.h"

namespace brasa::cli {

/// What is checked.
struct CheckJob {
  std::string env;
  std::vector<std::string> settings;  ///< "key=value"
  std::int64_t episodes = 8;
  std::int64_t seed = 1;
  double timeout_seconds = 20;  ///< of one law
};

/// The memory that the worker writes and its parent reads; zero at first.
struct CheckBoard {
  ContractProgress progress;
  std::int32_t done = 0;     ///< 1 = all is checked, 2 = `refusal` says why not
  std::int32_t checked = 0;  ///< laws
  char id[128] = "";
  char refusal[1024] = "";
  char findings[1 << 16] = "";  ///< lines
  char notes[1 << 12] = "";     ///< lines
};

struct CheckReport {
  std::string id;
  int laws = 0;                       ///< that were checked, where there are no findings
  std::vector<std::string> findings;  ///< each begins with the name of its law
  std::vector<std::string> notes;     ///< ContractOutside's, of a plugin without findings
};

/// Checks in a worker process and waits for it. Throws ConfigError or UsageError for what is wrong
/// with `job` itself, IoError where no worker can be started.
CheckReport CheckInWorker(const CheckJob& job);

}  // namespace brasa::cli

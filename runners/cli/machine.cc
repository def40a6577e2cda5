#include "runners/cli/machine.h"

#include <sched.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <system_error>

namespace brasa::cli {

std::string InstructionText() {
  std::string text;
#if defined(__AVX512F__)
  text += "AVX-512, ";
#endif
#if defined(__AVX2__)
  text += "AVX2, ";
#endif
#if defined(__FMA__)
  text += "FMA, ";
#endif
  return text.empty() ? "baseline" : text.substr(0, text.size() - 2);
}

Threads CountThreads() {
  Threads threads;
  threads.machine = static_cast<int>(sysconf(_SC_NPROCESSORS_ONLN));
  cpu_set_t set;
  CPU_ZERO(&set);
  threads.affinity =
      sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : threads.machine;
  std::ifstream file("/sys/fs/cgroup/cpu.max");
  std::string quota;
  double period = 0;
  if (file >> quota >> period && quota != "max" && period > 0) {
    threads.quota = std::stod(quota) / period;
  }
  return threads;
}

double FreeBytes(const std::string& path) {
  std::error_code error;
  const auto space = std::filesystem::space(path, error);
  return error ? -1 : static_cast<double>(space.available);
}

}  // namespace brasa::cli

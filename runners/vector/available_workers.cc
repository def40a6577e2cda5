#include <sched.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <limits>
#include <string>
#include <variant>

#include "brasa/core/config.h"
#include "brasa/vector_env.h"

namespace brasa {
namespace {

/// CPUs the container may use per period, or infinity: control groups version 2, then version 1.
double QuotaCpus() {
  std::ifstream unified("/sys/fs/cgroup/cpu.max");
  std::string quota;
  double period = 0;
  if (unified >> quota >> period) {
    return quota == "max" || period <= 0 ? INFINITY : std::stod(quota) / period;
  }
  std::ifstream old_quota("/sys/fs/cgroup/cpu/cpu.cfs_quota_us");
  std::ifstream old_period("/sys/fs/cgroup/cpu/cpu.cfs_period_us");
  double value = 0;
  if (old_quota >> value && old_period >> period && value > 0 && period > 0) return value / period;
  return INFINITY;
}

/// What the user or a program that starts this one allows by the variable BRASA_THREADS.
int AllowedThreads() {
  const char* text = std::getenv("BRASA_THREADS");
  if (text == nullptr || *text == '\0') return std::numeric_limits<int>::max();
  const Field field = IntField("BRASA_THREADS", 1, 1, 1024, "");
  return static_cast<int>(std::get<std::int64_t>(ParseValue(field, text)));
}

}  // namespace

int AvailableWorkers() {
  cpu_set_t set;
  CPU_ZERO(&set);
  int cpus = 1;
  if (sched_getaffinity(0, sizeof set, &set) == 0) cpus = std::max(1, CPU_COUNT(&set));
  const double quota = QuotaCpus();
  if (quota < cpus) cpus = std::max(1, static_cast<int>(std::ceil(quota)));
  return std::min(cpus, AllowedThreads());
}

}  // namespace brasa

// What the machine has, as far as a program can ask; brasa/build_info.h tells the rest.
#pragma once

#include <string>

namespace brasa::cli {

/// What the compiler was allowed to use of the processor: "AVX-512, AVX2, FMA".
std::string InstructionText();

/// Processors of the machine, those this process may run on, and those its container grants; a
/// negative quota means none is set.
struct Threads {
  int machine = 0;
  int affinity = 0;
  double quota = -1;
};
Threads CountThreads();

/// Free bytes for this user where `path` lies; -1 if it cannot be told.
double FreeBytes(const std::string& path);

}  // namespace brasa::cli

// What the machine and the build are, as far as a program can ask.
#pragma once

#include <string>

namespace brasa::cli {

/// "g++ 12.2.0", and what the compiler was allowed to use of the processor: "AVX-512, AVX2, FMA".
std::string CompilerText();
std::string InstructionText();
/// The processor's own name; "unknown" where the system does not tell.
std::string ProcessorText();

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

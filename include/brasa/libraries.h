// Which third-party libraries a build has, told by the folders that link them.
#pragma once

#include <string>
#include <vector>

namespace brasa {

/// One library. What is off says why in `note`.
struct LibraryInfo {
  std::string name;
  bool found = false;
  std::string version;  ///< of the library that runs, where it can be asked; empty if not found
  std::string note;     ///< what it is for, or why it is off and what to do
};

/// Physics of environments: Box2D.
std::vector<LibraryInfo> EnvLibraries();
/// Stepping in parallel: TBB.
std::vector<LibraryInfo> StepLibraries();
/// Recording: HDF5.
std::vector<LibraryInfo> RecordLibraries();
/// Pictures and the window: cairo, giflib, SDL2.
std::vector<LibraryInfo> ViewLibraries();
/// Networks: torch. Opens it to ask, which takes half a second.
std::vector<LibraryInfo> NetworkLibraries();

}  // namespace brasa

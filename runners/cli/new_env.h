// The files from which `brasa new env` makes a project.
#pragma once

#include <string>
#include <vector>

namespace brasa::cli {

/// A file with @NAME@ (my_game), @STRUCT@ (MyGame), @ID@ (MyGame-v0), @FILE@ (my_game.cc) and
/// @LANGUAGES@ (of the CMake project) still to be put in.
struct Template {
  std::string name;  ///< "board.cc"
  std::string text;
};

const std::vector<Template>& Templates();

}  // namespace brasa::cli

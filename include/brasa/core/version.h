// The version of Brasa: of the program, the installed package and the headers.
#pragma once

namespace brasa {

inline constexpr int kVersionMajor = 0;
inline constexpr int kVersionMinor = 1;
inline constexpr int kVersionPatch = 0;
inline constexpr const char* kVersion = "0.1.0";

}  // namespace brasa

// A header that does not compile alone: the negative case of tests/structure/CMakeLists.txt.
#pragma once

inline std::string NeedsAnInclude() { return ""; }

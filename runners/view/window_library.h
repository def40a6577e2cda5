// What the window is built on.
#pragma once

#include "brasa/libraries.h"

namespace brasa {

LibraryInfo WindowLibrary();

}  // namespace brasa

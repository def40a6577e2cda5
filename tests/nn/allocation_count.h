// How often the program has allocated. In a file of its own, so that no allocation is inlined.
#pragma once

#include <cstdint>

namespace brasa {

std::int64_t AllocationCount();

}  // namespace brasa

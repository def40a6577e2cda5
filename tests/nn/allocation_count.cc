#include "tests/nn/allocation_count.h"

#include <atomic>
#include <cstdlib>
#include <new>

namespace {
std::atomic<std::int64_t> allocation_count = 0;
}  // namespace

namespace brasa {
std::int64_t AllocationCount() { return allocation_count; }
}  // namespace brasa

#ifdef __has_feature
#if __has_feature(thread_sanitizer)
#define BRASA_THREAD_SANITIZER
#endif
#endif

#ifdef BRASA_THREAD_SANITIZER
// Its runtime has the operators below already and calls this for every allocation.
extern "C" void __sanitizer_malloc_hook(const volatile void*, std::size_t) { ++allocation_count; }
#else
void* operator new(std::size_t size) {
  ++allocation_count;
  if (void* memory = std::malloc(size)) return memory;
  throw std::bad_alloc();
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  ++allocation_count;
  return std::malloc(size);
}
void* operator new(std::size_t size, std::align_val_t alignment) {
  ++allocation_count;
  const std::size_t unit = static_cast<std::size_t>(alignment);
  if (void* memory = std::aligned_alloc(unit, (size + unit - 1) / unit * unit)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }
#endif

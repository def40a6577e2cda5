// Arrays of float that start on a cache line, for whole-vector loads.
#pragma once

#include <cstddef>
#include <new>
#include <vector>

namespace brasa {

template <typename T>
struct CacheLineAllocator {
  using value_type = T;
  static constexpr std::align_val_t kAlignment{64};

  CacheLineAllocator() = default;
  template <typename U>
  explicit CacheLineAllocator(const CacheLineAllocator<U>&) {}

  T* allocate(std::size_t n) { return static_cast<T*>(::operator new(n * sizeof(T), kAlignment)); }
  void deallocate(T* memory, std::size_t) { ::operator delete(memory, kAlignment); }
  bool operator==(const CacheLineAllocator&) const = default;
};

using AlignedBuffer = std::vector<float, CacheLineAllocator<float>>;

}  // namespace brasa

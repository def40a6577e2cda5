// 64-bit hashing of numbers and bytes, equal on every machine. Not cryptographic.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

namespace brasa {

/// A bijection of 64 bits that spreads every input bit (Stafford's variant 13, as in SplitMix64).
constexpr std::uint64_t Mix64(std::uint64_t x) {
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9ull;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBull;
  return x ^ (x >> 31);
}

/// Folds `value` into the running hash `state`; order matters.
inline std::uint64_t HashCombine(std::uint64_t state, std::uint64_t value) {
  return Mix64(state * 0x9E3779B97F4A7C15ull + value + 0x632BE59BD9B4E019ull);
}

/// Hash of `bytes`, eight at a time, length included.
inline std::uint64_t HashBytes(const void* bytes, std::size_t size, std::uint64_t seed = 0) {
  const auto* at = static_cast<const unsigned char*>(bytes);
  std::uint64_t state = HashCombine(seed, size);
  for (; size >= 8; at += 8, size -= 8) {
    std::uint64_t word;
    std::memcpy(&word, at, 8);
    state = HashCombine(state, word);
  }
  if (size > 0) {
    std::uint64_t word = 0;
    std::memcpy(&word, at, size);
    state = HashCombine(state, word);
  }
  return state;
}

inline std::uint64_t HashText(std::string_view text) { return HashBytes(text.data(), text.size()); }

}  // namespace brasa

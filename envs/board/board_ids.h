// Sets of cells as words of bits, for the games of this folder.
#pragma once

#ifdef __AVX512F__
#include <immintrin.h>
#endif

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>

namespace brasa::board {

namespace internal {

/// The positions of the set bits of each byte, ascending.
constexpr std::array<std::array<std::uint8_t, 8>, 256> AllBytePositions() {
  std::array<std::array<std::uint8_t, 8>, 256> table{};
  for (std::size_t byte = 0; byte < 256; ++byte) {
    std::size_t count = 0;
    for (std::uint8_t bit = 0; bit < 8; ++bit) {
      if ((byte >> bit) & 1u) table[byte][count++] = bit;
    }
  }
  return table;
}
inline constexpr std::array<std::array<std::uint8_t, 8>, 256> kBytePositions = AllBytePositions();

}  // namespace internal

/// Writes the positions of the set bits among the first `size` bits of `words`, ascending, and
/// returns how many they are. `ids` has room for `size` ids; those beyond the count are overwritten
/// with anything. Without branches that depend on the bits: eight ids a byte.
inline int WriteIdsPortable(std::span<const std::uint64_t> words, int size,
                            std::span<std::int32_t> ids) {
  std::size_t count = 0;
  const auto bits = static_cast<std::size_t>(size), whole = bits / 8;
  for (std::size_t i = 0; i < whole; ++i) {
    const std::size_t byte = (words[i / 8] >> (8 * (i % 8))) & 0xFF;
    std::int32_t* out = ids.data() + count;  // count <= 8 i, so eight ids fit
    for (std::size_t j = 0; j < 8; ++j) {
      out[j] = static_cast<std::int32_t>(8 * i + internal::kBytePositions[byte][j]);
    }
    count += static_cast<std::size_t>(std::popcount(byte));
  }
  for (std::size_t bit = 8 * whole; bit < bits; ++bit) {
    ids[count] = static_cast<std::int32_t>(bit);
    count += (words[bit / 64] >> (bit % 64)) & 1u;
  }
  return static_cast<int>(count);
}

#ifdef __AVX512F__
/// The same, sixteen ids at once.
inline int WriteIds(std::span<const std::uint64_t> words, int size, std::span<std::int32_t> ids) {
  const auto bits = static_cast<std::size_t>(size), whole = bits / 16;
  __m512i positions = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  std::int32_t* out = ids.data();
  for (std::size_t i = 0; i < whole; ++i) {
    const auto some = static_cast<std::uint16_t>(words[i / 4] >> (16 * (i % 4)));
    // At most 16 i ids stand before `out`, so sixteen fit.
    _mm512_storeu_si512(out, _mm512_maskz_compress_epi32(some, positions));
    out += std::popcount(some);
    positions = _mm512_add_epi32(positions, _mm512_set1_epi32(16));
  }
  if (bits % 16 != 0) {
    const auto below = (std::uint64_t{1} << (bits % 16)) - 1;
    const auto some = static_cast<std::uint16_t>((words[whole / 4] >> (16 * (whole % 4))) & below);
    _mm512_mask_compressstoreu_epi32(out, some, positions);
    out += std::popcount(some);
  }
  return static_cast<int>(out - ids.data());
}
#else
inline int WriteIds(std::span<const std::uint64_t> words, int size, std::span<std::int32_t> ids) {
  return WriteIdsPortable(words, size, ids);
}
#endif

}  // namespace brasa::board

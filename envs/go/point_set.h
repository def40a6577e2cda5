// Sets of points of a square board as bits, and the tables that go with them.
//
// A point is row * kSize + column, row 0 and column 0 in the lower left corner; bit p % 64 of word
// p / 64 says whether point p is in the set. Rows follow each other without gaps, so a point is the
// id of the action that plays there.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#ifdef __AVX512F__
#include <immintrin.h>
#endif

#include "brasa/core/hash.h"

namespace brasa::go {

template <int kSize>
struct PointSet {
  static constexpr int kPoints = kSize * kSize;
  static constexpr std::size_t kWords = kPoints / 64 + 1;  ///< bit kPoints exists and is never set

  /// The points p with keep(p).
  template <typename Keep>
  static constexpr PointSet Where(Keep&& keep) {
    PointSet set;
    for (int p = 0; p < kPoints; ++p) {
      if (keep(p)) set.Add(p);
    }
    return set;
  }

  constexpr bool Has(int p) const { return (words[Word(p)] >> (p & 63)) & 1u; }
  constexpr void Add(int p) { words[Word(p)] |= std::uint64_t{1} << (p & 63); }
  constexpr void Remove(int p) { words[Word(p)] &= ~(std::uint64_t{1} << (p & 63)); }
  bool Empty() const {
    std::uint64_t any = 0;
    for (const std::uint64_t word : words) any |= word;
    return any == 0;
  }
  /// The smallest point; the set must not be empty.
  int First() const {
    std::size_t i = 0;
    while (words[i] == 0) ++i;
    return static_cast<int>(64 * i) + std::countr_zero(words[i]);
  }
  int Count() const {
    int count = 0;
    for (const std::uint64_t word : words) count += std::popcount(word);
    return count;
  }
  /// Calls visit(p) for every point, ascending.
  template <typename Visit>
  void ForEach(Visit&& visit) const {
    for (std::size_t i = 0; i < kWords; ++i) {
      for (std::uint64_t rest = words[i]; rest != 0; rest &= rest - 1) {
        visit(static_cast<int>(64 * i) + std::countr_zero(rest));
      }
    }
  }

  friend constexpr PointSet operator&(PointSet a, const PointSet& b) {
    for (std::size_t i = 0; i < kWords; ++i) a.words[i] &= b.words[i];
    return a;
  }
  friend constexpr PointSet operator|(PointSet a, const PointSet& b) {
    for (std::size_t i = 0; i < kWords; ++i) a.words[i] |= b.words[i];
    return a;
  }
  /// The points of a that are not in b.
  friend constexpr PointSet operator-(PointSet a, const PointSet& b) {
    for (std::size_t i = 0; i < kWords; ++i) a.words[i] &= ~b.words[i];
    return a;
  }
  bool operator==(const PointSet&) const = default;

  std::uint64_t words[kWords] = {};

 private:
  static constexpr std::size_t Word(int p) { return static_cast<std::size_t>(p) >> 6; }
};

template <int kSize>
inline constexpr PointSet<kSize> kBoard = PointSet<kSize>::Where([](int) { return true; });
template <int kSize>
inline constexpr PointSet<kSize> kFirstColumn = PointSet<kSize>::Where([](int p) {
  return p % kSize == 0;
});
template <int kSize>
inline constexpr PointSet<kSize> kLastColumn = PointSet<kSize>::Where([](int p) {
  return p % kSize == kSize - 1;
});

/// The points that have a neighbour in `set`, and perhaps bits beyond the board.
template <int kSize>
inline PointSet<kSize> Near(const PointSet<kSize>& set) {
  constexpr std::size_t kWords = PointSet<kSize>::kWords;
  const PointSet<kSize> right = set - kLastColumn<kSize>, left = set - kFirstColumn<kSize>;
  PointSet<kSize> near;
  for (std::size_t i = 0; i < kWords; ++i) {
    std::uint64_t word = (set.words[i] << kSize) | (set.words[i] >> kSize);
    word |= (right.words[i] << 1) | (left.words[i] >> 1);
    if (i > 0) word |= (set.words[i - 1] >> (64 - kSize)) | (right.words[i - 1] >> 63);
    if (i + 1 < kWords) word |= (set.words[i + 1] << (64 - kSize)) | (left.words[i + 1] << 63);
    near.words[i] = word;
  }
  return near;
}

/// `seed` (of points of `ground`) and all that is joined to it through points of `ground`.
template <int kSize>
PointSet<kSize> Flood(PointSet<kSize> seed, const PointSet<kSize>& ground) {
  for (;;) {
    const PointSet<kSize> wider = (seed | Near(seed)) & ground;
    if (wider == seed) return seed;
    seed = wider;
  }
}

/// True if every chain of the two sets of stones has a liberty: a legal position.
template <int kSize>
bool EveryChainBreathes(const PointSet<kSize>& black, const PointSet<kSize>& white) {
  const PointSet<kSize> empty = kBoard<kSize> - (black | white);
  const PointSet<kSize> beside = Near(empty);
  return Flood(beside & black, black) == black && Flood(beside & white, white) == white;
}

/// The four neighbours of each point; kSize * kSize stands for each that the edge takes away.
template <int kSize>
inline constexpr auto kNeighbours = [] {
  std::array<std::array<std::uint16_t, 4>, kSize * kSize> table{};
  for (int p = 0; p < kSize * kSize; ++p) {
    const int row = p / kSize, column = p % kSize, none = kSize * kSize;
    const int near[] = {row > 0 ? p - kSize : none, column > 0 ? p - 1 : none,
                        column < kSize - 1 ? p + 1 : none, row < kSize - 1 ? p + kSize : none};
    for (std::size_t i = 0; i < 4; ++i) {
      table[static_cast<std::size_t>(p)][i] = static_cast<std::uint16_t>(near[i]);
    }
  }
  return table;
}();

/// A random number for each colour and point: a position's hash is the exclusive or of the numbers
/// of its stones (Zobrist 1970).
template <int kSize>
inline constexpr auto kStoneKeys = [] {
  std::array<std::array<std::uint64_t, kSize * kSize>, 2> keys{};
  std::uint64_t counter = 0x476F;
  for (auto& colour : keys) {
    for (std::uint64_t& key : colour) key = Mix64(++counter * 0x9E3779B97F4A7C15ull);
  }
  return keys;
}();

/// The places of the ones in every byte, ascending, then zeros.
inline constexpr auto kOnesOfByte = [] {
  std::array<std::array<std::uint8_t, 8>, 256> table{};
  for (unsigned byte = 0; byte < 256; ++byte) {
    std::size_t count = 0;
    for (unsigned bit = 0; bit < 8; ++bit) {
      if ((byte >> bit) & 1u) table[byte][count++] = static_cast<std::uint8_t>(bit);
    }
  }
  return table;
}();

/// Overwrites the front of ids [kSize * kSize + 1] with the points of `set`, ascending, and returns
/// their count. What lies behind them may be overwritten too. Portable form: a table tells the ones
/// of eight points at a time.
template <int kSize>
int ListPointsByBytes(const PointSet<kSize>& set, std::int32_t* ids) {
  using Bytes [[gnu::vector_size(8)]] = std::uint8_t;
  using Ids [[gnu::vector_size(32)]] = std::int32_t;
  constexpr int kFullBytes = PointSet<kSize>::kPoints / 8;
  std::int32_t* out = ids;
  const auto byte_at = [&](int i) {
    return static_cast<unsigned>(set.words[static_cast<std::size_t>(i) >> 3] >> (8 * (i & 7))) &
           255u;
  };
  for (int i = 0; i < kFullBytes; ++i) {
    const unsigned byte = byte_at(i);
    Bytes ones;
    std::memcpy(&ones, kOnesOfByte[byte].data(), sizeof ones);
    const Ids points = __builtin_convertvector(ones, Ids) + 8 * i;
    std::memcpy(out, &points, sizeof points);
    out += std::popcount(byte);
  }
  if constexpr (PointSet<kSize>::kPoints % 8 != 0) {
    for (unsigned rest = byte_at(kFullBytes); rest != 0; rest &= rest - 1) {
      *out++ = 8 * kFullBytes + std::countr_zero(rest);
    }
  }
  return static_cast<int>(out - ids);
}

/// As ListPointsByBytes, sixteen points at a time where the processor can.
template <int kSize>
int ListPoints(const PointSet<kSize>& set, std::int32_t* ids) {
#ifdef __AVX512F__
  constexpr int kPoints = PointSet<kSize>::kPoints;
  std::int32_t* out = ids;
  __m512i points = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  for (int first = 0; first < kPoints; first += 16) {
    const auto ones =
        static_cast<std::uint16_t>(set.words[static_cast<std::size_t>(first) >> 6] >> (first & 63));
    const int count = std::popcount(ones);
    const __m512i packed = _mm512_maskz_compress_epi32(ones, points);
    if (first + 16 <= kPoints) {
      _mm512_storeu_si512(out, packed);
    } else {
      _mm512_mask_storeu_epi32(out, static_cast<__mmask16>((1u << count) - 1), packed);
    }
    out += count;
    points = _mm512_add_epi32(points, _mm512_set1_epi32(16));
  }
  return static_cast<int>(out - ids);
#else
  return ListPointsByBytes(set, ids);
#endif
}

/// Overwrites out [kSize * kSize] with 1 for the points of `set`, else 0.
template <int kSize>
void WritePlane(const PointSet<kSize>& set, std::uint8_t* out) {
  for (int p = 0; p < PointSet<kSize>::kPoints; ++p) out[p] = set.Has(p);
}

}  // namespace brasa::go

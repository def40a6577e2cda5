#include "envs/board/board_ids.h"

#include <gtest/gtest.h>

#include <vector>

#include "brasa/core/random.h"

namespace brasa {
namespace {

/// The ids of the set bits, one at a time; `write` gets a row of just `size` ids.
template <typename Write>
void ExpectIds(Write&& write) {
  Rng rng(3, StreamRole::kTest);
  for (int size = 1; size <= 384; ++size) {
    for (int density = 0; density <= 4; ++density) {
      std::vector<std::uint64_t> words(6);
      std::vector<std::int32_t> expected;
      for (int bit = 0; bit < 384; ++bit) {
        if (rng.Below(4) >= static_cast<std::uint32_t>(density)) continue;
        words[static_cast<std::size_t>(bit / 64)] |= std::uint64_t{1} << (bit % 64);
        if (bit < size) expected.push_back(bit);
      }
      std::vector<std::int32_t> ids(static_cast<std::size_t>(size));
      ids.resize(static_cast<std::size_t>(write(words, size, ids)));
      ASSERT_EQ(ids, expected) << size;
    }
  }
}

TEST(BoardIds, EverySizeAndDensity_GivesTheSetBitsAscending) { ExpectIds(board::WriteIds); }

TEST(BoardIds, PortableWriter_GivesTheSetBitsAscending) { ExpectIds(board::WriteIdsPortable); }

}  // namespace
}  // namespace brasa

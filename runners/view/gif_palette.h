// At most 255 colours for the pixels of one GIF frame.
#pragma once

#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

#include "brasa/canvas.h"

namespace brasa {

/// 0xRRGGBB.
using PackedRgb = std::uint32_t;

struct GifPalette {
  std::vector<Color> colors;                            // at most 255
  std::unordered_map<PackedRgb, std::uint8_t> entries;  // every colour asked for -> its index
};

/// Up to 255 distinct `pixels` keep their colours. Of more, the 64 most frequent do, the others are
/// gathered by median cut (Heckbert 1982) and shown as the mean of their group.
GifPalette MakeGifPalette(std::span<const PackedRgb> pixels);

}  // namespace brasa

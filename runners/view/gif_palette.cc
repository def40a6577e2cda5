#include "runners/view/gif_palette.h"

#include <algorithm>
#include <array>
#include <iterator>

namespace brasa {
namespace {

constexpr std::size_t kMaxColors = 255;   // index 255 stays free for "unchanged"
constexpr std::size_t kExactColors = 64;  // of a frame with more colours

struct Counted {
  PackedRgb rgb = 0;
  std::int64_t pixels = 0;
};
using Group = std::span<Counted>;

int Channel(PackedRgb rgb, int channel) { return static_cast<int>(rgb >> (8 * channel)) & 0xFF; }

Color Unpack(PackedRgb rgb) {
  return {static_cast<std::uint8_t>(rgb >> 16), static_cast<std::uint8_t>(rgb >> 8),
          static_cast<std::uint8_t>(rgb), 255};
}

/// The distinct colours, the most frequent first; equally frequent ones ascend.
std::vector<Counted> CountColors(std::span<const PackedRgb> pixels) {
  std::unordered_map<PackedRgb, std::int64_t> counts;
  for (const PackedRgb pixel : pixels) ++counts[pixel];
  std::vector<Counted> colors;
  for (const auto& [rgb, count] : counts) colors.push_back({rgb, count});
  std::sort(colors.begin(), colors.end(), [](const Counted& a, const Counted& b) {
    return a.pixels != b.pixels ? a.pixels > b.pixels : a.rgb < b.rgb;
  });
  return colors;
}

/// The channel in which the group is widest, and how wide: 0 for a single colour.
std::pair<int, int> WidestChannel(Group group) {
  std::pair<int, int> widest{0, 0};
  for (int channel = 0; channel < 3; ++channel) {
    const auto [low, high] = std::minmax_element(
        group.begin(), group.end(), [channel](const Counted& a, const Counted& b) {
          return Channel(a.rgb, channel) < Channel(b.rgb, channel);
        });
    const int width = Channel(high->rgb, channel) - Channel(low->rgb, channel);
    if (width > widest.second) widest = {channel, width};
  }
  return widest;
}

/// Sorts the group along its widest channel and cuts it where half of its pixels are passed.
std::array<Group, 2> Cut(Group group) {
  const int channel = WidestChannel(group).first;
  std::sort(group.begin(), group.end(), [channel](const Counted& a, const Counted& b) {
    const int ca = Channel(a.rgb, channel);
    const int cb = Channel(b.rgb, channel);
    return ca != cb ? ca < cb : a.rgb < b.rgb;
  });
  std::int64_t total = 0;
  for (const Counted& color : group) total += color.pixels;
  std::size_t first = 0;
  for (std::int64_t passed = 0; first + 1 < group.size() && 2 * passed < total; ++first) {
    passed += group[first].pixels;
  }
  return {group.first(first), group.subspan(first)};
}

std::vector<Group> MedianCut(Group all, std::size_t groups) {
  std::vector<Group> cut{all};
  while (cut.size() < groups) {
    const auto widest = std::max_element(cut.begin(), cut.end(), [](Group a, Group b) {
      return WidestChannel(a).second < WidestChannel(b).second;
    });
    if (WidestChannel(*widest).second == 0) break;
    const auto [low, high] = Cut(*widest);
    *widest = low;
    cut.push_back(high);
  }
  return cut;
}

Color Mean(Group group) {
  std::array<std::int64_t, 3> sums{};
  std::int64_t total = 0;
  for (const Counted& color : group) {
    for (int channel = 0; channel < 3; ++channel) {
      sums[static_cast<std::size_t>(channel)] += color.pixels * Channel(color.rgb, channel);
    }
    total += color.pixels;
  }
  const auto mean = [&](std::size_t channel) {
    return static_cast<std::uint8_t>((sums[channel] + total / 2) / total);
  };
  return {mean(2), mean(1), mean(0), 255};
}

}  // namespace

GifPalette MakeGifPalette(std::span<const PackedRgb> pixels) {
  std::vector<Counted> colors = CountColors(pixels);
  GifPalette palette;
  const auto add = [&](Color color, std::span<const Counted> shown) {
    for (const Counted& item : shown) {
      palette.entries[item.rgb] = static_cast<std::uint8_t>(palette.colors.size());
    }
    palette.colors.push_back(color);
  };
  const std::size_t exact = colors.size() <= kMaxColors ? colors.size() : kExactColors;
  for (std::size_t i = 0; i < exact; ++i) add(Unpack(colors[i].rgb), {&colors[i], 1});
  const Group rest = Group(colors).subspan(exact);
  if (rest.empty()) return palette;
  for (const Group group : MedianCut(rest, kMaxColors - kExactColors)) add(Mean(group), group);
  return palette;
}

}  // namespace brasa

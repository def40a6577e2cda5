#include "agents/deep/convolution_options.h"

#include <algorithm>
#include <charconv>
#include <string_view>
#include <vector>

#include "brasa/core/error.h"

namespace brasa {
namespace {

constexpr const char* kName = "network.conv";

/// Takes a number in [1, 4096] from the front of `text`; 0 where there is none.
int TakeNumber(std::string_view& text) {
  int value = 0;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
  if (result.ec != std::errc() || value < 1 || value > 4096) return 0;
  text.remove_prefix(static_cast<std::size_t>(result.ptr - text.data()));
  return value;
}

/// Takes `sign` from the front of `text`; false where it does not stand there.
bool TakeSign(std::string_view& text, char sign) {
  if (!text.starts_with(sign)) return false;
  text.remove_prefix(1);
  return true;
}

/// CHANNELSxKERNEL or CHANNELSxKERNEL/STRIDE from the front of `text`; false where it is neither.
bool TakeConvolution(std::string_view& text, Convolution& out) {
  out.channels = TakeNumber(text);
  if (out.channels == 0 || !TakeSign(text, 'x')) return false;
  out.kernel = TakeNumber(text);
  out.stride = TakeSign(text, '/') ? TakeNumber(text) : 1;
  return out.kernel > 0 && out.stride > 0;
}

std::vector<Convolution> ConvolutionsOf(const std::string& text) {
  std::vector<Convolution> convolutions;
  if (text == "none") return convolutions;
  std::string_view rest = text;
  do {
    Convolution next;
    if (!TakeConvolution(rest, next)) {
      rest = "?";
      break;
    }
    convolutions.push_back(next);
  } while (TakeSign(rest, ','));
  if (rest.empty()) return convolutions;
  throw ConfigError(std::string(kName) + " = '" + text +
                    "' is not allowed; give none or CHANNELSxKERNEL/STRIDE for each layer, "
                    "separated by commas, integers in [1, 4096], as 16x3 (stride 1) or "
                    "32x8/4,64x4/2");
}

}  // namespace

Field ConvolutionField() {
  return TextField(kName, "none",
                   "convolutions before the hidden layers: CHANNELSxKERNEL/STRIDE, separated by "
                   "commas, as 16x3 or 32x8/4,64x4/2");
}

void TakeConvolutions(const std::string& agent, const EnvSpec& spec, const Config& config,
                      int frames, NetworkSpec& network) {
  const std::string text = config.GetText(kName);
  network.convolutions = ConvolutionsOf(text);
  if (network.convolutions.empty()) return;
  const auto refuse = [&](const std::string& why) {
    throw ConfigError(agent + ": " + kName + " = '" + text + "' does not fit '" + spec.id +
                      "': " + why);
  };
  const std::vector<int>& shape = spec.observation.shape;
  const std::vector<std::string>& axes = spec.observation.axes;
  const bool planes_first = !axes.empty() && axes.front() == "plane";
  if (shape.size() != 3 || planes_first || spec.observation.categorical()) {
    refuse("its observations are not pictures of numbers [height, width, channels]; give none");
  }
  if (frames > 1) refuse("frames that are stacked are not one picture; give frame_stack = 1");
  network.picture = {shape[0], shape[1], shape[2]};
  int height = shape[0], width = shape[1];
  for (const Convolution& layer : network.convolutions) {
    if (layer.kernel > std::min(height, width)) {
      refuse("a kernel of " + std::to_string(layer.kernel) + " x " + std::to_string(layer.kernel) +
             " is larger than the picture of " + std::to_string(height) + " x " +
             std::to_string(width) + " that it reads");
    }
    height = (height - layer.kernel) / layer.stride + 1;
    width = (width - layer.kernel) / layer.stride + 1;
  }
}

}  // namespace brasa

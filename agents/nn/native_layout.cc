#include "agents/nn/native_layout.h"

#include <utility>

#include "brasa/core/assert.h"

namespace brasa {
namespace {

using kernels::kColumnTile;
using kernels::RoundUp;

// Last layers of up to so many outputs are narrow.
constexpr int kNarrowOutputs = 4;

/// The layer of `flat` from `begin` on; of joined heads `outputs` in all.
Dense PlaceDense(const NetworkLayer& flat, int outputs, std::ptrdiff_t begin) {
  Dense layer{.inputs = flat.inputs,
              .outputs = outputs,
              .linear = flat.is_head,
              .narrow = flat.is_head && outputs <= kNarrowOutputs,
              .layer_norm = flat.layer_norm,
              .weights = begin};
  layer.bias = begin + RoundUp(static_cast<int>(layer.weight_count()), kColumnTile);
  if (!layer.narrow) Grow(layer.transposed, layer.stride() * layer.input_stride());
  return layer;
}

/// Calls f(element of the flat vector, element of the padded array) for all parameters of a layer.
template <typename F>
void ForParameters(const Placement& place, F f) {
  const NetworkLayer& flat = place.flat;
  std::int64_t at = flat.offset;
  for (int o = 0; o < flat.outputs; ++o) {
    std::ptrdiff_t weight = place.weights + std::ptrdiff_t{o} * place.output_step;
    for (int i = 0; i < flat.inputs; ++i, weight += place.input_step) f(at++, weight);
  }
  for (int o = 0; o < flat.outputs; ++o) f(at++, place.bias + o);
  if (!flat.layer_norm) return;
  for (int o = 0; o < flat.outputs; ++o) f(at++, place.gain + o);
  for (int o = 0; o < flat.outputs; ++o) f(at++, place.shift + o);
}

}  // namespace

NativeLayout::NativeLayout(const NetworkSpec& spec) {
  for (const NetworkLayer& flat : LayersOf(spec)) {
    const bool starts = chains.empty() || (!spec.shared_trunk && placements.back().flat.is_head);
    if (starts) chains.emplace_back();
    Chain& chain = chains.back();
    if (flat.is_convolution()) {
      AddConvolution(flat, chain);
      continue;
    }
    const bool joins = spec.shared_trunk && flat.is_head && flat.output_offset > 0;
    if (!joins) {
      const int outputs = flat.is_head && spec.shared_trunk ? spec.outputs() : flat.outputs;
      if (flat.is_head) chain.column = flat.output_offset;
      chain.layers.push_back(PlaceDense(flat, outputs, size));
      size = chain.layers.back().end();
    }
    const Dense& layer = chain.layers.back();
    const int column = joins ? flat.output_offset : 0;
    const int input_step = layer.narrow ? 1 : layer.stride();
    const int output_step = layer.narrow ? layer.input_stride() : 1;
    placements.push_back({flat, layer.weights + std::ptrdiff_t{column} * output_step,
                          layer.bias + column, layer.gain(), layer.shift(), input_step,
                          output_step});
  }
}

void NativeLayout::AddConvolution(const NetworkLayer& flat, Chain& chain) {
  const std::ptrdiff_t bias = size + flat.inputs * flat.outputs;
  chain.convolutions.push_back({flat, size, bias});
  placements.push_back({flat, size, bias, 0, 0, 1, flat.inputs});
  size = RoundUp(static_cast<int>(bias) + flat.outputs, kColumnTile);
}

void NativeLayout::Flatten(const AlignedBuffer& padded, std::span<float> out) const {
  BRASA_ASSERT(static_cast<std::int64_t>(out.size()) == parameter_count());
  for (const Placement& place : placements) {
    ForParameters(place, [&](std::int64_t flat, std::ptrdiff_t at) {
      out[static_cast<std::size_t>(flat)] = padded[static_cast<std::size_t>(at)];
    });
  }
}

void NativeLayout::Unflatten(std::span<const float> values, AlignedBuffer& padded) const {
  BRASA_ASSERT(static_cast<std::int64_t>(values.size()) == parameter_count());
  for (const Placement& place : placements) {
    ForParameters(place, [&](std::int64_t flat, std::ptrdiff_t at) {
      padded[static_cast<std::size_t>(at)] = values[static_cast<std::size_t>(flat)];
    });
  }
}

}  // namespace brasa

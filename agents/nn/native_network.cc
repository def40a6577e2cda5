// The native backend: agents/nn/native_layout.h says where parameters lie, native_dense.h and
// convolutions.h what a layer computes. Rows stay row-major.

#include <algorithm>
#include <cmath>
#include <iterator>
#include <utility>
#include <vector>

#include "agents/nn/aligned_buffer.h"
#include "agents/nn/backends.h"
#include "agents/nn/convolutions.h"
#include "agents/nn/kernels.h"
#include "agents/nn/native_dense.h"
#include "agents/nn/native_layout.h"
#include "brasa/core/assert.h"

namespace brasa {
namespace {

using kernels::kColumnTile;
using kernels::RoundUp;
using Buffer = AlignedBuffer;

// Rows that run through all layers before the next ones start: their activations stay in cache.
constexpr int kRowBlock = 32;
static_assert(kRowBlock % Convolutions::kBlock == 0);

class NativeNetwork final : public Network {
 public:
  NativeNetwork(const NetworkSpec& spec, const AdamOptions& adam, std::span<const float> parameters)
      : spec_(spec),
        adam_(adam),
        blocks_(BlocksOf(spec)),
        outputs_(spec.outputs()),
        input_stride_(RoundUp(spec.inputs, kColumnTile)),
        layout_(spec),
        chains_(layout_.chains),
        convolved_(chains_.size()) {
    for (Buffer* values : {&parameters_, &gradient_, &first_moment_, &second_moment_}) {
      Grow(*values, layout_.size);
    }
    widest_ = input_stride_;
    for (const Chain& chain : chains_) {
      MakeConvolutions(chain);
      for (const Dense& layer : chain.layers) {
        widest_ = std::max({widest_, layer.stride(), layer.input_stride()});
      }
    }
    Grow(block_input_, kRowBlock * input_stride_);
    Grow(zeros_, input_stride_);
    for (Buffer& half : block_) Grow(half, kRowBlock * widest_);
    SetParameters(parameters);
  }

  const NetworkSpec& spec() const override { return spec_; }
  std::int64_t parameter_count() const override { return layout_.parameter_count(); }
  std::span<const ParameterBlock> parameter_blocks() const override { return blocks_; }

  void Forward(const float* x, int rows, float* y) override {
    PrepareConvolutions();
    for (int start = 0; start < rows; start += kRowBlock) {
      const int count = std::min(kRowBlock, rows - start);
      const float* const x_block = x + std::ptrdiff_t{start} * spec_.inputs;
      if (spec_.convolutions.empty()) CopyInput(x_block, count, block_input_.data());
      for (std::size_t c = 0; c < chains_.size(); ++c) {
        const Chain& chain = chains_[c];
        NativeRows in = {block_input_.data(), input_stride_};
        if (convolutions_[c] != nullptr) {
          in = {convolutions_[c]->Forward(x_block, count), convolutions_[c]->output_stride()};
        }
        for (std::size_t l = 0; l < chain.layers.size(); ++l) {
          float* const out = block_[l % 2].data();
          RunDense(layers(), chain.layers[l], in, count, out, {});
          in = {out, chain.layers[l].stride()};
        }
        CopyOutput(chain, in.data, count, y + std::ptrdiff_t{start} * outputs_);
      }
    }
  }

  void ForwardTrain(const float* x, int rows, float* y) override {
    PrepareConvolutions();
    GrowRows(rows);
    if (spec_.convolutions.empty()) CopyInput(x, rows, input_.data());
    for (std::size_t c = 0; c < chains_.size(); ++c) {
      for (int start = 0; start < rows; start += kRowBlock) {
        TrainBlock(c, x, start, std::min(kRowBlock, rows - start));
      }
      CopyOutput(chains_[c], chains_[c].layers.back().out.data(), rows, y);
    }
  }

  void Backward(const float* dy) override {
    if (transposed_is_stale_) TransposeWeights();
    for (std::size_t c = 0; c < chains_.size(); ++c) {
      Chain& chain = chains_[c];
      CopyOutputGradient(dy, chain);
      const float* g = chain.output_gradient.data();
      for (std::size_t l = chain.layers.size(); l-- > 0;) {
        DenseGradient(chain.layers[l], RowsBelow(c, l), g, rows_, gradient_.data());
        if (l > 0 || convolutions_[c] != nullptr) g = StepBelow(c, l, g, gradient_.data());
      }
      if (convolutions_[c] != nullptr) ConvolutionGradients(c, g);
    }
  }

  void InputGradient(const float* dy, int first, float* dx) override {
    if (transposed_is_stale_) TransposeWeights();
    std::fill_n(dx, std::ptrdiff_t{rows_} * (spec_.inputs - first), 0.0f);
    for (std::size_t c = 0; c < chains_.size(); ++c) {
      Chain& chain = chains_[c];
      CopyOutputGradient(dy, chain);
      const float* g = chain.output_gradient.data();
      for (std::size_t l = chain.layers.size(); l-- > 1;) g = StepBelow(c, l, g, nullptr);
      if (convolutions_[c] != nullptr) {
        convolutions_[c]->AddInputGradient(StepBelow(c, 0, g, nullptr), 0, rows_, first, dx);
      } else {
        AddInputGradient(layers(), chain.layers.front(), g, rows_, first, zeros_.data(),
                         gradient_rows_[0].data(), dx);
      }
    }
  }

  double GradientNorm() const override {
    return std::sqrt(kernels::SumOfSquares(gradient_.data(), size()));
  }

  void AdamStep(double learning_rate, double gradient_scale) override {
    ++step_;
    const double t = static_cast<double>(step_);
    const double correction1 = adam_.bias_correction ? 1.0 - std::pow(adam_.beta1, t) : 1.0;
    const double correction2 = adam_.bias_correction ? 1.0 - std::pow(adam_.beta2, t) : 1.0;
    kernels::AdamUpdate({.scale = static_cast<float>(gradient_scale),
                         .beta1 = static_cast<float>(adam_.beta1),
                         .one_minus_beta1 = static_cast<float>(1.0 - adam_.beta1),
                         .beta2 = static_cast<float>(adam_.beta2),
                         .one_minus_beta2 = static_cast<float>(1.0 - adam_.beta2),
                         .step = static_cast<float>(learning_rate / correction1),
                         .root_scale = static_cast<float>(1.0 / std::sqrt(correction2)),
                         .epsilon = static_cast<float>(adam_.epsilon)},
                        gradient_.data(), size(), first_moment_.data(), second_moment_.data(),
                        parameters_.data());
    transposed_is_stale_ = convolutions_are_stale_ = true;
  }

  void GetParameters(std::span<float> out) const override { layout_.Flatten(parameters_, out); }
  void SetParameters(std::span<const float> values) override {
    layout_.Unflatten(values, parameters_);
    transposed_is_stale_ = convolutions_are_stale_ = true;
  }
  void GetGradient(std::span<float> out) const override { layout_.Flatten(gradient_, out); }
  void MoveTowards(const Network& source, double share) override {
    const auto* const from = dynamic_cast<const NativeNetwork*>(&source);
    BRASA_ASSERT(from != nullptr && from->size() == size());
    kernels::MoveTowards(from->parameters_.data(), static_cast<float>(share), size(),
                         parameters_.data());
    transposed_is_stale_ = convolutions_are_stale_ = true;
  }

  void Save(StateWriter& writer) const override {
    std::vector<float> flat(static_cast<std::size_t>(parameter_count()));
    for (const auto& [name, values] :
         {std::pair{"parameters", &parameters_}, std::pair{"adam_first_moment", &first_moment_},
          std::pair{"adam_second_moment", &second_moment_}}) {
      layout_.Flatten(*values, flat);
      writer.WriteVector(name, flat);
    }
    writer.Write("adam_step", step_);
  }
  void Load(StateReader& reader) override {
    std::vector<float> flat[3];
    const char* const names[] = {"parameters", "adam_first_moment", "adam_second_moment"};
    for (int i = 0; i < 3; ++i) {
      flat[i].resize(static_cast<std::size_t>(parameter_count()));
      reader.ReadSpan(names[i], std::span<float>(flat[i]));
    }
    reader.Read("adam_step", step_);
    SetParameters(flat[0]);
    layout_.Unflatten(flat[1], first_moment_);
    layout_.Unflatten(flat[2], second_moment_);
  }

 private:
  std::size_t size() const { return parameters_.size(); }
  NativeLayers layers() const { return {parameters_.data(), spec_.activation}; }

  /// What a chain without convolutions has none of; `convolutions_` and `chains_` are parallel.
  void MakeConvolutions(const Chain& chain) {
    std::vector<NetworkLayer> shapes;
    for (const ConvolutionPlace& place : chain.convolutions) shapes.push_back(place.shape);
    convolutions_.push_back(
        shapes.empty() ? nullptr : std::make_unique<Convolutions>(shapes, spec_.activation));
  }

  /// Gives them the present parameters.
  void PrepareConvolutions() {
    if (!convolutions_are_stale_) return;
    for (std::size_t c = 0; c < chains_.size(); ++c) {
      for (std::size_t l = 0; l < chains_[c].convolutions.size(); ++l) {
        const ConvolutionPlace& place = chains_[c].convolutions[l];
        convolutions_[c]->SetParameters(l, parameters_.data() + place.weights,
                                        parameters_.data() + place.bias);
      }
    }
    convolutions_are_stale_ = false;
  }

  void GrowRows(int rows) {
    rows_ = rows;
    if (spec_.convolutions.empty()) Grow(input_, std::ptrdiff_t{rows} * input_stride_);
    for (Buffer& half : gradient_rows_) Grow(half, std::ptrdiff_t{rows} * widest_);
    for (std::size_t c = 0; c < chains_.size(); ++c) {
      if (convolutions_[c] != nullptr) convolutions_[c]->Begin(rows);
      for (Dense& layer : chains_[c].layers) {
        Grow(layer.out, std::ptrdiff_t{rows} * layer.stride());
        if (!layer.layer_norm) continue;
        Grow(layer.normalised, std::ptrdiff_t{rows} * layer.stride());
        Grow(layer.inverse_deviation, rows);
      }
      const int columns = chains_[c].layers.back().stride();
      Grow(chains_[c].output_gradient, std::ptrdiff_t{rows} * columns);
    }
  }

  /// Rows [start, start + count) through chain c, kept for Backward.
  void TrainBlock(std::size_t c, const float* x, std::ptrdiff_t start, int count) {
    NativeRows in = {input_.data() + start * input_stride_, input_stride_};
    if (convolutions_[c] != nullptr) {
      const float* const out =
          convolutions_[c]->ForwardTrain(x + start * spec_.inputs, static_cast<int>(start), count);
      if (start == 0) convolved_[c] = out;
      in = {out, convolutions_[c]->output_stride()};
    }
    for (Dense& layer : chains_[c].layers) {
      float* const out = layer.out.data() + start * layer.stride();
      RunDense(layers(), layer, in, count, out,
               {layer.normalised.data() + start * layer.stride(),
                layer.inverse_deviation.data() + start});
      in = {out, layer.stride()};
    }
  }

  /// What layer l of chain c read.
  NativeRows RowsBelow(std::size_t c, std::size_t l) const {
    if (l > 0) return {chains_[c].layers[l - 1].out.data(), chains_[c].layers[l - 1].stride()};
    if (convolutions_[c] != nullptr) return {convolved_[c], convolutions_[c]->output_stride()};
    return {input_.data(), input_stride_};
  }

  /// G of what is below layer l of chain c, a layer or the last convolution, from g = G of l. Of a
  /// normalised layer also the gradients of gain and shift, unless `gradient` is null.
  const float* StepBelow(std::size_t c, std::size_t l, const float* g, float* gradient) {
    float* const below = gradient_rows_[l % 2].data();
    GradientBelow(layers(), chains_[c].layers[l], g, rows_, RowsBelow(c, l), below);
    if (l == 0) return below;
    const Dense& under = chains_[c].layers[l - 1];
    if (under.layer_norm) NormGradient(layers(), under, rows_, below, gradient);
    return below;
  }

  void ConvolutionGradients(std::size_t c, const float* g) {
    convolutions_[c]->ClearGradients();
    convolutions_[c]->AddGradients(g, 0, rows_);
    for (std::size_t l = 0; l < chains_[c].convolutions.size(); ++l) {
      const ConvolutionPlace& place = chains_[c].convolutions[l];
      convolutions_[c]->GetGradients(l, gradient_.data() + place.weights,
                                     gradient_.data() + place.bias);
    }
  }

  void CopyInput(const float* x, int rows, float* out) const {
    for (int i = 0; i < rows; ++i) {
      std::copy_n(x + std::ptrdiff_t{i} * spec_.inputs, spec_.inputs,
                  out + std::ptrdiff_t{i} * input_stride_);
    }
  }
  void CopyOutput(const Chain& chain, const float* in, int rows, float* y) const {
    const Dense& head = chain.layers.back();
    for (int i = 0; i < rows; ++i) {
      std::copy_n(in + std::ptrdiff_t{i} * head.stride(), head.outputs,
                  y + std::ptrdiff_t{i} * outputs_ + chain.column);
    }
  }
  void CopyOutputGradient(const float* dy, Chain& chain) const {
    const Dense& head = chain.layers.back();
    for (int i = 0; i < rows_; ++i) {
      std::copy_n(dy + std::ptrdiff_t{i} * outputs_ + chain.column, head.outputs,
                  chain.output_gradient.data() + std::ptrdiff_t{i} * head.stride());
    }
  }

  void TransposeWeights() {
    for (Chain& chain : chains_) {
      for (std::size_t l = chain.convolutions.empty() ? 1 : 0; l < chain.layers.size(); ++l) {
        Dense& layer = chain.layers[l];
        if (layer.narrow) continue;
        kernels::Transpose(parameters_.data() + layer.weights, layer.inputs, layer.stride(),
                           layer.stride(), layer.transposed.data(), layer.input_stride());
      }
    }
    transposed_is_stale_ = false;
  }

  const NetworkSpec spec_;
  const AdamOptions adam_;
  const std::vector<ParameterBlock> blocks_;
  const int outputs_;
  const int input_stride_;
  int widest_ = 0;  ///< longest row of any layer
  NativeLayout layout_;
  std::vector<Chain>& chains_;                               ///< of layout_
  std::vector<std::unique_ptr<Convolutions>> convolutions_;  ///< of each chain; null = none
  std::vector<const float*> convolved_;  ///< of each chain: their outputs, from row 0 on
  Buffer parameters_, gradient_, first_moment_, second_moment_;  ///< padded, laid out alike
  std::int64_t step_ = 0;
  bool transposed_is_stale_ = true, convolutions_are_stale_ = true;

  Buffer block_input_, block_[2];  ///< of Forward
  int rows_ = 0;                   ///< of the last ForwardTrain
  Buffer input_;                   ///< its rows, padded
  Buffer gradient_rows_[2];        ///< G of the layer at hand and of the one below
  Buffer zeros_;                   ///< [input_stride_]
};

}  // namespace

std::unique_ptr<Network> MakeNativeNetwork(const NetworkSpec& spec, const AdamOptions& adam,
                                           std::span<const float> parameters) {
  return std::make_unique<NativeNetwork>(spec, adam, parameters);
}

}  // namespace brasa

// Rows stay row-major; parameters lie as agents/nn/native_layout.h says.
//
// Backward of z = h W + b, y = f(z), from the last layer to the first, G = dL/dz [rows, outputs]:
//   dL/dW = h^T G,  dL/db = column sums of G,  G of the layer below = (G W^T) * f'(h),
// and dL/dx = G W^T of the first layer. A normalised layer has z' = LayerNorm(z) between z and f,
// and the step from dL/dz' to G = dL/dz is kernels::NormalizeGradient.

#include <algorithm>
#include <cmath>
#include <iterator>
#include <utility>
#include <vector>

#include "agents/nn/aligned_buffer.h"
#include "agents/nn/backends.h"
#include "agents/nn/kernels.h"
#include "agents/nn/native_layout.h"
#include "brasa/core/assert.h"

namespace brasa {
namespace {

using kernels::Finish;
using kernels::kColumnTile;
using kernels::RoundUp;
using Buffer = AlignedBuffer;

// Rows that run through all layers before the next ones start: their activations stay in cache.
constexpr int kRowBlock = 32;
class NativeNetwork final : public Network {
 public:
  NativeNetwork(const NetworkSpec& spec, const AdamOptions& adam, std::span<const float> parameters)
      : spec_(spec),
        adam_(adam),
        blocks_(BlocksOf(spec)),
        outputs_(spec.outputs()),
        input_stride_(RoundUp(spec.inputs, kColumnTile)),
        layout_(spec),
        chains_(layout_.chains) {
    for (Buffer* values : {&parameters_, &gradient_, &first_moment_, &second_moment_}) {
      Grow(*values, layout_.size);
    }
    int widest = input_stride_;
    for (const Chain& chain : chains_) {
      for (const Dense& layer : chain.layers) widest = std::max(widest, layer.stride());
    }
    Grow(block_input_, kRowBlock * input_stride_);
    for (Buffer& half : block_) Grow(half, kRowBlock * widest);
    Grow(zeros_, input_stride_);
    widest_ = widest;
    SetParameters(parameters);
  }

  const NetworkSpec& spec() const override { return spec_; }
  std::int64_t parameter_count() const override { return layout_.parameter_count(); }
  std::span<const ParameterBlock> parameter_blocks() const override { return blocks_; }

  void Forward(const float* x, int rows, float* y) override {
    for (int start = 0; start < rows; start += kRowBlock) {
      const int count = std::min(kRowBlock, rows - start);
      CopyInput(x + std::ptrdiff_t{start} * spec_.inputs, count, block_input_.data());
      float* const y_block = y + std::ptrdiff_t{start} * outputs_;
      for (const Chain& chain : chains_) {
        const float* in = block_input_.data();
        int in_stride = input_stride_;
        for (std::size_t l = 0; l < chain.layers.size(); ++l) {
          float* const out = block_[l % 2].data();
          RunLayer(chain, l, in, in_stride, count, out);
          if (chain.layers[l].layer_norm) NormalizeRows(chain.layers[l], count, out, {});
          in = out;
          in_stride = chain.layers[l].stride();
        }
        CopyOutput(chain, in, count, y_block);
      }
    }
  }

  void ForwardTrain(const float* x, int rows, float* y) override {
    rows_ = rows;
    Grow(input_, std::ptrdiff_t{rows} * input_stride_);
    for (Buffer& half : gradient_rows_) Grow(half, std::ptrdiff_t{rows} * widest_);
    CopyInput(x, rows, input_.data());
    for (Chain& chain : chains_) {
      for (Dense& layer : chain.layers) GrowRows(layer, rows);
      Grow(chain.output_gradient, std::ptrdiff_t{rows} * chain.layers.back().stride());
      for (int start = 0; start < rows; start += kRowBlock) {
        const int count = std::min(kRowBlock, rows - start);
        const float* in = input_.data() + std::ptrdiff_t{start} * input_stride_;
        int in_stride = input_stride_;
        for (std::size_t l = 0; l < chain.layers.size(); ++l) {
          Dense& layer = chain.layers[l];
          float* const out = layer.out.data() + std::ptrdiff_t{start} * layer.stride();
          RunLayer(chain, l, in, in_stride, count, out);
          if (layer.layer_norm) {
            NormalizeRows(layer, count, out,
                          {layer.normalised.data() + std::ptrdiff_t{start} * layer.stride(),
                           layer.inverse_deviation.data() + start});
          }
          in = out;
          in_stride = layer.stride();
        }
      }
      CopyOutput(chain, chain.layers.back().out.data(), rows, y);
    }
  }

  void Backward(const float* dy) override {
    if (transposed_is_stale_) TransposeWeights();
    for (Chain& chain : chains_) {
      CopyOutputGradient(dy, chain);
      const float* rows = chain.output_gradient.data();
      for (std::size_t l = chain.layers.size(); l-- > 0;) {
        GradientOfLayer(chain, l, rows);
        if (l > 0) rows = GradientBelow(chain, l, rows, gradient_.data());
      }
    }
  }

  void InputGradient(const float* dy, int first, float* dx) override {
    if (transposed_is_stale_) TransposeWeights();
    std::fill_n(dx, std::ptrdiff_t{rows_} * (spec_.inputs - first), 0.0f);
    for (Chain& chain : chains_) {
      CopyOutputGradient(dy, chain);
      const float* rows = chain.output_gradient.data();
      for (std::size_t l = chain.layers.size(); l-- > 1;) {
        rows = GradientBelow(chain, l, rows, nullptr);
      }
      AddInputGradient(chain.layers.front(), rows, first, dx);
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
    transposed_is_stale_ = true;
  }

  void GetParameters(std::span<float> out) const override { layout_.Flatten(parameters_, out); }
  void SetParameters(std::span<const float> values) override {
    layout_.Unflatten(values, parameters_);
    transposed_is_stale_ = true;
  }
  void GetGradient(std::span<float> out) const override { layout_.Flatten(gradient_, out); }
  void MoveTowards(const Network& source, double share) override {
    const auto* const from = dynamic_cast<const NativeNetwork*>(&source);
    BRASA_ASSERT(from != nullptr && from->size() == size());
    kernels::MoveTowards(from->parameters_.data(), static_cast<float>(share), size(),
                         parameters_.data());
    transposed_is_stale_ = true;
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
  Finish activation() const {
    return spec_.activation == Activation::kTanh ? Finish::kTanh : Finish::kRelu;
  }

  static void GrowRows(Dense& layer, int rows) {
    Grow(layer.out, std::ptrdiff_t{rows} * layer.stride());
    if (!layer.layer_norm) return;
    Grow(layer.normalised, std::ptrdiff_t{rows} * layer.stride());
    Grow(layer.inverse_deviation, rows);
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

  void RunLayer(const Chain& chain, std::size_t l, const float* in, int in_stride, int rows,
                float* out) const {
    const Dense& layer = chain.layers[l];
    if (layer.narrow) {
      kernels::MultiplyNarrow({.rows = rows,
                               .columns = layer.outputs,
                               .depth = in_stride,
                               .a = in,
                               .a_row = in_stride,
                               .w = parameters_.data() + layer.weights,
                               .w_row = in_stride,
                               .bias = parameters_.data() + layer.bias,
                               .c = out,
                               .c_row = layer.stride()});
      return;
    }
    const bool is_last = l + 1 == chain.layers.size();
    kernels::Multiply({.rows = rows,
                       .columns = layer.stride(),
                       .depth = layer.inputs,
                       .a = in,
                       .a_row = in_stride,
                       .a_depth = 1,
                       .b = parameters_.data() + layer.weights,
                       .b_row = layer.stride(),
                       .bias = parameters_.data() + layer.bias,
                       .c = out,
                       .c_row = layer.stride(),
                       .finish = is_last || layer.layer_norm ? Finish::kPlain : activation()});
  }

  /// What NormalizeGradient needs, from the row at hand on; null where nothing is to be kept.
  struct Kept {
    float* normalised = nullptr;
    float* inverse_deviation = nullptr;
  };
  kernels::LayerNorm NormOf(const Dense& layer, int rows) const {
    return {.rows = rows,
            .units = layer.outputs,
            .stride = layer.stride(),
            .epsilon = static_cast<float>(kLayerNormEpsilon),
            .gain = parameters_.data() + layer.gain(),
            .shift = parameters_.data() + layer.shift()};
  }
  void NormalizeRows(const Dense& layer, int rows, float* z, Kept kept) const {
    kernels::Normalize(NormOf(layer, rows), activation(), z, kept.normalised,
                       kept.inverse_deviation);
  }

  /// Parameter gradients of layer l from `rows` = G of it.
  void GradientOfLayer(const Chain& chain, std::size_t l, const float* rows) {
    const Dense& layer = chain.layers[l];
    const float* const in = l > 0 ? chain.layers[l - 1].out.data() : input_.data();
    const int in_stride = l > 0 ? chain.layers[l - 1].stride() : input_stride_;
    const int stride = layer.stride();
    // dW = h^T G; of a narrow layer (dW)^T = G^T h.
    kernels::Multiply({.rows = layer.narrow ? layer.outputs : layer.inputs,
                       .columns = layer.narrow ? in_stride : stride,
                       .depth = rows_,
                       .a = layer.narrow ? rows : in,
                       .a_row = 1,
                       .a_depth = layer.narrow ? stride : in_stride,
                       .b = layer.narrow ? in : rows,
                       .b_row = layer.narrow ? in_stride : stride,
                       .c = gradient_.data() + layer.weights,
                       .c_row = layer.narrow ? in_stride : stride});
    kernels::ColumnSums(rows, rows_, stride, stride, gradient_.data() + layer.bias);
  }

  /// G of the layer below l from `rows` = G of l > 0; of a normalised layer also the gradients of
  /// gain and shift, unless `gradient` is null.
  const float* GradientBelow(const Chain& chain, std::size_t l, const float* rows,
                             float* gradient) {
    const Dense& layer = chain.layers[l];
    const Dense& under = chain.layers[l - 1];
    const int stride = under.stride();
    float* const below = gradient_rows_[l % 2].data();
    kernels::Multiply(
        {.rows = rows_,
         .columns = stride,
         .depth = layer.outputs,
         .a = rows,
         .a_row = layer.stride(),
         .a_depth = 1,
         .b = layer.narrow ? parameters_.data() + layer.weights : layer.transposed.data(),
         .b_row = stride,
         .h = under.out.data(),
         .c = below,
         .c_row = stride,
         .finish = spec_.activation == Activation::kTanh ? Finish::kTanhGradient
                                                         : Finish::kReluGradient});
    if (under.layer_norm) {
      kernels::NormalizeGradient(NormOf(under, rows_), under.normalised.data(),
                                 under.inverse_deviation.data(), below,
                                 gradient != nullptr ? gradient + under.gain() : nullptr,
                                 gradient != nullptr ? gradient + under.shift() : nullptr);
    }
    return below;
  }

  /// dx += G W^T of a first layer, for the inputs from `first` on: its weights [inputs, stride()]
  /// lie along G as they are.
  void AddInputGradient(const Dense& layer, const float* rows, int first, float* dx) {
    const int wanted = spec_.inputs - first;
    float* const below = gradient_rows_[0].data();
    const float* const weights = parameters_.data() + layer.weights;
    if (layer.narrow) {
      kernels::Multiply({.rows = rows_,
                         .columns = input_stride_,
                         .depth = layer.outputs,
                         .a = rows,
                         .a_row = layer.stride(),
                         .a_depth = 1,
                         .b = weights,
                         .b_row = input_stride_,
                         .c = below,
                         .c_row = input_stride_});
    } else {
      kernels::MultiplyNarrow({.rows = rows_,
                               .columns = wanted,
                               .depth = layer.stride(),
                               .a = rows,
                               .a_row = layer.stride(),
                               .w = weights + std::ptrdiff_t{first} * layer.stride(),
                               .w_row = layer.stride(),
                               .bias = zeros_.data(),
                               .c = below,
                               .c_row = input_stride_});
    }
    const float* row = below + (layer.narrow ? first : 0);
    for (int i = 0; i < rows_; ++i, row += input_stride_, dx += wanted) {
      for (int j = 0; j < wanted; ++j) dx[j] += row[j];
    }
  }

  void TransposeWeights() {
    for (Chain& chain : chains_) {
      for (std::size_t l = 1; l < chain.layers.size(); ++l) {
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
  std::vector<Chain>& chains_;                                   ///< of layout_
  Buffer parameters_, gradient_, first_moment_, second_moment_;  ///< padded, laid out alike
  std::int64_t step_ = 0;
  bool transposed_is_stale_ = true;

  Buffer block_input_, block_[2];  ///< of Forward
  int rows_ = 0;                   ///< of the last ForwardTrain
  Buffer input_;                   ///< its rows, padded
  Buffer gradient_rows_[2];        ///< G of the layer at hand and of the one below
  Buffer zeros_;                   ///< [input_stride_]
};

}  // namespace

std::unique_ptr<Network> MakeNativeNetwork(const NetworkSpec& spec, const AdamOptions& adam,
                                           std::span<const float> parameters) {
  if (!spec.convolutions.empty()) {
    throw ConfigError("network.backend = 'native' does not compute convolutions; give torch");
  }
  return std::make_unique<NativeNetwork>(spec, adam, parameters);
}

}  // namespace brasa

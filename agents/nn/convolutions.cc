#include "agents/nn/convolutions.h"

#include <oneapi/dnnl/dnnl.hpp>

#include <algorithm>
#include <cstring>
#include <string_view>
#include <unordered_map>

#include "agents/nn/kernels.h"
#include "agents/nn/native_layout.h"

/// Of the OpenMP runtime that oneDNN uses: for the calling thread.
extern "C" void omp_set_num_threads(int threads);

namespace brasa {
namespace {

using dnnl::memory;
using Arguments = std::unordered_map<int, memory>;

constexpr auto kFloat = memory::data_type::f32;
constexpr auto kDirect = dnnl::algorithm::convolution_direct;

/// oneDNN puts its "brgconv" kernels first, which were measured at 0.4 times the speed of the "jit"
/// ones for pictures of 4 to 10 channels.
template <typename PrimitiveDescriptor, typename Make>
PrimitiveDescriptor FastDescriptor(Make make) {
  PrimitiveDescriptor descriptor = make();
  do {
    if (std::string_view(descriptor.impl_info_str()).starts_with("jit:")) return descriptor;
  } while (descriptor.next_impl());
  return make();
}

memory Borrowed(const memory::desc& descriptor, const dnnl::engine& engine) {
  return memory(descriptor, engine, nullptr);
}

void Point(memory& at, const float* data) { at.set_data_handle(const_cast<float*>(data)); }

/// How a layer is computed: memory of its blocks and oneDNN's choice of kernels.
struct Descriptors {
  using Forward = dnnl::convolution_forward;
  using BackwardWeights = dnnl::convolution_backward_weights;
  using BackwardData = dnnl::convolution_backward_data;

  Descriptors(const NetworkLayer& layer, Activation activation, const dnnl::engine& engine)
      : input(PictureBlock(layer.picture)),
        output(PictureBlock(layer.OutputPicture())),
        flat_weights(WeightsAs(layer, memory::format_tag::oihw)),
        biases({layer.outputs}, kFloat, memory::format_tag::a),
        forward(MakeForward(layer, activation, engine)) {
    const memory::desc any = WeightsAs(layer, memory::format_tag::any);
    const memory::dims stride{layer.stride, layer.stride}, none{0, 0};
    const BackwardWeights::desc by_weights(kDirect, input, any, biases, output, stride, none, none);
    backward_weights = FastDescriptor<BackwardWeights::primitive_desc>(
        [&] { return BackwardWeights::primitive_desc(by_weights, engine, forward); });
    const BackwardData::desc by_data(kDirect, input, any, output, stride, none, none);
    backward_data = FastDescriptor<BackwardData::primitive_desc>(
        [&] { return BackwardData::primitive_desc(by_data, engine, forward); });
  }

  Forward::primitive_desc MakeForward(const NetworkLayer& layer, Activation activation,
                                      const dnnl::engine& engine) const {
    dnnl::post_ops finish;
    finish.append_eltwise(1.0f,
                          activation == Activation::kTanh ? dnnl::algorithm::eltwise_tanh
                                                          : dnnl::algorithm::eltwise_relu,
                          0.0f, 0.0f);
    dnnl::primitive_attr attributes;
    attributes.set_post_ops(finish);
    const memory::dims stride{layer.stride, layer.stride}, none{0, 0};
    const Forward::desc what(dnnl::prop_kind::forward_training, kDirect, input,
                             WeightsAs(layer, memory::format_tag::any), biases, output, stride,
                             none, none);
    return FastDescriptor<Forward::primitive_desc>(
        [&] { return Forward::primitive_desc(what, attributes, engine); });
  }

  static memory::desc PictureBlock(const PictureShape& picture) {
    return {{Convolutions::kBlock, picture.channels, picture.height, picture.width},
            kFloat,
            memory::format_tag::nhwc};
  }
  static memory::desc WeightsAs(const NetworkLayer& layer, memory::format_tag format) {
    return {{layer.outputs, layer.picture.channels, layer.kernel, layer.kernel}, kFloat, format};
  }

  memory::desc input, output, flat_weights, biases;
  Forward::primitive_desc forward;
  BackwardWeights::primitive_desc backward_weights;
  BackwardData::primitive_desc backward_data;
};

}  // namespace

struct Convolutions::Engine {
  dnnl::engine engine{dnnl::engine::kind::cpu, 0};
  dnnl::stream stream{engine};
};

/// Memory that is Borrowed points to the block at hand.
struct Convolutions::Layer {
  Layer(const NetworkLayer& layer, Activation activation, const dnnl::engine& engine)
      : Layer(layer, Descriptors(layer, activation, engine), engine) {}
  Layer(const NetworkLayer& layer, const Descriptors& how, const dnnl::engine& engine);

  const NetworkLayer shape;
  const int inputs, outputs;  ///< floats of a picture
  dnnl::convolution_forward forward;
  dnnl::convolution_backward_weights backward_weights;
  dnnl::convolution_backward_data backward_data;
  memory source, destination, source_gradient;  ///< blocks; Borrowed
  memory flat_weights;                          ///< [channels, inputs]; Borrowed
  memory weights, transposed, biases;           ///< weights as forward and as backward_data reads
  memory block_weights_gradient, block_biases_gradient;  ///< of one block
  memory weights_gradient;                               ///< sum_of_weights
  std::vector<float> sum_of_weights, sum_of_biases;      ///< over the blocks of a Backward
  dnnl::reorder to_weights, to_transposed, from_gradient;
  Arguments forward_arguments, weights_arguments, data_arguments;
  AlignedBuffer out;    ///< of the last ForwardTrain [rows, outputs], whole blocks
  AlignedBuffer block;  ///< of Forward [kBlock, outputs]
  AlignedBuffer below;  ///< [kBlock, inputs] dL/d(inputs)
};

Convolutions::Layer::Layer(const NetworkLayer& layer, const Descriptors& how,
                           const dnnl::engine& engine)
    : shape(layer),
      inputs(static_cast<int>(layer.picture.size())),
      outputs(static_cast<int>(layer.OutputPicture().size())),
      forward(how.forward),
      backward_weights(how.backward_weights),
      backward_data(how.backward_data),
      source(Borrowed(how.input, engine)),
      destination(Borrowed(how.output, engine)),
      source_gradient(Borrowed(how.input, engine)),
      flat_weights(Borrowed(how.flat_weights, engine)),
      weights(how.forward.weights_desc(), engine),
      transposed(how.backward_data.weights_desc(), engine),
      biases(how.biases, engine),
      block_weights_gradient(how.backward_weights.diff_weights_desc(), engine),
      block_biases_gradient(how.biases, engine),
      weights_gradient(Borrowed(how.backward_weights.diff_weights_desc(), engine)),
      sum_of_weights(how.backward_weights.diff_weights_desc().get_size() / sizeof(float)),
      sum_of_biases(static_cast<std::size_t>(layer.outputs)),
      to_weights(flat_weights, weights),
      to_transposed(flat_weights, transposed),
      from_gradient(weights_gradient, flat_weights),
      forward_arguments{{DNNL_ARG_SRC, source},
                        {DNNL_ARG_WEIGHTS, weights},
                        {DNNL_ARG_BIAS, biases},
                        {DNNL_ARG_DST, destination}},
      weights_arguments{{DNNL_ARG_SRC, source},
                        {DNNL_ARG_DIFF_DST, destination},
                        {DNNL_ARG_DIFF_WEIGHTS, block_weights_gradient},
                        {DNNL_ARG_DIFF_BIAS, block_biases_gradient}},
      data_arguments{{DNNL_ARG_DIFF_DST, destination},
                     {DNNL_ARG_WEIGHTS, transposed},
                     {DNNL_ARG_DIFF_SRC, source_gradient}} {
  Point(weights_gradient, sum_of_weights.data());
  Grow(block, std::ptrdiff_t{kBlock} * outputs);
  Grow(below, std::ptrdiff_t{kBlock} * inputs);
}

Convolutions::Convolutions(std::span<const NetworkLayer> layers, Activation activation)
    : activation_(activation), engine_(std::make_unique<Engine>()) {
  omp_set_num_threads(1);
  int widest = 0;
  for (const NetworkLayer& layer : layers) {
    layers_.push_back(std::make_unique<Layer>(layer, activation, engine_->engine));
    widest = std::max({widest, layers_.back()->inputs, layers_.back()->outputs});
  }
  inputs_ = layers_.front()->inputs;
  outputs_ = layers_.back()->outputs;
  Grow(block_, std::ptrdiff_t{kBlock} * widest);
}

Convolutions::~Convolutions() = default;

int Convolutions::output_stride() const { return kernels::RoundUp(outputs_, kernels::kColumnTile); }

void Convolutions::SetParameters(std::size_t l, const float* weights, const float* biases) {
  omp_set_num_threads(1);
  Layer& layer = *layers_[l];
  Point(layer.flat_weights, weights);
  layer.to_weights.execute(engine_->stream, layer.flat_weights, layer.weights);
  layer.to_transposed.execute(engine_->stream, layer.flat_weights, layer.transposed);
  std::copy_n(biases, layer.shape.outputs, static_cast<float*>(layer.biases.get_data_handle()));
}

void Convolutions::RunLayer(Layer& layer, const float* in, float* out) {
  Point(layer.source, in);
  Point(layer.destination, out);
  layer.forward.execute(engine_->stream, layer.forward_arguments);
}

const float* Convolutions::Block(const float* rows, int stride, int size, int start, int count,
                                 AlignedBuffer& scratch) {
  const float* const first = rows + std::ptrdiff_t{start} * stride;
  if (count == kBlock && stride == size) return first;
  for (int i = 0; i < count; ++i) {
    std::copy_n(first + std::ptrdiff_t{i} * stride, size,
                scratch.data() + std::ptrdiff_t{i} * size);
  }
  std::fill(scratch.data() + std::ptrdiff_t{count} * size,
            scratch.data() + std::ptrdiff_t{kBlock} * size, 0.0f);
  return scratch.data();
}

const float* Convolutions::Padded(const float* rows, int count, float* padded) const {
  const int stride = output_stride();
  if (stride == outputs_) return rows;
  for (int i = 0; i < count; ++i) {
    std::copy_n(rows + std::ptrdiff_t{i} * outputs_, outputs_, padded + std::ptrdiff_t{i} * stride);
  }
  return padded;
}

const float* Convolutions::Forward(const float* x, int rows) {
  omp_set_num_threads(1);
  Grow(block_output_, std::ptrdiff_t{kernels::RoundUp(rows, kBlock)} * outputs_);
  if (output_stride() != outputs_) Grow(padded_block_, std::ptrdiff_t{rows} * output_stride());
  for (int start = 0; start < rows; start += kBlock) {
    const float* in = Block(x, inputs_, inputs_, start, std::min(kBlock, rows - start), block_);
    for (const auto& layer : layers_) {
      const bool last = layer == layers_.back();
      float* const out =
          last ? block_output_.data() + std::ptrdiff_t{start} * outputs_ : layer->block.data();
      RunLayer(*layer, in, out);
      in = out;
    }
  }
  return Padded(block_output_.data(), rows, padded_block_.data());
}

void Convolutions::Begin(int rows) {
  const std::ptrdiff_t whole = kernels::RoundUp(rows, kBlock);
  Grow(input_, whole * inputs_);
  for (const auto& layer : layers_) Grow(layer->out, whole * layer->outputs);
  if (output_stride() != outputs_) Grow(padded_, std::ptrdiff_t{rows} * output_stride());
}

const float* Convolutions::ForwardTrain(const float* x, int start, int count) {
  omp_set_num_threads(1);
  const int whole = kernels::RoundUp(count, kBlock);
  float* const kept = input_.data() + std::ptrdiff_t{start} * inputs_;
  std::copy_n(x, std::ptrdiff_t{count} * inputs_, kept);
  std::fill(kept + std::ptrdiff_t{count} * inputs_, kept + std::ptrdiff_t{whole} * inputs_, 0.0f);
  for (std::ptrdiff_t row = start; row < start + whole; row += kBlock) {
    const float* in = input_.data() + row * inputs_;
    for (const auto& layer : layers_) {
      float* const out = layer->out.data() + row * layer->outputs;
      RunLayer(*layer, in, out);
      in = out;
    }
  }
  return Padded(layers_.back()->out.data() + std::ptrdiff_t{start} * outputs_, count,
                padded_.data() + std::ptrdiff_t{start} * output_stride());
}

void Convolutions::ClearGradients() {
  for (const auto& layer : layers_) {
    std::ranges::fill(layer->sum_of_weights, 0.0f);
    std::ranges::fill(layer->sum_of_biases, 0.0f);
  }
}

void Convolutions::AddGradients(const float* g, int start, int count) {
  omp_set_num_threads(1);
  for (int row = 0; row < count; row += kBlock) {
    const float* block =
        Block(g, output_stride(), outputs_, row, std::min(kBlock, count - row), block_);
    for (std::size_t l = layers_.size(); l-- > 0;) {
      AddWeightGradient(l, block, start + row);
      if (l > 0) block = GradientBelow(l, block, start + row);
    }
  }
}

void Convolutions::AddWeightGradient(std::size_t l, const float* g, int start) {
  Layer& layer = *layers_[l];
  const float* const in = l > 0 ? layers_[l - 1]->out.data() : input_.data();
  Point(layer.source, in + std::ptrdiff_t{start} * layer.inputs);
  Point(layer.destination, g);
  layer.backward_weights.execute(engine_->stream, layer.weights_arguments);
  const auto add = [](const memory& block, std::vector<float>& sum) {
    const auto* const values = static_cast<const float*>(block.get_data_handle());
    for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += values[i];
  };
  add(layer.block_weights_gradient, layer.sum_of_weights);
  add(layer.block_biases_gradient, layer.sum_of_biases);
}

float* Convolutions::DataGradient(Layer& layer, const float* g) {
  Point(layer.destination, g);
  Point(layer.source_gradient, layer.below.data());
  layer.backward_data.execute(engine_->stream, layer.data_arguments);
  return layer.below.data();
}

const float* Convolutions::GradientBelow(std::size_t l, const float* g, int start) {
  Layer& layer = *layers_[l];
  float* const below = DataGradient(layer, g);
  const float* const h = layers_[l - 1]->out.data() + std::ptrdiff_t{start} * layer.inputs;
  const int size = kBlock * layer.inputs;
  if (activation_ == Activation::kTanh) {
    for (int i = 0; i < size; ++i) below[i] *= 1 - h[i] * h[i];
  } else {
    for (int i = 0; i < size; ++i) below[i] = h[i] > 0 ? below[i] : 0.0f;
  }
  return below;
}

void Convolutions::GetGradients(std::size_t l, float* weights, float* biases) const {
  omp_set_num_threads(1);
  Layer& layer = *layers_[l];
  Point(layer.flat_weights, weights);
  layer.from_gradient.execute(engine_->stream, layer.weights_gradient, layer.flat_weights);
  std::ranges::copy(layer.sum_of_biases, biases);
}

void Convolutions::AddInputGradient(const float* g, int start, int count, int first, float* dx) {
  omp_set_num_threads(1);
  for (int row = 0; row < count; row += kBlock) {
    const int block_rows = std::min(kBlock, count - row);
    const float* block = Block(g, output_stride(), outputs_, row, block_rows, block_);
    for (std::size_t l = layers_.size(); l-- > 1;) block = GradientBelow(l, block, start + row);
    const float* from = DataGradient(*layers_.front(), block);
    for (int i = 0; i < block_rows; ++i, from += inputs_) {
      for (int j = first; j < inputs_; ++j) *dx++ += from[j];
    }
  }
}

std::string ConvolutionLibraryVersion() {
  const dnnl_version_t& version = *dnnl_version();
  return std::to_string(version.major) + "." + std::to_string(version.minor) + "." +
         std::to_string(version.patch);
}

}  // namespace brasa

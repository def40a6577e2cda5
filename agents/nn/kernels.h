// The few vector kernels that the native network is made of. Matrices are row-major float32, their
// columns padded by the caller. Every element is computed by one fixed sequence of operations (the
// sum of a product runs over ascending depth), so it does not depend on the rows around it.
#pragma once

#include <cstddef>

namespace brasa::kernels {

inline constexpr int kColumnTile = 16;  ///< row lengths of vectorised matrices, in floats

constexpr int RoundUp(int n, int multiple) { return (n + multiple - 1) / multiple * multiple; }

/// What a product does to its sum s before storing it.
enum class Finish {
  kPlain,         ///< s
  kTanh,          ///< tanh(s): rational function of degree 13/6, absolute error below 3e-7
  kRelu,          ///< max(s, 0)
  kTanhGradient,  ///< s * (1 - h^2), h = the layer's tanh output
  kReluGradient,  ///< s where h > 0, else 0
};

/// C[i, j] = finish(bias[j] + sum_p A(i, p) * B[p, j]), A(i, p) = a[i * a_row + p * a_depth].
struct Product {
  int rows = 0;
  int columns = 0;  ///< multiple of kColumnTile
  int depth = 0;
  const float* a = nullptr;
  std::ptrdiff_t a_row = 0, a_depth = 0;
  const float* b = nullptr;     ///< aligned to 64 bytes, as c and h
  std::ptrdiff_t b_row = 0;     ///< row stride, multiple of kColumnTile
  const float* bias = nullptr;  ///< [columns]; null = 0
  const float* h = nullptr;     ///< for the gradients; laid out as C
  float* c = nullptr;
  std::ptrdiff_t c_row = 0;
  Finish finish = Finish::kPlain;
};
void Multiply(const Product& product);

/// The same with few columns, the weights lying along the depth: C[i, j] = bias[j] + sum_p A[i, p]
/// * W[j, p]. The sum is that of 16 sums over every 16th p, added by halves.
struct NarrowProduct {
  int rows = 0;
  int columns = 0;
  int depth = 0;             ///< multiple of kColumnTile
  const float* a = nullptr;  ///< aligned to 64 bytes, as w
  std::ptrdiff_t a_row = 0;
  const float* w = nullptr;
  std::ptrdiff_t w_row = 0;
  const float* bias = nullptr;
  float* c = nullptr;
  std::ptrdiff_t c_row = 0;
};
void MultiplyNarrow(const NarrowProduct& product);

/// out[j] = sum over rows of a[i, j]; columns a multiple of kColumnTile.
void ColumnSums(const float* a, int rows, int columns, std::ptrdiff_t a_row, float* out);

/// out[j, i] = a[i, j], and 0 from i = rows to the next multiple of kColumnTile; columns are one.
void Transpose(const float* a, int rows, int columns, std::ptrdiff_t a_row, float* out,
               std::ptrdiff_t out_row);

/// Layer normalisation of rows, z' = (z - mean) / sqrt(variance + epsilon) * gain + shift, mean and
/// variance over the first `units` columns. Buffers are aligned to 64 bytes; rows are `stride`
/// apart, a multiple of kColumnTile; padding beyond `units` is zero in what is read and what is
/// written.
struct LayerNorm {
  int rows = 0;
  int units = 0;
  std::ptrdiff_t stride = 0;
  float epsilon = 0;
  const float* gain = nullptr;   ///< [stride]
  const float* shift = nullptr;  ///< [stride]
};
/// z = finish(z'), kTanh or kRelu. Unless they are null: normalised [rows, stride] = (z' - shift) /
/// gain and inverse_deviation [rows], for the gradient.
void Normalize(const LayerNorm& norm, Finish finish, float* z, float* normalised,
               float* inverse_deviation);
/// g = dL/dz of g = dL/dz'. Unless they are null: gain_gradient and shift_gradient [stride].
void NormalizeGradient(const LayerNorm& norm, const float* normalised,
                       const float* inverse_deviation, float* g, float* gain_gradient,
                       float* shift_gradient);

/// Sum of squares; size a multiple of kColumnTile, data aligned to 64 bytes.
double SumOfSquares(const float* data, std::size_t size);

/// m = beta1 m + (1-beta1) g, v = beta2 v + (1-beta2) g^2, p -= step * m / (sqrt(v) * root_scale +
/// epsilon) with g = scale * gradient; size and alignment as above. Moments of a unit that no
/// longer learns fade to 0, not into subnormal numbers.
struct AdamCoefficients {
  float scale, beta1, one_minus_beta1, beta2, one_minus_beta2, step, root_scale, epsilon;
};
void AdamUpdate(const AdamCoefficients& adam, const float* gradient, std::size_t size, float* m,
                float* v, float* p);

/// p += share * (q - p); size and alignment as above.
void MoveTowards(const float* q, float share, std::size_t size, float* p);

}  // namespace brasa::kernels

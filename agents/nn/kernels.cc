#include "agents/nn/kernels.h"

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <utility>

#include "brasa/core/assert.h"

namespace brasa::kernels {
namespace {

namespace vec = Eigen::internal;
using Packet = vec::packet_traits<float>::type;
constexpr int kLanes = vec::unpacket_traits<Packet>::size;
// Registers decide the tile: 32 of AVX-512 hold 6 x 4 sums, 16 of AVX2 or SSE 6 x 2.
constexpr int kTilePackets = kLanes == 16 ? 4 : 2;
constexpr int kHighTile = 6, kRowTile = 4;
constexpr int kPacketsOfTile = kColumnTile / kLanes;
static_assert(kColumnTile % kLanes == 0);

Packet Splat(float value) { return vec::pset1<Packet>(value); }
Packet Load(const float* p) { return vec::pload<Packet>(p); }

template <Finish kFinish>
Packet Finished(const Packet& sum, const float* h) {
  if constexpr (kFinish == Finish::kTanh) return vec::ptanh(sum);
  if constexpr (kFinish == Finish::kRelu) return vec::pmax(sum, Splat(0));
  if constexpr (kFinish == Finish::kTanhGradient) {
    const Packet out = Load(h);
    return vec::pmul(sum, vec::psub(Splat(1), vec::pmul(out, out)));
  }
  if constexpr (kFinish == Finish::kReluGradient) {
    return vec::pselect(vec::pcmp_lt(Splat(0), Load(h)), sum, Splat(0));
  }
  return sum;
}

/// kRows x (kPackets * kLanes) elements of C from (i, j) on; the sums stay in registers. They start
/// from C instead of from the bias where `resume`.
template <Finish kFinish, int kRows, int kPackets>
inline void Tile(const Product& product, std::ptrdiff_t i, std::ptrdiff_t j, bool resume) {
  Packet sum[kRows][kPackets];
  float* const c = product.c + i * product.c_row + j;
  if (resume) {
    for (int r = 0; r < kRows; ++r) {
      for (int q = 0; q < kPackets; ++q) sum[r][q] = Load(c + r * product.c_row + q * kLanes);
    }
  } else {
    for (int q = 0; q < kPackets; ++q) {
      const Packet start = product.bias ? Load(product.bias + j + q * kLanes) : Splat(0);
      for (int r = 0; r < kRows; ++r) sum[r][q] = start;
    }
  }
  const float* a = product.a + i * product.a_row;
  const float* b = product.b + j;
  for (int p = 0; p < product.depth; ++p, a += product.a_depth, b += product.b_row) {
    Packet row[kPackets];
    for (int q = 0; q < kPackets; ++q) row[q] = Load(b + q * kLanes);
    for (int r = 0; r < kRows; ++r) {
      const Packet x = Splat(a[r * product.a_row]);
      for (int q = 0; q < kPackets; ++q) sum[r][q] = vec::pmadd(x, row[q], sum[r][q]);
    }
  }
  const float* const h = product.h ? product.h + i * product.c_row + j : nullptr;
  for (int r = 0; r < kRows; ++r) {
    for (int q = 0; q < kPackets; ++q) {
      const std::ptrdiff_t at = r * product.c_row + q * kLanes;
      vec::pstore(c + at, Finished<kFinish>(sum[r][q], h ? h + at : nullptr));
    }
  }
}

template <Finish kFinish, int kPackets>
void Panel(const Product& product, std::ptrdiff_t j, bool resume) {
  // A narrow panel takes more rows at once: too few sums wait for each other's latency.
  constexpr int kWider = kTilePackets / kPackets;
  constexpr int kHigh = kWider * kHighTile, kTall = kWider * kRowTile;
  std::ptrdiff_t i = 0;
  for (; i + kHigh <= product.rows && i + 2 * kTall != product.rows; i += kHigh) {
    Tile<kFinish, kHigh, kPackets>(product, i, j, resume);
  }
  for (; i + kTall <= product.rows; i += kTall) {
    Tile<kFinish, kTall, kPackets>(product, i, j, resume);
  }
  for (; i + kRowTile <= product.rows; i += kRowTile) {
    Tile<kFinish, kRowTile, kPackets>(product, i, j, resume);
  }
  for (; i < product.rows; ++i) Tile<kFinish, 1, kPackets>(product, i, j, resume);
}

/// The sum in parts where A lies along the rows: one cache line then serves the tiles that follow
/// each other. A part goes on where the one before it has left its sums in C.
template <Finish kFinish, int kPackets>
void PanelInParts(const Product& product, std::ptrdiff_t j) {
  constexpr int kDepth = 64;
  if (product.a_depth == 1) return Panel<kFinish, kPackets>(product, j, false);
  Product part = product;
  part.depth = kDepth;
  int from = 0;
  for (; from + kDepth < product.depth; from += kDepth) {
    Panel<Finish::kPlain, kPackets>(part, j, from > 0);
    part.a += kDepth * part.a_depth;
    part.b += kDepth * part.b_row;
  }
  part.depth = product.depth - from;
  Panel<kFinish, kPackets>(part, j, from > 0);
}

template <Finish kFinish>
void MultiplyWith(const Product& product) {
  int j = 0;
  for (; j + kTilePackets * kLanes <= product.columns; j += kTilePackets * kLanes) {
    PanelInParts<kFinish, kTilePackets>(product, j);
  }
  for (; j + 2 * kLanes <= product.columns; j += 2 * kLanes) PanelInParts<kFinish, 2>(product, j);
  for (; j < product.columns; j += kLanes) PanelInParts<kFinish, 1>(product, j);
}

#ifdef EIGEN_VECTORIZE_SSE  // then Eigen has included the intrinsics
/// While it lives, results below 2^-126 are 0: arithmetic on them is some 50 times slower.
class FlushSubnormals {
 public:
  FlushSubnormals() : saved_(_mm_getcsr()) { _mm_setcsr(saved_ | kFlushToZero | kInputsAreZero); }
  ~FlushSubnormals() { _mm_setcsr(saved_); }
  FlushSubnormals(const FlushSubnormals&) = delete;
  FlushSubnormals& operator=(const FlushSubnormals&) = delete;

 private:
  static constexpr unsigned kFlushToZero = 0x8000, kInputsAreZero = 0x0040;
  unsigned saved_;
};
#else
struct FlushSubnormals {};
#endif

}  // namespace

void Multiply(const Product& product) {
  BRASA_ASSERT(product.columns % kColumnTile == 0);
  switch (product.finish) {
    case Finish::kPlain:
      return MultiplyWith<Finish::kPlain>(product);
    case Finish::kTanh:
      return MultiplyWith<Finish::kTanh>(product);
    case Finish::kRelu:
      return MultiplyWith<Finish::kRelu>(product);
    case Finish::kTanhGradient:
      return MultiplyWith<Finish::kTanhGradient>(product);
    case Finish::kReluGradient:
      return MultiplyWith<Finish::kReluGradient>(product);
  }
}

void MultiplyNarrow(const NarrowProduct& product) {
  BRASA_ASSERT(product.depth % kColumnTile == 0);
  for (int j = 0; j < product.columns; ++j) {
    const float* const w = product.w + j * product.w_row;
    for (int i = 0; i < product.rows; ++i) {
      const float* const a = product.a + i * product.a_row;
      Packet sum[kPacketsOfTile];
      for (int q = 0; q < kPacketsOfTile; ++q) sum[q] = Splat(0);
      for (int p = 0; p < product.depth; p += kColumnTile) {
        for (int q = 0; q < kPacketsOfTile; ++q) {
          sum[q] = vec::pmadd(Load(a + p + q * kLanes), Load(w + p + q * kLanes), sum[q]);
        }
      }
      for (int half = kPacketsOfTile / 2; half > 0; half /= 2) {
        for (int q = 0; q < half; ++q) sum[q] = vec::padd(sum[q], sum[q + half]);
      }
      product.c[i * product.c_row + j] = product.bias[j] + vec::predux(sum[0]);
    }
  }
}

void ColumnSums(const float* a, int rows, int columns, std::ptrdiff_t a_row, float* out) {
  for (int j = 0; j < columns; j += kColumnTile) {
    Packet sum[kColumnTile / kLanes];
    for (Packet& lane : sum) lane = Splat(0);
    for (int i = 0; i < rows; ++i) {
      for (int q = 0; q < kColumnTile / kLanes; ++q) {
        sum[q] = vec::padd(sum[q], Load(a + i * a_row + j + q * kLanes));
      }
    }
    for (int q = 0; q < kColumnTile / kLanes; ++q) vec::pstore(out + j + q * kLanes, sum[q]);
  }
}

void Transpose(const float* a, int rows, int columns, std::ptrdiff_t a_row, float* out,
               std::ptrdiff_t out_row) {
  // Whole vectors both ways: each of `out`'s cache lines is written once.
  for (int i = 0; i < rows; i += kLanes) {
    for (int j = 0; j < columns; j += kLanes) {
      vec::PacketBlock<Packet, kLanes> block;
      for (int k = 0; k < kLanes; ++k) {
        block.packet[k] = i + k < rows ? Load(a + (i + k) * a_row + j) : Splat(0);
      }
      vec::ptranspose(block);
      for (int k = 0; k < kLanes; ++k) vec::pstore(out + (j + k) * out_row + i, block.packet[k]);
    }
  }
}

namespace {

/// f(first column, packet is padding's mask) for the packets of a row of `units`; the mask is 1 in
/// columns of units and 0 beyond.
template <typename F>
inline void ForPackets(int units, F f) {
  alignas(64) float mask[kLanes];
  for (int lane = 0; lane < kLanes; ++lane) mask[lane] = lane < units % kLanes ? 1.0f : 0.0f;
  int j = 0;
  for (; j + kLanes <= units; j += kLanes) f(j, Splat(1));
  if (j < units) f(j, Load(mask));
}

}  // namespace

void Normalize(const LayerNorm& norm, Finish finish, float* z, float* normalised,
               float* inverse_deviation) {
  const float share = 1.0f / static_cast<float>(norm.units);
  for (int i = 0; i < norm.rows; ++i, z += norm.stride) {
    Packet sum = Splat(0), squares = Splat(0);
    ForPackets(norm.units, [&](int j, const Packet&) { sum = vec::padd(sum, Load(z + j)); });
    const Packet mean = Splat(vec::predux(sum) * share);
    ForPackets(norm.units, [&](int j, const Packet& mask) {
      const Packet centred = vec::pmul(vec::psub(Load(z + j), mean), mask);
      squares = vec::pmadd(centred, centred, squares);
    });
    const float inverse = 1.0f / std::sqrt(vec::predux(squares) * share + norm.epsilon);
    const Packet scale = Splat(inverse);
    ForPackets(norm.units, [&](int j, const Packet& mask) {
      const Packet unit = vec::pmul(vec::pmul(vec::psub(Load(z + j), mean), mask), scale);
      const Packet out = vec::pmadd(unit, Load(norm.gain + j), Load(norm.shift + j));
      if (normalised != nullptr) vec::pstore(normalised + i * norm.stride + j, unit);
      vec::pstore(z + j, finish == Finish::kTanh ? Finished<Finish::kTanh>(out, nullptr)
                                                 : Finished<Finish::kRelu>(out, nullptr));
    });
    if (inverse_deviation != nullptr) inverse_deviation[i] = inverse;
  }
}

void NormalizeGradient(const LayerNorm& norm, const float* normalised,
                       const float* inverse_deviation, float* g, float* gain_gradient,
                       float* shift_gradient) {
  if (gain_gradient != nullptr) {
    std::fill_n(gain_gradient, norm.stride, 0.0f);
    std::fill_n(shift_gradient, norm.stride, 0.0f);
  }
  const float share = 1.0f / static_cast<float>(norm.units);
  for (int i = 0; i < norm.rows; ++i, g += norm.stride, normalised += norm.stride) {
    Packet sum = Splat(0), product = Splat(0);
    ForPackets(norm.units, [&](int j, const Packet&) {
      const Packet unit = Load(normalised + j), below = Load(g + j);
      if (gain_gradient != nullptr) {
        vec::pstore(gain_gradient + j, vec::pmadd(below, unit, Load(gain_gradient + j)));
        vec::pstore(shift_gradient + j, vec::padd(below, Load(shift_gradient + j)));
      }
      const Packet weighted = vec::pmul(below, Load(norm.gain + j));
      sum = vec::padd(sum, weighted);
      product = vec::pmadd(weighted, unit, product);
    });
    const Packet mean = Splat(vec::predux(sum) * share);
    const Packet slope = Splat(vec::predux(product) * share);
    const Packet scale = Splat(inverse_deviation[i]);
    ForPackets(norm.units, [&](int j, const Packet& mask) {
      const Packet weighted = vec::pmul(Load(g + j), Load(norm.gain + j));
      const Packet centred =
          vec::psub(vec::psub(weighted, mean), vec::pmul(Load(normalised + j), slope));
      vec::pstore(g + j, vec::pmul(vec::pmul(centred, scale), mask));
    });
  }
}

double SumOfSquares(const float* data, std::size_t size) {
  // Short float sums, collected in double: the error stays that of a block.
  constexpr std::size_t kBlock = 64 * kColumnTile;
  double total = 0;
  for (std::size_t start = 0; start < size; start += kBlock) {
    const std::size_t end = std::min(size, start + kBlock);
    Packet sum[kColumnTile / kLanes];
    for (Packet& lane : sum) lane = Splat(0);
    for (std::size_t i = start; i < end; i += kColumnTile) {
      for (std::size_t q = 0; q < kColumnTile / kLanes; ++q) {
        const Packet x = Load(data + i + q * kLanes);
        sum[q] = vec::pmadd(x, x, sum[q]);
      }
    }
    for (const Packet& lane : sum) total += static_cast<double>(vec::predux(lane));
  }
  return total;
}

void AdamUpdate(const AdamCoefficients& adam, const float* gradient, std::size_t size, float* m,
                float* v, float* p) {
  [[maybe_unused]] const FlushSubnormals flush;
  const Packet scale = Splat(adam.scale);
  const Packet beta1 = Splat(adam.beta1), beta1_rest = Splat(adam.one_minus_beta1);
  const Packet beta2 = Splat(adam.beta2), beta2_rest = Splat(adam.one_minus_beta2);
  const Packet step = Splat(adam.step);
  const Packet root_scale = Splat(adam.root_scale), epsilon = Splat(adam.epsilon);
  for (std::size_t i = 0; i < size; i += kLanes) {
    const Packet g = vec::pmul(scale, Load(gradient + i));
    const Packet first = vec::pmadd(beta1, Load(m + i), vec::pmul(beta1_rest, g));
    const Packet second = vec::pmadd(beta2, Load(v + i), vec::pmul(vec::pmul(beta2_rest, g), g));
    const Packet root = vec::pmadd(vec::psqrt(second), root_scale, epsilon);
    vec::pstore(m + i, first);
    vec::pstore(v + i, second);
    vec::pstore(p + i, vec::psub(Load(p + i), vec::pdiv(vec::pmul(step, first), root)));
  }
}

void MoveTowards(const float* q, float share, std::size_t size, float* p) {
  const Packet weight = Splat(share);
  for (std::size_t i = 0; i < size; i += kLanes) {
    const Packet at = Load(p + i);
    vec::pstore(p + i, vec::pmadd(weight, vec::psub(Load(q + i), at), at));
  }
}

}  // namespace brasa::kernels

// Between worlds as they lie in memory (rows) and one array per quantity (columns), eight worlds at
// a time: whole rows are read and written, which takes a third of the time of single elements.
#pragma once

#include <cstddef>

#ifdef __AVX512F__
#include <immintrin.h>
#endif

namespace brasa {

inline constexpr std::size_t kRows = 8;  ///< worlds turned at once

#ifdef __AVX512F__
inline constexpr bool kTransposes = true;

/// Eight rows of eight doubles become eight columns.
inline void Transpose(__m512d (&r)[kRows]) {
  __m512d pairs[kRows], fours[kRows];
  for (std::size_t i = 0; i < kRows; i += 2) {
    const __m512d a = r[i], b = r[i + 1];
    pairs[i] = __builtin_shufflevector(a, b, 0, 8, 2, 10, 4, 12, 6, 14);
    pairs[i + 1] = __builtin_shufflevector(a, b, 1, 9, 3, 11, 5, 13, 7, 15);
  }
  for (const std::size_t i : {0u, 1u, 4u, 5u}) {
    const __m512d a = pairs[i], b = pairs[i + 2];
    fours[i] = __builtin_shufflevector(a, b, 0, 1, 4, 5, 8, 9, 12, 13);
    fours[i + 2] = __builtin_shufflevector(a, b, 2, 3, 6, 7, 10, 11, 14, 15);
  }
  for (std::size_t i = 0; i < 4; ++i) {
    const __m512d a = fours[i], b = fours[i + 4];
    r[i] = __builtin_shufflevector(a, b, 0, 1, 4, 5, 8, 9, 12, 13);
    r[i + 4] = __builtin_shufflevector(a, b, 2, 3, 6, 7, 10, 11, 14, 15);
  }
}

/// columns[k * column_stride + i] = rows[i * row_stride + k] for i < 8, k < kCount <= 8.
template <std::size_t kCount>
void RowsToColumns(const double* rows, std::size_t row_stride, double* columns,
                   std::size_t column_stride) {
  constexpr auto kMask = static_cast<__mmask8>((1u << kCount) - 1);
  __m512d r[kRows];
  for (std::size_t i = 0; i < kRows; ++i) {
    r[i] = _mm512_maskz_loadu_pd(kMask, rows + i * row_stride);
  }
  Transpose(r);
  for (std::size_t k = 0; k < kCount; ++k) _mm512_storeu_pd(columns + k * column_stride, r[k]);
}

/// rows[i * row_stride + k] = columns[k * column_stride + i] for i < 8, k < kCount <= 8.
template <std::size_t kCount>
void ColumnsToRows(const double* columns, std::size_t column_stride, double* rows,
                   std::size_t row_stride) {
  constexpr auto kMask = static_cast<__mmask8>((1u << kCount) - 1);
  __m512d r[kRows];
  for (std::size_t k = 0; k < kRows; ++k) {
    r[k] = k < kCount ? _mm512_loadu_pd(columns + k * column_stride) : _mm512_setzero_pd();
  }
  Transpose(r);
  for (std::size_t i = 0; i < kRows; ++i) {
    _mm512_mask_storeu_pd(rows + i * row_stride, kMask, r[i]);
  }
}
#else
inline constexpr bool kTransposes = false;

template <std::size_t kCount>
void RowsToColumns(const double*, std::size_t, double*, std::size_t) {}
template <std::size_t kCount>
void ColumnsToRows(const double*, std::size_t, double*, std::size_t) {}
#endif

}  // namespace brasa

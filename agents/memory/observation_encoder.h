// Observations as networks want them: float rows.
#pragma once

#include <cstdint>
#include <span>

#include "brasa/core/spec.h"

namespace brasa {

/// Turns observation rows of an environment's own element type into rows of floats: numbers as they
/// are, ids of a categorical observation as one-hot vectors side by side. A value type; threads:
/// any.
class ObservationEncoder {
 public:
  explicit ObservationEncoder(const ObservationSpec& spec);

  /// Floats per encoded row.
  int inputs() const { return inputs_; }
  /// Bytes per observation row.
  int row_bytes() const { return row_bytes_; }
  /// True if an encoded row has the bits of the observation row.
  bool identity() const { return type_ == ElementType::kFloat32 && categories_.empty(); }

  /// Overwrites out [count, inputs] with the encoding of `count` consecutive rows.
  void Encode(const void* rows, int count, float* out) const;
  /// Overwrites out [indices.size(), inputs] with the encoding of the rows `indices` of `rows`.
  void Gather(const void* rows, std::span<const std::int32_t> indices, float* out) const;

 private:
  void EncodeRow(const unsigned char* row, float* out) const;

  ElementType type_;
  int size_;  ///< D
  int row_bytes_;
  int inputs_;
  std::vector<std::int32_t> categories_;
};

}  // namespace brasa

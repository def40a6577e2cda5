#include "agents/memory/observation_encoder.h"

#include <cstring>
#include <numeric>

namespace brasa {

ObservationEncoder::ObservationEncoder(const ObservationSpec& spec)
    : type_(spec.type),
      size_(spec.size()),
      row_bytes_(spec.bytes()),
      inputs_(spec.categorical()
                  ? std::accumulate(spec.categories.begin(), spec.categories.end(), 0)
                  : spec.size()),
      categories_(spec.categories) {}

void ObservationEncoder::EncodeRow(const unsigned char* row, float* out) const {
  const auto* floats = reinterpret_cast<const float*>(row);
  if (categories_.empty()) {
    if (type_ == ElementType::kFloat32) {
      for (int i = 0; i < size_; ++i) out[i] = floats[i];
    } else {
      for (int i = 0; i < size_; ++i) out[i] = static_cast<float>(row[i]);
    }
    return;
  }
  std::memset(out, 0, sizeof(float) * static_cast<std::size_t>(inputs_));
  for (int i = 0; i < size_; ++i) {
    const int id = type_ == ElementType::kFloat32 ? static_cast<int>(floats[i]) : row[i];
    out[id] = 1.0f;
    out += categories_[static_cast<std::size_t>(i)];
  }
}

void ObservationEncoder::Encode(const void* rows, int count, float* out) const {
  const auto* row = static_cast<const unsigned char*>(rows);
  for (int i = 0; i < count; ++i, row += row_bytes_, out += inputs_) EncodeRow(row, out);
}

void ObservationEncoder::Gather(const void* rows, std::span<const std::int32_t> indices,
                                float* out) const {
  const auto* base = static_cast<const unsigned char*>(rows);
  for (const std::int32_t index : indices) {
    EncodeRow(base + static_cast<std::ptrdiff_t>(index) * row_bytes_, out);
    out += inputs_;
  }
}

}  // namespace brasa

#include "agents/memory/running_moments.h"

#include <algorithm>
#include <span>

namespace brasa {

RunningMoments::RunningMoments(int columns)
    : mean_(static_cast<std::size_t>(columns), 0.0),
      variance_(mean_.size(), 1.0),
      batch_mean_(mean_.size()),
      batch_variance_(mean_.size()) {}

void RunningMoments::Update(const float* rows, std::size_t count) {
  if (count == 0) return;
  const std::size_t columns = mean_.size();
  const double size = static_cast<double>(count);
  std::fill(batch_mean_.begin(), batch_mean_.end(), 0.0);
  std::fill(batch_variance_.begin(), batch_variance_.end(), 0.0);
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t d = 0; d < columns; ++d) {
      batch_mean_[d] += static_cast<double>(rows[i * columns + d]);
    }
  }
  for (double& mean : batch_mean_) mean /= size;
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t d = 0; d < columns; ++d) {
      const double centred = static_cast<double>(rows[i * columns + d]) - batch_mean_[d];
      batch_variance_[d] += centred * centred / size;
    }
  }
  const double total = count_ + size;
  for (std::size_t d = 0; d < columns; ++d) {
    const double delta = batch_mean_[d] - mean_[d];
    mean_[d] += delta * size / total;
    variance_[d] = (variance_[d] * count_ + batch_variance_[d] * size +
                    delta * delta * count_ * size / total) /
                   total;
  }
  count_ = total;
}

void RunningMoments::Save(StateWriter& writer) const {
  writer.WriteVector("moments.mean", mean_);
  writer.WriteVector("moments.variance", variance_);
  writer.Write("moments.count", count_);
}

void RunningMoments::Load(StateReader& reader) {
  reader.ReadSpan("moments.mean", std::span(mean_));
  reader.ReadSpan("moments.variance", std::span(variance_));
  reader.Read("moments.count", count_);
}

}  // namespace brasa

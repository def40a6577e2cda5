#include <Eigen/Dense>
#include <algorithm>

#include "agents/nn/network.h"

namespace brasa {
namespace {

using RowMatrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// [rows, columns] with orthonormal rows or columns, whichever are fewer.
RowMatrix OrthogonalMatrix(int rows, int columns, Rng& rng) {
  const bool wide = rows < columns;
  RowMatrix gaussian(wide ? columns : rows, wide ? rows : columns);
  for (Eigen::Index i = 0; i < gaussian.size(); ++i) gaussian.data()[i] = rng.Normal();
  const Eigen::HouseholderQR<RowMatrix> qr(gaussian);
  RowMatrix q = qr.householderQ() * RowMatrix::Identity(gaussian.rows(), gaussian.cols());
  // QR is unique only up to the signs of R's diagonal; a positive diagonal makes q uniform over
  // the orthogonal matrices (Mezzadri 2007).
  for (Eigen::Index j = 0; j < q.cols(); ++j) {
    if (qr.matrixQR()(j, j) < 0) q.col(j) *= -1.0;
  }
  if (wide) return q.transpose();
  return q;
}

}  // namespace

std::vector<float> InitialParameters(const NetworkSpec& spec, Rng& init) {
  const std::vector<NetworkLayer> layers = LayersOf(spec);
  std::vector<float> parameters(static_cast<std::size_t>(layers.back().end()), 0.0f);
  for (const NetworkLayer& layer : layers) {
    const RowMatrix weights = layer.init_gain * OrthogonalMatrix(layer.outputs, layer.inputs, init);
    for (Eigen::Index i = 0; i < weights.size(); ++i) {
      parameters[static_cast<std::size_t>(layer.offset + i)] =
          static_cast<float>(weights.data()[i]);
    }
    if (layer.layer_norm) {
      std::fill_n(parameters.begin() + layer.gain_offset(), layer.outputs, 1.0f);
    }
  }
  return parameters;
}

}  // namespace brasa

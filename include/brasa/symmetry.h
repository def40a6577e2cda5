// Symmetries of games on a grid, for the Symmetries member of an environment (brasa/env.h).
#pragma once

#include <cstdint>
#include <vector>

#include "brasa/env.h"

namespace brasa {

/// A map of the cells of a grid onto themselves.
struct GridMap {
  bool transpose = false;  ///< applied first: (row, column) -> (column, row); square grids only
  bool flip_rows = false;
  bool flip_columns = false;

  /// Where cell (row, column) of a grid of rows x columns goes, as row * columns + column.
  int Image(int row, int column, int rows, int columns) const {
    const int r = transpose ? column : row, c = transpose ? row : column;
    return (flip_rows ? rows - 1 - r : r) * columns + (flip_columns ? columns - 1 - c : c);
  }
};

/// All maps of a grid but the identity: 7 of a square, 3 of another rectangle.
inline std::vector<GridMap> GridMaps(int rows, int columns) {
  std::vector<GridMap> maps;
  for (int bits = 1; bits < (rows == columns ? 8 : 4); ++bits) {
    maps.push_back({(bits & 4) != 0, (bits & 2) != 0, (bits & 1) != 0});
  }
  return maps;
}

/// The symmetry `map` makes of a game whose observation is [planes, rows, columns] and whose action
/// row * columns + column plays that cell; the `fixed_actions` ids behind them (a pass) stay.
inline Symmetry GridSymmetry(const GridMap& map, int planes, int rows, int columns,
                             int fixed_actions = 0) {
  const int cells = rows * columns;
  Symmetry symmetry;
  symmetry.action.resize(static_cast<std::size_t>(cells + fixed_actions));
  symmetry.observation.resize(static_cast<std::size_t>(planes * cells));
  for (int row = 0; row < rows; ++row) {
    for (int column = 0; column < columns; ++column) {
      const int cell = row * columns + column, image = map.Image(row, column, rows, columns);
      symmetry.action[static_cast<std::size_t>(cell)] = image;
      for (int plane = 0; plane < planes; ++plane) {
        symmetry.observation[static_cast<std::size_t>(plane * cells + image)] =
            plane * cells + cell;
      }
    }
  }
  for (int id = cells; id < cells + fixed_actions; ++id) {
    symmetry.action[static_cast<std::size_t>(id)] = id;
  }
  return symmetry;
}

}  // namespace brasa

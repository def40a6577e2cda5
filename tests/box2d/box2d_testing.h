// Reference rows, and episodes of the built-in environments, for the tests of this folder.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <fstream>
#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "brasa/env_batch.h"
#include "envs/box2d/lander_world.h"
#include "envs/box2d/walker_world.h"
#include "tests/support/test_data.h"

namespace brasa::box2d_testing {

/// One row of a CSV file by the names of its columns.
class Row {
 public:
  Row(const std::map<std::string, std::size_t>& columns, std::vector<std::string> cells)
      : columns_(&columns), cells_(std::move(cells)) {}
  const std::string& Text(const std::string& column) const {
    return cells_.at(columns_->at(column));
  }
  /// NaN where the cell is empty.
  double Number(const std::string& column) const {
    return Text(column).empty() ? std::nan("") : std::stod(Text(column));
  }
  int Integer(const std::string& column) const { return std::stoi(Text(column)); }

 private:
  const std::map<std::string, std::size_t>* columns_;
  std::vector<std::string> cells_;
};

class Table {
 public:
  explicit Table(const std::string& name) {
    std::ifstream file(TestData("box2d/") + name);
    EXPECT_TRUE(file.good()) << name;
    std::string line;
    std::getline(file, line);
    const auto names = Split(line);
    for (std::size_t i = 0; i < names.size(); ++i) columns_[names[i]] = i;
    while (std::getline(file, line)) rows_.emplace_back(columns_, Split(line));
  }
  Table(const Table&) = delete;
  const std::vector<Row>& rows() const { return rows_; }

 private:
  static std::vector<std::string> Split(const std::string& line) {
    std::vector<std::string> cells(1);
    for (const char c : line) {
      if (c == ',') {
        cells.emplace_back();
      } else {
        cells.back() += c;
      }
    }
    return cells;
  }
  std::map<std::string, std::size_t> columns_;
  std::vector<Row> rows_;
};

/// The rows of tests/data/box2d/NAME, read once.
inline const std::vector<Row>& RowsOf(const std::string& name) {
  static std::map<std::string, std::unique_ptr<Table>> tables;
  auto& table = tables[name];
  if (table == nullptr) table = std::make_unique<Table>(name);
  return table->rows();
}

/// The draws of a reference reset.
inline LanderStart ReferenceLanderStart(int seed) {
  LanderStart start;
  std::size_t draws = 0;
  for (const Row& row : RowsOf("lunar_lander_starts.csv")) {
    if (row.Integer("seed") != seed) continue;
    if (row.Text("kind") == "height_draw") {
      start.heights.at(static_cast<std::size_t>(row.Integer("i"))) = row.Number("v1");
      ++draws;
    }
    if (row.Text("kind") == "initial_force") start.force = {row.Number("v1"), row.Number("v2")};
  }
  EXPECT_EQ(draws, start.heights.size()) << seed;
  return start;
}

/// The ground and the push of a reference reset.
inline std::pair<WalkerTerrain, double> ReferenceWalkerStart(int seed) {
  std::pair<WalkerTerrain, double> start;
  std::size_t corners = 0;
  for (const Row& row : RowsOf("bipedal_walker_starts.csv")) {
    if (row.Integer("seed") != seed) continue;
    if (row.Text("kind") == "terrain") {
      start.first.ground.at(static_cast<std::size_t>(row.Integer("i"))) = {row.Number("x"),
                                                                           row.Number("y")};
      ++corners;
    } else {
      start.second = row.Number("x");
    }
  }
  EXPECT_EQ(corners, start.first.ground.size()) << seed;
  return start;
}

inline const EnvRow& EnvOf(const std::string& id) {
  for (const EnvRow& row : BuiltinEnvs()) {
    if (row.id == id) return row;
  }
  throw Error("no environment " + id);
}

inline Params ParamsOf(const std::string& id,
                       const std::vector<std::pair<std::string, std::string>>& settings = {}) {
  Params params = DefaultParams(EnvOf(id));
  for (const auto& [name, value] : settings) params.Set(name, value);
  return params;
}

}  // namespace brasa::box2d_testing

// Reads the tables and episodes in tests/data/classic_envs and compares models with them.
#pragma once

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "brasa/core/config.h"
#include "brasa/core/model.h"
#include "tests/support/test_data.h"

namespace brasa::toy_testing {

using Settings = std::vector<std::pair<std::string, std::string>>;

template <typename Env>
Params With(const Settings& settings) {
  Params params(Env::Fields());
  for (const auto& [name, value] : settings) params.Set(name, value);
  return params;
}

/// The lines of a file, its header left out, split at commas.
inline std::vector<std::vector<std::string>> ReadRows(const std::string& file) {
  std::ifstream stream(TestData("classic_envs/") + file);
  EXPECT_TRUE(stream.is_open()) << file;
  std::vector<std::vector<std::string>> rows;
  std::string line;
  std::getline(stream, line);
  while (std::getline(stream, line)) {
    std::vector<std::string> fields;
    std::istringstream parts(line);
    for (std::string field; std::getline(parts, field, ',');) fields.push_back(field);
    if (line.ends_with(',')) fields.emplace_back();
    rows.push_back(std::move(fields));
  }
  return rows;
}

/// Every row of the table stands in the model and no other; numbers to the last bit.
inline void ExpectTable(const TransitionModel& model, const std::string& file) {
  const auto rows = ReadRows(file);
  for (const auto& row : rows) {
    const auto at = [&](std::size_t i) { return static_cast<std::size_t>(std::stoi(row[i])); };
    const std::string place = file + ": " + row[0] + "," + row[1] + "," + row[2];
    ASSERT_LT(at(2), model.outcomes.at(at(0)).at(at(1)).size()) << place;
    const ModelOutcome& found = model.outcomes[at(0)][at(1)][at(2)];
    EXPECT_EQ(found.probability, std::stod(row[3])) << place;
    EXPECT_EQ(found.next, std::stoi(row[4])) << place;
    EXPECT_EQ(found.reward, std::stod(row[5])) << place;
    EXPECT_EQ(found.terminated, row[6] == "1") << place;
  }
  std::size_t outcomes = 0;
  for (const auto& state : model.outcomes) {
    for (const auto& action : state) outcomes += action.size();
  }
  EXPECT_EQ(rows.size(), outcomes);
  EXPECT_GT(rows.size(), 100u);
}

/// Every recorded step is an outcome of the model, with its probability, and every recorded start
/// a possible one.
inline void ExpectSteps(const TransitionModel& model, const std::string& file) {
  int steps = 0;
  for (const auto& row : ReadRows(file)) {
    const auto next = static_cast<std::size_t>(std::stoi(row[4]));
    if (row[2].empty()) {
      EXPECT_GT(model.start[next], 0.0) << file << " seed " << row[0];
      continue;
    }
    const auto& outcomes = model.outcomes.at(static_cast<std::size_t>(std::stoi(row[2])))
                               .at(static_cast<std::size_t>(std::stoi(row[3])));
    bool found = false;
    for (const ModelOutcome& o : outcomes) {
      found |= o.probability == std::stod(row[8]) && o.next == std::stoi(row[4]) &&
               o.reward == std::stod(row[5]) && o.terminated == (row[6] == "1");
    }
    EXPECT_TRUE(found) << file << " seed " << row[0] << " step " << row[1];
    ++steps;
  }
  EXPECT_GT(steps, 100);
}

}  // namespace brasa::toy_testing

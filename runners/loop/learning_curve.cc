#include <cmath>

#include "brasa/runner.h"
#include "runners/loop/csv_reader.h"
#include "runners/loop/run_files.h"

namespace brasa {

LearningCurve ReadLearningCurve(const std::string& directory) {
  const std::filesystem::path path = RunFiles(directory).metrics;
  const CsvTable table = ReadCsv(path);
  for (const char* column : {"steps", "mean_return", "seconds"}) {
    if (!table.Has(column)) {
      throw FileError(path.string() + " has no column '" + column + "': it is not of a run");
    }
  }
  LearningCurve curve;
  for (std::size_t row = 0; row < table.rows(); ++row) {
    if (std::isnan(table.Column("mean_return")[row])) continue;
    curve.steps.push_back(table.Column("steps")[row]);
    curve.mean_return.push_back(table.Column("mean_return")[row]);
    curve.seconds.push_back(table.Column("seconds")[row]);
  }
  return curve;
}

}  // namespace brasa

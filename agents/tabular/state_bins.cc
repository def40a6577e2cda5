#include "agents/tabular/state_bins.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>
#include <string>
#include <string_view>

namespace brasa {
namespace {

/// Bounds of this size and more say "none" (a float32's largest number is some 3.4e38).
constexpr double kUnbounded = 1e30;

/// Reads numbers separated by commas; each finite.
std::vector<double> ReadNumbers(const char* field, const std::string& text) {
  std::vector<double> numbers;
  std::string_view rest = text;
  while (!text.empty()) {
    const std::size_t comma = rest.find(',');
    std::string_view part = rest.substr(0, comma);
    while (part.starts_with(' ')) part.remove_prefix(1);
    while (part.ends_with(' ')) part.remove_suffix(1);
    double value = 0;
    const auto result = std::from_chars(part.data(), part.data() + part.size(), value);
    if (part.empty() || result.ec != std::errc() || result.ptr != part.data() + part.size() ||
        !std::isfinite(value)) {
      throw ConfigError(std::string(field) + " = '" + text +
                        "' is not allowed; give numbers separated by commas");
    }
    numbers.push_back(value);
    if (comma == std::string_view::npos) break;
    rest.remove_prefix(comma + 1);
  }
  return numbers;
}

/// One entry for each of `size` dimensions, from as many or from one.
template <typename Value>
std::vector<Value> Spread(const EnvSpec& spec, const char* field, std::vector<Value> values) {
  const auto size = static_cast<std::size_t>(spec.observation.size());
  if (values.size() == 1) values.assign(size, values[0]);
  if (values.size() == size) return values;
  throw ConfigError(std::string(field) + " has " + std::to_string(values.size()) +
                    " entries; environment '" + spec.id + "' has " + std::to_string(size) +
                    " dimensions: give one entry for all or one for each");
}

}  // namespace

std::vector<Field> StateBinsFields() {
  return {
      IntListField("bins", {}, 1, 1e6,
                   "equal bins that observations of numbers are cut into: one count for all "
                   "dimensions or one for each; none: observations are ids already"),
      TextField("bin_low", "", "lower ends of the bins, as many; empty: the environment's bounds"),
      TextField("bin_high", "", "upper ends of the bins, as many; empty: the environment's bounds"),
  };
}

StateBins::StateBins(const EnvSpec& spec, const Config& config) {
  const ObservationSpec& seen = spec.observation;
  const std::vector<std::int64_t>& asked = config.GetIntList("bins");
  low_ = ReadNumbers("bin_low", config.GetText("bin_low"));
  high_ = ReadNumbers("bin_high", config.GetText("bin_high"));
  if (asked.empty()) {
    if (low_.empty() && high_.empty()) return;
    throw ConfigError("bin_low and bin_high need bins");
  }
  if (seen.type != ElementType::kFloat32 || seen.categorical()) {
    throw ConfigError("bins do not fit environment '" + spec.id +
                      "': its observations are ids already");
  }
  for (const std::int64_t count : Spread(spec, "bins", asked)) {
    counts_.push_back(static_cast<std::int32_t>(count));
  }
  if (low_.empty()) low_.assign(seen.low.begin(), seen.low.end());
  if (high_.empty()) high_.assign(seen.high.begin(), seen.high.end());
  low_ = Spread(spec, "bin_low", low_);
  high_ = Spread(spec, "bin_high", high_);
  std::int64_t cells = 1;
  for (std::size_t d = 0; d < counts_.size(); ++d) {
    CheckBounds(spec, d);
    cells *= counts_[d];
    if (cells > std::numeric_limits<std::int32_t>::max()) {
      throw ConfigError("bins make more than 2147483647 cells of environment '" + spec.id +
                        "'; give fewer");
    }
  }
  cells_ = static_cast<std::int32_t>(cells);
}

void StateBins::CheckBounds(const EnvSpec& spec, std::size_t d) const {
  const auto& names = spec.observation.names;
  const std::string where = "dimension " + std::to_string(d) +
                            (names.empty() ? "" : " (" + names[d] + ")") + " of environment '" +
                            spec.id + "'";
  // Written so that a bound that is not a number fails too.
  if (!(std::abs(low_[d]) < kUnbounded && std::abs(high_[d]) < kUnbounded)) {
    throw ConfigError(where + " is unbounded; give bin_low and bin_high");
  }
  if (low_[d] >= high_[d]) {
    throw ConfigError("the bins of " + where + " need bin_low < bin_high, these are " +
                      ValueText(FieldValue(low_[d])) + " and " + ValueText(FieldValue(high_[d])));
  }
}

std::int32_t StateBins::Cell(const void* observation) const {
  const auto* bytes = static_cast<const char*>(observation);
  std::int32_t cell = 0;
  for (std::size_t d = 0; d < counts_.size(); ++d) {
    float x = 0;
    std::memcpy(&x, bytes + d * sizeof x, sizeof x);
    const double place = (double{x} - low_[d]) / (high_[d] - low_[d]) * counts_[d];
    const double bin = std::clamp(std::floor(place), 0.0, double(counts_[d] - 1));
    cell = cell * counts_[d] + static_cast<std::int32_t>(bin);
  }
  return cell;
}

}  // namespace brasa

#include "runners/cli/format.h"

#include <algorithm>
#include <cmath>
#include <cstdarg>
#include <cstdio>

namespace brasa::cli {
namespace {

/// printf to a string of at most 63 characters.
[[gnu::format(printf, 1, 2)]] std::string Printed(const char* format, ...) {
  char text[64];
  va_list arguments;
  va_start(arguments, format);
  std::vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  return text;
}

}  // namespace

std::string CountText(std::int64_t count) {
  std::string text = std::to_string(count);
  const std::size_t first = text.front() == '-' ? 1 : 0;
  for (std::size_t at = text.size(); at > first + 3;) text.insert(at -= 3, ",");
  return text;
}

std::string FigureText(double value) { return Printed("%.4g", value); }

std::string RateText(double per_second) {
  if (per_second >= 1e6) return Printed("%.1f million", per_second / 1e6);
  if (per_second >= 1e4) return Printed("%.0f thousand", per_second / 1e3);
  return Printed("%.0f", per_second);
}

std::string DurationText(double seconds) {
  if (!std::isfinite(seconds) || seconds < 0) return "unknown";
  if (seconds < 1) return Printed("%.2g s", seconds);
  if (seconds < 10) return Printed("%.1f s", seconds);
  const auto whole = static_cast<std::int64_t>(std::llround(seconds));
  if (whole < 60) return std::to_string(whole) + " s";
  if (whole < 3600) {
    return std::to_string(whole / 60) + " min " + std::to_string(whole % 60) + " s";
  }
  return std::to_string(whole / 3600) + " h " + std::to_string(whole / 60 % 60) + " min";
}

std::string BytesText(double bytes) {
  static constexpr const char* kUnits[] = {"bytes", "KiB", "MiB", "GiB", "TiB"};
  int unit = 0;
  for (; bytes >= 1024 && unit < 4; ++unit) bytes /= 1024;
  return unit == 0 ? Printed("%.0f bytes", bytes) : Printed("%.1f %s", bytes, kUnits[unit]);
}

std::string EstimateText(const Estimate& estimate) {
  const std::string value = FigureText(estimate.value);
  if (!std::isfinite(estimate.interval.low) || !std::isfinite(estimate.interval.high)) return value;
  return value + " [" + FigureText(estimate.interval.low) + ", " +
         FigureText(estimate.interval.high) + "]";
}

std::string SignatureText(std::uint64_t signature) {
  return Printed("0x%016llx", static_cast<unsigned long long>(signature));
}

std::string ColumnsText(const std::vector<std::vector<std::string>>& rows,
                        const std::string& indent) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string text;
  for (const auto& row : rows) {
    std::string line = indent;
    for (std::size_t i = 0; i < row.size(); ++i) {
      line += row[i];
      if (i + 1 < row.size()) line.append(widths[i] - row[i].size() + 2, ' ');
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  return text;
}

}  // namespace brasa::cli

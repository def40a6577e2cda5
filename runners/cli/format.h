// Figures as people read them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "brasa/statistics.h"

namespace brasa::cli {

/// "1,234,567".
std::string CountText(std::int64_t count);
/// Four significant digits: "0.7442", "93.12", "1.2e-07".
std::string FigureText(double value);
/// "93.1 million", "812 thousand", "640".
std::string RateText(double per_second);
/// "0.42 s", "3.1 s", "12 s", "3 min 20 s", "2 h 5 min".
std::string DurationText(double seconds);
/// "52 bytes", "3.1 KiB", "1.5 GiB".
std::string BytesText(double bytes);
/// "475.2 [460.1, 489.9]"; without the interval where it is unknown.
std::string EstimateText(const Estimate& estimate);
/// "0x" and sixteen hexadecimal digits, as files hold signatures.
std::string SignatureText(std::uint64_t signature);

/// Rows of words under each other; the last column is not padded. Every line begins with `indent`.
std::string ColumnsText(const std::vector<std::vector<std::string>>& rows,
                        const std::string& indent = "  ");

}  // namespace brasa::cli

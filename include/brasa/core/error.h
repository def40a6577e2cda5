// The errors that Brasa throws, and near matches for names that a user mistyped.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace brasa {

/// Base of every error a caller may want to show. `what()` is one line without a trailing period.
class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A value the user chose is unknown, of the wrong type or out of range. The program exits 2.
class ConfigError : public Error {
 public:
  using Error::Error;
};

/// A call the contract forbids: an illegal action, a wrong size, a command that does not fit.
/// The program exits 2.
class UsageError : public Error {
 public:
  using Error::Error;
};

/// A file or folder the user named is missing, truncated, foreign or of another version. Exits 2.
class FileError : public UsageError {
 public:
  using UsageError::UsageError;
};

/// The machine failed: disk full, read-only, no permission, no memory. The program exits 1.
class IoError : public Error {
 public:
  using Error::Error;
};

/// A number stopped being finite while running; `what()` names the place. The program exits 1.
class NumericError : public Error {
 public:
  using Error::Error;
};

/// Levenshtein distance of two names (insert, delete, replace cost 1).
inline int EditDistance(std::string_view a, std::string_view b) {
  std::vector<int> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = static_cast<int>(j);
  for (std::size_t i = 1; i <= a.size(); ++i) {
    int diagonal = row[0];
    row[0] = static_cast<int>(i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const int replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
    }
  }
  return row[b.size()];
}

/// " (did you mean A or B?)" for the at most three names nearest to `name`, or "" if none is near.
inline std::string NearMatches(std::string_view name, std::span<const std::string> names) {
  const auto lower = [](std::string_view text) {
    std::string out(text);
    for (char& c : out) c = (c >= 'A' && c <= 'Z') ? static_cast<char>(c - 'A' + 'a') : c;
    return out;
  };
  const std::string wanted = lower(name);
  std::vector<std::pair<int, std::size_t>> near;  // distance, index
  for (std::size_t i = 0; i < names.size(); ++i) {
    const std::string other = lower(names[i]);
    int distance = EditDistance(wanted, other);
    if (wanted.size() >= 3 && other.find(wanted) != std::string::npos) distance = 1;
    const int limit = std::max(2, static_cast<int>(wanted.size()) / 3);
    if (distance <= limit) near.emplace_back(distance, i);
  }
  std::sort(near.begin(), near.end());
  if (near.empty()) return "";
  std::string text = " (did you mean ";
  for (std::size_t i = 0; i < near.size() && i < 3; ++i) {
    if (i > 0) text += " or ";
    text += names[near[i].second];
  }
  return text + "?)";
}

}  // namespace brasa

// Tables of fields and their values. One table per component (environment, agent, run) feeds flags,
// config files, --help and the stored config, so a name, default or range is written once.
#pragma once

#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "brasa/core/error.h"

namespace brasa {

enum class FieldType { kBool, kInt, kFloat, kText, kIntList };

using FieldValue = std::variant<bool, std::int64_t, double, std::string, std::vector<std::int64_t>>;

/// One field: what may be set, its default, its range (inclusive) and what it means.
/// Build with the functions below.
struct Field {
  std::string name;
  FieldType type = FieldType::kInt;
  FieldValue default_value;
  double min = -std::numeric_limits<double>::infinity();  // numbers: each value
  double max = std::numeric_limits<double>::infinity();
  std::vector<std::string> choices;  // text: the allowed values; empty = any
  std::string help;
};

inline Field BoolField(std::string name, bool value, std::string help) {
  return {std::move(name), FieldType::kBool, value, 0, 1, {}, std::move(help)};
}
inline Field IntField(std::string name, std::int64_t value, double min, double max,
                      std::string help) {
  return {std::move(name), FieldType::kInt, value, min, max, {}, std::move(help)};
}
inline Field FloatField(std::string name, double value, double min, double max, std::string help) {
  return {std::move(name), FieldType::kFloat, value, min, max, {}, std::move(help)};
}
inline Field TextField(std::string name, std::string value, std::string help) {
  return {std::move(name), FieldType::kText, std::move(value), 0, 0, {}, std::move(help)};
}
inline Field ChoiceField(std::string name, std::string value, std::vector<std::string> choices,
                         std::string help) {
  return {std::move(name),    FieldType::kText, std::move(value), 0, 0,
          std::move(choices), std::move(help)};
}
inline Field IntListField(std::string name, std::vector<std::int64_t> value, double min, double max,
                          std::string help) {
  return {std::move(name), FieldType::kIntList, std::move(value), min, max, {}, std::move(help)};
}

/// "true", "3", "0.5", "text" or "64,64": floats are the shortest text that reads back equal.
inline std::string ValueText(const FieldValue& value) {
  struct Visitor {
    std::string operator()(bool v) const { return v ? "true" : "false"; }
    std::string operator()(std::int64_t v) const { return std::to_string(v); }
    std::string operator()(double v) const {
      char buffer[32];
      const auto end = std::to_chars(buffer, buffer + sizeof buffer, v).ptr;
      return {buffer, end};
    }
    std::string operator()(const std::string& v) const { return v; }
    std::string operator()(const std::vector<std::int64_t>& v) const {
      std::string text;
      for (const std::int64_t item : v) {
        if (!text.empty()) text += ',';
        text += std::to_string(item);
      }
      return text;
    }
  };
  return std::visit(Visitor{}, value);
}

/// "int in [1, 64]", "true or false", "one of a, b": what a field allows, for errors and help.
inline std::string AllowedText(const Field& field) {
  const auto number = [](double v) { return ValueText(FieldValue(v)); };
  std::string range;
  if (std::isfinite(field.min) && std::isfinite(field.max)) {
    range = " in [" + number(field.min) + ", " + number(field.max) + "]";
  } else if (std::isfinite(field.min)) {
    range = " >= " + number(field.min);
  } else if (std::isfinite(field.max)) {
    range = " <= " + number(field.max);
  }
  switch (field.type) {
    case FieldType::kBool:
      return "true or false";
    case FieldType::kInt:
      return "an integer" + range;
    case FieldType::kFloat:
      return "a number" + range;
    case FieldType::kIntList:
      return "integers" + range + " separated by commas";
    case FieldType::kText:
      break;
  }
  if (field.choices.empty()) return "any text";
  std::string text = "one of ";
  for (std::size_t i = 0; i < field.choices.size(); ++i) {
    text += (i > 0 ? ", " : "") + field.choices[i];
  }
  return text;
}

/// Reads `text` as a value of `field`. Throws ConfigError naming field, value and what is allowed.
inline FieldValue ParseValue(const Field& field, std::string_view text) {
  const auto fail = [&]() -> FieldValue {
    throw ConfigError(field.name + " = '" + std::string(text) + "' is not allowed; give " +
                      AllowedText(field));
  };
  const auto in_range = [&](double v) { return v >= field.min && v <= field.max; };
  const auto whole = [](std::string_view part, auto& out) {
    if (part.starts_with('+') && !part.starts_with("+-")) part.remove_prefix(1);
    const auto result = std::from_chars(part.data(), part.data() + part.size(), out);
    return !part.empty() && result.ec == std::errc() && result.ptr == part.data() + part.size();
  };
  switch (field.type) {
    case FieldType::kBool:
      if (text == "true") return true;
      if (text == "false") return false;
      return fail();
    case FieldType::kInt: {
      std::int64_t value = 0;
      if (whole(text, value) && in_range(static_cast<double>(value))) return value;
      double real = 0;  // 1e6 is a common way to write a million
      const bool number = whole(text, real);
      if (number && real == std::floor(real) && std::abs(real) < 9e15 && in_range(real)) {
        return static_cast<std::int64_t>(real);
      }
      if (number && std::abs(real) >= 0x1p63 && !std::isfinite(field.max)) {
        const auto low = std::isfinite(field.min) ? static_cast<std::int64_t>(field.min)
                                                  : std::numeric_limits<std::int64_t>::min();
        throw ConfigError(field.name + " = '" + std::string(text) +
                          "' is not allowed; give an integer in [" + std::to_string(low) + ", " +
                          std::to_string(std::numeric_limits<std::int64_t>::max()) + "]");
      }
      return fail();
    }
    case FieldType::kFloat: {
      double value = 0;
      if (whole(text, value) && std::isfinite(value) && in_range(value)) return value;
      return fail();
    }
    case FieldType::kIntList: {
      std::vector<std::int64_t> values;
      std::string_view rest = text;
      while (!rest.empty()) {
        const std::size_t comma = rest.find(',');
        std::string_view part = rest.substr(0, comma);
        while (!part.empty() && part.front() == ' ') part.remove_prefix(1);
        while (!part.empty() && part.back() == ' ') part.remove_suffix(1);
        std::int64_t value = 0;
        if (!whole(part, value) || !in_range(static_cast<double>(value))) return fail();
        values.push_back(value);
        if (comma == std::string_view::npos) break;
        rest.remove_prefix(comma + 1);
        if (rest.empty()) return fail();
      }
      return values;
    }
    case FieldType::kText:
      break;
  }
  if (field.choices.empty()) return std::string(text);
  for (const std::string& choice : field.choices) {
    if (choice == text) return choice;
  }
  throw ConfigError(field.name + " = '" + std::string(text) + "' is unknown" +
                    NearMatches(text, field.choices) + "; give " + AllowedText(field));
}

/// Values for one table of fields: every field has a value that its field allows. A value type.
class Config {
 public:
  Config() = default;
  /// All fields at their defaults.
  explicit Config(std::vector<Field> fields) : fields_(std::move(fields)) {
    for (const Field& field : fields_) values_.push_back(field.default_value);
  }

  std::span<const Field> fields() const { return fields_; }
  bool Has(std::string_view name) const { return Find(name) >= 0; }

  /// Sets `name` from text. Throws ConfigError (unknown name with near matches, bad value); the
  /// config stays as it was.
  void Set(std::string_view name, std::string_view text) {
    const std::size_t i = Index(name);
    values_[i] = ParseValue(fields_[i], text);
  }
  /// Changes the default and the value of `name`: how a preset sits below the user's settings.
  void SetDefault(std::string_view name, std::string_view text) {
    const std::size_t i = Index(name);
    values_[i] = fields_[i].default_value = ParseValue(fields_[i], text);
  }
  const FieldValue& Get(std::string_view name) const { return values_[Index(name)]; }
  std::string GetText(std::string_view name) const { return ValueText(Get(name)); }
  bool GetBool(std::string_view name) const { return std::get<bool>(Get(name)); }
  std::int64_t GetInt(std::string_view name) const { return std::get<std::int64_t>(Get(name)); }
  double GetFloat(std::string_view name) const { return std::get<double>(Get(name)); }
  const std::vector<std::int64_t>& GetIntList(std::string_view name) const {
    return std::get<std::vector<std::int64_t>>(Get(name));
  }

 private:
  int Find(std::string_view name) const {
    for (std::size_t i = 0; i < fields_.size(); ++i) {
      if (fields_[i].name == name) return static_cast<int>(i);
    }
    return -1;
  }
  std::size_t Index(std::string_view name) const {
    const int i = Find(name);
    if (i >= 0) return static_cast<std::size_t>(i);
    std::vector<std::string> names;
    std::string list;
    for (const Field& field : fields_) {
      names.push_back(field.name);
      list += (list.empty() ? "" : ", ") + field.name;
    }
    throw ConfigError("unknown key '" + std::string(name) + "'" + NearMatches(name, names) +
                      "; known: " + (list.empty() ? "none" : list));
  }

  std::vector<Field> fields_;
  std::vector<FieldValue> values_;
};

/// The parameters an environment is made from: they fix its sizes for the life of a batch.
using Params = Config;

}  // namespace brasa

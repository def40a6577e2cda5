// Pieces of JSON output that several commands share. `Json` is nlohmann::ordered_json, which stays
// in the .cc files.
#pragma once

#include <cmath>
#include <iostream>
#include <span>
#include <utility>

#include "brasa/core/config.h"
#include "brasa/statistics.h"

namespace brasa::cli {

/// A finite number, or null.
template <class Json>
Json JsonNumber(double value) {
  return std::isfinite(value) ? Json(value) : Json(nullptr);
}

template <class Json>
Json JsonEstimate(const Estimate& estimate) {
  return {{"value", JsonNumber<Json>(estimate.value)},
          {"low", JsonNumber<Json>(estimate.interval.low)},
          {"high", JsonNumber<Json>(estimate.interval.high)},
          {"n", estimate.n}};
}

template <class Json>
Json JsonEstimates(std::span<const Estimate> estimates) {
  Json list = Json::array();
  for (const Estimate& estimate : estimates) list.push_back(JsonEstimate<Json>(estimate));
  return list;
}

template <class Json>
Json JsonValue(const FieldValue& value) {
  return std::visit([](const auto& held) { return Json(held); }, value);
}

/// The fields of `config` with value, default, range and help.
template <class Json>
Json JsonFields(const Config& config) {
  Json list = Json::array();
  for (const Field& field : config.fields()) {
    Json json = {{"name", field.name},
                 {"value", JsonValue<Json>(config.Get(field.name))},
                 {"default", JsonValue<Json>(field.default_value)},
                 {"allowed", AllowedText(field)},
                 {"help", field.help}};
    if (field.type != FieldType::kText && field.type != FieldType::kBool) {
      json["min"] = JsonNumber<Json>(field.min);
      json["max"] = JsonNumber<Json>(field.max);
    }
    if (!field.choices.empty()) json["choices"] = field.choices;
    list.push_back(std::move(json));
  }
  return list;
}

/// Bytes that are not UTF-8 (file names) are replaced.
template <class Json>
void PrintJson(const Json& json) {
  std::cout << json.dump(2, ' ', false, Json::error_handler_t::replace) << '\n';
}

}  // namespace brasa::cli

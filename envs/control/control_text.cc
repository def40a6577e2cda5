#include "envs/control/control_text.h"

#include <charconv>
#include <cmath>

#include "brasa/core/config.h"
#include "brasa/core/error.h"

namespace brasa {
namespace {

/// Takes a number off the front of `rest`; false if there is no finite one.
template <typename Number>
bool TakeNumber(std::string_view& rest, Number& value) {
  const auto result = std::from_chars(rest.data(), rest.data() + rest.size(), value);
  rest.remove_prefix(static_cast<std::size_t>(result.ptr - rest.data()));
  return result.ec == std::errc() && std::isfinite(value);
}

/// Takes " name=number" (the blank only behind another quantity) off the front of `rest`.
bool TakeQuantity(std::string_view& rest, bool first, std::string_view name, double& value) {
  if (!first) {
    if (!rest.starts_with(' ')) return false;
    rest.remove_prefix(1);
  }
  if (!rest.starts_with(name)) return false;
  rest.remove_prefix(name.size());
  if (!rest.starts_with('=')) return false;
  rest.remove_prefix(1);
  return TakeNumber(rest, value);
}

std::string Quoted(std::string_view text) { return "'" + std::string(text) + "'"; }

}  // namespace

std::string StateToText(std::span<const Quantity> quantities, std::span<const double> values) {
  std::string text;
  for (std::size_t i = 0; i < quantities.size(); ++i) {
    text += (i > 0 ? " " : "") + std::string(quantities[i].name) + "=" + ValueText(values[i]);
  }
  return text;
}

void StateFromText(std::string_view text, std::span<const Quantity> quantities,
                   std::size_t required, std::span<double> values) {
  std::string_view rest = text;
  for (std::size_t i = 0; i < quantities.size(); ++i) {
    const Quantity& quantity = quantities[i];
    if (i >= required && rest.empty()) return;
    if (!TakeQuantity(rest, i == 0, quantity.name, values[i])) {
      const std::vector<double> zeros(quantities.size());
      throw UsageError("state " + Quoted(text) + " is not understood; give '" +
                       StateToText(quantities, zeros) + "'");
    }
    if (values[i] < quantity.low || values[i] > quantity.high) {
      throw UsageError("state " + Quoted(text) + ": " + std::string(quantity.name) + " = " +
                       ValueText(values[i]) + " is not allowed; give a number in [" +
                       ValueText(quantity.low) + ", " + ValueText(quantity.high) + "]");
    }
  }
  if (!rest.empty()) {
    throw UsageError("state " + Quoted(text) + " has " + Quoted(rest) + " behind its end");
  }
}

std::vector<double> ActionFromName(std::string_view text, std::span<const std::string_view> names) {
  std::string list;
  for (std::size_t id = 0; id < names.size(); ++id) {
    if (text == names[id] || text == std::to_string(id)) return {static_cast<double>(id)};
    list += (id == 0 ? "" : id + 1 == names.size() ? " or " : ", ") + std::string(names[id]);
  }
  throw UsageError("action " + Quoted(text) + " is unknown; give " + list);
}

std::string BoxActionToText(float value) {
  char buffer[32];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, value).ptr;
  return {buffer, end};
}

std::vector<double> BoxActionFromText(std::string_view text, std::string_view unit, double limit) {
  std::string_view rest = text;
  float value = 0;
  if (TakeNumber(rest, value) && rest.empty()) return {static_cast<double>(value)};
  throw UsageError("action " + Quoted(text) + " is not understood; give a number [" +
                   std::string(unit) + "], clipped to +-" + ValueText(limit));
}

}  // namespace brasa

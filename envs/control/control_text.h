// Text forms that the problems of this folder share: states as "x=0 x_dot=-1.5", actions by name.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace brasa {

/// One number of a state's text and the values it may have.
struct Quantity {
  std::string_view name;
  double low, high;  ///< inclusive
};

/// "x=0 x_dot=-1.5": the shortest numbers that read back equal.
std::string StateToText(std::span<const Quantity> quantities, std::span<const double> values);

/// Reads what StateToText writes; the quantities from number `required` on may be left out and then
/// keep their value. Throws UsageError naming the text and what is allowed; `values` are then
/// meaningless.
void StateFromText(std::string_view text, std::span<const Quantity> quantities,
                   std::size_t required, std::span<double> values);

/// The id of the action that `text` names, or whose id it is. Throws UsageError listing the names.
std::vector<double> ActionFromName(std::string_view text, std::span<const std::string_view> names);

/// The shortest number that reads back as `value`.
std::string BoxActionToText(float value);
/// Reads one finite number. Throws UsageError saying `unit` and how far the rules reach.
std::vector<double> BoxActionFromText(std::string_view text, std::string_view unit, double limit);

}  // namespace brasa

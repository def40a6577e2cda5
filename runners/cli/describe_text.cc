#include "runners/cli/describe_text.h"

#include "brasa/env_batch.h"

namespace brasa::cli {
namespace {

std::string Joined(const auto& items, const std::string& separator) {
  std::string text;
  for (const auto& item : items) {
    if (!text.empty()) text += separator;
    if constexpr (requires { std::to_string(item); }) {
      text += std::to_string(item);
    } else {
      text += item;
    }
  }
  return text;
}

}  // namespace

EnvSpec SpecOf(const EnvRow& row, const Params& params) {
  return EnvBatch(row, params, 1, {}).spec();
}

std::string ActionText(const ActionSpec& action) {
  switch (action.kind) {
    case ActionKind::kDiscrete:
      return "discrete, " + std::to_string(action.count) +
             (action.names.empty() ? "" : ": " + Joined(action.names, ", "));
    case ActionKind::kMultiDiscrete:
      return "multi-discrete, counts " + Joined(action.counts, " x ");
    case ActionKind::kBox:
      break;
  }
  return "box, " + std::to_string(action.size()) + " components";
}

std::string ObservationText(const ObservationSpec& observation) {
  std::string text = observation.type == ElementType::kFloat32 ? "float32 [" : "uint8 [";
  text += Joined(observation.shape, ", ") + "]";
  if (!observation.axes.empty()) text += " " + Joined(observation.axes, " x ");
  if (observation.categorical()) text += ", ids below " + Joined(observation.categories, ", ");
  return text;
}

std::string FamilyText(const EnvSpec& spec) {
  std::string text =
      std::to_string(spec.players) + (spec.players == 1 ? " player, " : " players, ");
  if (spec.action.kind == ActionKind::kDiscrete) {
    return text + std::to_string(spec.action.count) + " actions";
  }
  return text + std::to_string(spec.action.size()) + " action components";
}

std::vector<std::vector<std::string>> FieldRows(const Config& config) {
  std::vector<std::vector<std::string>> rows;
  for (const Field& field : config.fields()) {
    std::string value = config.GetText(field.name);
    rows.push_back({field.name, value.empty() ? "''" : value, AllowedText(field), field.help});
  }
  return rows;
}

}  // namespace brasa::cli

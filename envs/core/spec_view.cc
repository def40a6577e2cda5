#include "envs/core/spec_view.h"

#include <string>

namespace brasa {
namespace {

std::vector<std::string> Texts(const char* const* texts, int count) {
  std::vector<std::string> out;
  if (texts == nullptr) return out;
  for (int i = 0; i < count; ++i) out.emplace_back(texts[i] != nullptr ? texts[i] : "");
  return out;
}

template <typename T>
std::vector<T> Numbers(const T* values, int count) {
  return values == nullptr ? std::vector<T>() : std::vector<T>(values, values + count);
}

ObservationSpec ObservationFromView(const brasa_env_spec& view, const std::string& id) {
  ObservationSpec seen;
  if (view.observation_rank < 1 || view.observation_rank > 8) {
    throw ConfigError("environment '" + id + "': observation rank " +
                      std::to_string(view.observation_rank) + " is not in [1, 8]");
  }
  if (view.observation_type != BRASA_FLOAT32 && view.observation_type != BRASA_UINT8) {
    throw ConfigError("environment '" + id + "': unknown observation type " +
                      std::to_string(view.observation_type));
  }
  seen.type = static_cast<ElementType>(view.observation_type);
  seen.shape.assign(view.observation_shape, view.observation_shape + view.observation_rank);
  for (const int extent : seen.shape) {
    if (extent < 1) throw ConfigError("environment '" + id + "': an extent is not positive");
  }
  seen.axes = Texts(view.axis_names, view.observation_rank);
  seen.names = Texts(view.element_names, seen.size());
  seen.low = Numbers(view.observation_low, view.observation_bounds);
  seen.high = Numbers(view.observation_high, view.observation_bounds);
  seen.categories = Numbers(view.categories, seen.size());
  return seen;
}

ActionSpec ActionFromView(const brasa_env_spec& view, const std::string& id) {
  ActionSpec action;
  if (view.action_kind < BRASA_DISCRETE || view.action_kind > BRASA_BOX) {
    throw ConfigError("environment '" + id + "': unknown action kind " +
                      std::to_string(view.action_kind));
  }
  action.kind = static_cast<ActionKind>(view.action_kind);
  if (action.kind == ActionKind::kDiscrete) {
    action.count = view.action_count;
  } else if (action.kind == ActionKind::kMultiDiscrete) {
    action.counts = Numbers(view.action_counts, view.action_count);
  } else {
    action.low = Numbers(view.action_low, view.action_count);
    action.high = Numbers(view.action_high, view.action_count);
  }
  action.names = Texts(view.action_names, view.action_count);
  return action;
}

}  // namespace

EnvSpec SpecFromView(const brasa_env_spec& view) {
  if (view.struct_size < sizeof(brasa_env_spec) || view.id == nullptr) {
    throw ConfigError("an environment's spec is from another version of abi.h");
  }
  EnvSpec spec;
  spec.id = view.id;
  spec.summary = view.summary != nullptr ? view.summary : "";
  spec.players = view.players;
  spec.observation = ObservationFromView(view, spec.id);
  spec.action = ActionFromView(view, spec.id);
  spec.max_episode_steps = view.max_episode_steps;
  spec.max_legal = view.max_legal;
  spec.min_return = view.min_return;
  spec.max_return = view.max_return;
  spec.reward_threshold = view.reward_threshold;
  spec.zero_sum = view.zero_sum != 0;
  spec.perfect_information = view.perfect_information != 0;
  spec.max_chance_outcomes = view.max_chance_outcomes;
  spec.clone_cost = static_cast<CloneCost>(view.clone_cost);
  for (int i = 0; i < view.measure_count; ++i) {
    spec.measures.push_back({view.measures[i].name, view.measures[i].unit});
  }
  spec.player_names = Texts(view.player_names, view.players);
  CheckSpec(spec);
  return spec;
}

std::vector<Field> FieldsFromView(const brasa_env_class& env_class) {
  std::vector<Field> fields;
  for (int i = 0; i < env_class.field_count; ++i) {
    const brasa_field& view = env_class.fields[i];
    Field field;
    field.name = view.name;
    field.type = static_cast<FieldType>(view.type);
    field.min = view.min;
    field.max = view.max;
    field.choices = Texts(view.choices, view.choice_count);
    field.help = view.help != nullptr ? view.help : "";
    field.default_value = ParseValue(field, view.default_value);
    fields.push_back(std::move(field));
  }
  return fields;
}

}  // namespace brasa

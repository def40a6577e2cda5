#include "runners/experiment/sweep_file.h"

#include <toml++/toml.h>

#include <algorithm>
#include <limits>
#include <optional>
#include <utility>

#include "brasa/core/error.h"
#include "brasa/env_batch.h"

namespace brasa {
namespace {

const std::vector<std::string> kSections = {"sweep", "fixed", "search"};
const std::vector<std::string> kKinds = {"choice", "uniform", "log_uniform", "integer"};
constexpr double kMaxTrials = 100000;

std::vector<Field> SweepFields() {
  return {
      ChoiceField("method", "", {"grid", "random", "halving"}, ""),
      TextField("agent", "", ""),
      TextField("env", "", ""),
      IntField("trials", 0, 1, kMaxTrials, ""),
      IntField("seed", 0, 0, std::numeric_limits<double>::infinity(), ""),
      IntField("seeds", 1, 1, 1000, ""),
      IntField("steps", 0, 1, std::numeric_limits<double>::infinity(), ""),
      IntField("rungs", 3, 2, 20, ""),
      IntField("reduction", 3, 2, 100, ""),
  };
}

/// An entry of a section: its dotted name, its value, its line.
struct Entry {
  std::string name;
  const toml::node* node;
};

/// The file with what errors name.
class File {
 public:
  File(const std::string& text, std::string source) : source_(std::move(source)) {
    try {
      root_ = toml::parse(text, source_);
    } catch (const toml::parse_error& error) {
      throw ConfigError(Place(error.source()) + std::string(error.description()));
    }
    for (const auto& [key, node] : root_) {
      const std::string name(key.str());
      if (std::ranges::find(kSections, name) == kSections.end()) {
        Fail(node, "unknown section or key '" + name + "'" + NearMatches(name, kSections) +
                       "; give the sections sweep, fixed, search");
      }
      if (!node.is_table()) Fail(node, "'" + name + "' must be a section [" + name + "]");
    }
  }

  [[noreturn]] void Fail(const toml::node& node, const std::string& what) const {
    throw ConfigError(Place(node.source()) + what);
  }
  [[noreturn]] void Fail(const std::string& what) const {
    throw ConfigError(source_ + ": " + what);
  }
  /// Calls `action`; its ConfigError gets file and line.
  template <typename Action>
  void At(const toml::node& node, const Action& action) const {
    try {
      action();
    } catch (const ConfigError& error) {
      Fail(node, error.what());
    }
  }
  /// The entries of `section` by ascending name; tables within are flattened to dotted names, save
  /// those that hold a distribution.
  std::vector<Entry> Entries(const std::string& section) const {
    std::vector<Entry> entries;
    if (const toml::table* table = root_[section].as_table()) Flatten(*table, "", entries);
    std::ranges::sort(entries, {}, &Entry::name);
    return entries;
  }
  /// A value as the text that --set takes.
  std::string TextOf(const std::string& name, const toml::node& node) const {
    if (const auto* text = node.as_string()) return text->get();
    if (const auto* truth = node.as_boolean()) return truth->get() ? "true" : "false";
    if (const auto* whole = node.as_integer()) return std::to_string(whole->get());
    if (const auto* real = node.as_floating_point()) return ValueText(real->get());
    const toml::array* list = node.as_array();
    if (list == nullptr) Fail(node, name + " must be a text, a number, true, false or a list");
    std::string text;
    for (const toml::node& item : *list) {
      if (item.is_array()) Fail(node, name + " must not be a list of lists");
      text += (text.empty() ? "" : ",") + TextOf(name, item);
    }
    return text;
  }

 private:
  std::string Place(const toml::source_region& region) const {
    return source_ + ", line " + std::to_string(region.begin.line) + ": ";
  }
  static bool IsDistribution(const toml::table& table) {
    return table.size() == 1 && table.begin()->second.is_array();
  }
  static void Flatten(const toml::table& table, const std::string& prefix,
                      std::vector<Entry>& entries) {
    for (const auto& [key, node] : table) {
      const std::string name = prefix + std::string(key.str());
      const toml::table* inner = node.as_table();
      if (inner != nullptr && !IsDistribution(*inner)) {
        Flatten(*inner, name + ".", entries);
      } else {
        entries.push_back({name, &node});
      }
    }
  }

  std::string source_;
  toml::table root_;
};

/// The values of [sweep], and which of them the file gives.
struct Settings {
  Config values{SweepFields()};
  std::vector<std::pair<std::string, const toml::node*>> given;

  const toml::node* Given(const std::string& name) const {
    const auto found = std::ranges::find(given, name, [](const auto& one) { return one.first; });
    return found == given.end() ? nullptr : found->second;
  }
};

Settings ReadSettings(const File& file) {
  Settings settings;
  for (const Entry& entry : file.Entries("sweep")) {
    file.At(*entry.node,
            [&] { settings.values.Set(entry.name, file.TextOf(entry.name, *entry.node)); });
    settings.given.emplace_back(entry.name, entry.node);
  }
  for (const char* name : {"method", "agent", "env"}) {
    if (settings.Given(name) == nullptr) file.Fail(std::string("[sweep] has no '") + name + "'");
  }
  return settings;
}

void Refuse(const File& file, const Settings& settings, const std::vector<std::string>& names) {
  const std::string method = settings.values.GetText("method");
  for (const std::string& name : names) {
    if (const toml::node* node = settings.Given(name)) {
      file.Fail(*node, name + " does not go with method = '" + method + "'; leave it out");
    }
  }
}

/// What [fixed] and [search] must leave alone: the sweep itself sets it, or it changes no result.
void CheckSearched(const File& file, const Entry& entry, bool fixed) {
  if (entry.name == "seed") file.Fail(*entry.node, "'seed' is not set here; give seeds in [sweep]");
  if (entry.name == "steps") file.Fail(*entry.node, "'steps' is not set here; give it in [sweep]");
  if (fixed) return;
  if (entry.name.starts_with("env.")) {
    file.Fail(*entry.node, "'" + entry.name +
                               "' changes the environment: returns would not compare; it may stand "
                               "in [fixed]");
  }
  for (const Field& field : RunFields()) {
    if (field.name != entry.name || field.name == "envs") continue;
    file.Fail(*entry.node, "'" + entry.name + "' changes no result; it may stand in [fixed]");
  }
}

const Field* FieldOf(const RunConfig& config, const std::string& key,
                     const std::vector<Field>& run_fields) {
  for (const Field& field : config.agent_config.fields()) {
    if (field.name == key) return &field;
  }
  for (const Field& field : run_fields) {
    if (field.name == key) return &field;
  }
  return nullptr;
}

/// [low, high] of a distribution that draws numbers.
void ReadRange(const File& file, const Entry& entry, const toml::array& values, SearchKey& key) {
  const std::string kind = std::string(entry.node->as_table()->begin()->first.str());
  const std::optional<double> low = values.size() == 2 ? values[0].value<double>() : std::nullopt;
  const std::optional<double> high = values.size() == 2 ? values[1].value<double>() : std::nullopt;
  if (!low || !high || !(*low < *high)) {
    file.Fail(*entry.node, entry.name + ": " + kind + " needs two numbers [LOW, HIGH], LOW < HIGH");
  }
  key.low = *low;
  key.high = *high;
  if (key.kind == SearchKind::kLogUniform && key.low <= 0) {
    file.Fail(*entry.node, entry.name + ": log_uniform needs LOW > 0");
  }
  const bool whole = values[0].is_integer() && values[1].is_integer();
  if (key.kind == SearchKind::kInteger && (!whole || key.high - key.low > 1e6)) {
    file.Fail(*entry.node, entry.name + ": integer needs two integers at most a million apart");
  }
  for (const toml::node& end : values) key.choices.push_back(file.TextOf(entry.name, end));
}

SearchKey ReadKey(const File& file, const Entry& entry, const RunConfig& base) {
  const toml::table* table = entry.node->as_table();
  const std::string example = "; give " + entry.name + " = { choice = [..] }, or uniform, " +
                              "log_uniform, integer = [LOW, HIGH]";
  if (table == nullptr) file.Fail(*entry.node, entry.name + " is no distribution" + example);
  const std::string kind(table->begin()->first.str());
  const auto known = std::ranges::find(kKinds, kind);
  if (known == kKinds.end()) {
    file.Fail(*entry.node,
              "unknown distribution '" + kind + "'" + NearMatches(kind, kKinds) + example);
  }
  SearchKey key{entry.name, static_cast<SearchKind>(known - kKinds.begin()), 0, 0, {}};
  const toml::array& values = *table->begin()->second.as_array();
  if (key.kind != SearchKind::kChoice) {
    ReadRange(file, entry, values, key);
  } else {
    for (const toml::node& value : values) key.choices.push_back(file.TextOf(entry.name, value));
    if (key.choices.empty()) file.Fail(*entry.node, entry.name + ": choice needs a value");
  }
  for (const std::string& value : key.choices) {
    RunConfig probe = base;
    file.At(*entry.node, [&] { SetRunKey(probe, key.key, value); });
  }
  const std::vector<Field> run_fields = RunFields();
  const Field* field = FieldOf(base, key.key, run_fields);
  const bool real = key.kind == SearchKind::kUniform || key.kind == SearchKind::kLogUniform;
  if (real && field->type != FieldType::kFloat) {
    file.Fail(*entry.node, entry.name + " takes " + AllowedText(*field) + "; give " +
                               (field->type == FieldType::kInt ? "integer or choice" : "choice"));
  }
  if (key.kind != SearchKind::kChoice) key.choices.clear();
  return key;
}

/// The number of configurations of a grid.
int GridSize(const File& file, const SweepSpec& spec) {
  double size = 1;
  for (const SearchKey& key : spec.search) {
    if (key.kind == SearchKind::kUniform || key.kind == SearchKind::kLogUniform) {
      file.Fail("[search] " + key.key + ": a grid takes choice or integer");
    }
    size *= key.kind == SearchKind::kInteger ? key.high - key.low + 1
                                             : static_cast<double>(key.choices.size());
  }
  if (size > kMaxTrials) file.Fail("the grid has more than 100000 configurations");
  return static_cast<int>(size);
}

void ReadHalving(const File& file, const Settings& settings, SweepSpec& spec) {
  spec.rungs = static_cast<int>(settings.values.GetInt("rungs"));
  spec.reduction = static_cast<int>(settings.values.GetInt("reduction"));
  std::int64_t least = 1;
  for (int rung = 1; rung < spec.rungs; ++rung) {
    least = std::min(least * spec.reduction, std::int64_t{1} << 40);
  }
  const auto need = [&](const std::string& name, std::int64_t value, std::int64_t wanted) {
    if (value >= wanted) return;
    file.Fail(name + " = " + std::to_string(value) + " is too few for " +
              std::to_string(spec.rungs) + " rungs that keep one of " +
              std::to_string(spec.reduction) + "; give at least " + std::to_string(wanted));
  };
  need("trials", spec.trials, least);
  need("steps", spec.base.steps, least * spec.base.worlds);
}

/// Preset, [fixed] and the steps of [sweep].
RunConfig BaseConfig(Registry& registry, const File& file, const Settings& settings) {
  RunConfig base;
  file.At(*settings.Given("env"), [&] {
    const std::string env = EnvName(registry.FindEnv(settings.values.GetText("env")));
    registry.FindAgent(settings.values.GetText("agent"));
    base = DefaultRunConfig(registry, settings.values.GetText("agent"), env);
  });
  for (const Entry& entry : file.Entries("fixed")) {
    CheckSearched(file, entry, true);
    file.At(*entry.node,
            [&] { SetRunKey(base, entry.name, file.TextOf(entry.name, *entry.node)); });
  }
  if (settings.Given("steps") != nullptr) base.steps = settings.values.GetInt("steps");
  const EnvBatch world(registry.FindEnv(base.env), base.params, 1, {});
  if (world.spec().players > 1) {
    file.Fail(*settings.Given("env"),
              "'" + base.env + "' has several players: a return in self-play ranks no settings");
  }
  if (!registry.FindAgent(base.agent).learns) {
    file.Fail(*settings.Given("agent"), "agent '" + base.agent + "' does not learn");
  }
  return base;
}

}  // namespace

SweepSpec ReadSweepToml(Registry& registry, const std::string& text, const std::string& source) {
  const File file(text, source);
  const Settings settings = ReadSettings(file);
  SweepSpec spec;
  const std::string method = settings.values.GetText("method");
  spec.method = method == "grid"     ? SweepMethod::kGrid
                : method == "random" ? SweepMethod::kRandom
                                     : SweepMethod::kHalving;
  spec.seed = static_cast<std::uint64_t>(settings.values.GetInt("seed"));
  spec.seeds = static_cast<int>(settings.values.GetInt("seeds"));
  spec.base = BaseConfig(registry, file, settings);
  for (const Entry& entry : file.Entries("search")) {
    CheckSearched(file, entry, false);
    spec.search.push_back(ReadKey(file, entry, spec.base));
  }
  if (spec.search.empty()) file.Fail("[search] names no key");
  if (spec.method != SweepMethod::kHalving) Refuse(file, settings, {"rungs", "reduction"});
  if (spec.method == SweepMethod::kGrid) {
    Refuse(file, settings, {"trials", "seed"});
    spec.trials = GridSize(file, spec);
    return spec;
  }
  spec.trials = static_cast<int>(settings.values.GetInt("trials"));
  if (spec.trials == 0) file.Fail("[sweep] has no 'trials'");
  if (spec.method == SweepMethod::kHalving) ReadHalving(file, settings, spec);
  return spec;
}

}  // namespace brasa

#include "runners/loop/run_toml.h"

#include <toml++/toml.h>

#include <algorithm>
#include <map>
#include <span>
#include <sstream>
#include <utility>
#include <vector>

#include "brasa/runner.h"

namespace brasa {
namespace {

const std::vector<std::string> kSections = {"run", "env", "agent", "build"};
const std::vector<std::string> kBuildKeys = {"version", "commit", "compiler", "cpu"};

// Writing.

std::string TomlString(std::string_view text) {
  constexpr char kHex[] = "0123456789ABCDEF";
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += {'\\', c};
    } else if (byte < 0x20 || byte == 0x7F) {
      out += {'\\', 'u', '0', '0', kHex[byte >> 4], kHex[byte & 15]};
    } else {
      out += c;
    }
  }
  return out + '"';
}

std::string TomlValue(const FieldValue& value) {
  const std::string text = ValueText(value);
  if (std::holds_alternative<std::string>(value)) return TomlString(text);
  if (std::holds_alternative<std::vector<std::int64_t>>(value)) return "[" + text + "]";
  const bool whole = text.find_first_not_of("-0123456789") == std::string::npos;
  return std::holds_alternative<double>(value) && whole ? text + ".0" : text;
}

std::string Line(const std::string& name, const FieldValue& value) {
  return name + " = " + TomlValue(value) + "\n";
}

std::string Section(const std::string& name, const Config& config) {
  std::string text = "\n[" + name + "]\n";
  for (const Field& field : config.fields()) text += Line(field.name, config.Get(field.name));
  return text;
}

// Reading.

std::string Place(const std::string& source, const toml::source_region& region) {
  return source + ", line " + std::to_string(region.begin.line) + ": ";
}

/// The entries of a section, nested tables flattened: `network.backend` is one key.
using Entries = std::map<std::string, const toml::node*>;

void Flatten(const toml::table& table, const std::string& prefix, Entries& entries) {
  for (const auto& [key, node] : table) {
    const std::string name = prefix + std::string(key.str());
    if (const toml::table* inner = node.as_table()) {
      Flatten(*inner, name + ".", entries);
    } else {
      entries[name] = &node;
    }
  }
}

/// A parsed run.toml: its sections checked, their entries by name.
class Document {
 public:
  Document(const std::string& text, std::string source) : source_(std::move(source)) {
    try {
      root_ = toml::parse(text, source_);
    } catch (const toml::parse_error& error) {
      throw ConfigError(Place(source_, error.source()) + std::string(error.description()));
    }
    for (const auto& [key, node] : root_) {
      const std::string name(key.str());
      if (std::find(kSections.begin(), kSections.end(), name) == kSections.end()) {
        throw ConfigError(Place(source_, node.source()) + "unknown section or key '" + name + "'" +
                          NearMatches(name, kSections) +
                          "; give the sections run, env, agent, build");
      }
      if (!node.is_table()) {
        throw ConfigError(Place(source_, node.source()) + "'" + name + "' must be a section [" +
                          name + "]");
      }
      Flatten(*node.as_table(), "", sections_[name]);
    }
  }

  const Entries& entries(const std::string& section) const {
    static const Entries kNone;
    const auto found = sections_.find(section);
    return found == sections_.end() ? kNone : found->second;
  }
  /// The text `name` in `section`, which must be there.
  std::string RequiredText(const std::string& section, const std::string& name) const {
    const auto found = entries(section).find(name);
    if (found == entries(section).end()) {
      throw ConfigError(source_ + ": [" + section + "] has no '" + name + "'");
    }
    return Text(name, *found->second);
  }
  std::string Text(const std::string& name, const toml::node& node) const {
    if (const auto* text = node.as_string()) return text->get();
    Refuse(name, node, "any text in quotes");
  }
  /// The value of `field` as text, if the node has the field's type.
  std::string ValueOf(const Field& field, const toml::node& node) const {
    const auto* real = node.as_floating_point();
    switch (field.type) {
      case FieldType::kBool:
        if (const auto* value = node.as_boolean()) return value->get() ? "true" : "false";
        break;
      case FieldType::kInt:
      case FieldType::kFloat:
        if (const auto* value = node.as_integer()) return std::to_string(value->get());
        if (real != nullptr) return ValueText(real->get());
        break;
      case FieldType::kText:
        if (const auto* value = node.as_string()) return value->get();
        break;
      case FieldType::kIntList:
        if (const auto* list = node.as_array()) return ListText(field, *list);
        break;
    }
    Refuse(field.name, node, AllowedText(field));
  }
  /// Calls `set` with the value of every entry of `section`. Errors of `set` get file and line.
  template <typename Set>
  void ForEach(const std::string& section, std::span<const Field> fields, const Set& set) const {
    for (const auto& [name, node] : entries(section)) {
      const Field& field = KnownField(section, fields, name, *node);
      const std::string value = ValueOf(field, *node);
      try {
        set(name, value);
      } catch (const ConfigError& error) {
        throw ConfigError(Place(source_, node->source()) + error.what());
      }
    }
  }
  const std::string& source() const { return source_; }

 private:
  [[noreturn]] void Refuse(const std::string& name, const toml::node& node,
                           const std::string& allowed) const {
    std::ostringstream value;
    node.visit([&](const auto& n) {
      if constexpr (!toml::is_table<decltype(n)>) value << n;
    });
    throw ConfigError(Place(source_, node.source()) + name + " = " + value.str() +
                      " is not allowed; give " + allowed);
  }
  std::string ListText(const Field& field, const toml::array& list) const {
    std::string text;
    for (const toml::node& item : list) {
      const auto* value = item.as_integer();
      if (value == nullptr) Refuse(field.name, list, AllowedText(field));
      text += (text.empty() ? "" : ",") + std::to_string(value->get());
    }
    return text;
  }
  const Field& KnownField(const std::string& section, std::span<const Field> fields,
                          const std::string& name, const toml::node& node) const {
    std::vector<std::string> names;
    for (const Field& field : fields) {
      if (field.name == name) return field;
      names.push_back(field.name);
    }
    throw ConfigError(Place(source_, node.source()) + "unknown key '" + name + "' in [" + section +
                      "]" + NearMatches(name, names));
  }

  std::string source_;
  toml::table root_;
  std::map<std::string, Entries> sections_;
};

}  // namespace

std::string RunToml(const RunConfig& config) {
  std::string text = "# A run of Brasa. [build] tells what wrote it and is not read as settings.\n";
  text += "[run]\n" + Line("agent", config.agent) + Line("env", config.env);
  text += Line("seed", static_cast<std::int64_t>(config.seed)) + Line("steps", config.steps);
  text += Line("envs", std::int64_t{config.worlds}) + Line("workers", std::int64_t{config.workers});
  text += Line("record", config.record) + Line("checkpoint_seconds", config.checkpoint_seconds);
  text +=
      Line("isolate", IsolationName(config.isolate)) + Line("step_timeout", config.step_timeout);
  text += Section("env", config.params) + Section("agent", config.agent_config);
  const BuildInfo build = ThisBuild();
  text += "\n[build]\n" + Line("version", build.version) + Line("commit", build.commit);
  return text + Line("compiler", build.compiler) + Line("cpu", build.cpu);
}

RunConfig ReadRunToml(Registry& registry, const std::string& text, const std::string& source) {
  const Document document(text, source);
  RunConfig config;
  try {
    config = DefaultRunConfig(registry, document.RequiredText("run", "agent"),
                              document.RequiredText("run", "env"));
  } catch (const ConfigError& error) {
    const std::string what = error.what();
    throw ConfigError(what.starts_with(source) ? what : source + ": " + what);
  }
  std::vector<Field> run_fields = RunFields();
  run_fields.push_back(TextField("agent", "", ""));
  run_fields.push_back(TextField("env", "", ""));
  document.ForEach("run", run_fields, [&](const std::string& name, const std::string& value) {
    if (name != "agent" && name != "env") SetRunKey(config, name, value);
  });
  const std::vector<Field> params(config.params.fields().begin(), config.params.fields().end());
  document.ForEach("env", params, [&](const std::string& name, const std::string& value) {
    config.params.Set(name, value);
  });
  const std::vector<Field> fields(config.agent_config.fields().begin(),
                                  config.agent_config.fields().end());
  document.ForEach("agent", fields, [&](const std::string& name, const std::string& value) {
    config.agent_config.Set(name, value);
  });
  ReadRunBuild(text, source);
  return config;
}

BuildInfo ReadRunBuild(const std::string& text, const std::string& source) {
  const Document document(text, source);
  std::vector<Field> fields;
  for (const std::string& key : kBuildKeys) fields.push_back(TextField(key, "unknown", ""));
  Config build(fields);
  document.ForEach("build", fields, [&](const std::string& name, const std::string& value) {
    build.Set(name, value);
  });
  return {build.GetText("version"), build.GetText("commit"), build.GetText("compiler"),
          build.GetText("cpu")};
}

}  // namespace brasa

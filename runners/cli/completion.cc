// brasa completion bash: the script that lets bash complete commands, options, names and keys. It
// asks the hidden command `complete` for what may stand in the place of the last word.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <map>
#include <memory>

#include "brasa/core/error.h"
#include "brasa/runner.h"
#include "runners/cli/command.h"
#include "runners/cli/program.h"

namespace brasa::cli {
namespace {

using Words = std::vector<std::string>;

// Bash breaks words at '='; the line is split anew at blanks, and what bash holds for done is cut
// off the replies. A reply that ends in '=' wants no blank behind it.
constexpr const char* kBashScript = R"bash(# bash completion for brasa. To load it in every shell:
#   brasa completion bash > ~/.local/share/bash-completion/completions/brasa
_brasa() {
  local line=${COMP_LINE:0:COMP_POINT} words reply
  read -ra words <<<"$line"
  [[ $line == *[[:space:]] ]] && words+=("")
  local current=${words[-1]} done=""
  [[ $COMP_WORDBREAKS == *=* && $current == *=* ]] && done=${current%=*}=
  COMPREPLY=()
  while IFS= read -r reply; do
    [[ $reply == "$current"* ]] || continue
    COMPREPLY+=("${reply#"$done"}")
    [[ $reply == *= ]] && compopt -o nospace
  done < <("${words[0]}" complete -- "${words[@]:1}" 2>/dev/null)
}
complete -o default -F _brasa brasa
)bash";

/// What the words before the last one say.
struct TypedLine {
  const CLI::App* command = nullptr;
  std::map<std::string, std::string> arguments;  // by the name of the positional: "AGENT", "ENV"
  const CLI::Option* wants = nullptr;            // the option whose value the last word is
  std::string place;                             // the positional that the last word is; "" if none
  bool setting = false;                          // the last word may go on with --set's settings
};

const CLI::App* Subcommand(const CLI::App& app, const std::string& name) {
  const auto named = [&](const CLI::App* command) { return command->get_name() == name; };
  const auto found = app.get_subcommands(named);
  return found.empty() ? nullptr : found.front();
}

const CLI::Option* FindOption(const CLI::App& app, const std::string& word) {
  if (!word.starts_with("--")) return nullptr;
  for (const CLI::Option* option : app.get_options()) {
    if (option->check_lname(word.substr(2))) return option;
  }
  return nullptr;
}

std::vector<std::string> Positionals(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options()) {
    if (option->get_positional()) names.push_back(option->get_name(true));
  }
  return names;
}

TypedLine Read(const CLI::App& app, const Words& words) {
  TypedLine line;
  line.command = &app;
  std::size_t place = 0;
  std::vector<std::string> places;
  for (std::size_t i = 0; i + 1 < words.size(); ++i) {
    const std::string& word = words[i];
    if (line.wants != nullptr) {
      line.arguments[line.wants->get_type_name()] = word;
      line.setting = line.wants->check_lname("set");
      line.wants = nullptr;
    } else if (line.setting && word.find('=') != std::string::npos && !word.starts_with('-')) {
      continue;
    } else if (const CLI::Option* option = FindOption(*line.command, word)) {
      line.setting = false;
      if (option->get_items_expected_max() > 0) line.wants = option;
    } else if (const CLI::App* command = Subcommand(*line.command, word)) {
      line.command = command;
      places = Positionals(*command);
    } else if (!word.starts_with('-') && place < places.size()) {
      line.arguments[places[place++]] = word;
      line.setting = false;
    }
  }
  if (place < places.size()) line.place = places[place];
  return line;
}

Words CommandWords(const CLI::App& app) {
  Words names;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    if (!command->get_group().empty()) names.push_back(command->get_name());
  }
  return names;
}

Words OptionWords(const CLI::App& app) {
  Words names;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  }
  return names;
}

/// What may stand for `kind` of the help: "ENV", "AGENT", "NAME" for both, "SHELL".
Words NamesOf(Registry& registry, const std::string& kind) {
  if (kind == "SHELL") return {"bash"};
  Words names;
  if (kind == "ENV" || kind == "NAME") {
    registry.LoadPluginPath();
    for (const EnvRow& row : registry.envs()) names.push_back(row.id);
  }
  if (kind == "AGENT" || kind == "NAME") {
    for (const AgentRow& row : registry.agents()) names.push_back(row.name);
  }
  return names;
}

void AddKeys(std::span<const Field> fields, const std::string& prefix, const std::string& current,
             Words& words) {
  for (const Field& field : fields) {
    const std::string key = prefix + field.name + "=";
    if (!current.starts_with(key)) {
      words.push_back(key);
      continue;
    }
    Words values = field.choices;
    if (field.type == FieldType::kBool) values = {"false", "true"};
    for (const std::string& value : values) words.push_back(key + value);
  }
}

std::string ValueOr(const std::map<std::string, std::string>& values, const std::string& name) {
  const auto found = values.find(name);
  return found == values.end() ? "" : found->second;
}

/// The settings that --set takes: of the agent and the run where the line names an agent.
Words Keys(Registry& registry, const TypedLine& line, const std::string& current) {
  Words words;
  const std::string agent = ValueOr(line.arguments, "AGENT"), env = ValueOr(line.arguments, "ENV");
  const std::string name = ValueOr(line.arguments, "NAME");
  if (!agent.empty()) {
    AddKeys(registry.FindAgent(agent).fields, "", current, words);
    AddKeys(RunFields(), "", current, words);
  }
  if (!env.empty()) {
    const Params params = DefaultParams(registry.FindEnv(env));
    AddKeys(params.fields(), agent.empty() ? "" : "env.", current, words);
  }
  if (!name.empty()) {
    const Words agents = NamesOf(registry, "AGENT");
    const bool is_agent = std::ranges::find(agents, name) != agents.end();
    const Config config =
        is_agent ? Config(registry.FindAgent(name).fields) : DefaultParams(registry.FindEnv(name));
    AddKeys(config.fields(), "", current, words);
  }
  return words;
}

Words Candidates(const CLI::App& app, Registry& registry, const Words& words) {
  const std::string current = words.empty() ? "" : words.back();
  const TypedLine line = Read(app, words);
  if (line.wants != nullptr) {
    if (line.wants->check_lname("set")) return Keys(registry, line, current);
    return NamesOf(registry, line.wants->get_type_name());
  }
  if (current.starts_with('-')) return OptionWords(*line.command);
  Words candidates = CommandWords(*line.command);
  if (line.setting) candidates = Keys(registry, line, current);
  if (!line.place.empty()) {
    const Words names = NamesOf(registry, line.place);
    candidates.insert(candidates.end(), names.begin(), names.end());
  }
  return candidates;
}

}  // namespace

void AddCompletionCommand(CLI::App& app, Program&) {
  const auto shell = std::make_shared<std::string>();
  Command command(app, "completion", "The script that completes commands, options, names and keys",
                  "brasa completion bash > brasa.bash && source brasa.bash");
  command.Argument("SHELL", shell.get(), "bash");
  command.Run([shell] {
    if (*shell != "bash") throw UsageError("completion for '" + *shell + "' is unknown; give bash");
    std::cout << kBashScript;
  });
}

void AddCompleteCommand(CLI::App& app, Program& program) {
  const auto words = std::make_shared<Words>();
  Command command(app, "complete", "What may stand in the place of the last word, a line each",
                  "brasa complete -- train pp");
  command.Hide().Arguments("WORD", words.get(), "The words of the line behind the program");
  command.Run([&app, &program, words] {
    for (const std::string& word : Candidates(app, program.registry, *words)) {
      if (word.starts_with(words->back())) std::cout << word << '\n';
    }
  });
}

}  // namespace brasa::cli

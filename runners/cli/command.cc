#include "runners/cli/command.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <utility>

namespace brasa::cli {
namespace {

/// The innermost command that the line named.
const CLI::App& Innermost(const CLI::App& app) {
  const auto chosen = app.get_subcommands();
  return chosen.empty() ? app : Innermost(*chosen.front());
}

/// "brasa data info".
std::string FullName(const CLI::App& app) {
  return app.get_parent() == nullptr ? app.get_name()
                                     : FullName(*app.get_parent()) + " " + app.get_name();
}

std::vector<std::string> CommandNames(const CLI::App& app) {
  std::vector<std::string> names;
  const auto shown = [](const CLI::App* command) { return !command->get_group().empty(); };
  for (const CLI::App* command : app.get_subcommands(shown)) {
    names.push_back(command->get_name());
  }
  return names;
}

std::vector<std::string> OptionNames(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  }
  return names;
}

[[noreturn]] void Fail(const CLI::App& app, const std::string& what) {
  throw UsageError(FullName(app) + ": " + what + "; see " + FullName(app) + " --help");
}

/// Throws for the first word that the innermost command does not take.
[[noreturn]] void FailAtSurplus(const CLI::App& app, const std::string& word) {
  const std::string name = word.substr(0, word.find('='));
  if (word.starts_with('-')) {
    Fail(app, "unknown option '" + name + "'" + NearMatches(name, OptionNames(app)));
  }
  const std::vector<std::string> commands = CommandNames(app);
  if (commands.empty()) Fail(app, "unexpected argument '" + word + "'");
  Fail(app, "unknown command '" + word + "'" + NearMatches(word, commands));
}

std::string FirstLine(const std::string& text) { return text.substr(0, text.find('\n')); }

/// "Worlds (an integer >= 1; default 8)".
std::string HelpWithRange(const Field& field) {
  const std::string value = ValueText(field.default_value);
  return field.help + " (" + AllowedText(field) + (value.empty() ? "" : "; default " + value) + ")";
}

/// Repeats `--set` before every key=value word that follows one.
std::vector<std::string> ExpandSettings(const std::vector<std::string>& words) {
  std::vector<std::string> expanded;
  bool setting = false;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i];
    if (word == "--set" && i + 1 < words.size()) {
      expanded.insert(expanded.end(), {word, words[++i]});
      setting = true;
      continue;
    }
    setting = setting && !word.starts_with('-') && word.find('=') != std::string::npos;
    if (setting) expanded.push_back("--set");
    expanded.push_back(word);
  }
  return expanded;
}

}  // namespace

Command::Command(CLI::App& parent, const std::string& name, const std::string& summary,
                 const std::string& example)
    : app_(parent.add_subcommand(name, summary)) {
  app_->footer("Example:\n  " + example);
}

Command& Command::Hide() {
  app_->group("");
  return *this;
}

Command& Command::Argument(const std::string& name, std::string* value, const std::string& help) {
  app_->add_option(name, *value, help)->required()->type_name("");
  return *this;
}

Command& Command::OptionalArgument(const std::string& name, std::string* value,
                                   const std::string& help) {
  app_->add_option(name, *value, help)->type_name("");
  return *this;
}

Command& Command::Arguments(const std::string& name, std::vector<std::string>* values,
                            const std::string& help) {
  app_->add_option(name, *values, help)->required()->type_name("");
  return *this;
}

Command& Command::Flag(const std::string& flag, bool* value, const std::string& help) {
  app_->add_flag(flag, *value, help)->disable_flag_override();
  return *this;
}

Command& Command::FlagOrText(const std::string& flag, std::string* value, const std::string& alone,
                             const std::string& help) {
  app_->add_flag(flag + "{" + alone + "}", *value, help);
  return *this;
}

Command& Command::Checked(const std::string& flag, const Field& field,
                          std::function<void(const FieldValue&)> store) {
  const auto read = [field, store = std::move(store)](const std::string& text) {
    store(ParseValue(field, text));
  };
  app_->add_option_function<std::string>(flag, read, HelpWithRange(field))->type_name("N");
  return *this;
}

Command& Command::Integer(const std::string& flag, std::int64_t* value, double min, double max,
                          const std::string& help) {
  return Checked(flag, IntField(flag, *value, min, max, help),
                 [value](const FieldValue& given) { *value = std::get<std::int64_t>(given); });
}

Command& Command::Number(const std::string& flag, double* value, double min, double max,
                         const std::string& help) {
  return Checked(flag, FloatField(flag, *value, min, max, help),
                 [value](const FieldValue& given) { *value = std::get<double>(given); });
}

Command& Command::Choice(const std::string& flag, std::string* value,
                         const std::vector<std::string>& choices, const std::string& help) {
  const Field field = ChoiceField(flag, *value, choices, help);
  const auto read = [field, value](const std::string& text) {
    *value = std::get<std::string>(ParseValue(field, text));
  };
  app_->add_option_function<std::string>(flag, read, HelpWithRange(field))->type_name("NAME");
  return *this;
}

Command& Command::Text(const std::string& flag, std::string* value, const std::string& value_name,
                       const std::string& help) {
  const auto read = [flag, value](const std::string& text) {
    if (text.empty()) throw UsageError(flag + " = '' is not allowed; give a text");
    *value = text;
  };
  app_->add_option_function<std::string>(flag, read, help)->type_name(value_name);
  return *this;
}

Command& Command::Texts(const std::string& flag, std::vector<std::string>* values,
                        const std::string& value_name, const std::string& help) {
  app_->add_option(flag, *values, help)->type_name(value_name)->allow_extra_args(false);
  return *this;
}

void Command::Run(std::function<void()> action) { app_->callback(std::move(action)); }

CLI::App& Command::Group() {
  app_->require_subcommand(1);
  return *app_;
}

void RunLine(CLI::App& app, std::vector<std::string> arguments) {
  if (arguments.empty()) arguments = {"--help"};
  arguments = ExpandSettings(arguments);
  std::ranges::reverse(arguments);  // CLI11 takes the last word first
  try {
    app.parse(arguments);
  } catch (const CLI::CallForHelp&) {
    std::cout << app.help();
  } catch (const CLI::CallForVersion& version) {
    std::cout << version.what() << '\n';
  } catch (const CLI::ParseError& error) {
    const CLI::App& command = Innermost(app);
    const std::vector<std::string> surplus = app.remaining(true);
    if (!surplus.empty()) FailAtSurplus(command, surplus.front());
    Fail(command, FirstLine(error.what()));
  }
}

}  // namespace brasa::cli

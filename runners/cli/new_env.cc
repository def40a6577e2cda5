// brasa new env: a small complete project of an environment plugin.
#include "runners/cli/new_env.h"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <system_error>
#include <utility>
#include <vector>

#include "brasa/core/error.h"
#include "runners/cli/command.h"
#include "runners/cli/program.h"

namespace brasa::cli {
namespace {

namespace fs = std::filesystem;

struct NewEnvOptions {
  std::string name, folder;
  bool board = false, control = false;
  std::string language = "c++";
};

/// Words that a struct, a CMake target or a file may not be called.
constexpr const char* kTaken[] = {"all",  "test",  "install", "clean",  "help", "brasa", "std",
                                  "main", "class", "struct",  "double", "int",  "new",   "build"};

/// Throws ConfigError unless `name` is snake_case: it becomes a file, a CMake target, a struct.
void CheckName(const std::string& name) {
  const auto fits = [](unsigned char c) {
    return std::islower(c) != 0 || std::isdigit(c) != 0 || c == '_';
  };
  const bool ascii = std::ranges::all_of(name, fits);
  if (name.empty() || name.size() > 60 || !ascii || std::islower(name[0]) == 0 ||
      name.back() == '_' || name.find("__") != std::string::npos) {
    throw ConfigError("'" + name +
                      "' is no name for an environment; write lower-case words, as in "
                      "my_game");
  }
  if (std::ranges::find(kTaken, name) != std::end(kTaken)) {
    throw ConfigError("'" + name + "' is taken as a name; write another one, as in my_game");
  }
}

/// "my_game" -> "MyGame".
std::string StructName(const std::string& name) {
  std::string out;
  bool begins = true;
  for (const char c : name) {
    if (c != '_') out += begins ? static_cast<char>(std::toupper(c)) : c;
    begins = c == '_';
  }
  return out;
}

std::string Replaced(std::string text, const std::string& key, const std::string& value) {
  for (std::size_t at = text.find(key); at != std::string::npos; at = text.find(key, at)) {
    text.replace(at, key.size(), value);
    at += value.size();
  }
  return text;
}

struct File {
  std::string name, text;
};

/// What the templates leave open, by its name.
std::vector<std::pair<std::string, std::string>> Replacements(const NewEnvOptions& options,
                                                              const std::string& file) {
  const bool in_c = options.language == "c";
  const std::string struct_name = StructName(options.name);
  const std::string precompiled =
      "# Brasa's headers are compiled once, so that a change of the rules is built in seconds.\n"
      "target_precompile_headers(" +
      options.name + " PRIVATE <brasa/env.h>)\n";
  return {{"@NAME@", options.name},
          {"@STRUCT@", struct_name},
          {"@ID@", struct_name + "-v0"},
          {"@FILE@", file},
          {"@LANGUAGES@", in_c ? "C CXX" : "CXX"},
          {"@LANGUAGE@", in_c ? "C" : "CXX"},
          {"@PRECOMPILED@", in_c ? "" : precompiled}};
}

/// The files of the project, whole, before anything is written.
std::vector<File> ProjectFiles(const NewEnvOptions& options) {
  const std::string extension = options.language == "c" ? ".c" : ".cc";
  const std::string rules = (options.board ? "board" : "control") + extension;
  const std::string file = options.name + extension;
  const auto replacements = Replacements(options, file);
  std::vector<File> files;
  for (const Template& source : Templates()) {
    const bool is_rules = source.name == rules;
    if (!is_rules && source.name != "CMakeLists.txt" && source.name != "README.md") continue;
    std::string text = source.text;
    for (const auto& [key, value] : replacements) text = Replaced(std::move(text), key, value);
    files.push_back({is_rules ? file : source.name, text});
  }
  return files;
}

/// Throws UsageError or IoError; afterwards `folder` is an empty folder.
void MakeFolder(const fs::path& folder) {
  std::error_code error;
  const fs::file_status status = fs::status(folder, error);
  if (fs::exists(status) && !fs::is_directory(status)) {
    throw UsageError("'" + folder.string() + "' is a file; name a new folder");
  }
  if (fs::is_directory(status)) {
    const bool empty = fs::is_empty(folder, error);
    if (error) throw IoError("cannot read folder '" + folder.string() + "': " + error.message());
    if (!empty) {
      throw UsageError("folder '" + folder.string() + "' is not empty; name a new or empty one");
    }
    return;
  }
  fs::create_directories(folder, error);
  if (error) throw IoError("cannot make folder '" + folder.string() + "': " + error.message());
}

/// Takes away what was written where a file cannot be.
void WriteFiles(const fs::path& folder, const std::vector<File>& files) {
  for (const File& file : files) {
    std::ofstream out(folder / file.name, std::ios::binary);
    out << file.text;
    if (out.flush()) continue;
    std::error_code ignored;
    for (const File& written : files) fs::remove(folder / written.name, ignored);
    throw IoError("cannot write '" + (folder / file.name).string() + "'");
  }
}

void NewEnv(const NewEnvOptions& options) {
  if (options.board && options.control) {
    throw UsageError("brasa new env: --board and --control exclude each other");
  }
  CheckName(options.name);
  if (options.folder.empty()) throw ConfigError("the folder's name is empty");
  const std::vector<File> files = ProjectFiles(options);
  MakeFolder(options.folder);
  WriteFiles(options.folder, files);
  std::cout << StructName(options.name) << "-v0 in " << options.folder << ':';
  for (const File& file : files) std::cout << ' ' << file.name;
  std::cout << "\nnext: cd " << options.folder << "\n      cmake -B build && cmake --build build\n"
            << "      brasa check $PWD/build/" << options.name << ".so\n";
}

}  // namespace

void AddNewCommand(CLI::App& app, Program&) {
  Command group(app, "new", "A new project, ready to build", "brasa new env my_game my_game");
  const auto options = std::make_shared<NewEnvOptions>();
  Command command(group.Group(), "env",
                  "An environment plugin: rules, CMakeLists.txt and README.md",
                  "brasa new env my_game my_game --board");
  command.Argument("NAME", &options->name, "The environment's name, as in my_game")
      .Argument("DIR", &options->folder, "A new or empty folder")
      .Flag("--board", &options->board, "A board game of two players")
      .Flag("--control", &options->control, "A control problem; the default")
      .Choice("--lang", &options->language, {"c++", "c"}, "The language of the rules");
  command.Run([options] { NewEnv(*options); });
}

}  // namespace brasa::cli

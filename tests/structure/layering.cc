#include "tests/structure/layering.h"

#include <algorithm>
#include <array>
#include <optional>

namespace brasa::structure {
namespace {

/// A third-party library and how its headers begin.
struct Library {
  std::string name;
  std::vector<std::string> headers;
};

const std::vector<Library>& ThirdParty() {
  static const std::vector<Library> kLibraries = {
      {"Eigen", {"Eigen/", "unsupported/Eigen/"}},
      {"oneDNN", {"dnnl", "oneapi/dnnl"}},
      {"torch", {"torch/", "ATen/", "c10/", "caffe2/"}},
      {"TBB", {"tbb/", "oneapi/tbb"}},
      {"HDF5", {"hdf5", "H5"}},
      {"SDL2", {"SDL"}},
      {"Box2D", {"box2d/"}},
      {"cairo", {"cairo"}},
      {"giflib", {"gif_lib"}},
      {"CLI11", {"CLI/"}},
      {"toml++", {"toml"}},
      {"json", {"nlohmann/"}},
      {"GoogleTest", {"gtest/", "gmock/"}},
      {"benchmark", {"benchmark/"}},
  };
  return kLibraries;
}

// Headers of the C standard library: the only ones with a suffix that public headers may include.
constexpr std::array kStandardC = {"assert.h", "errno.h",  "float.h",  "inttypes.h", "limits.h",
                                   "math.h",   "signal.h", "stdarg.h", "stdbool.h",  "stddef.h",
                                   "stdint.h", "stdio.h",  "stdlib.h", "string.h",   "time.h"};
// Of the operating system: anywhere but in public headers.
constexpr std::array kSystem = {"dirent.h",  "dlfcn.h",   "fcntl.h", "poll.h",
                                "pthread.h", "sched.h",   "sys/",    "termios.h",
                                "unistd.h",  "elf.h",     "link.h",  "immintrin.h",
                                "spawn.h",   "fnmatch.h", "glob.h",  "malloc.h"};

bool Under(std::string_view path, std::string_view folder_or_file) {
  return path.substr(0, folder_or_file.size()) == folder_or_file &&
         (path.size() == folder_or_file.size() || path[folder_or_file.size()] == '/');
}

std::string FolderOf(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? "" : path.substr(0, slash);
}

bool IsHeader(std::string_view path) {
  return path.size() > 2 && path.substr(path.size() - 2) == ".h";
}

const Layer* LayerOf(std::string_view path) {
  for (const Layer& layer : Layers()) {
    if (Under(path, layer.folder)) return &layer;
  }
  return nullptr;
}

std::optional<std::string> LibraryOf(const std::string& header) {
  for (const Library& library : ThirdParty()) {
    for (const std::string& start : library.headers) {
      if (header.rfind(start, 0) == 0) return library.name;
    }
  }
  return std::nullopt;
}

/// The included name and whether it stood in quotes; nothing if `line` is no include.
std::optional<std::pair<std::string, bool>> IncludeOf(std::string_view line) {
  const auto skip_blanks = [&] {
    while (!line.empty() && (line.front() == ' ' || line.front() == '\t')) line.remove_prefix(1);
  };
  skip_blanks();
  if (line.empty() || line.front() != '#') return std::nullopt;
  line.remove_prefix(1);
  skip_blanks();
  if (line.rfind("include", 0) != 0) return std::nullopt;
  line.remove_prefix(7);
  skip_blanks();
  if (line.empty() || (line.front() != '"' && line.front() != '<')) return std::nullopt;
  const char close = line.front() == '"' ? '"' : '>';
  const std::size_t end = line.find(close, 1);
  if (end == std::string_view::npos) return std::nullopt;
  return std::pair(std::string(line.substr(1, end - 1)), close == '"');
}

/// Why `layer`'s file `path` may not include the third-party `library`; empty if it may.
std::string LibraryFault(const Layer& layer, const std::string& path, const std::string& library) {
  if (std::ranges::find(layer.libraries, library) == layer.libraries.end()) {
    return library + " is not allowed in " + layer.folder;
  }
  const bool anywhere =
      layer.folder == "tests" || layer.folder == "bench" || layer.folder == "include/brasa/torch";
  if (IsHeader(path) && !anywhere) return library + " belongs in .cc files";
  if (library == "torch" && !anywhere && path.find("torch") == std::string::npos) {
    return "torch belongs in files named after it";
  }
  return "";
}

/// Why `path` may not include the file `target` of this tree; empty if it may.
std::string TreeFault(const Layer& layer, const std::string& path, const std::string& target) {
  if (FolderOf(target) == FolderOf(path)) return "";
  const bool allowed = std::ranges::any_of(
      layer.may_include, [&](const std::string& part) { return Under(target, part); });
  return allowed ? "" : layer.folder + " may not include " + target;
}

std::string SystemFault(const std::string& path, const std::string& header) {
  const auto starts = [&](const char* name) { return header.rfind(name, 0) == 0; };
  const bool plain = header.find_first_of("./") == std::string::npos;
  if (plain || std::ranges::any_of(kStandardC, starts)) return "";
  if (!std::ranges::any_of(kSystem, starts)) return "<" + header + "> is no known header";
  return Under(path, "include") ? "<" + header + "> is not of the standard library" : "";
}

/// Why `path` may not include `name`; empty if it may.
std::string Fault(const Layer& layer, const std::string& path, const std::string& name, bool quoted,
                  const FileExists& exists) {
  if (name.find("..") != std::string::npos) return "\"" + name + "\" climbs out of its folder";
  if (const auto library = LibraryOf(name)) return LibraryFault(layer, path, *library);
  if (!quoted) {
    if (name.rfind("brasa/", 0) == 0) return "<" + name + "> is included in quotes";
    return SystemFault(path, name);
  }
  for (const std::string& target : {"include/" + name, name}) {
    if (exists(target)) return TreeFault(layer, path, target);
  }
  // An example may be copied out of the tree, so it names its neighbours by themselves.
  if (layer.folder == "examples" && exists(FolderOf(path) + "/" + name)) return "";
  return "\"" + name + "\" names no file, from include/ or from the root";
}

}  // namespace

const std::vector<Layer>& Layers() {
  static const std::string kCore = "include/brasa/core";
  static const std::string kPublic = "include/brasa";
  static const std::string kEnv = "include/brasa/env.h";
  static const std::string kEnvBatch = "include/brasa/env_batch.h";
  static const std::string kCanvas = "include/brasa/canvas.h";
  static const std::string kView = "include/brasa/view.h";
  static const std::string kPlot = "include/brasa/plot.h";
  static const std::string kAgent = "include/brasa/agent.h";
  static const std::string kNetwork = "include/brasa/network.h";
  static const std::string kSteps = "include/brasa/step_buffer.h";
  static const std::string kWorldRngs = "include/brasa/world_rngs.h";
  static const std::string kLibrariesFound = "include/brasa/libraries.h";
  static const std::string kVectorEnv = "include/brasa/vector_env.h";
  static const std::string kAsyncVectorEnv = "include/brasa/async_vector_env.h";
  static const std::string kIsolate = "include/brasa/isolate.h";
  static const std::string kSymmetry = "include/brasa/symmetry.h";
  static const std::string kRecorder = "include/brasa/recorder.h";
  static const std::string kListener = "include/brasa/listener.h";
  static const std::vector<Layer> kLayers = {
      {"include/brasa/core", {kCore}, {}},
      {"include/brasa/torch", {kPublic}, {"torch"}},
      {"include/brasa", {kPublic}, {}},
      {"envs/core", {kPublic}, {}},
      {"envs/registry", {kPublic, "envs"}, {}},
      {"envs/box2d", {kCore, kEnv, kCanvas, kLibrariesFound}, {"Box2D"}},
      {"envs", {kCore, kEnv, kCanvas, kSymmetry}, {}},
      {"agents/tabular", {kCore, kAgent, kSteps, kWorldRngs, "agents/memory"}, {"Eigen"}},
      {"agents/search",
       {kCore, kAgent, kSteps, kWorldRngs, kEnv, kEnvBatch, "agents/memory"},
       {"Eigen"}},
      {"agents/nn",
       {kCore, kAgent, kNetwork, kLibrariesFound, "include/brasa/torch"},
       {"Eigen", "oneDNN", "torch"}},
      {"agents/memory", {kCore, kAgent, kSteps}, {"Eigen"}},
      {"agents/deep",
       {kCore, kAgent, kWorldRngs, "agents/nn", "agents/memory"},
       {"Eigen", "oneDNN", "torch"}},
      {"agents/registry", {kPublic, "agents"}, {}},
      {"runners/vector",
       {kCore, kEnv, kEnvBatch, kVectorEnv, kAsyncVectorEnv, kIsolate, kLibrariesFound},
       {"TBB"}},
      {"runners/record", {kCore, kRecorder, kListener, kLibrariesFound, "runners/files"}, {"HDF5"}},
      {"runners/files", {kCore}, {}},
      {"runners/view",
       {kCore, kCanvas, kView, kPlot, kListener, kLibrariesFound, "runners/files"},
       {"SDL2", "cairo", "giflib"}},
      {"runners/registry", {kPublic}, {}},
      {"runners/loop", {kPublic, "runners/files"}, {"json", "toml++"}},
      {"runners/evaluate", {kPublic}, {"TBB"}},
      {"runners/experiment", {kPublic, "runners/files"}, {"json", "toml++"}},
      {"runners/cli", {kPublic, "runners/experiment"}, {"CLI11", "toml++", "json"}},
      {"examples", {kPublic}, {}},
      {"tests",
       {kPublic, "envs", "agents", "runners", "tests"},
       {"GoogleTest", "Eigen", "torch", "TBB", "HDF5", "json", "toml++", "cairo", "giflib",
        "SDL2"}},
      {"bench",
       {kPublic, "envs", "agents", "runners", "bench"},
       {"benchmark", "Eigen", "torch", "TBB", "HDF5", "json"}},
  };
  return kLayers;
}

std::vector<Finding> CheckIncludes(const std::string& path, std::string_view text,
                                   const FileExists& exists) {
  std::vector<Finding> findings;
  const Layer* layer = LayerOf(path);
  if (layer == nullptr) return {{path, 0, "lies in no folder of the table"}};
  for (int number = 1; !text.empty(); ++number) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    const auto include = IncludeOf(line);
    if (!include) continue;
    const std::string reason = Fault(*layer, path, include->first, include->second, exists);
    if (!reason.empty()) findings.push_back({path, number, reason});
  }
  return findings;
}

}  // namespace brasa::structure

// Finds and opens libbrasa_torch.so when the first torch network is made: nothing else needs
// libtorch, whose loading costs half a second and 150 MB.

#include <dlfcn.h>

#include <array>
#include <filesystem>
#include <string>
#include <system_error>

#include "agents/nn/backends.h"
#include "agents/nn/convolutions.h"
#include "brasa/libraries.h"

namespace brasa {
namespace {

template <class Made>
using MakeFunction = Made* (*)(const NetworkSpec&, const AdamOptions&, const float*, std::size_t);
using TextFunction = const char* (*)();

#ifdef BRASA_TORCH_LIBRARY

/// The library beside the program, where an installed program has it, or in the build tree.
std::filesystem::path FindLibrary() {
  const char* const name = "libbrasa_torch.so";
  std::error_code ignored;
  const std::filesystem::path folder =
      std::filesystem::read_symlink("/proc/self/exe", ignored).parent_path();
  const std::array<std::filesystem::path, 3> places = {
      folder / name, folder / ".." / BRASA_LIBRARY_FOLDER / name, BRASA_TORCH_LIBRARY};
  std::string searched;
  for (const std::filesystem::path& place : places) {
    if (std::filesystem::exists(place, ignored)) return place;
    searched += (searched.empty() ? "" : ", ") + place.lexically_normal().string();
  }
  throw UsageError("network.backend = 'torch': " + std::string(name) + " is at none of " +
                   searched + "; build or install it, or give native");
}

/// The function `name` of the library, which is opened and stays so.
void* FindFunction(const char* name) {
  const std::filesystem::path path = FindLibrary();
  void* const library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    throw UsageError("network.backend = 'torch': cannot open the library: " +
                     std::string(dlerror()));
  }
  void* const function = dlsym(library, name);
  if (function == nullptr) {
    throw UsageError("network.backend = 'torch': " + path.string() + " is of another version");
  }
  return function;
}

#else

void* FindFunction(const char*) {
  throw UsageError(
      "network.backend = 'torch': built without torch (BRASA_WITH_TORCH=OFF); give native");
}

#endif

}  // namespace

std::unique_ptr<Network> MakeTorchNetwork(const NetworkSpec& spec, const AdamOptions& adam,
                                          std::span<const float> parameters) {
  static const auto make =
      reinterpret_cast<MakeFunction<Network>>(FindFunction("brasa_make_torch_network"));
  return std::unique_ptr<Network>(make(spec, adam, parameters.data(), parameters.size()));
}

std::unique_ptr<RecurrentNetwork> MakeTorchRecurrentNetwork(const NetworkSpec& spec,
                                                            const AdamOptions& adam,
                                                            std::span<const float> parameters) {
  static const auto make = reinterpret_cast<MakeFunction<RecurrentNetwork>>(
      FindFunction("brasa_make_torch_recurrent_network"));
  return std::unique_ptr<RecurrentNetwork>(make(spec, adam, parameters.data(), parameters.size()));
}

std::vector<LibraryInfo> NetworkLibraries() {
  const LibraryInfo convolutions{"oneDNN", true, ConvolutionLibraryVersion(),
                                 "network.conv of network.backend = native"};
  try {
    const auto text = [](const char* name) {
      return std::string(reinterpret_cast<TextFunction>(FindFunction(name))());
    };
    return {convolutions,
            {"torch", true, text("brasa_torch_version"),
             "network.backend = torch; network.device: " + text("brasa_torch_devices")}};
  } catch (const UsageError& error) {
    return {convolutions, {"torch", false, "", error.what()}};
  }
}

}  // namespace brasa

#include <algorithm>
#include <utility>

#include "agents/nn/backends.h"
#include "brasa/core/error.h"

namespace brasa {
namespace {

struct Backend {
  std::string name;
  MakeNetworkFunction make;
};

std::vector<Backend>& Backends() {
  static std::vector<Backend> backends = {
      {"native",
       [](const NetworkSpec& spec, const AdamOptions& adam, Rng& init) {
         return MakeNativeNetwork(spec, adam, InitialParameters(spec, init));
       }},
      {"torch",
       [](const NetworkSpec& spec, const AdamOptions& adam, Rng& init) {
         return MakeTorchNetwork(spec, adam, InitialParameters(spec, init));
       }},
  };
  return backends;
}

const Backend* FindBackend(const std::string& name) {
  const auto at = std::ranges::find(Backends(), name, &Backend::name);
  return at == Backends().end() ? nullptr : &*at;
}

}  // namespace

void AddNetworkBackend(const std::string& name, MakeNetworkFunction make) {
  if (name.empty()) throw UsageError("a network backend needs a name");
  if (FindBackend(name) != nullptr) {
    throw UsageError("network backend '" + name + "' is there already; give another name");
  }
  Backends().push_back({name, std::move(make)});
}

std::vector<std::string> NetworkBackends() {
  std::vector<std::string> names;
  for (const Backend& backend : Backends()) names.push_back(backend.name);
  return names;
}

std::unique_ptr<Network> MakeNetwork(const std::string& backend, const NetworkSpec& spec,
                                     const AdamOptions& adam, Rng& init) {
  if (const Backend* const found = FindBackend(backend)) return found->make(spec, adam, init);
  std::string known;
  for (const std::string& name : NetworkBackends()) known += (known.empty() ? "" : ", ") + name;
  throw ConfigError("network.backend = '" + backend + "' is unknown; give one of " + known);
}

}  // namespace brasa

#include <algorithm>
#include <utility>

#include "agents/nn/backends.h"
#include "brasa/core/assert.h"
#include "brasa/core/error.h"

namespace brasa {
namespace {

struct Backend {
  std::string name;
  MakeNetworkFunction make;
  std::vector<NetworkDevice> devices;
};

std::vector<Backend>& Backends() {
  static std::vector<Backend> backends = {
      {"native",
       [](const NetworkSpec& spec, const AdamOptions& adam, Rng& init) {
         return MakeNativeNetwork(spec, adam, InitialParameters(spec, init));
       },
       {NetworkDevice::kCpu}},
      {"torch",
       [](const NetworkSpec& spec, const AdamOptions& adam, Rng& init) {
         return MakeTorchNetwork(spec, adam, InitialParameters(spec, init));
       },
       {NetworkDevice::kCpu, NetworkDevice::kCuda}},
  };
  return backends;
}

const Backend* FindBackend(const std::string& name) {
  const auto at = std::ranges::find(Backends(), name, &Backend::name);
  return at == Backends().end() ? nullptr : &*at;
}

/// By NetworkDevice.
const std::vector<std::string> kDeviceNames = {"cpu", "cuda"};

std::string DeviceName(NetworkDevice device) {
  return kDeviceNames[static_cast<std::size_t>(device)];
}

void CheckDevice(const Backend& backend, NetworkDevice device) {
  if (std::ranges::find(backend.devices, device) != backend.devices.end()) return;
  std::string able;
  for (const Backend& other : Backends()) {
    if (std::ranges::find(other.devices, device) == other.devices.end()) continue;
    able += (able.empty() ? "" : ", ") + other.name;
  }
  throw ConfigError("network.device = '" + DeviceName(device) + "': network.backend = '" +
                    backend.name +
                    "' computes on the cpu alone; give cpu, or network.backend = " + able);
}

}  // namespace

void AddNetworkBackend(const std::string& name, MakeNetworkFunction make,
                       std::vector<NetworkDevice> devices) {
  if (name.empty()) throw UsageError("a network backend needs a name");
  if (FindBackend(name) != nullptr) {
    throw UsageError("network backend '" + name + "' is there already; give another name");
  }
  Backends().push_back({name, std::move(make), std::move(devices)});
}

std::vector<std::string> NetworkBackends() {
  std::vector<std::string> names;
  for (const Backend& backend : Backends()) names.push_back(backend.name);
  return names;
}

Field NetworkDeviceField() {
  return ChoiceField("network.device", kDeviceNames[0], kDeviceNames,
                     "where the network computes; cuda needs network.backend = torch");
}

NetworkDevice NetworkDeviceOf(const Config& config) {
  const auto at = std::ranges::find(kDeviceNames, config.GetText("network.device"));
  return static_cast<NetworkDevice>(at - kDeviceNames.begin());
}

std::unique_ptr<RecurrentNetwork> MakeRecurrentNetwork(const std::string& backend,
                                                       const NetworkSpec& spec,
                                                       const AdamOptions& adam, Rng& init) {
  if (backend != "torch") {
    throw ConfigError("network.lstm = " + std::to_string(spec.lstm) + ": network.backend = '" +
                      backend +
                      "' has no memory; give network.backend = torch, or network.lstm = 0");
  }
  return MakeTorchRecurrentNetwork(spec, adam, InitialParameters(spec, init));
}

std::unique_ptr<Network> MakeNetwork(const std::string& backend, const NetworkSpec& spec,
                                     const AdamOptions& adam, Rng& init) {
  BRASA_ASSERT(spec.lstm == 0);
  if (const Backend* const found = FindBackend(backend)) {
    CheckDevice(*found, spec.device);
    return found->make(spec, adam, init);
  }
  std::string known;
  for (const std::string& name : NetworkBackends()) known += (known.empty() ? "" : ", ") + name;
  throw ConfigError("network.backend = '" + backend + "' is unknown; give one of " + known);
}

}  // namespace brasa

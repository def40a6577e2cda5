// What the tests of recording share: runs to record, a plain recorder in memory, and every dataset
// and attribute of a file read back with HDF5 itself.
#pragma once

#include <cstdint>
#include <cstring>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "brasa/env.h"
#include "brasa/listener.h"
#include "brasa/recorder.h"
#include "brasa/vector_env.h"
#include "tests/support/cart_pole_row.h"

namespace brasa::record_testing {

/// An environment with what the others lack: bytes as observations [2, 3], two float actions,
/// measures, and episodes of 3 to 12 plies.
struct Bytes {
  static constexpr bool kFlat = true;
  static EnvSpec Spec(const Params&) {
    EnvSpec spec;
    spec.id = "Bytes-v0";
    spec.observation.type = ElementType::kUint8;
    spec.observation.shape = {2, 3};
    spec.observation.axes = {"row", "column"};
    spec.observation.low = {0};
    spec.observation.high = {255};
    spec.action.kind = ActionKind::kBox;
    spec.action.low = {-1, -2};
    spec.action.high = {1, 2};
    spec.action.names = {"left", "right"};
    spec.measures = {{"plies", "1"}, {"last", "m"}};
    return spec;
  }
  explicit Bytes(const Params&) {}
  void Reset(Rng& rng) {
    length = 3 + static_cast<std::int32_t>(rng.Below(10));
    plies = 0;
  }
  EpisodeEnd Step(ActionRef action, Rng&, std::span<float> rewards) {
    last = action.values()[1];
    rewards[0] = action.values()[0];
    return ++plies == length ? EpisodeEnd::kTerminated : EpisodeEnd::kNone;
  }
  void Observe(int, std::span<std::uint8_t> out) const {
    for (std::size_t i = 0; i < out.size(); ++i) {
      out[i] = static_cast<std::uint8_t>(static_cast<std::size_t>(plies) * 16 + i);
    }
  }
  void Measures(std::span<float> values) const {
    values[0] = static_cast<float>(plies);
    values[1] = last;
  }
  std::int32_t length = 0, plies = 0;
  float last = 0;
};

using support::CartPoleRow;
EnvRow BytesRow();

/// A run of random legal actions; equal arguments give equal runs.
class RandomRun {
 public:
  RandomRun(const EnvRow& row, int worlds, std::uint64_t seed = 1);
  RecordingInfo Info() const;
  /// Goes on until `steps` vector steps have been made; calls OnStart before the first.
  void Until(std::int64_t steps, const std::vector<Listener*>& listeners);
  std::int64_t steps() const { return step_; }

 private:
  struct Rows {
    std::vector<std::int32_t> player;
    std::vector<std::uint8_t> observation, mask, start;
    StateRows view() { return {player.data(), observation.data(), mask.data(), start.data()}; }
  };
  void ChooseActions();

  EnvRow row_;
  std::unique_ptr<VectorEnv> env_;
  std::uint64_t seed_;
  Rng rng_;
  Rows now_, next_;
  std::vector<std::uint8_t> actions_, ends_;
  std::vector<float> rewards_;
  std::int64_t step_ = 0;
};

/// Bytes of each dataset by path: "/plies/reward".
using Contents = std::map<std::string, std::string>;

/// Keeps what a recording should hold, the plain way.
class MemoryRecorder final : public Listener {
 public:
  explicit MemoryRecorder(const EnvSpec& spec) : spec_(spec) {}
  void OnStart(const VectorEnv& env) override;
  void OnStep(const StepView& view) override;
  const Contents& contents() const { return contents_; }

 private:
  template <typename T>
  void Add(const std::string& path, const T* values, int count) {
    contents_[path].append(reinterpret_cast<const char*>(values),
                           static_cast<std::size_t>(count) * sizeof(T));
  }
  void AddChance(std::int64_t step, int world, std::uint8_t reset,
                 std::span<const std::int32_t> ids);

  EnvSpec spec_;
  Contents contents_;
  std::map<int, std::uint32_t> episode_;
  std::map<int, std::int64_t> first_step_;
};

/// Every dataset of a file.
Contents Datasets(const std::string& path);
/// Every dataset and every attribute with type and shape, to compare whole files.
Contents Everything(const std::string& path);

/// Records the first `steps` of a run into a new file and ends it in good order.
void RecordRun(const std::string& path, const EnvRow& row, int worlds, std::int64_t steps,
               std::uint64_t seed = 1);

/// The path of a file in the test's own folder that does not exist.
std::string FreshPath(const std::string& name);

/// What an Error thrown by `call` says, or "" if it threw none; `E` and nothing else is expected.
template <typename E, typename Call>
std::string Message(const Call& call) {
  try {
    call();
  } catch (const E& error) {
    return error.what();
  }
  return "";
}

}  // namespace brasa::record_testing

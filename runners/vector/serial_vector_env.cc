#include <algorithm>

#include "runners/vector/world_rows.h"

namespace brasa {
namespace {

/// Worlds stepped in one go: their rows stay in the first-level cache.
constexpr int kChunk = 128;

class SerialVectorEnv final : public VectorEnv {
 public:
  SerialVectorEnv(const EnvRow& row, const Params& params, const VectorEnvOptions& options)
      : worlds_(row, params, options, std::min(options.worlds, kChunk)) {}

  void Reset(const StateRows& first) override {
    for (int c = 0; c < worlds_.chunks(); ++c) worlds_.ResetChunk(c, first);
    worlds_.GatherLast();
  }
  void Step(const void* actions, const OutcomeRows& outcome, const StateRows& next) override {
    for (int c = 0; c < worlds_.chunks(); ++c) worlds_.StepChunk(c, actions, outcome, next);
    worlds_.GatherLast();
  }
  const LastRows& last() const override { return worlds_.last(); }
  std::span<const std::int32_t> FinalChanceIds(int world) const override {
    return worlds_.FinalChanceIds(world);
  }
  std::uint64_t Signature() const override { return worlds_.Signature(); }
  void Save(StateWriter& writer) const override { worlds_.Save(writer); }
  void Load(StateReader& reader) override { worlds_.Load(reader); }
  EnvBatch& batch() override { return worlds_.batch(); }
  const EnvBatch& batch() const override { return worlds_.batch(); }

 private:
  WorldRows worlds_;
};

}  // namespace

std::unique_ptr<VectorEnv> MakeSerialVectorEnv(const EnvRow& row, const Params& params,
                                               const VectorEnvOptions& options) {
  return std::make_unique<SerialVectorEnv>(row, params, options);
}

std::unique_ptr<VectorEnv> MakeVectorEnv(const EnvRow& row, const Params& params,
                                         const VectorEnvOptions& options) {
  const int workers = options.workers > 0 ? options.workers : AvailableWorkers();
  if (workers == 1 || options.worlds == 1) return MakeSerialVectorEnv(row, params, options);
  return MakeTbbVectorEnv(row, params, options);
}

}  // namespace brasa

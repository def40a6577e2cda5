#include "runners/vector/rows_env.h"

namespace brasa {
namespace {

class SerialVectorEnv final : public RowsEnv {
 public:
  SerialVectorEnv(const EnvRow& row, const Params& params, const VectorEnvOptions& options)
      : RowsEnv(row, params, options, SerialChunk(options.worlds)) {}

  void Reset(const StateRows& first) override {
    for (int c = 0; c < worlds_.chunks(); ++c) worlds_.ResetChunk(c, first);
    worlds_.GatherLast();
  }
  void Step(const void* actions, const OutcomeRows& outcome, const StateRows& next) override {
    for (int c = 0; c < worlds_.chunks(); ++c) worlds_.StepChunk(c, c - 1, actions, outcome, next);
    worlds_.GatherLast();
  }
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

// What serial and parallel stepping answer alike: everything but Reset and Step.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>

#include "brasa/vector_env.h"
#include "runners/vector/world_rows.h"

namespace brasa {

/// Worlds that one thread steps in one go: their rows stay in the first-level cache.
inline constexpr int kSerialChunk = 128;
inline int SerialChunk(int worlds) { return std::min(worlds, kSerialChunk); }

class RowsEnv : public VectorEnv {
 public:
  const LastRows& last() const override { return worlds_.last(); }
  std::span<const std::int32_t> FinalChanceIds(int world) const override {
    return worlds_.FinalChanceIds(world);
  }
  std::uint64_t Signature() const override { return worlds_.Signature(); }
  void Save(StateWriter& writer) const override { worlds_.Save(writer); }
  void Load(StateReader& reader) override { worlds_.Load(reader); }
  EnvBatch& batch() override { return worlds_.batch(); }
  const EnvBatch& batch() const override { return worlds_.batch(); }

 protected:
  RowsEnv(const EnvRow& row, const Params& params, const VectorEnvOptions& options, int chunk)
      : worlds_(row, params, options, chunk) {}

  WorldRows worlds_;
};

}  // namespace brasa

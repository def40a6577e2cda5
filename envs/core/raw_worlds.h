// Worlds behind the C table without the host's checks, chance rolling and limits: what the contract
// check looks at.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "brasa/abi.h"
#include "brasa/core/random.h"
#include "brasa/core/spec.h"
#include "brasa/registry.h"

namespace brasa {

/// The action of one player: K components of int32 or float32, as bytes.
using RawAction = std::vector<std::int32_t>;

/// n worlds of a row. Every call throws Error with the environment's message if it fails.
class RawWorlds {
 public:
  RawWorlds(const EnvRow& row, const Params& params, int n);
  ~RawWorlds() { class_->destroy(batch_); }
  RawWorlds(const RawWorlds&) = delete;
  RawWorlds& operator=(const RawWorlds&) = delete;

  const EnvSpec& spec() const { return spec_; }
  const brasa_env_class& table() const { return *class_; }
  brasa_batch* batch() { return batch_; }
  int max_legal() const { return spec_.max_legal > 0 ? spec_.max_legal : spec_.action.count; }

  void Reset(int world, Rng& rng);
  /// Overwrites rewards [P]; returns what the table says, unchecked.
  std::uint8_t Step(int world, const RawAction& action, Rng& rng, float* rewards);
  /// Rolls chance until it does not move; adds to rewards. Returns the end.
  std::uint8_t Roll(int world, std::uint8_t end, Rng& rng, float* rewards);
  int Player(int world) const;
  /// All ids where the table has no list.
  std::vector<std::int32_t> Legal(int world) const;
  /// The row of `player`, written over bytes of `fill`; more bytes than the row's are kept behind
  /// it.
  std::string Observe(int world, int player, char fill) const;
  void Copy(int to, const RawWorlds& from, int world);
  std::string Save(int world) const;
  void Load(int world, std::string_view bytes);
  std::string Text(int world) const;
  void FromText(int world, const std::string& text);
  std::string ActionText(int world, const RawAction& action) const;
  /// Id and probability of each outcome of a chance node.
  std::vector<std::pair<std::int32_t, double>> Chance(int world) const;
  /// Adds to rewards; returns the end.
  std::uint8_t ApplyChance(int world, std::int32_t id, float* rewards);
  std::uint64_t Hash(int world) const;
  /// Everything that can be seen of a world: movers, legal ids, all observations, snapshot.
  std::string Everything(int world) const;

 private:
  void Check(std::int32_t code, const brasa_error& error) const;
  /// The text that `write(buffer, capacity, length, error)` gives.
  template <typename Write>
  std::string ReadText(Write&& write) const;

  const brasa_env_class* class_;
  brasa_batch* batch_ = nullptr;
  EnvSpec spec_;
};

/// Bytes that Observe keeps behind the row.
inline constexpr std::size_t kCanaryBytes = 16;

}  // namespace brasa

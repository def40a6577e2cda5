// A world that lives in an engine whose state cannot be copied. (A Box2D world rebuilt from
// positions and velocities goes another way at the next step: contacts, warm starts and the order
// of its lists are lost.) So it keeps how it began and every ply since, and is cloned and loaded by
// playing them again, which gives equal bits.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "brasa/core/archive.h"
#include "brasa/core/random.h"

namespace brasa {

/// World offers: Options; Number and kPlyNumbers, the numbers that make a ply; World(options, rng),
/// an episode's start; Play(span of a ply's numbers), which draws nothing; Allows(span), whether
/// the numbers can be a ply.
template <typename World>
class Replayed {
 public:
  using Number = typename World::Number;
  using Ply = std::span<const Number, World::kPlyNumbers>;

  explicit Replayed(const typename World::Options& options) : options_(options) {}
  Replayed(const Replayed& other) : options_(other.options_) { *this = other; }
  Replayed(Replayed&&) noexcept = default;
  Replayed& operator=(Replayed&&) noexcept = default;
  /// A world that is already on the other's way plays on from where it is.
  Replayed& operator=(const Replayed& other) {
    if (this != &other) GoTo(other.options_, other.world_ != nullptr, other.start_, other.played_);
    return *this;
  }

  const typename World::Options& options() const { return options_; }
  /// Only during and after an episode.
  const World& world() const { return *world_; }

  void Begin(Rng& rng) {
    start_ = rng;
    played_.clear();
    world_ = std::make_unique<World>(options_, rng);
  }
  auto Play(Ply ply) {
    played_.insert(played_.end(), ply.begin(), ply.end());
    return world_->Play(ply);
  }

  void Save(StateWriter& writer) const {
    writer.Write("started", static_cast<std::uint8_t>(world_ != nullptr));
    writer.WriteSpan("start", std::span<const std::uint64_t>(Words(start_)));
    writer.WriteVector("plies", played_);
  }
  /// Throws FileError if the entries cannot be an episode; the world stays as it was.
  void Load(StateReader& reader) {
    std::uint8_t started = 0;
    std::array<std::uint64_t, 4> words{};
    std::vector<Number> plies;
    reader.Read("started", started);
    reader.ReadSpan("start", std::span<std::uint64_t>(words));
    reader.ReadVector("plies", plies);
    bool sound =
        started <= 1 && plies.size() % World::kPlyNumbers == 0 && (started == 1 || plies.empty());
    for (std::size_t i = 0; sound && i < plies.size(); i += World::kPlyNumbers) {
      sound = World::Allows(PlyAt(plies, i));
    }
    if (!sound) throw FileError(reader.source() + ": 'plies' are no episode");
    Rng start;
    start.key = words[0];
    start.stream = words[1];
    start.counter = words[2];
    start.spare = words[3];
    GoTo(options_, started == 1, start, plies);
  }

 private:
  static std::array<std::uint64_t, 4> Words(const Rng& rng) {
    return {rng.key, rng.stream, rng.counter, rng.spare};
  }
  static Ply PlyAt(const std::vector<Number>& plies, std::size_t i) {
    return Ply(&plies[i], World::kPlyNumbers);
  }
  void GoTo(const typename World::Options& options, bool started, const Rng& start,
            const std::vector<Number>& plies) {
    const bool on_the_way = world_ != nullptr && started && options_ == options &&
                            Words(start_) == Words(start) && played_.size() <= plies.size() &&
                            std::equal(played_.begin(), played_.end(), plies.begin());
    if (!on_the_way) {
      options_ = options;
      played_.clear();
      start_ = start;
      Rng rng = start;
      world_ = started ? std::make_unique<World>(options_, rng) : nullptr;
    }
    for (std::size_t i = played_.size(); i < plies.size(); i += World::kPlyNumbers) {
      world_->Play(PlyAt(plies, i));
    }
    played_ = plies;
  }

  typename World::Options options_;
  Rng start_;                     // the stream at Begin
  std::vector<Number> played_;    // [plies, kPlyNumbers]
  std::unique_ptr<World> world_;  // null before the first Begin
};

}  // namespace brasa

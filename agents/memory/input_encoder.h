// From observation rows to network inputs: encoded, normalised, one frame or several side by side.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "agents/memory/observation_encoder.h"
#include "agents/memory/running_moments.h"
#include "brasa/core/archive.h"
#include "brasa/core/spec.h"

namespace brasa {

struct InputOptions {
  bool normalize = false;  ///< (x - mean) / sqrt(variance + 1e-8) by element of a frame
  float clip = 10;         ///< of the normalised elements: to [-clip, clip]; 0 = never
  int frames = 1;          ///< F, frames of one network input, oldest first
};

/// Encodes frames and normalises them with the moments of what Observe was shown; before the first
/// call they are 0 and 1. The moments change in Observe and Load only: whoever encodes for
/// evaluation leaves them as they are. Threads: one. Memory: Encode and Gather allocate nothing.
class InputEncoder {
 public:
  InputEncoder(const ObservationSpec& spec, const InputOptions& options);

  int frames() const { return options_.frames; }                      ///< F
  int frame_inputs() const { return encoder_.inputs(); }              ///< D, floats of a frame
  int inputs() const { return options_.frames * encoder_.inputs(); }  ///< F D
  int row_bytes() const { return encoder_.row_bytes(); }              ///< of one observation
  /// True if an input row has the bits of the observation row.
  bool identity() const {
    return options_.frames == 1 && !options_.normalize && encoder_.identity();
  }
  const RunningMoments& moments() const { return moments_; }

  /// Overwrites out [count, D] with `count` consecutive observation rows.
  void Encode(const void* rows, int count, float* out) const;
  /// Overwrites out [indices.size(), D] with the rows `indices` of `rows`.
  void Gather(const void* rows, std::span<const std::int32_t> indices, float* out) const;
  /// Takes `count` consecutive observation rows into the moments, as one batch; nothing where
  /// inputs are not normalised. Grows to the largest count.
  void Observe(const void* rows, int count);

  /// Has the moments of `other`, of an equal spec and options, from now on.
  void TakeMoments(const InputEncoder& other);

  void Save(StateWriter& writer) const { moments_.Save(writer); }
  /// Throws FileError if the sizes differ.
  void Load(StateReader& reader);

 private:
  void TakeScales();
  void Normalize(float* frames, std::size_t count) const;

  InputOptions options_;
  ObservationEncoder encoder_;
  RunningMoments moments_;
  std::vector<float> mean_, scale_;  // [D] of the moments: x' = (x - mean) * scale
  std::vector<float> observed_;
};

}  // namespace brasa

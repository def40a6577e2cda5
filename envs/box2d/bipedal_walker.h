// BipedalWalker-v3: walk on two legs over uneven ground; hardcore: over stumps, stairs and pits.
//
// Rules      O. Klimov's problem as Gymnasium 1.x has it, on Box2D. Steps of 0.02 s. 200 corners of
//            ground, 0.467 m apart, the first 20 level. A hull of 5.4 kg on two legs of two limbs;
//            hips turn -0.8 .. 1.1 rad, knees -1.6 .. -0.1 rad from how they are built.
// Observation float32 [24]
//            0       hull_angle          [rad], counterclockwise                    +-pi
//            1       hull_angular_speed  angular velocity / (25 rad/s)              +-5
//            2, 3    x_speed, y_speed    vx / (8.3 m/s), vy / (12.5 m/s)            +-5
//            4, 9    hip_angle           [rad]                                      +-pi
//            5, 10   hip_speed           / (4 rad/s)                                +-5
//            6, 11   knee_angle          [rad] + 1                                  +-pi
//            7, 12   knee_speed          / (6 rad/s)                                +-5
//            8, 13   contact             1 = the lower leg touches the ground       0 .. 5
//            14 - 23 lidar               part of 5.33 m at which the ray from the hull meets the
//                                        ground, 1 = not; from straight down forward by 0.15 rad
//            A leg struck hard can leave the bounds of speeds, as in Gymnasium.
// Actions    box [4] of hip, knee, hip, knee, clipped to [-1, 1]: each motor runs at its full speed
//            (4 and 6 rad/s) in the direction of the sign with a torque of at most 80 N m * |a|.
// Reward     the change of 130 x / 30 m - 5 |hull angle| (some 300 for the whole way), less
//            0.028 |a| for each motor; a ply that ends by a fall gives -100 instead.
// Ends       terminated when the hull touches the ground, at x < 0 m, or at x > 88.67 m; truncated
//            after 1600 plies (hardcore: 2000).
// Start      at 4.67 m, standing, pushed along x by U(-5, 5) N for the first 0.02 s, which pass
//            before the first observation.
// Peers      Gymnasium runs on Box2D 2.3.1, this on 2.4.1, whose joint limits and contacts are
//            solved in another way: the first plies agree to about 1e-2, walks in distribution.
//            pybox2d sets each joint's reference angle to the angle at its making, which the
//            observed hip angles show; so does this. Gymnasium's make(.., hardcore=True) keeps 1600
//            plies under the id BipedalWalker-v3; here the limit follows the parameter.
// Copies     a Box2D world cannot be copied: clones and snapshots play the episode again
//            (clone_cost = kReplay). Box2D calls sinf and cosf of libm, so equal seeds give equal
//            bits on machines with the same libm and CPU kind.
// Version    v3.
#pragma once

#include <span>
#include <vector>

#include "brasa/env.h"
#include "envs/box2d/replayed.h"
#include "envs/box2d/walker_world.h"

namespace brasa {

struct BipedalWalker {
  static EnvSpec Spec(const Params& params);
  static std::vector<Field> Fields();
  explicit BipedalWalker(const Params& params);

  void Reset(Rng& rng) { episode.Begin(rng); }
  EpisodeEnd Step(ActionRef action, Rng& rng, std::span<float> rewards);
  void Observe(int, std::span<float> out) const;
  void Measures(std::span<float> values) const;
  void Draw(Canvas& canvas) const;
  std::vector<Control> Controls() const;
  void Save(StateWriter& writer) const { episode.Save(writer); }
  void Load(StateReader& reader) { episode.Load(reader); }

  Replayed<WalkerWorld> episode;
};

}  // namespace brasa

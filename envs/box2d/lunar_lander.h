// LunarLander-v3: set a lander down between two flags on the moon.
//
// Rules      O. Klimov's problem as Gymnasium 1.x has it, on Box2D. Steps of 0.02 s. The moon is
//            20 m by 13.3 m; the pad lies at x 8 .. 12 m, y 3.3 m; the lander starts in the middle
//            of the upper edge. An engine gives an impulse of 13 (main) or 0.6 (side) N s per metre
//            between the lander's origin and its nozzle, which two dispersions U(-1, 1) / 30 of
//            every ply displace; they are drawn also where no engine fires.
// Observation float32 [8]
//            0  x          (x - 10 m) / 10 m                                       +-2.5
//            1  y          (y - height of a lander on the pad) / 6.67 m            +-2.5
//            2  x_speed    vx / (5 m/s)                                            +-10
//            3  y_speed    vy / (7.5 m/s)                                          +-10
//            4  angle      [rad], counterclockwise                                 +-2 pi
//            5  angular_speed  angular velocity / (2.5 rad/s)                      +-10
//            6, 7  right_contact, left_contact  1 = that leg touches the moon      0 or 1
//            A lander that flies or spins on and on can leave these bounds, as in Gymnasium.
// Actions    discrete: 0 nothing, 1 the side engine that pushes to the left, 2 main engine, 3 the
//            side engine that pushes to the right. continuous = true: box [2], clipped to [-1, 1]:
//            main engine off up to 0, else at 50 % .. 100 %; side engines off up to |0.5|, else at
//            50 % .. 100 %, pushing to the left where negative.
// Reward     the change of -100 |position| - 100 |speed| - 100 |angle| + 10 per leg in contact (all
//            as observed), less 0.3 for a ply of the main engine and 0.03 of a side engine, times
//            its power. A ply that ends the episode gives -100 (crash, or out at a side) or +100
//            (at rest) instead.
// Ends       terminated when the hull touches the moon, when |observed x| >= 1, or when the lander
//            has come to rest; truncated after 1000 plies.
// Start      twelve heights U(0, 6.67 m), smoothed; a force U(-1000, 1000) N in x and in y for the
//            first 0.02 s, which pass before the first observation.
// Wind       enable_wind: force tanh(sin(0.02 k) + sin(0.01 pi k)) * wind_power [N] along x and the
//            same as a torque by turbulence_power [N m], k from a uniform start in -9999 .. 9998,
//            while no leg touches the moon.
// Peers      Gymnasium runs on Box2D 2.3.1, this on 2.4.1, whose joint limits and contacts are
//            solved in another way: free flight agrees to about 2e-3, landings in distribution.
//            pybox2d sets each leg joint's reference angle to the angle at its making, which the
//            rules depend on; so does this. No particles: the flames are only drawn.
// Copies     a Box2D world cannot be copied: clones and snapshots play the episode again
//            (clone_cost = kReplay). Box2D calls sinf and cosf of libm, so equal seeds give equal
//            bits on machines with the same libm and CPU kind.
// Version    v3.
#pragma once

#include <span>
#include <vector>

#include "brasa/env.h"
#include "envs/box2d/lander_world.h"
#include "envs/box2d/replayed.h"

namespace brasa {

struct LunarLander {
  static EnvSpec Spec(const Params& params);
  static std::vector<Field> Fields();
  explicit LunarLander(const Params& params);

  void Reset(Rng& rng) { episode.Begin(rng); }
  EpisodeEnd Step(ActionRef action, Rng& rng, std::span<float> rewards);
  void Observe(int, std::span<float> out) const;
  void Measures(std::span<float> values) const;
  void Draw(Canvas& canvas) const;
  std::vector<Control> Controls() const;
  void Save(StateWriter& writer) const { episode.Save(writer); }
  void Load(StateReader& reader) { episode.Load(reader); }

  Replayed<LanderWorld> episode;
};

}  // namespace brasa

// Taxi-v4: fetch a passenger and drive them to their destination.
//
// Rules        A grid of 5 x 5 cells with walls, row 0 at the top, and four places: R (0,0),
//              G (0,4), Y (4,0), B (4,3). A move goes one cell and stays where a wall or the border
//              is. Picking up works in the passenger's cell. Dropping off works with the passenger
//              aboard at any of the four places: at the destination it ends the ride, elsewhere the
//              passenger waits there.
// Observation  float32 [1], categorical:
//              | index | meaning                                                    | range    |
//              | 0     | ((row * 5 + column) * 5 + passenger) * 4 + destination     | 0 .. 499 |
//              passenger and destination: 0 R, 1 G, 2 Y, 3 B; passenger 4 is aboard.
// Actions      0 south, 1 north, 2 east, 3 west, 4 pickup, 5 dropoff; all are always legal.
// Rewards      20 for dropping off at the destination, -10 for a pickup or a dropoff that does not
//              work, else -1.
// Ends         terminated by dropping off at the destination; truncated after 200 plies.
// Start        uniform over the 300 states with a passenger who waits elsewhere than at their
//              destination: one draw.
// Rain         a move that no wall blocks goes as meant with probability rainy_probability, else to
//              its left or its right with half of the rest each, and stays where a wall is there:
//              one uniform number per move, in this order.
// Fickleness   the first move that changes the taxi's cell with the passenger aboard settles it:
//              with probability fickle_probability the destination becomes one of the three others.
//              Gymnasium draws this at the start of the episode; since nothing shows it before, the
//              law of every episode is the same, and what a driver can know is the state itself.
//              The observation alone does not tell whether it is settled.
// Optimum      7.93 mean return; 3.955 in the rain; 8.38 with a fickle passenger.
// Text         "taxi ROW COLUMN passenger P destination D", P one of R G Y B aboard; " undecided"
//              follows while a fickle passenger may change their mind.
// Version      v4: the tables of transitions are those of Gymnasium's Taxi-v4 (its v3 differs in
//              the rain alone).
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "brasa/env.h"

namespace brasa {

struct Taxi {
  static constexpr bool kFlat = true;
  static constexpr int kSide = 5, kAboard = 4, kStates = 500;

  static std::vector<Field> Fields();
  static EnvSpec Spec(const Params& params);
  explicit Taxi(const Params& params);

  void Reset(Rng& rng) {
    const auto drawn = static_cast<int>(rng.Below(300));
    const int waits = drawn / 3 % 4, other = drawn % 3;
    state = Encode(drawn / 12, waits, other + (other >= waits));
    undecided = fickle;
  }

  EpisodeEnd Step(ActionRef action, Rng& rng, std::span<float> rewards) {
    const int id = action.id();
    if (id >= 4) {
      const Ride ride = Serve(state, id);
      state = ride.next;
      rewards[0] = ride.reward;
      return ride.terminated ? EpisodeEnd::kTerminated : EpisodeEnd::kNone;
    }
    rewards[0] = -1;
    const int from = Cell(state);
    int to = kNeighbour[Index(from)][Index(id)];
    if (rainy) {
      const double u = rng.Uniform();
      if (to != from && u >= straight) {
        to =
            kNeighbour[Index(from)][Index((u >= straight + aside ? kRightOf : kLeftOf)[Index(id)])];
      }
    }
    state += (to - from) * 20;
    if (undecided && to != from && Passenger(state) == kAboard) Settle(rng);
    return EpisodeEnd::kNone;
  }

  void Observe(int, std::span<float> out) const { out[0] = static_cast<float>(state); }

  /// Gymnasium's table: 500 states; three outcomes a move in the rain. With a fickle passenger 1000
  /// states: state + 500 while undecided.
  TransitionModel Model() const;
  std::uint64_t Hash() const;
  void Draw(Canvas& canvas) const;
  std::string ToText() const;
  void FromText(std::string_view text);
  std::string ActionToText(ActionRef action) const;
  /// A name or an id.
  std::vector<double> ActionFromText(std::string_view text) const;
  std::vector<Control> Controls() const;

  static std::size_t Index(int i) { return static_cast<std::size_t>(i); }
  static std::int32_t Encode(int cell, int passenger, int destination) {
    return (cell * 5 + passenger) * 4 + destination;
  }
  static int Cell(std::int32_t state) { return state / 20; }
  static int Passenger(std::int32_t state) { return state / 4 % 5; }
  static int Destination(std::int32_t state) { return state % 4; }

  /// What pickup or dropoff does.
  struct Ride {
    std::int32_t next;
    float reward;
    bool terminated;
  };
  static Ride Serve(std::int32_t from, int action);

  /// Cells of R, G, Y, B.
  static constexpr std::array<int, 4> kPlaces = {0, 4, 20, 23};
  /// Direction to the left and right of south, north, east, west.
  static constexpr std::array<int, 4> kLeftOf = {2, 3, 1, 0}, kRightOf = {3, 2, 0, 1};
  /// The cell that a move south, north, east, west leads to.
  static const std::array<std::array<int, 4>, 25> kNeighbour;

  void Settle(Rng& rng) {
    undecided = 0;
    if (rng.Uniform() >= fickle_probability) return;
    const int old = Destination(state), other = static_cast<int>(rng.Below(3));
    state += other + (other >= old) - old;
  }

  // Fixed by the parameters.
  double straight = 1;  ///< probability of a move in the rain to go as meant
  double aside = 0;     ///< of each side
  double fickle_probability = 0;
  std::int32_t rainy = 0, fickle = 0;
  // The state.
  std::int32_t state = 0;      ///< as observed
  std::int32_t undecided = 0;  ///< 1: a fickle passenger has not made up their mind yet
};

namespace internal {

/// True if no wall stands between `cell` and the one to its east.
constexpr bool TaxiOpenToEast(int cell) {
  const int row = cell / Taxi::kSide, column = cell % Taxi::kSide;
  if (column == Taxi::kSide - 1) return false;
  if (row < 2) return column != 1;
  if (row > 2) return column != 0 && column != 2;
  return true;
}

constexpr std::array<std::array<int, 4>, 25> TaxiNeighbours() {
  std::array<std::array<int, 4>, 25> table{};
  for (int cell = 0; cell < 25; ++cell) {
    table[static_cast<std::size_t>(cell)] = {
        cell < 20 ? cell + 5 : cell, cell >= 5 ? cell - 5 : cell,
        TaxiOpenToEast(cell) ? cell + 1 : cell,
        cell % 5 > 0 && TaxiOpenToEast(cell - 1) ? cell - 1 : cell};
  }
  return table;
}

}  // namespace internal

inline constexpr std::array<std::array<int, 4>, 25> Taxi::kNeighbour = internal::TaxiNeighbours();

}  // namespace brasa

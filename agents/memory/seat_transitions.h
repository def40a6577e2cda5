// From plies to transitions: what a learner gets of a game that several seats play.
//
// A transition of seat p runs from p's decision to p's next decision or to the episode's end; its
// reward is the sum of p's rewards on every ply between, the ply of the decision included; its
// successor is what p itself sees. When an episode ends, every seat with an open transition gets it
// closed in that same step, the one who did not move included. With one seat this is the plain
// transition of a ply.
#pragma once

#include <cstdint>
#include <vector>

#include "brasa/core/archive.h"
#include "brasa/core/batch.h"

namespace brasa {

/// One finished transition. Rows are the learner's own numbers of the rows of its memory.
struct SeatTransition {
  std::int32_t world = 0;
  std::int32_t seat = 0;
  std::int64_t row = 0;                ///< row of the decision
  float reward = 0;                    ///< undiscounted sum of the seat's rewards
  EpisodeEnd end = EpisodeEnd::kNone;  ///< kNone: closed by the seat's next decision
  std::int64_t next_row = -1;          ///< row of that next decision; -1 where the episode ended
  std::int32_t last = -1;              ///< e: what the seat sees in the end is LastRows row (e,
                                       ///< seat); -1 where the episode goes on

  bool operator==(const SeatTransition&) const = default;
};

/// One vector step as VectorEnv wrote it. Row r + w holds world w; N worlds, P players.
struct SeatStep {
  std::int64_t row = 0;                       ///< r of the decisions
  const std::int32_t* player = nullptr;       ///< [N] who decided
  OutcomeRows outcome;                        ///< what it gave
  std::int64_t next_row = 0;                  ///< r of the successor states
  const std::int32_t* next_player = nullptr;  ///< [N] who decides there
};

/// Keeps the open transition of every world and seat. A seat's rewards before its first decision of
/// an episode (or after Forget) belong to no transition. One thread; allocates nothing after the
/// constructor but in `closed`.
class SeatTransitions {
 public:
  SeatTransitions(int worlds, int players);

  /// Takes one vector step and appends the transitions it closes, by ascending world and in a world
  /// by ascending row of the decision. A transition is closed as soon as its seat is to decide
  /// again, so no step is needed after the successor state is there. `last` is VectorEnv's own.
  void Push(const SeatStep& step, const LastRows& last, std::vector<SeatTransition>& closed);

  /// Drops all open transitions: where the rows they name are about to be overwritten.
  void Forget();
  /// The same of one world.
  void Forget(int world);
  /// The learner has renumbered its rows: each is less by `by` now.
  void Renumber(std::int64_t by);
  /// Transitions that wait for their seat's next decision or the end.
  int open() const;

  /// Rows are kept as the learner numbers them. Load throws FileError if sizes differ.
  void Save(StateWriter& writer) const;
  void Load(StateReader& reader);

 private:
  static constexpr std::int64_t kClosed = -1;

  /// Appends the transition of (world, seat) and marks it closed.
  SeatTransition& Close(int world, int seat, std::vector<SeatTransition>& closed);
  void CloseAll(int world, EpisodeEnd end, std::int32_t last, std::vector<SeatTransition>& closed);
  std::size_t At(int world, int seat) const {
    return static_cast<std::size_t>(world) * static_cast<std::size_t>(players_) +
           static_cast<std::size_t>(seat);
  }

  int worlds_;
  int players_;
  std::vector<std::int64_t> row_;  // [N, P] row of the open decision, or kClosed
  std::vector<float> reward_;      // [N, P] sum since that decision
};

}  // namespace brasa

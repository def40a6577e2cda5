// Clicks on a board turned into actions, and the marks that say where one may click.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "brasa/canvas.h"
#include "brasa/env_batch.h"
#include "runners/cli/screen.h"

namespace brasa::cli {

/// One click where it names an action; else two: a piece, then where it goes. A second click that
/// names no move chooses another piece.
class Clicks {
 public:
  /// `env` must outlive this.
  explicit Clicks(const Env& env) : env_(env) {}

  /// A click in drawing units: the action it completes, if it does.
  std::optional<std::int32_t> Click(Point at);
  /// The state is another one: nothing is chosen any more.
  void Forget();
  /// Dots where a click gives an action; before a piece is chosen, on those that can move; a ring
  /// round the chosen one.
  void Draw(Canvas& canvas, const ViewBox& view);

 private:
  /// The middle of the places that give one action, and how large they are together.
  struct Mark {
    Point middle;
    double area = 0;
  };
  std::int32_t ActionOf(Point at) const;
  /// One move of each piece that can move: its action and where the second click goes.
  struct Move {
    std::int32_t action;
    Point goal;
  };
  std::vector<Move> FindMoves(const ViewBox& view) const;
  /// The action that a click here gives or, by one of `moves`, begins; or -1.
  std::int32_t ActionHere(Point at, const std::vector<Move>& moves) const;
  std::vector<Mark> FindMarks(const ViewBox& view) const;

  const Env& env_;
  std::optional<Point> chosen_;
  std::optional<std::vector<Mark>> marks_;  // of this state and choice, once they were drawn
};

}  // namespace brasa::cli

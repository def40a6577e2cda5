// The picture of a game of Go, for boards of any size, and where its clicks fall.
#pragma once

#include <string>

#include "brasa/canvas.h"

namespace brasa::go {

/// What is drawn. `board` is size * size letters of "xo.", row 0 (the lowest) first; points count
/// likewise, `size * size` is the pass.
struct Picture {
  int size = 0;
  std::string board;
  int to_move = 0;
  int last = -1;  ///< the last move, or -1
  int ko = -1;    ///< the point that may not be taken back, or -1
  bool over = false;
  bool repeated = false;  ///< over by a repetition
  int plies = 0;
  int captures[2] = {};
  int lead = 0;  ///< Black's area less White's [points]
  double komi = 0;
};

void DrawGame(Canvas& canvas, const Picture& picture);

/// The point under a click in drawing units, size * size on the button to pass, -1 elsewhere.
int ClickedPoint(int size, Point at);

}  // namespace brasa::go

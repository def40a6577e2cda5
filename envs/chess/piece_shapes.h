// Pictures of chess pieces, made of polygons, discs and lines.
#pragma once

#include "brasa/canvas.h"
#include "envs/chess/position.h"

namespace brasa::chess {

/// Draws a piece in the middle of a square of side 1.
void DrawPiece(Canvas& canvas, Piece piece, bool white, Point middle);

}  // namespace brasa::chess

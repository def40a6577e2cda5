// Chess-v0 as a picture, and clicks on it. Squares are 1 x 1, a1 has its lower left corner at (0,
// 0); White sits below.
#include <cmath>

#include "envs/chess/chess.h"
#include "envs/chess/fen.h"
#include "envs/chess/piece_shapes.h"

namespace brasa {
namespace {

using chess::Bit;
using chess::Position;

constexpr Color kLightSquare{240, 217, 181, 255};
constexpr Color kDarkSquare{181, 136, 99, 255};
constexpr Color kLastLight{247, 236, 116, 255};
constexpr Color kLastDark{218, 195, 75, 255};
constexpr Color kCheck{214, 60, 40, 255};
constexpr double kPanel = 8.55;  // left edge of what is written beside the board

void DrawSquares(Canvas& canvas, int last_from, int last_to) {
  canvas.Rectangle({-0.06, -0.06}, {8.06, 8.06}, palette::kInk);
  for (int square = 0; square < 64; ++square) {
    const int file = chess::FileOf(square), rank = chess::RankOf(square);
    const bool dark = (file + rank) % 2 == 0, last = square == last_from || square == last_to;
    const double x = file, y = rank;
    canvas.Rectangle({x, y}, {x + 1, y + 1},
                     last ? (dark ? kLastDark : kLastLight) : (dark ? kDarkSquare : kLightSquare));
  }
  for (int i = 0; i < 8; ++i) {
    const double at = i + 0.5;
    canvas.Text({at, -0.33}, 0.24, std::string(1, static_cast<char>('a' + i)), TextAlign::kCentre,
                palette::kInk);
    canvas.Text({-0.33, at}, 0.24, std::to_string(i + 1), TextAlign::kCentre, palette::kInk);
  }
}

std::string EndText(ChessEnd end, bool black_moves) {
  switch (end) {
    case ChessEnd::kMate:
      return black_moves ? "Mate: White won" : "Mate: Black won";
    case ChessEnd::kStalemate:
      return "Draw: stalemate";
    case ChessEnd::kRepetition:
      return "Draw: repetition";
    case ChessEnd::kQuiet:
      return "Draw: quiet moves";
    case ChessEnd::kMaterial:
      return "Draw: material";
    case ChessEnd::kNone:
      break;
  }
  return "";
}

/// A side's name with a disc of its colour; a frame if it moves.
void DrawSide(Canvas& canvas, double y, bool white, bool moves) {
  const Color fill = white ? Color{252, 250, 245, 255} : Color{58, 54, 52, 255};
  if (moves) canvas.Rectangle({kPanel - 0.1, y - 0.42}, {12.75, y + 0.42}, palette::kLight);
  canvas.Circle({kPanel + 0.3, y}, 0.25, palette::kInk);
  canvas.Circle({kPanel + 0.3, y}, 0.21, fill);
  canvas.Text({kPanel + 0.75, y}, 0.32, white ? "White" : "Black", TextAlign::kLeft, palette::kInk);
  if (moves) canvas.Text({12.6, y}, 0.24, "to move", TextAlign::kRight, palette::kInk);
}

void DrawPanel(Canvas& canvas, const Chess& game, bool check) {
  const bool over = game.result != ChessEnd::kNone, black = game.position.black != 0;
  DrawSide(canvas, 7.5, false, !over && black);
  DrawSide(canvas, 0.5, true, !over && !black);
  double y = 5.6;
  const auto line = [&](const std::string& text, double height, Color color) {
    canvas.Text({kPanel, y}, height, text, TextAlign::kLeft, color);
    y -= 0.65;
  };
  line("Move " + std::to_string(game.position.number), 0.32, palette::kInk);
  if (game.last_from >= 0) {
    line("last " + chess::SquareName(game.last_from) + "-" + chess::SquareName(game.last_to), 0.26,
         palette::kInk);
  }
  line("quiet plies " + std::to_string(game.position.quiet) + " of " +
           std::to_string(game.quiet_limit),
       0.22, palette::kInk);
  if (game.occurrences > 1) {
    line("seen " + std::to_string(game.occurrences) + " times", 0.26, palette::kInk);
  }
  if (over) {
    line(EndText(game.result, black), 0.32, palette::kRed);
  } else if (check) {
    line("Check", 0.32, palette::kRed);
  }
}

/// What a pawn becomes that is put down at this place of its square; kNoPiece = a queen.
chess::Piece PromotionAt(Point at) {
  if (at.y - std::floor(at.y) >= 1.0 / 3) return chess::kNoPiece;
  const double across = at.x - std::floor(at.x);
  return across < 1.0 / 3 ? chess::kRook : across < 2.0 / 3 ? chess::kBishop : chess::kKnight;
}

bool IsPromotion(const Position& position, chess::Move move) {
  return position.PieceAt(move.from) == chess::kPawn && chess::RankOf(move.to) == 7;
}

}  // namespace

void Chess::Draw(Canvas& canvas) const {
  canvas.View(-0.6, -0.65, 12.9, 8.35);
  canvas.Clear(palette::kPaper);
  DrawSquares(canvas, last_from, last_to);
  const Position seen = position.black != 0 ? chess::Mirrored(position) : position;
  const bool check = chess::InCheck(position);
  if (check) {
    const int king = position.king() ^ (position.black != 0 ? 7 : 0);
    const Point at{chess::FileOf(king) + 0.5, chess::RankOf(king) + 0.5};
    canvas.Circle(at, 0.48, kCheck);
  }
  for (chess::Bits rest = seen.all(); rest != 0; rest &= rest - 1) {
    const int square = chess::First(rest);
    chess::DrawPiece(canvas, seen.PieceAt(square), (seen.own & Bit(square)) != 0,
                     {chess::FileOf(square) + 0.5, chess::RankOf(square) + 0.5});
  }
  DrawPanel(canvas, *this, check);
}

int Chess::ActionAt(Point from, Point to) const {
  const auto on_board = [](Point at) { return at.x >= 0 && at.x < 8 && at.y >= 0 && at.y < 8; };
  if (!on_board(from) || !on_board(to) || result != ChessEnd::kNone) return -1;
  const auto square = [this](Point at) {
    return chess::SquareAt(static_cast<int>(at.x), static_cast<int>(at.y)) ^
           (position.black != 0 ? 7 : 0);
  };
  if ((position.own & Bit(square(from))) == 0) return -1;
  std::int32_t ids[chess::kMostMoves + chess::kIdSlack];
  const int count = chess::LegalIds(position, ids);
  const chess::Piece wanted = PromotionAt(to);
  for (int i = 0; i < count; ++i) {
    const chess::Move move = chess::MoveOf(ids[i]);
    if (move.from != square(from) || move.to != square(to)) continue;
    if (!IsPromotion(position, move) || move.promotion == wanted) return ids[i];
  }
  return -1;
}

}  // namespace brasa

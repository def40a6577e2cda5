#include "envs/chess/piece_shapes.h"

#include <span>
#include <vector>

namespace brasa::chess {
namespace {

constexpr double kOutline = 0.045;  // width of a piece's edge

// Corners relative to the middle of the square.
constexpr Point kBase[] = {{-0.29, -0.38}, {0.29, -0.38},  {0.29, -0.31},
                           {0.22, -0.26},  {-0.22, -0.26}, {-0.29, -0.31}};
constexpr Point kPawnBody[] = {{-0.2, -0.28}, {0.2, -0.28}, {0.07, 0.04}, {-0.07, 0.04}};
constexpr Point kRookBody[] = {{-0.18, -0.28}, {0.18, -0.28}, {0.15, 0.13}, {-0.15, 0.13}};
constexpr Point kRookTop[] = {{-0.24, 0.12},  {0.24, 0.12},  {0.24, 0.34},  {0.13, 0.34},
                              {0.13, 0.25},   {0.055, 0.25}, {0.055, 0.34}, {-0.055, 0.34},
                              {-0.055, 0.25}, {-0.13, 0.25}, {-0.13, 0.34}, {-0.24, 0.34}};
constexpr Point kHorse[] = {{-0.2, -0.28},  {0.24, -0.28},  {0.26, -0.08},  {0.23, 0.1},
                            {0.15, 0.24},   {0.05, 0.31},   {0.01, 0.41},   {-0.07, 0.31},
                            {-0.17, 0.22},  {-0.24, 0.1},   {-0.33, -0.02}, {-0.3, -0.11},
                            {-0.22, -0.12}, {-0.12, -0.03}, {-0.01, -0.03}, {-0.12, -0.15}};
constexpr Point kBishopFoot[] = {{-0.17, -0.28}, {0.17, -0.28}, {0.1, -0.14}, {-0.1, -0.14}};
constexpr Point kMitre[] = {{-0.1, -0.14}, {0.1, -0.14},  {0.17, -0.04},
                            {0.17, 0.06},  {0.12, 0.17},  {0, 0.3},
                            {-0.12, 0.17}, {-0.17, 0.06}, {-0.17, -0.04}};
constexpr Point kCrown[] = {{-0.2, -0.28}, {0.2, -0.28},   {0.34, 0.2},
                            {0.18, -0.02}, {0.13, 0.29},   {0, 0.0},
                            {-0.13, 0.29}, {-0.18, -0.02}, {-0.34, 0.2}};
constexpr Point kCrownTips[] = {{0.34, 0.23}, {0.13, 0.32}, {-0.13, 0.32}, {-0.34, 0.23}};
constexpr Point kKingBody[] = {{-0.2, -0.28}, {0.2, -0.28}, {0.32, -0.02}, {0.3, 0.1},
                               {0.2, 0.17},   {0.09, 0.15}, {0, 0.06},     {-0.09, 0.15},
                               {-0.2, 0.17},  {-0.3, 0.1},  {-0.32, -0.02}};

/// Draws one piece's parts, each with its edge.
class PiecePen {
 public:
  PiecePen(Canvas& canvas, bool white, Point middle)
      : canvas_(canvas),
        fill_(white ? Color{252, 250, 245, 255} : Color{58, 54, 52, 255}),
        edge_(white ? Color{45, 42, 40, 255} : Color{18, 16, 15, 255}),
        mark_(white ? edge_ : Color{225, 220, 212, 255}),
        middle_(middle) {}

  void Shape(std::span<const Point> corners) {
    std::vector<Point> placed;
    for (const Point corner : corners) placed.push_back(At(corner));
    canvas_.Polygon(placed, fill_);
    for (std::size_t i = 0; i < placed.size(); ++i) {
      canvas_.Line(placed[i], placed[(i + 1) % placed.size()], kOutline, edge_);
      canvas_.Circle(placed[i], kOutline / 2, edge_);
    }
  }
  void Disc(Point at, double radius) {
    canvas_.Circle(At(at), radius + kOutline / 2, edge_);
    canvas_.Circle(At(at), radius - kOutline / 2, fill_);
  }
  void Bar(Point from, Point to, double width) { canvas_.Line(At(from), At(to), width, edge_); }
  /// A line or dot inside the piece.
  void Mark(Point from, Point to) { canvas_.Line(At(from), At(to), 0.04, mark_); }
  void Dot(Point at) { canvas_.Circle(At(at), 0.03, mark_); }

 private:
  Point At(Point p) const { return {middle_.x + p.x, middle_.y + p.y}; }

  Canvas& canvas_;
  Color fill_, edge_, mark_;
  Point middle_;
};

void DrawKing(PiecePen& pen) {
  pen.Bar({0, 0.06}, {0, 0.42}, 0.075);
  pen.Bar({-0.1, 0.31}, {0.1, 0.31}, 0.075);
  pen.Shape(kKingBody);
  pen.Mark({0, -0.2}, {0, 0.02});
}

void DrawQueen(PiecePen& pen) {
  pen.Shape(kCrown);
  for (const Point tip : kCrownTips) pen.Disc(tip, 0.05);
  pen.Mark({-0.17, -0.17}, {0.17, -0.17});
}

void DrawBishop(PiecePen& pen) {
  pen.Shape(kBishopFoot);
  pen.Shape(kMitre);
  pen.Disc({0, 0.34}, 0.055);
  pen.Mark({0, -0.04}, {0, 0.14});
  pen.Mark({-0.08, 0.06}, {0.08, 0.06});
}

}  // namespace

void DrawPiece(Canvas& canvas, Piece piece, bool white, Point middle) {
  PiecePen pen(canvas, white, middle);
  if (piece == kPawn) {
    pen.Shape(kPawnBody);
    pen.Disc({0, 0.13}, 0.14);
  } else if (piece == kKnight) {
    pen.Shape(kHorse);
    pen.Dot({-0.1, 0.16});
  } else if (piece == kRook) {
    pen.Shape(kRookBody);
    pen.Shape(kRookTop);
    pen.Mark({-0.14, 0.04}, {0.14, 0.04});
  } else if (piece == kBishop) {
    DrawBishop(pen);
  } else if (piece == kQueen) {
    DrawQueen(pen);
  } else {
    DrawKing(pen);
  }
  pen.Shape(kBase);
}

}  // namespace brasa::chess

// How every MinAtar game is drawn: the grid on the left, score and legend on the right.
#include "envs/minatar/minatar.h"

namespace brasa::minatar {
namespace {

constexpr Color kNight{24, 29, 41, 255};
constexpr Color kCell{34, 41, 56, 255};
constexpr double kMargin = 0.04;  // of a cell's width, free on each side
constexpr double kPanel = 10.75;  // left edge of the text

Point Middle(int cell) { return {cell % kSide + 0.5, kSide - 0.5 - cell / kSide}; }

void Square(Canvas& canvas, Point middle, double half_x, double half_y, Color color) {
  canvas.Rectangle({middle.x - half_x, middle.y - half_y}, {middle.x + half_x, middle.y + half_y},
                   color);
}

void Arrow(Canvas& canvas, Point middle, double way, double size, Color color) {
  const Point corners[] = {{middle.x + 0.28 * way * size, middle.y},
                           {middle.x - 0.16 * way * size, middle.y - 0.24 * size},
                           {middle.x - 0.16 * way * size, middle.y + 0.24 * size}};
  canvas.Polygon(corners, color);
}

void DrawShape(Canvas& canvas, Point middle, const Channel& channel, double size) {
  const double half = (0.5 - kMargin) * size;
  switch (channel.shape) {
    case Shape::kBlock:
      return Square(canvas, middle, half, half, channel.color);
    case Shape::kBrick:
      return Square(canvas, middle, half, 0.72 * half, channel.color);
    case Shape::kDisc:
      return canvas.Circle(middle, 0.78 * half, channel.color);
    case Shape::kTrail:
      return Square(canvas, middle, 0.45 * half, 0.45 * half, channel.color);
    case Shape::kBullet:
      return canvas.Circle(middle, 0.4 * half, channel.color);
    case Shape::kArrowLeft:
      return Arrow(canvas, middle, -1, size, channel.color);
    case Shape::kArrowRight:
      return Arrow(canvas, middle, 1, size, channel.color);
  }
}

/// Trails lie below, arrows above everything else; else the first channels lie above.
int Layer(Shape shape) {
  if (shape == Shape::kTrail) return 0;
  return shape == Shape::kArrowLeft || shape == Shape::kArrowRight ? 2 : 1;
}

void DrawGrid(Canvas& canvas, const Card& card, std::span<const std::uint8_t> cells) {
  const std::size_t channels = card.channels.size();
  for (int cell = 0; cell < kCells; ++cell) {
    Square(canvas, Middle(cell), 0.5 - kMargin, 0.5 - kMargin, kCell);
  }
  for (int layer = 0; layer < 3; ++layer) {
    for (std::size_t channel = channels; channel-- > 0;) {
      if (Layer(card.channels[channel].shape) != layer) continue;
      for (int cell = 0; cell < kCells; ++cell) {
        if (cells[static_cast<std::size_t>(cell) * channels + channel] == 0) continue;
        DrawShape(canvas, Middle(cell), card.channels[channel], 1);
      }
    }
  }
}

void DrawLegend(Canvas& canvas, const Card& card) {
  constexpr double kLine = 0.53;
  double y = 0.3 + kLine * static_cast<double>(card.channels.size() - 1);
  for (const Channel& channel : card.channels) {
    const Point swatch{kPanel + 0.22, y};
    if (Layer(channel.shape) == 2) {
      Square(canvas, swatch, 0.2, 0.2, palette::kSky);
      DrawShape(canvas, swatch, {channel.name, kNight, channel.shape}, 0.6);
    } else {
      DrawShape(canvas, swatch, channel, 0.45);
    }
    canvas.Text({kPanel + 0.65, y}, 0.28, channel.name, TextAlign::kLeft, palette::kLight);
    y -= kLine;
  }
}

}  // namespace

void DrawWorld(Canvas& canvas, const Card& card, std::span<const std::uint8_t> cells,
               const Facts& facts, std::int64_t score, int last_action) {
  canvas.View(-0.4, -0.4, 16.1, 10.6);
  canvas.Clear(kNight);
  DrawGrid(canvas, card, cells);
  canvas.Text({kPanel, 9.65}, 0.42, card.name, TextAlign::kLeft, palette::kWhite);
  canvas.Text({kPanel, 8.65}, 0.62, "score " + std::to_string(score), TextAlign::kLeft,
              palette::kYellow);
  double y = 7.85;
  const auto line = [&](const std::string& text) {
    canvas.Text({kPanel, y}, 0.32, text, TextAlign::kLeft, palette::kLight);
    y -= 0.62;
  };
  line(std::string("action ") + ActionName(last_action));
  for (const std::string& fact : facts) line(fact);
  DrawLegend(canvas, card);
}

}  // namespace brasa::minatar

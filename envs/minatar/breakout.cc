#include "envs/minatar/breakout.h"

namespace brasa::minatar {

const Card& Breakout::GetCard() {
  static constexpr Channel kLooks[] = {{"paddle", palette::kSky, Shape::kBlock},
                                       {"ball", palette::kWhite, Shape::kDisc},
                                       {"trail", palette::kGrey, Shape::kTrail},
                                       {"brick", palette::kRed, Shape::kBrick}};
  static constexpr Action kMinimal[] = {kNoop, kLeft, kRight};
  static constexpr Card kCard{"Breakout", "Keep a ball in play with a paddle and break bricks",
                              kLooks, kMinimal};
  return kCard;
}

Facts Breakout::GetFacts() const {
  return {"bricks " + std::to_string(__builtin_popcount(bricks))};
}

void Breakout::Write(TextWriter& writer) const {
  writer.Number("ball_x", ball_x);
  writer.Number("ball_y", ball_y);
  writer.Number("last_x", last_x);
  writer.Number("last_y", last_y);
  writer.Number("direction", direction);
  writer.Number("paddle", paddle);
  writer.Number("strike", strike);
  std::vector<bool> cells;
  for (int i = 0; i < 30; ++i) cells.push_back(((bricks >> i) & 1u) != 0);
  writer.Cells("bricks", cells, kSide);
}

void Breakout::Read(TextReader& reader) {
  ball_x = static_cast<std::int8_t>(reader.Number("ball_x", 0, kSide - 1));
  ball_y = static_cast<std::int8_t>(reader.Number("ball_y", 0, kSide - 2));
  last_x = static_cast<std::int8_t>(reader.Number("last_x", 0, kSide - 1));
  last_y = static_cast<std::int8_t>(reader.Number("last_y", 0, kSide - 2));
  direction = static_cast<std::int16_t>(reader.Number("direction", kUpLeft, kDownLeft));
  paddle = static_cast<std::int8_t>(reader.Number("paddle", 0, kSide - 1));
  strike = static_cast<std::uint8_t>(reader.Number("strike", 0, 1));
  const std::vector<bool> cells = reader.Cells("bricks", 3, kSide);
  bricks = 0;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    bricks |= std::uint32_t{cells[i]} << i;
  }
}

}  // namespace brasa::minatar

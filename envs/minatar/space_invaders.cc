#include "envs/minatar/space_invaders.h"

namespace brasa::minatar {
namespace {

std::vector<bool> CellsOf(const CellSet& set) {
  std::vector<bool> cells;
  for (int cell = 0; cell < kCells; ++cell) cells.push_back(set.Has(cell / kSide, cell % kSide));
  return cells;
}

CellSet SetOf(const std::vector<bool>& cells) {
  CellSet set;
  for (std::size_t cell = 0; cell < cells.size(); ++cell) {
    (cell < 50 ? set.top : set.bottom) |= std::uint64_t{cells[cell]} << (cell % 50);
  }
  return set;
}

}  // namespace

const Card& SpaceInvaders::GetCard() {
  static constexpr Channel kLooks[] = {{"cannon", palette::kGreen, Shape::kBlock},
                                       {"alien", palette::kSky, Shape::kBlock},
                                       {"marches left", palette::kInk, Shape::kArrowLeft},
                                       {"marches right", palette::kInk, Shape::kArrowRight},
                                       {"bullet", palette::kYellow, Shape::kBullet},
                                       {"alien's bullet", palette::kRed, Shape::kBullet}};
  static constexpr Action kMinimal[] = {kNoop, kLeft, kRight, kFire};
  static constexpr Card kCard{"SpaceInvaders", "Shoot down waves of marching aliens", kLooks,
                              kMinimal};
  return kCard;
}

Facts SpaceInvaders::GetFacts() const {
  return {"aliens " + std::to_string(aliens.Count()), "ramp " + std::to_string(ramps),
          "march in " + std::to_string(move_timer)};
}

void SpaceInvaders::Write(TextWriter& writer) const {
  writer.Number("cannon", cannon);
  writer.Number("direction", direction);
  writer.Number("move_interval", move_interval);
  writer.Number("move_timer", move_timer);
  writer.Number("bomb_timer", bomb_timer);
  writer.Number("shot_timer", shot_timer);
  writer.Number("ramps", ramps);
  writer.Cells("aliens", CellsOf(aliens), kSide);
  writer.Cells("bullets", CellsOf(bullets), kSide);
  writer.Cells("bombs", CellsOf(bombs), kSide);
}

void SpaceInvaders::Read(TextReader& reader) {
  const auto number = [&](const char* key, int low, int high) {
    return static_cast<std::int8_t>(reader.Number(key, low, high));
  };
  cannon = number("cannon", 0, kSide - 1);
  direction = number("direction", -1, 1);
  if (direction == 0) reader.Fail("direction = 0 is not allowed; give -1 or 1");
  move_interval = number("move_interval", kFastest, kMoveInterval);
  move_timer = number("move_timer", 0, kMoveInterval);
  bomb_timer = number("bomb_timer", 0, kAlienShotInterval);
  shot_timer = number("shot_timer", 0, kShotInterval - 1);
  ramps = static_cast<std::int16_t>(reader.Number("ramps", 0, kMoveInterval - kFastest));
  aliens = SetOf(reader.Cells("aliens", kSide, kSide));
  if (aliens.Empty()) reader.Fail("aliens has no alien; a new wave comes with the last one's end");
  bullets = SetOf(reader.Cells("bullets", kSide, kSide));
  bombs = SetOf(reader.Cells("bombs", kSide, kSide));
}

}  // namespace brasa::minatar

#include "envs/minatar/asterix.h"

namespace brasa::minatar {

const Card& Asterix::GetCard() {
  static constexpr Channel kLooks[] = {{"player", palette::kSky, Shape::kBlock},
                                       {"enemy", palette::kRed, Shape::kBlock},
                                       {"trail", palette::kGrey, Shape::kTrail},
                                       {"gold", palette::kYellow, Shape::kDisc}};
  static constexpr Action kMinimal[] = {kNoop, kLeft, kUp, kRight, kDown};
  static constexpr Card kCard{"Asterix", "Collect gold and stay clear of enemies", kLooks,
                              kMinimal};
  return kCard;
}

Facts Asterix::GetFacts() const {
  return {"ramp " + std::to_string(ramps), "spawn every " + std::to_string(spawn_interval),
          "move every " + std::to_string(move_interval)};
}

void Asterix::Write(TextWriter& writer) const {
  writer.Number("player_x", player_x);
  writer.Number("player_y", player_y);
  writer.Number("spawn_interval", spawn_interval);
  writer.Number("spawn_timer", spawn_timer);
  writer.Number("move_interval", move_interval);
  writer.Number("move_timer", move_timer);
  writer.Number("ramp_timer", ramp_timer);
  writer.Number("ramps", ramps);
  Table rows;
  for (int slot = 0; slot < kSlots; ++slot) {
    if (((taken >> slot) & 1) == 0) continue;
    rows.push_back(
        {slot + 1, x[static_cast<std::size_t>(slot)], (rightward >> slot) & 1, (gold >> slot) & 1});
  }
  writer.Rows("rows", rows);
}

void Asterix::Read(TextReader& reader) {
  const auto number = [&](const char* key, int low, int high) {
    return static_cast<std::int8_t>(reader.Number(key, low, high));
  };
  *this = Asterix{};
  player_x = number("player_x", 0, kSide - 1);
  player_y = number("player_y", 1, kSlots);
  spawn_interval = number("spawn_interval", 1, kSpawnInterval);
  spawn_timer = number("spawn_timer", 0, kSpawnInterval);
  move_interval = number("move_interval", 1, kMoveInterval);
  move_timer = number("move_timer", 0, kMoveInterval);
  ramp_timer = number("ramp_timer", -1, kRampInterval);
  ramps = number("ramps", 0, kSpawnInterval);
  static constexpr Column kColumns[] = {
      {"row", 1, kSlots}, {"x", 0, kSide - 1}, {"rightward", 0, 1}, {"gold", 0, 1}};
  int last = 0;
  for (const std::vector<int>& row : reader.Rows("rows", kColumns, kSlots)) {
    if (row[0] <= last)
      reader.Fail("rows must ascend; row " + std::to_string(row[0]) + " follows " +
                  std::to_string(last));
    last = row[0];
    const int slot = row[0] - 1;
    x[static_cast<std::size_t>(slot)] = static_cast<std::int8_t>(row[1]);
    taken |= static_cast<std::uint8_t>(1 << slot);
    rightward |= static_cast<std::uint8_t>(row[2] << slot);
    gold |= static_cast<std::uint8_t>(row[3] << slot);
  }
}

}  // namespace brasa::minatar

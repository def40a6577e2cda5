#include "envs/minatar/freeway.h"

namespace brasa::minatar {

const Card& Freeway::GetCard() {
  static constexpr Channel kLooks[] = {{"chicken", palette::kYellow, Shape::kDisc},
                                       {"car", palette::kRed, Shape::kBlock},
                                       {"waits 1", {240, 240, 240, 255}, Shape::kTrail},
                                       {"waits 2", {196, 200, 206, 255}, Shape::kTrail},
                                       {"waits 3", {150, 156, 166, 255}, Shape::kTrail},
                                       {"waits 4", {112, 120, 134, 255}, Shape::kTrail},
                                       {"waits 5", {82, 90, 106, 255}, Shape::kTrail}};
  static constexpr Action kMinimal[] = {kNoop, kUp, kDown};
  static constexpr Card kCard{"Freeway", "Cross a road of eight lanes again and again", kLooks,
                              kMinimal};
  return kCard;
}

Facts Freeway::GetFacts() const {
  return {"time left " + std::to_string(time_left), "next move in " + std::to_string(move_timer)};
}

void Freeway::Write(TextWriter& writer) const {
  writer.Number("chicken", chicken);
  writer.Number("move_timer", move_timer);
  writer.Number("time_left", time_left);
  Table rows;
  for (unsigned i = 0; i < kCars; ++i) {
    rows.push_back({static_cast<int>(ByteOf(columns, i)), static_cast<int>(ByteOf(timers, i)),
                    static_cast<int>(ByteOf(waits, i)), static_cast<int>(ByteOf(rightward, i))});
  }
  writer.Rows("cars", rows);
}

void Freeway::Read(TextReader& reader) {
  chicken = static_cast<std::int16_t>(reader.Number("chicken", 1, kHome));
  move_timer = static_cast<std::int16_t>(reader.Number("move_timer", 0, kMoveInterval));
  time_left = static_cast<std::int32_t>(reader.Number("time_left", 0, kTimeLimit));
  static constexpr Column kColumns[] = {
      {"x", 0, kSide - 1}, {"timer", 0, kSlowest}, {"wait", 1, kSlowest}, {"rightward", 0, 1}};
  const Table rows = reader.Rows("cars", kColumns, kCars);
  if (rows.size() != kCars) {
    reader.Fail("cars has " + std::to_string(rows.size()) + " entries; give 8");
  }
  columns = timers = waits = rightward = 0;
  for (std::size_t i = 0; i < kCars; ++i) {
    columns |= static_cast<std::uint64_t>(rows[i][0]) << (8 * i);
    timers |= static_cast<std::uint64_t>(rows[i][1]) << (8 * i);
    waits |= static_cast<std::uint64_t>(rows[i][2]) << (8 * i);
    rightward |= static_cast<std::uint64_t>(rows[i][3]) << (8 * i);
  }
}

}  // namespace brasa::minatar

// Seaquest as text.
#include <limits>

#include "envs/minatar/seaquest.h"

namespace brasa::minatar {
namespace {

constexpr Column kX{"x", 0, kSide - 1};
constexpr Column kRow{"y", 1, Seaquest::kDeepest};
constexpr Column kRightward{"rightward", 0, 1};
constexpr Column kTimer{"timer", 0, Seaquest::kMoveInterval};

std::vector<int> RowOf(const Swimmer& item) {
  return {item.x, item.y, item.step > 0 ? 1 : 0, item.timer};
}

Swimmer SwimmerOf(const std::vector<int>& row) {
  return {static_cast<std::int8_t>(row[0]), static_cast<std::int8_t>(row[1]),
          static_cast<std::int8_t>(2 * row[2] - 1), static_cast<std::int8_t>(row[3])};
}

template <typename SchoolOf>
Table TableOf(const SchoolOf& school) {
  Table rows;
  for (int i = 0; i < school.count; ++i) rows.push_back(RowOf(school[i]));
  return rows;
}

}  // namespace

void Seaquest::Write(TextWriter& writer) const {
  writer.Number("x", x);
  writer.Number("y", y);
  writer.Word("facing", facing < 0 ? "left" : "right");
  writer.Number("oxygen", oxygen);
  writer.Number("divers_held", divers_held);
  writer.Number("surfaced", surfaced);
  writer.Number("shot_timer", shot_timer);
  writer.Number("enemy_interval", enemy_interval);
  writer.Number("enemy_timer", enemy_timer);
  writer.Number("diver_timer", diver_timer);
  writer.Number("move_interval", move_interval);
  writer.Number("ramps", ramps);
  Table rows = TableOf(bullets);
  for (std::vector<int>& row : rows) row.pop_back();
  writer.Rows("bullets", rows);
  writer.Rows("divers", TableOf(divers));
  writer.Rows("fish", TableOf(fish));
  rows = TableOf(submarines);
  for (int i = 0; i < submarines.count; ++i) {
    rows[static_cast<std::size_t>(i)].push_back(submarines[i].shot_timer);
  }
  writer.Rows("submarines", rows);
  rows.clear();
  for (int row = 1; row <= kDeepest; ++row) {
    for (int column = 0; column < kSide; ++column) {
      if (torpedoes[0].Has(row, column)) rows.push_back({column, row, 0});
      if (torpedoes[1].Has(row, column)) rows.push_back({column, row, 1});
    }
  }
  writer.Rows("torpedoes", rows);
}

void Seaquest::Read(TextReader& reader) {
  const auto number = [&](const char* key, int low, int high) {
    return static_cast<std::int8_t>(reader.Number(key, low, high));
  };
  *this = Seaquest{};
  x = number("x", 0, kSide - 1);
  y = number("y", 0, kDeepest);
  static constexpr const char* kFacings[] = {"left", "right"};
  facing = static_cast<std::int8_t>(2 * reader.Word("facing", kFacings) - 1);
  if (x - facing < 0 || x - facing >= kSide) {
    reader.Fail("x = " + std::to_string(x) + " with facing = " + kFacings[facing > 0] +
                " has no cell for the submarine's back");
  }
  oxygen = static_cast<std::int16_t>(reader.Number("oxygen", 0, kMaxOxygen));
  divers_held = static_cast<std::int32_t>(reader.Number("divers_held", -1'000'000, kMaxDivers));
  surfaced = static_cast<std::uint8_t>(reader.Number("surfaced", 0, 1));
  shot_timer = number("shot_timer", 0, kShotInterval - 1);
  enemy_interval = number("enemy_interval", 1, kEnemySpawn);
  enemy_timer = number("enemy_timer", 0, kEnemySpawn);
  diver_timer = number("diver_timer", 0, kDiverSpawn);
  move_interval = number("move_interval", kFastest, kMoveInterval);
  ramps = static_cast<std::int32_t>(reader.Number("ramps", 0, 1'000'000));
  static constexpr Column kBullet[] = {kX, {"y", 0, kDeepest}, kRightward};
  for (std::vector<int>& row : reader.Rows("bullets", kBullet, decltype(bullets)::kCapacity)) {
    row.push_back(0);
    bullets.Add(SwimmerOf(row));
  }
  static constexpr Column kFish[] = {kX, kRow, kRightward, kTimer};
  for (const auto& row : reader.Rows("divers", kFish, decltype(divers)::kCapacity)) {
    divers.Add(SwimmerOf(row));
  }
  for (const auto& row : reader.Rows("fish", kFish, decltype(fish)::kCapacity)) {
    fish.Add(SwimmerOf(row));
  }
  static constexpr Column kSubmarine[] = {
      kX, kRow, kRightward, kTimer, {"shot_timer", 0, kEnemyShotInterval}};
  for (const auto& row : reader.Rows("submarines", kSubmarine, decltype(submarines)::kCapacity)) {
    submarines.Add({SwimmerOf(row), static_cast<std::int8_t>(row[4])});
  }
  static constexpr Column kTorpedo[] = {kX, kRow, kRightward};
  for (const auto& row : reader.Rows("torpedoes", kTorpedo, 160)) {
    torpedoes[static_cast<std::size_t>(row[2])].Add(row[1], row[0]);
  }
}

}  // namespace brasa::minatar

#include "envs/minatar/seaquest.h"

namespace brasa::minatar {
namespace {

/// Row 9 of the observation without divers, for each number of columns of oxygen.
using GaugeRow = std::array<std::uint8_t, kSide * Seaquest::kChannels>;
constexpr std::array<GaugeRow, kSide + 1> AllGauges() {
  std::array<GaugeRow, kSide + 1> rows{};
  for (std::size_t gauge = 0; gauge <= kSide; ++gauge) {
    for (std::size_t i = 0; i < gauge; ++i) rows[gauge][i * Seaquest::kChannels + 7] = 1;
  }
  return rows;
}
constexpr std::array<GaugeRow, kSide + 1> kGauges = AllGauges();

}  // namespace

const Card& Seaquest::GetCard() {
  static constexpr Color kSubmarine = palette::kYellow;
  static constexpr Color kSubmarineBack{190, 180, 40, 255};
  static constexpr Channel kLooks[] = {{"player's front", kSubmarine, Shape::kBlock},
                                       {"player's back", kSubmarineBack, Shape::kBlock},
                                       {"player's bullet", kSubmarine, Shape::kBullet},
                                       {"trail", palette::kGrey, Shape::kTrail},
                                       {"enemy's bullet", palette::kRed, Shape::kBullet},
                                       {"fish", palette::kOrange, Shape::kBlock},
                                       {"enemy submarine", palette::kRed, Shape::kBlock},
                                       {"oxygen", palette::kWhite, Shape::kBrick},
                                       {"divers on board", palette::kGreen, Shape::kDisc},
                                       {"diver", palette::kGreen, Shape::kDisc}};
  static constexpr Action kMinimal[] = {kNoop, kLeft, kUp, kRight, kDown, kFire};
  static constexpr Card kCard{"Seaquest", "Rescue divers and shoot fish and submarines", kLooks,
                              kMinimal};
  return kCard;
}

void Seaquest::AddEnemy(std::int8_t step, bool is_submarine, std::int8_t row) {
  const auto blocks = [&](const Swimmer& enemy) { return enemy.y == row && enemy.step != step; };
  for (int i = 0; i < fish.count; ++i) {
    if (blocks(fish[i])) return;
  }
  for (int i = 0; i < submarines.count; ++i) {
    if (blocks(submarines[i])) return;
  }
  const Swimmer enemy{Entry(step), row, step, move_interval};
  if (is_submarine) {
    submarines.Add({enemy, kEnemyShotInterval});
  } else {
    fish.Add(enemy);
  }
}

inline void Seaquest::Act(int action) {
  if ((action == kFire) & (shot_timer == 0)) {
    bullets.Add({x, y, facing, 0});
    shot_timer = kShotInterval;
  }
  const int right = (action == kRight) - (action == kLeft);
  facing = static_cast<std::int8_t>(right != 0 ? right : facing);
  x = static_cast<std::int8_t>(Clamp(x + right, 0, kSide - 1));
  y = static_cast<std::int8_t>(Clamp(y + (action == kDown) - (action == kUp), 0, kDeepest));
}

inline void Seaquest::MoveBullets(Outcome& outcome) {
  for (int i = bullets.count - 1; i >= 0; --i) {
    Swimmer& bullet = bullets[i];
    Swim(bullet);
    if (Outside(bullet)) {
      bullets.Erase(i);
      continue;
    }
    const int hit_fish = fish.Find(bullet.x, bullet.y);
    const int hit_submarine = hit_fish < 0 ? submarines.Find(bullet.x, bullet.y) : -1;
    if (hit_fish >= 0) fish.Erase(hit_fish);
    if (hit_submarine >= 0) submarines.Erase(hit_submarine);
    if (hit_fish < 0 && hit_submarine < 0) continue;
    ++outcome.reward;
    bullets.Erase(i);
  }
}

inline void Seaquest::MoveDivers() {
  const auto boards = [&](const Swimmer& diver) {
    return AtPlayer(diver) && divers_held < kMaxDivers;
  };
  for (int i = divers.count - 1; i >= 0; --i) {
    Swimmer& diver = divers[i];
    bool on_board = boards(diver);
    if (!on_board) {
      if (diver.timer-- > 0) continue;
      diver.timer = kMoveInterval;
      Swim(diver);
      on_board = boards(diver);
    }
    if (on_board) ++divers_held;
    if (on_board || Outside(diver)) divers.Erase(i);
  }
}

template <typename Enemies>
bool Seaquest::Arrive(Enemies& enemies, int i, Outcome& outcome) {
  const auto& enemy = enemies[i];
  bool gone = Outside(enemy);
  if (AtPlayer(enemy)) {
    outcome.over = true;
  } else if (!gone) {
    const int bullet = bullets.Find(enemy.x, enemy.y);
    gone = bullet >= 0;
    if (gone) {
      ++outcome.reward;
      bullets.Erase(bullet);
    }
  }
  if (gone) enemies.Erase(i);
  return gone;
}

inline void Seaquest::MoveSubmarines(Outcome& outcome) {
  for (int i = submarines.count - 1; i >= 0; --i) {
    Submarine& enemy = submarines[i];
    outcome.over |= AtPlayer(enemy);
    // A submarine that leaves or is shot in this step shoots all the same.
    const bool moves = enemy.timer-- == 0, shoots = enemy.shot_timer-- == 0;
    if (moves) {
      enemy.timer = move_interval;
      Swim(enemy);
    }
    if (shoots) {
      enemy.shot_timer = kEnemyShotInterval;
      if (!Outside(enemy)) torpedoes[enemy.step > 0].Add(enemy.y, enemy.x);
    }
    if (moves) Arrive(submarines, i, outcome);
  }
}

inline void Seaquest::MoveTorpedoes(Outcome& outcome) {
  if (torpedoes[0].Empty() && torpedoes[1].Empty()) return;
  const auto met = [&] { return y > 0 && (torpedoes[0].Has(y, x) || torpedoes[1].Has(y, x)); };
  outcome.over |= met();
  torpedoes[0].MoveLeft();
  torpedoes[1].MoveRight();
  outcome.over |= met();
}

inline void Seaquest::MoveFish(Outcome& outcome) {
  for (int i = fish.count - 1; i >= 0; --i) {
    Swimmer& enemy = fish[i];
    outcome.over |= AtPlayer(enemy);
    if (enemy.timer-- > 0) continue;
    enemy.timer = move_interval;
    Swim(enemy);
    Arrive(fish, i, outcome);
  }
}

inline void Seaquest::Breathe(bool ramping, Outcome& outcome) {
  outcome.over |= oxygen <= 0;
  const bool below = y > 0;
  oxygen = static_cast<std::int16_t>(oxygen - below);
  if (!below & (surfaced == 0)) {
    outcome.over |= divers_held == 0;
    if (divers_held != 0) Surface(ramping, outcome);
  }
  surfaced = static_cast<std::uint8_t>(surfaced & !below);
}

void Seaquest::Surface(bool ramping, Outcome& outcome) {
  surfaced = 1;
  if (divers_held == kMaxDivers) {
    divers_held = 0;
    outcome.reward += oxygen * kSide / kMaxOxygen;
  }
  oxygen = kMaxOxygen;
  --divers_held;
  if (!ramping) return;
  if (move_interval > kFastest && ramps % 2 == 1) --move_interval;
  if (enemy_interval > 1) --enemy_interval;
  ++ramps;
}

Outcome Seaquest::Advance(int action, bool ramping) {
  Outcome outcome;
  Act(action);
  MoveBullets(outcome);
  MoveDivers();
  MoveSubmarines(outcome);
  MoveTorpedoes(outcome);
  MoveFish(outcome);
  --enemy_timer;
  --diver_timer;
  shot_timer = static_cast<std::int8_t>(shot_timer - (shot_timer > 0));
  Breathe(ramping, outcome);
  return outcome;
}

void Seaquest::Paint(Painter<kChannels> painter) const {
  const int gauge = oxygen * kSide / kMaxOxygen;
  painter.Copy(kCells - kSide, 0, kGauges[static_cast<std::size_t>(gauge)].data(),
               kSide * kChannels);
  for (int i = 0; i < divers_held; ++i) painter.Set(kSide - 1, 8 - i, 8);
  painter.Set(y, x, 0);
  painter.Set(y, x - facing, 1);
  for (int i = 0; i < bullets.count; ++i) painter.Set(bullets[i].y, bullets[i].x, 2);
  const auto paint = [&](const Swimmer& item, int channel) {
    painter.Set(item.y, item.x, channel);
    painter.SetInside(item.y, item.x - item.step, 3);
  };
  for (int i = 0; i < fish.count; ++i) paint(fish[i], 5);
  for (int i = 0; i < submarines.count; ++i) paint(submarines[i], 6);
  for (int i = 0; i < divers.count; ++i) paint(divers[i], 9);
  for (int half = 0; half < 2; ++half) {
    const auto at = static_cast<std::size_t>(half);
    std::uint64_t left = torpedoes[0].lanes[at] | torpedoes[1].lanes[at];
    for (; left != 0; left &= left - 1) {
      const int bit = __builtin_ctzll(left);
      painter.Set(1 + 4 * half + bit / 16, bit % 16, 4);
    }
  }
}

Facts Seaquest::GetFacts() const {
  return {"oxygen " + std::to_string(oxygen), "divers " + std::to_string(divers_held),
          "ramp " + std::to_string(ramps)};
}

}  // namespace brasa::minatar

#include "tests/minatar/slow_games.h"

namespace brasa::slow {
namespace {

Thing ThingOf(const minatar::Swimmer& item) {
  return {item.x, item.y, item.step > 0, item.timer, 0, false};
}

/// Takes away the first at (x, y); false if there is none.
bool TakeAt(std::vector<Thing>& things, int x, int y) {
  const auto found =
      std::find_if(things.begin(), things.end(), [&](const Thing& t) { return t.At(x, y); });
  if (found == things.end()) return false;
  things.erase(found);
  return true;
}

}  // namespace

Seaquest::Seaquest(const minatar::Seaquest& g)
    : x(g.x),
      y(g.y),
      oxygen(g.oxygen),
      held(g.divers_held),
      shot_timer(g.shot_timer),
      spawn(g.enemy_interval),
      spawn_timer(g.enemy_timer),
      diver_timer(g.diver_timer),
      move(g.move_interval),
      ramps(g.ramps),
      right(g.facing > 0),
      surfaced(g.surfaced != 0) {
  for (int i = 0; i < g.fish.count; ++i) fish.push_back(ThingOf(g.fish[i]));
  for (int i = 0; i < g.divers.count; ++i) divers.push_back(ThingOf(g.divers[i]));
  for (int i = 0; i < g.bullets.count; ++i) bullets.push_back(ThingOf(g.bullets[i]));
  for (int i = 0; i < g.submarines.count; ++i) {
    subs.push_back(ThingOf(g.submarines[i]));
    subs.back().shot = g.submarines[i].shot_timer;
  }
  for (int row = 1; row <= 8; ++row) {
    for (int column = 0; column < 10; ++column) {
      for (const bool way : {false, true}) {
        if (g.torpedoes[way].Has(row, column)) shots.push_back({column, row, way});
      }
    }
  }
}

void Seaquest::SpawnEnemy(RngDraws& draws) {
  const bool to_right = draws.Uniform() < 1.0 / 2;
  const bool is_sub = draws.Uniform() < 1.0 / 3;
  const int row = draws.Int(1, 9);
  for (const auto* enemies : {&fish, &subs}) {
    for (const Thing& enemy : *enemies) {
      if (enemy.y == row && enemy.right != to_right) return;
    }
  }
  (is_sub ? subs : fish).push_back({to_right ? 0 : 9, row, to_right, move, is_sub ? 10 : 0});
}

void Seaquest::StepPlayer(int action, Outcome& outcome) {
  if (action == 5 && shot_timer == 0) {
    bullets.push_back({x, y, right});
    shot_timer = 5;
  }
  if (Across(action) != 0) right = Across(action) > 0;
  x = std::min(9, std::max(0, x + Across(action)));
  y = std::min(8, std::max(0, y + Along(action)));
  std::vector<Thing> flying;
  for (std::size_t i = bullets.size(); i-- > 0;) {
    bullets[i].Move();
    if (!bullets[i].Inside()) continue;
    if (TakeAt(fish, bullets[i].x, bullets[i].y) || TakeAt(subs, bullets[i].x, bullets[i].y)) {
      ++outcome.reward;
    } else {
      flying.insert(flying.begin(), bullets[i]);
    }
  }
  bullets = flying;
}

void Seaquest::StepDivers() {
  std::vector<Thing> left;
  for (std::size_t i = divers.size(); i-- > 0;) {
    Thing diver = divers[i];
    bool taken = diver.At(x, y) && held < 6;
    if (!taken && diver.timer == 0) {
      diver.timer = 5;
      diver.Move();
      taken = diver.At(x, y) && held < 6;
    } else {
      --diver.timer;
    }
    if (taken) ++held;
    if (!taken && diver.Inside()) left.insert(left.begin(), diver);
  }
  divers = left;
}

void Seaquest::StepEnemies(std::vector<Thing>& enemies, bool shooting, Outcome& outcome) {
  for (std::size_t i = enemies.size(); i-- > 0;) {
    if (enemies[i].At(x, y)) outcome.over = true;
    bool gone = false;
    if (enemies[i].timer == 0) {
      enemies[i].timer = move;
      enemies[i].Move();
      if (!enemies[i].Inside()) {
        gone = true;
      } else if (enemies[i].At(x, y)) {
        outcome.over = true;
      } else if (TakeAt(bullets, enemies[i].x, enemies[i].y)) {
        ++outcome.reward;
        gone = true;
      }
    } else {
      --enemies[i].timer;
    }
    if (shooting) {
      if (enemies[i].shot == 0) {
        enemies[i].shot = 10;
        shots.push_back({enemies[i].x, enemies[i].y, enemies[i].right});
      } else {
        --enemies[i].shot;
      }
    }
    if (gone) enemies.erase(enemies.begin() + static_cast<std::ptrdiff_t>(i));
  }
}

void Seaquest::StepShots(Outcome& outcome) {
  for (Thing& shot : shots) {
    if (shot.At(x, y)) outcome.over = true;
    shot.Move();
    if (shot.At(x, y)) outcome.over = true;
  }
  std::erase_if(shots, [](const Thing& shot) { return !shot.Inside(); });
}

void Seaquest::StepOxygen(bool ramping, Outcome& outcome) {
  if (oxygen <= 0) outcome.over = true;
  if (y > 0) {
    --oxygen;
    surfaced = false;
    return;
  }
  if (surfaced) return;
  if (held == 0) {
    outcome.over = true;
    return;
  }
  surfaced = true;
  if (held == 6) {
    outcome.reward += oxygen * 10 / 200;
    held = 0;
  }
  --held;
  oxygen = 200;
  if (!ramping) return;
  if (move > 2 && ramps % 2 != 0) --move;
  if (spawn > 1) --spawn;
  ++ramps;
}

Outcome Seaquest::Step(int action, bool ramping, RngDraws& draws) {
  Outcome outcome;
  if (spawn_timer == 0) {
    SpawnEnemy(draws);
    spawn_timer = spawn;
  }
  if (diver_timer == 0) {
    const bool to_right = draws.Uniform() < 1.0 / 2;
    divers.push_back({to_right ? 0 : 9, draws.Int(1, 9), to_right, 5});
    diver_timer = 30;
  }
  StepPlayer(action, outcome);
  StepDivers();
  StepEnemies(subs, true, outcome);
  StepShots(outcome);
  StepEnemies(fish, false, outcome);
  --spawn_timer;
  --diver_timer;
  if (shot_timer > 0) --shot_timer;
  StepOxygen(ramping, outcome);
  return outcome;
}

std::vector<std::uint8_t> Seaquest::See() const {
  Picture picture(10);
  picture.Set(y, x, 0);
  picture.Set(y, x + (right ? -1 : 1), 1);
  for (const Thing& bullet : bullets) picture.Set(bullet.y, bullet.x, 2);
  for (const auto* things : {&fish, &subs, &divers}) {
    for (const Thing& thing : *things) picture.Set(thing.y, thing.Behind(), 3);
  }
  for (const Thing& shot : shots) picture.Set(shot.y, shot.x, 4);
  for (const Thing& enemy : fish) picture.Set(enemy.y, enemy.x, 5);
  for (const Thing& enemy : subs) picture.Set(enemy.y, enemy.x, 6);
  for (int column = 0; column <= oxygen * 10 / 200 - 1; ++column) picture.Set(9, column, 7);
  for (int column = 9 - held; column <= 8; ++column) picture.Set(9, column, 8);
  for (const Thing& diver : divers) picture.Set(diver.y, diver.x, 9);
  return picture.elements;
}

std::vector<int> Seaquest::Numbers() const {
  std::vector<int> numbers = {x,           y,           oxygen, held,  shot_timer, spawn,
                              spawn_timer, diver_timer, move,   ramps, right,      surfaced};
  for (const auto* things : {&fish, &subs, &divers}) {
    for (const Thing& thing : *things) {
      numbers.insert(numbers.end(), {thing.x, thing.y, thing.right, thing.timer, thing.shot});
    }
  }
  return numbers;
}

}  // namespace brasa::slow

#include "tests/minatar/slow_games.h"

namespace brasa::slow {

Asterix::Asterix(const minatar::Asterix& g)
    : x(g.player_x),
      y(g.player_y),
      spawn(g.spawn_interval),
      spawn_timer(g.spawn_timer),
      move(g.move_interval),
      move_timer(g.move_timer),
      ramp(g.ramp_timer),
      ramps(g.ramps) {
  for (int slot = 0; slot < 8; ++slot) {
    if (((g.taken >> slot) & 1) == 0) continue;
    things.push_back({g.x[static_cast<std::size_t>(slot)], slot + 1,
                      ((g.rightward >> slot) & 1) != 0, 0, 0, ((g.gold >> slot) & 1) != 0});
  }
}

void Asterix::Meet(Outcome& outcome) {
  for (std::size_t i = things.size(); i-- > 0;) {
    if (!things[i].At(x, y)) continue;
    if (things[i].gold) {
      ++outcome.reward;
      things.erase(things.begin() + static_cast<std::ptrdiff_t>(i));
    } else {
      outcome.over = true;
    }
  }
}

Outcome Asterix::Step(int action, bool ramping, RngDraws& draws) {
  Outcome outcome;
  if (spawn_timer == 0) {
    spawn_timer = spawn;
    const bool right = draws.Uniform() < 1.0 / 2;
    const bool gold = draws.Uniform() < 1.0 / 3;
    std::vector<int> free;
    for (int row = 1; row <= 8; ++row) {
      if (std::none_of(things.begin(), things.end(), [&](const Thing& t) { return t.y == row; })) {
        free.push_back(row);
      }
    }
    if (!free.empty()) {
      const int pick = draws.Int(0, static_cast<int>(free.size()));
      things.push_back({right ? 0 : 9, free[static_cast<std::size_t>(pick)], right, 0, 0, gold});
    }
  }
  x = std::min(9, std::max(0, x + Across(action)));
  y = std::min(8, std::max(1, y + Along(action)));
  Meet(outcome);
  if (move_timer == 0) {
    move_timer = move;
    for (Thing& thing : things) thing.Move();
    std::erase_if(things, [](const Thing& t) { return !t.Inside(); });
    Meet(outcome);
  }
  --spawn_timer;
  --move_timer;
  if (!ramping || (spawn <= 1 && move <= 1)) return outcome;
  if (ramp >= 0) {
    --ramp;
  } else {
    if (move > 1 && ramps % 2 != 0) --move;
    if (spawn > 1) --spawn;
    ++ramps;
    ramp = 100;
  }
  return outcome;
}

std::vector<std::uint8_t> Asterix::See() const {
  Picture picture(4);
  picture.Set(y, x, 0);
  for (const Thing& thing : things) {
    picture.Set(thing.y, thing.x, thing.gold ? 3 : 1);
    picture.Set(thing.y, thing.Behind(), 2);
  }
  return picture.elements;
}

Breakout::Breakout(const minatar::Breakout& g)
    : x(g.ball_x),
      y(g.ball_y),
      last_x(g.last_x),
      last_y(g.last_y),
      dx(Numbers(g)[0]),
      dy(Numbers(g)[1]),
      paddle(g.paddle),
      strike(g.strike != 0) {
  for (int i = 0; i < 30; ++i) brick[1 + i / 10][i % 10] = ((g.bricks >> i) & 1u) != 0;
}

Outcome Breakout::Step(int action, bool, RngDraws&) {
  Outcome outcome;
  paddle = std::min(9, std::max(0, paddle + Across(action)));
  last_x = x;
  last_y = y;
  int to_x = x + dx, to_y = y + dy;
  bool toggled = false;
  if (to_x < 0 || to_x > 9) {
    to_x = to_x < 0 ? 0 : 9;
    dx = -dx;
  }
  if (to_y < 0) {
    to_y = 0;
    dy = -dy;
  } else if (brick[to_y][to_x]) {
    toggled = true;
    if (!strike) {
      ++outcome.reward;
      strike = true;
      brick[to_y][to_x] = false;
      to_y = last_y;
      dy = -dy;
    }
  } else if (to_y == 9) {
    int left = 0;
    for (const auto& row : brick) left += static_cast<int>(std::count(row, row + 10, true));
    for (int i = 0; left == 0 && i < 30; ++i) brick[1 + i / 10][i % 10] = true;
    if (x == paddle) {
      dy = -dy;
      to_y = last_y;
    } else if (to_x == paddle) {
      dx = -dx;
      dy = -dy;
      to_y = last_y;
    } else {
      outcome.over = true;
    }
  }
  if (!toggled) strike = false;
  x = to_x;
  y = to_y;
  return outcome;
}

std::vector<std::uint8_t> Breakout::See() const {
  Picture picture(4);
  picture.Set(9, paddle, 0);
  picture.Set(y, x, 1);
  picture.Set(last_y, last_x, 2);
  for (int row = 0; row < 10; ++row) {
    for (int column = 0; column < 10; ++column) {
      if (brick[row][column]) picture.Set(row, column, 3);
    }
  }
  return picture.elements;
}

Freeway::Freeway(const minatar::Freeway& g)
    : row(g.chicken), wait(g.move_timer), time(g.time_left) {
  for (unsigned i = 0; i < 8; ++i) {
    const int speed = static_cast<int>(g.ByteOf(g.waits, i));
    cars[i] = {static_cast<int>(g.ByteOf(g.columns, i)), static_cast<int>(g.ByteOf(g.timers, i)),
               g.ByteOf(g.rightward, i) == 1 ? speed : -speed};
  }
}

Outcome Freeway::Step(int action, bool, RngDraws& draws) {
  Outcome outcome;
  if (Along(action) != 0 && wait == 0) {
    wait = 3;
    row = std::min(9, std::max(0, row + Along(action)));
  }
  if (row == 0) {
    ++outcome.reward;
    row = 9;
    for (Car& car : cars) car.speed = draws.Int(1, 6);
    for (Car& car : cars) {
      car.timer = car.speed;
      if (draws.Uniform() < 0.5) car.speed = -car.speed;
    }
  }
  for (int i = 0; i < 8; ++i) {
    Car& car = cars[static_cast<std::size_t>(i)];
    if (car.x == 4 && i + 1 == row) row = 9;
    if (car.timer > 0) {
      --car.timer;
      continue;
    }
    car.timer = std::abs(car.speed);
    car.x = (car.x + (car.speed > 0 ? 1 : 9)) % 10;
    if (car.x == 4 && i + 1 == row) row = 9;
  }
  if (wait > 0) --wait;
  --time;
  outcome.over = time < 0;
  return outcome;
}

std::vector<std::uint8_t> Freeway::See() const {
  Picture picture(7);
  picture.Set(row, 4, 0);
  for (int i = 0; i < 8; ++i) {
    const Car& car = cars[static_cast<std::size_t>(i)];
    picture.Set(i + 1, car.x, 1);
    picture.Set(i + 1, (car.x + (car.speed > 0 ? 9 : 1)) % 10, 1 + std::abs(car.speed));
  }
  return picture.elements;
}

std::vector<int> Freeway::Numbers() const {
  std::vector<int> numbers = {wait, time};
  for (const Car& car : cars) numbers.insert(numbers.end(), {car.x, car.timer, car.speed});
  return numbers;
}

SpaceInvaders::SpaceInvaders(const minatar::SpaceInvaders& g)
    : cannon(g.cannon),
      direction(g.direction),
      interval(g.move_interval),
      move_timer(g.move_timer),
      alien_shot(g.bomb_timer),
      shot(g.shot_timer),
      ramps(g.ramps) {
  for (int row = 0; row < 10; ++row) {
    for (int column = 0; column < 10; ++column) {
      alien[row][column] = g.aliens.Has(row, column);
      up[row][column] = g.bullets.Has(row, column);
      down[row][column] = g.bombs.Has(row, column);
    }
  }
}

int SpaceInvaders::Aliens() const {
  int count = 0;
  for (const auto& row : alien) count += static_cast<int>(std::count(row, row + 10, true));
  return count;
}

bool SpaceInvaders::March() {
  move_timer = std::min(Aliens(), interval);
  const int edge = direction < 0 ? 0 : 9;
  bool over = false, turn = false;
  for (const auto& row : alien) turn |= row[edge];
  bool next[10][10] = {};
  for (int row = 0; row < 10; ++row) {
    for (int column = 0; column < 10; ++column) {
      if (!alien[row][column]) continue;
      if (turn) {
        over |= row == 9;
        next[(row + 1) % 10][column] = true;
      } else {
        next[row][column + direction] = true;
      }
    }
  }
  if (turn) direction = -direction;
  std::copy(&next[0][0], &next[0][0] + 100, &alien[0][0]);
  return over || alien[9][cannon];
}

void SpaceInvaders::Shoot() {
  for (int distance = 0; distance < 10; ++distance) {
    for (const int column : {cannon - distance, cannon + distance}) {
      if (column < 0 || column > 9) continue;
      for (int row = 9; row >= 0; --row) {
        if (!alien[row][column]) continue;
        down[row][column] = true;
        return;
      }
    }
  }
}

Outcome SpaceInvaders::Step(int action, bool ramping, RngDraws&) {
  Outcome outcome;
  if (action == 5 && shot == 0) {
    up[9][cannon] = true;
    shot = 5;
  }
  cannon = std::min(9, std::max(0, cannon + Across(action)));
  for (int row = 0; row < 9; ++row) std::copy(up[row + 1], up[row + 1] + 10, up[row]);
  std::fill(up[9], up[9] + 10, false);
  for (int row = 9; row > 0; --row) std::copy(down[row - 1], down[row - 1] + 10, down[row]);
  std::fill(down[0], down[0] + 10, false);
  outcome.over = down[9][cannon] || alien[9][cannon];
  if (move_timer == 0 && March()) outcome.over = true;
  if (alien_shot == 0) {
    alien_shot = 10;
    Shoot();
  }
  for (int row = 0; row < 10; ++row) {
    for (int column = 0; column < 10; ++column) {
      if (!alien[row][column] || !up[row][column]) continue;
      ++outcome.reward;
      alien[row][column] = up[row][column] = false;
    }
  }
  if (shot > 0) --shot;
  --move_timer;
  --alien_shot;
  if (Aliens() > 0) return outcome;
  if (ramping && interval > 6) {
    --interval;
    ++ramps;
  }
  for (int row = 0; row < 4; ++row) std::fill(&alien[row][2], &alien[row][8], true);
  return outcome;
}

std::vector<std::uint8_t> SpaceInvaders::See() const {
  Picture picture(6);
  picture.Set(9, cannon, 0);
  for (int row = 0; row < 10; ++row) {
    for (int column = 0; column < 10; ++column) {
      if (alien[row][column]) picture.Set(row, column, 1);
      if (alien[row][column]) picture.Set(row, column, direction < 0 ? 2 : 3);
      if (up[row][column]) picture.Set(row, column, 4);
      if (down[row][column]) picture.Set(row, column, 5);
    }
  }
  return picture.elements;
}

}  // namespace brasa::slow

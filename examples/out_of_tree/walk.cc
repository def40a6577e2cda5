// Walks the corridor from end to end through Brasa's checks.
#include <iostream>

#include "brasa/env_batch.h"
#include "corridor.h"

int main() {
  const brasa::EnvRow row{.id = "Corridor-v0", .env_class = &brasa::EnvClassOf<Corridor>()};
  brasa::Params params = brasa::DefaultParams(row);
  params.Set("length", "5");
  brasa::Env env(row, params, {.seed = 1});
  env.Reset();
  while (!env.done()) env.Step(1);
  std::cout << "walked " << env.plies() << " steps, return " << env.returns()[0] << "\n";
}

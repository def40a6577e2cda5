#include "tests/core/rng_c.h"

void brasa_test_start(brasa_rng* rng, uint64_t key, uint64_t stream) {
  brasa_rng_start(rng, key, stream);
}
uint64_t brasa_test_next(brasa_rng* rng) { return brasa_rng_next(rng); }
double brasa_test_uniform(brasa_rng* rng) { return brasa_rng_uniform(rng); }
uint32_t brasa_test_below(brasa_rng* rng, uint32_t n) { return brasa_rng_below(rng, n); }

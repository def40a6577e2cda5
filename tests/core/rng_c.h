// The generator as a plugin in C sees it.
#pragma once

#include <stdint.h>

#include "brasa/core/philox.h"

#ifdef __cplusplus
extern "C" {
#endif

void brasa_test_start(brasa_rng* rng, uint64_t key, uint64_t stream);
uint64_t brasa_test_next(brasa_rng* rng);
double brasa_test_uniform(brasa_rng* rng);
uint32_t brasa_test_below(brasa_rng* rng, uint32_t n);

#ifdef __cplusplus
}
#endif

/* Philox4x32-10, the counter-based generator behind every random number in Brasa. Plain C, so that
 * environments in C and any other language draw the same numbers.
 *
 * Source: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3" (SC 2011).
 * A stream is (key, stream): the key is the run's seed, the stream names role, world and episode.
 * Under one key the map from (stream, block) to output is a bijection of 128-bit counters, so two
 * streams of a run never share a block; under another key the bijection is another one. */
#ifndef BRASA_CORE_PHILOX_H_
#define BRASA_CORE_PHILOX_H_

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* One stream. Owned by the host; an environment only draws from it. 32 bytes, no padding. */
typedef struct brasa_rng {
  uint64_t key;     /* the run's seed */
  uint64_t stream;  /* role, world and episode: the upper half of the 128-bit counter */
  uint64_t counter; /* 64-bit numbers drawn so far */
  uint64_t spare;   /* second half of the last block, valid while `counter` is odd */
} brasa_rng;

/* Writes the 128-bit block number `block` of (key, stream) as two 64-bit numbers. */
static inline void brasa_philox_block(uint64_t key, uint64_t stream, uint64_t block,
                                      uint64_t out[2]) {
  uint32_t k0 = (uint32_t)key, k1 = (uint32_t)(key >> 32);
  uint32_t c0 = (uint32_t)block, c1 = (uint32_t)(block >> 32);
  uint32_t c2 = (uint32_t)stream, c3 = (uint32_t)(stream >> 32);
  for (int round = 0; round < 10; ++round) {
    const uint64_t p0 = (uint64_t)0xD2511F53u * c0;
    const uint64_t p1 = (uint64_t)0xCD9E8D57u * c2;
    const uint32_t n0 = (uint32_t)(p1 >> 32) ^ c1 ^ k0;
    const uint32_t n2 = (uint32_t)(p0 >> 32) ^ c3 ^ k1;
    c0 = n0;
    c1 = (uint32_t)p1;
    c2 = n2;
    c3 = (uint32_t)p0;
    k0 += 0x9E3779B9u;
    k1 += 0xBB67AE85u;
  }
  out[0] = ((uint64_t)c1 << 32) | c0;
  out[1] = ((uint64_t)c3 << 32) | c2;
}

/* Puts `rng` at the start of stream (key, stream). */
static inline void brasa_rng_start(brasa_rng* rng, uint64_t key, uint64_t stream) {
  rng->key = key;
  rng->stream = stream;
  rng->counter = 0;
  rng->spare = 0;
}

/* The next 64 uniform bits. */
static inline uint64_t brasa_rng_next(brasa_rng* rng) {
  if (rng->counter++ & 1u) return rng->spare;
  uint64_t block[2];
  brasa_philox_block(rng->key, rng->stream, (rng->counter - 1) >> 1, block);
  rng->spare = block[1];
  return block[0];
}

/* Uniform in [0, 1), a multiple of 2^-53. */
static inline double brasa_rng_uniform(brasa_rng* rng) {
  return (double)(brasa_rng_next(rng) >> 11) * 0x1p-53;
}

/* Uniform in {0, .., n-1}, n > 0, without bias (Lemire 2019). */
static inline uint32_t brasa_rng_below(brasa_rng* rng, uint32_t n) {
  uint64_t product = (brasa_rng_next(rng) >> 32) * n;
  if ((uint32_t)product < n) {
    const uint32_t threshold = (uint32_t)(0u - n) % n;
    while ((uint32_t)product < threshold) product = (brasa_rng_next(rng) >> 32) * n;
  }
  return (uint32_t)(product >> 32);
}

#ifdef __cplusplus
}
#endif

#endif /* BRASA_CORE_PHILOX_H_ */

#ifndef TEST_RNG_H
#define TEST_RNG_H
/* rng: seeded randomness for tests (xoshiro256**, Blackman and Vigna 2018). Shares nothing with the library's PRF. */
#include <stddef.h>
#include <stdint.h>

struct rng {
    uint64_t s[4];
};
void rng_init(struct rng *r, uint64_t seed);
uint64_t rng_u64(struct rng *r);
uint64_t rng_below(struct rng *r, uint64_t n); /* n > 0; bias below 2^-32 for n < 2^32 */
double rng_unit(struct rng *r);                /* [0, 1) */
/* The seed of this run: DYE_SEED or `usual`; printed, so that a failure can be repeated. */
uint64_t rng_seed(uint64_t usual);
#endif

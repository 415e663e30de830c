#ifndef DYE_LIMITER_H
#define DYE_LIMITER_H
/*
 * limiter: how often an address may try. Fixed windows: at most `tries` in `window_ms` from the first one on. Tokens
 * have 256 bits, so this guards the database and the audit chain from being filled, not the tokens from being guessed.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct limiter;

/* Remembers so many addresses; beyond them the one whose window began first is forgotten. NULL: out of memory. */
struct limiter *limiter_new(unsigned tries, int64_t window_ms, size_t addresses_max);
void limiter_free(struct limiter *l); /* takes NULL */

/* Counts a try; false when it is one too many. */
bool limiter_take(struct limiter *l, const char *address, int64_t now_ms);
/* Whether a try would be one too many, without counting it. */
bool limiter_full(const struct limiter *l, const char *address, int64_t now_ms);

#endif

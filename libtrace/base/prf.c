#include "dye/prf.h"

#include <assert.h>
#include <sodium.h>
#include <stdio.h>

void dye_prf_init(struct dye_prf *r, const struct dye_key *k, const char *label, uint64_t number)
{
    dye_key_derive(k, label, &r->key);
    dye_prf_reset(r, number);
}

void dye_prf_reset(struct dye_prf *r, uint64_t number)
{
    r->number = number;
    r->block = 0;
    r->used = sizeof r->pool;
}

void dye_prf_done(struct dye_prf *r)
{
    dye_wipe(r, sizeof *r);
}

static void put_le64(uint8_t *p, uint64_t v)
{
    for (unsigned i = 0; i < 8; i++)
        p[i] = (uint8_t)(v >> (8 * i));
}

static uint64_t get_le64(const uint8_t *p)
{
    uint64_t v = 0;
    for (unsigned i = 0; i < 8; i++)
        v |= (uint64_t)p[i] << (8 * i);
    return v;
}

uint64_t dye_prf_u64(struct dye_prf *r)
{
    if (r->used + 8 > sizeof r->pool) {
        uint8_t nonce[crypto_stream_chacha20_NONCEBYTES];
        put_le64(nonce, r->number);
        memset(r->pool, 0, sizeof r->pool);
        crypto_stream_chacha20_xor_ic(r->pool, r->pool, sizeof r->pool, nonce, r->block, r->key.bytes);
        r->block += sizeof r->pool / 64; /* ChaCha20 counts blocks of 64 bytes */
        r->used = 0;
    }
    uint64_t v = get_le64(r->pool + r->used);
    r->used += 8;
    return v;
}

uint64_t dye_prf_below(struct dye_prf *r, uint64_t n)
{
    assert(n > 0);
    uint64_t v = dye_prf_u64(r);
    /* 2^64 mod n values, the lowest, would be drawn once too often. They are below n: mostly there is nothing to ask.
     */
    while (v < n && v < (UINT64_MAX - n + 1) % n)
        v = dye_prf_u64(r);
    return v % n;
}

double dye_prf_unit(struct dye_prf *r)
{
    return (double)(dye_prf_u64(r) >> 11) * 0x1p-53;
}

size_t dye_prf_pick(struct dye_prf *r, const uint32_t *weights, size_t n)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += weights[i];
    uint64_t at = dye_prf_below(r, sum);
    for (size_t i = 0; i < n; i++) {
        if (at < weights[i])
            return i;
        at -= weights[i];
    }
    assert(false && "weights sum to less than their sum");
    return 0;
}

enum { ROUNDS = 8 };

void dye_perm_init(struct dye_perm *p, const struct dye_key *k, const char *label, uint64_t n)
{
    assert(n >= 1 && n <= UINT64_C(1) << 62);
    char label_of_n[160]; /* permutations of different ranges under one key are unrelated */
    int bytes = snprintf(label_of_n, sizeof label_of_n, "%s/%llu", label, (unsigned long long)n);
    assert(bytes > 0 && (size_t)bytes < sizeof label_of_n);
    (void)bytes; /* without assertions */
    dye_key_derive(k, label_of_n, &p->key);
    p->n = n;
    p->half_bits = 1;
    while (n > UINT64_C(1) << (2 * p->half_bits))
        p->half_bits++;
    p->half_mask = (UINT64_C(1) << p->half_bits) - 1;
}

void dye_perm_done(struct dye_perm *p)
{
    dye_wipe(p, sizeof *p);
}

/* Five bytes: one block of SipHash, which is what a permutation costs. */
static uint64_t round_value(const struct dye_perm *p, unsigned round, uint64_t half)
{
    uint8_t in[8];
    uint8_t out[crypto_shorthash_siphash24_BYTES];
    put_le64(in, half | (uint64_t)round << 32);
    crypto_shorthash_siphash24(out, in, 5, p->key.bytes);
    return get_le64(out) & p->half_mask;
}

uint64_t dye_perm_at(const struct dye_perm *p, uint64_t x)
{
    assert(x < p->n);
    do {
        uint64_t l = x >> p->half_bits;
        uint64_t r = x & p->half_mask;
        for (unsigned i = 0; i < ROUNDS; i++) {
            uint64_t next = l ^ round_value(p, i, r);
            l = r;
            r = next;
        }
        x = l << p->half_bits | r;
    } while (x >= p->n);
    return x;
}

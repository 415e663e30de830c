/*
 * The log against the definitions of RFC 9162 2.1 taken literally: recursive, over OpenSSL's SHA256, sharing nothing
 * with the library. Every (index, n) and (old, n) up to MANY; every byte of every proof altered up to FEW.
 */
#include "dye/merkle.h"
#include "rng.h"

#include <openssl/sha.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

enum { MANY = 130, FEW = 32 }; /* a leaf's number is a byte */

static struct dye_hash leaves[MANY], roots[MANY + 1];
static struct rng rng;

static void naive_root(const struct dye_hash *d, unsigned n, uint8_t ret[32])
{
    if (n == 0) {
        SHA256((const uint8_t *)"", 0, ret);
        return;
    }
    if (n == 1) {
        memcpy(ret, d[0].bytes, 32);
        return;
    }
    unsigned k = 1;
    while (k * 2 < n)
        k *= 2;
    uint8_t in[65] = {1};
    naive_root(d, k, in + 1);
    naive_root(d + k, n - k, in + 33);
    SHA256(in, sizeof in, ret);
}

static unsigned naive_path(unsigned m, const struct dye_hash *d, unsigned n, struct dye_hash *ret)
{
    if (n == 1)
        return 0;
    unsigned k = 1;
    while (k * 2 < n)
        k *= 2;
    unsigned at = m < k ? naive_path(m, d, k, ret) : naive_path(m - k, d + k, n - k, ret);
    if (m < k)
        naive_root(d + k, n - k, ret[at].bytes);
    else
        naive_root(d, k, ret[at].bytes);
    return at + 1;
}

static unsigned naive_subproof(unsigned m, const struct dye_hash *d, unsigned n, bool b, struct dye_hash *ret)
{
    if (m == n) {
        if (b)
            return 0;
        naive_root(d, n, ret[0].bytes);
        return 1;
    }
    unsigned k = 1;
    while (k * 2 < n)
        k *= 2;
    unsigned at = m <= k ? naive_subproof(m, d, k, b, ret) : naive_subproof(m - k, d + k, n - k, false, ret);
    if (m <= k)
        naive_root(d + k, n - k, ret[at].bytes);
    else
        naive_root(d, k, ret[at].bytes);
    return at + 1;
}

static int make_tree(void **state)
{
    (void)state;
    rng_init(&rng, rng_seed(20260301));
    for (unsigned i = 0; i < MANY; i++) {
        uint8_t d[1 + 40] = {0};
        size_t n = i == 0 ? 0 : 1 + rng_below(&rng, 40);
        for (size_t j = 0; j < n; j++)
            d[1 + j] = (uint8_t)rng_u64(&rng);
        d[1] = (uint8_t)i; /* no two are the same: of such, each is proven where the other is */
        SHA256(d, 1 + n, leaves[i].bytes);
        struct dye_hash ours;
        dye_merkle_leaf(dye_span_of(d + 1, n), &ours);
        assert_memory_equal(ours.bytes, leaves[i].bytes, 32);
    }
    for (unsigned n = 0; n <= MANY; n++)
        naive_root(leaves, n, roots[n].bytes);
    return 0;
}

static void appending_gives_the_root_of_the_definition(void **state)
{
    (void)state;
    struct dye_merkle m;
    dye_merkle_init(&m);
    for (unsigned n = 0; n <= MANY; n++) {
        struct dye_hash root;
        dye_merkle_root(&m, &root);
        assert_memory_equal(root.bytes, roots[n].bytes, 32);
        if (n < MANY)
            dye_merkle_append(&m, &leaves[n]);
    }
}

static void flip(struct dye_hash *h, size_t byte)
{
    h->bytes[byte] ^= (uint8_t)(1 + rng_below(&rng, 255));
}

static void every_inclusion_is_proven_and_no_altered_proof_holds(void **state)
{
    (void)state;
    for (unsigned n = 1; n <= MANY; n++)
        for (unsigned i = 0; i < n; i++) {
            struct dye_hash proof[DYE_MERKLE_DEPTH_MAX], want[DYE_MERKLE_DEPTH_MAX];
            unsigned got;
            dye_merkle_inclusion(leaves, n, i, proof, &got);
            assert_int_equal(got, naive_path(i, leaves, n, want));
            assert_memory_equal(proof, want, got * sizeof *proof);
            assert_true(dye_merkle_inclusion_holds(&leaves[i], i, n, proof, got, &roots[n]));
            for (unsigned p = 0; p < got; p++)
                for (size_t byte = n <= FEW ? 0 : rng_below(&rng, 32), end = n <= FEW ? 32 : byte + 1; byte < end;
                     byte++) {
                    struct dye_hash kept = proof[p];
                    flip(&proof[p], byte);
                    assert_false(dye_merkle_inclusion_holds(&leaves[i], i, n, proof, got, &roots[n]));
                    proof[p] = kept;
                }
            if (got > 0)
                assert_false(dye_merkle_inclusion_holds(&leaves[i], i, n, proof, got - 1, &roots[n]));
            unsigned other = (unsigned)rng_below(&rng, n);
            if (other != i)
                assert_false(dye_merkle_inclusion_holds(&leaves[i], other, n, proof, got, &roots[n]));
        }
}

static void every_extension_is_proven_and_no_altered_proof_holds(void **state)
{
    (void)state;
    for (unsigned n = 1; n <= MANY; n++)
        for (unsigned old = 1; old <= n; old++) {
            struct dye_hash proof[DYE_MERKLE_DEPTH_MAX], want[DYE_MERKLE_DEPTH_MAX];
            unsigned got;
            dye_merkle_consistency(leaves, old, n, proof, &got);
            assert_int_equal(got, naive_subproof(old, leaves, n, true, want));
            assert_memory_equal(proof, want, got * sizeof *proof);
            assert_true(dye_merkle_consistency_holds(old, &roots[old], n, &roots[n], proof, got));
            for (unsigned p = 0; p < got; p++)
                for (size_t byte = n <= FEW ? 0 : rng_below(&rng, 32), end = n <= FEW ? 32 : byte + 1; byte < end;
                     byte++) {
                    struct dye_hash kept = proof[p];
                    flip(&proof[p], byte);
                    assert_false(dye_merkle_consistency_holds(old, &roots[old], n, &roots[n], proof, got));
                    proof[p] = kept;
                }
            struct dye_hash forged = roots[old];
            flip(&forged, rng_below(&rng, 32));
            assert_false(dye_merkle_consistency_holds(old, &forged, n, &roots[n], proof, got));
            forged = roots[n];
            flip(&forged, rng_below(&rng, 32));
            assert_false(dye_merkle_consistency_holds(old, &roots[old], n, &forged, proof, got));
        }
}

/* Whatever comes from outside: sizes, lengths and hashes at random. ASan and UBSan judge; nothing may hold. */
static void random_proofs_never_hold(void **state)
{
    (void)state;
    for (unsigned round = 0; round < 20000; round++) {
        struct dye_hash proof[DYE_MERKLE_DEPTH_MAX];
        for (size_t i = 0; i < sizeof proof / sizeof *proof; i++)
            memset(proof[i].bytes, (int)rng_below(&rng, 256), 32);
        uint64_t n = rng_u64(&rng) >> rng_below(&rng, 64);
        uint64_t at = rng_u64(&rng) >> rng_below(&rng, 64);
        unsigned proof_n = (unsigned)rng_below(&rng, DYE_MERKLE_DEPTH_MAX + 1);
        assert_false(dye_merkle_inclusion_holds(&leaves[0], at, n, proof, proof_n, &roots[MANY]));
        assert_false(dye_merkle_consistency_holds(at, &roots[1], n, &roots[MANY], proof, proof_n));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(appending_gives_the_root_of_the_definition),
        cmocka_unit_test(every_inclusion_is_proven_and_no_altered_proof_holds),
        cmocka_unit_test(every_extension_is_proven_and_no_altered_proof_holds),
        cmocka_unit_test(random_proofs_never_hold),
    };
    return cmocka_run_group_tests(tests, make_tree, NULL);
}

#include "dye/merkle.h"

#include "dye/buf.h"
#include "dye/digest.h"

#include <assert.h>

/* The prefixes keep a leaf from being passed off as a node, and a node as a leaf (RFC 9162, 2.1.1). */
enum { LEAF = 0x00, NODE = 0x01 };

void dye_merkle_leaf(struct dye_span d, struct dye_hash *ret)
{
    static const uint8_t prefix = LEAF;
    struct dye_digester *x = dye_digester_new(DYE_SHA256);
    dye_digester_feed(x, dye_span_of(&prefix, 1));
    dye_digester_feed(x, d);
    dye_digester_end(x, ret->bytes);
    dye_digester_free(x);
}

/* ret may be left or right. */
static void node(const struct dye_hash *left, const struct dye_hash *right, struct dye_hash *ret)
{
    uint8_t in[1 + 2 * DYE_HASH_BYTES] = {NODE};
    memcpy(in + 1, left->bytes, DYE_HASH_BYTES);
    memcpy(in + 1 + DYE_HASH_BYTES, right->bytes, DYE_HASH_BYTES);
    dye_digest_of(DYE_SHA256, dye_span_of(in, sizeof in), ret->bytes);
}

static bool equal(const struct dye_hash *a, const struct dye_hash *b)
{
    return memcmp(a->bytes, b->bytes, DYE_HASH_BYTES) == 0; /* hashes of a log are public */
}

void dye_merkle_init(struct dye_merkle *m)
{
    *m = (struct dye_merkle){0};
}

unsigned dye_merkle_peaks(const struct dye_merkle *m)
{
    return (unsigned)__builtin_popcountll(m->size);
}

void dye_merkle_append(struct dye_merkle *m, const struct dye_hash *leaf)
{
    assert(m->size < UINT64_MAX);
    unsigned n = dye_merkle_peaks(m);
    struct dye_hash top = *leaf;
    /* As in a binary counter: each carry joins two complete subtrees of one size. */
    for (uint64_t carry = m->size; carry & 1; carry >>= 1)
        node(&m->peak[--n], &top, &top);
    m->peak[n] = top;
    m->size++;
}

void dye_merkle_root(const struct dye_merkle *m, struct dye_hash *ret)
{
    unsigned n = dye_merkle_peaks(m);
    if (n == 0) {
        dye_digest_of(DYE_SHA256, dye_span_of(NULL, 0), ret->bytes);
        return;
    }
    struct dye_hash root = m->peak[--n];
    while (n > 0)
        node(&m->peak[--n], &root, &root);
    *ret = root;
}

static void root_of(const struct dye_hash *leaves, uint64_t n, struct dye_hash *ret)
{
    struct dye_merkle m;
    dye_merkle_init(&m);
    for (uint64_t i = 0; i < n; i++)
        dye_merkle_append(&m, &leaves[i]);
    dye_merkle_root(&m, ret);
}

/* The size of the left subtree: the largest power of two below n; n >= 2. */
static uint64_t split(uint64_t n)
{
    return UINT64_C(1) << (63 - __builtin_clzll(n - 1));
}

static void reverse(struct dye_hash *p, unsigned n)
{
    for (unsigned i = 0; i < n / 2; i++) {
        struct dye_hash h = p[i];
        p[i] = p[n - 1 - i];
        p[n - 1 - i] = h;
    }
}

/*
 * Both proofs walk from the root down to the place where `leaves[0, m)` ends, and note the subtree that they leave
 * aside at each step; RFC 9162 writes them from the bottom up, hence the reversal.
 */
void dye_merkle_inclusion(const struct dye_hash *leaves, uint64_t n, uint64_t index,
                          struct dye_hash ret[DYE_MERKLE_DEPTH_MAX], unsigned *ret_n)
{
    assert(index < n);
    unsigned depth = 0;
    while (n > 1) {
        uint64_t k = split(n);
        assert(depth < DYE_MERKLE_DEPTH_MAX);
        if (index < k) {
            root_of(leaves + k, n - k, &ret[depth++]);
            n = k;
        } else {
            root_of(leaves, k, &ret[depth++]);
            leaves += k;
            index -= k;
            n -= k;
        }
    }
    reverse(ret, depth);
    *ret_n = depth;
}

void dye_merkle_consistency(const struct dye_hash *leaves, uint64_t old_n, uint64_t n,
                            struct dye_hash ret[DYE_MERKLE_DEPTH_MAX], unsigned *ret_n)
{
    assert(old_n <= n);
    unsigned depth = 0;
    bool whole = true; /* the old tree is all of [leaves, leaves + old_n), whose root the verifier knows */
    if (old_n == 0 || old_n == n) {
        *ret_n = 0;
        return;
    }
    while (old_n < n) {
        uint64_t k = split(n);
        assert(depth < DYE_MERKLE_DEPTH_MAX);
        if (old_n <= k) {
            root_of(leaves + k, n - k, &ret[depth++]);
            n = k;
        } else {
            root_of(leaves, k, &ret[depth++]);
            leaves += k;
            old_n -= k;
            n -= k;
            whole = false;
        }
    }
    if (!whole) {
        assert(depth < DYE_MERKLE_DEPTH_MAX);
        root_of(leaves, n, &ret[depth++]);
    }
    reverse(ret, depth);
    *ret_n = depth;
}

/* Climb one level, and further past the levels where the last node has no sibling. RFC 9162, 2.1.3.2 step 4b. */
static void climb(uint64_t *fn, uint64_t *sn, bool from_right)
{
    if (from_right)
        while ((*fn & 1) == 0 && *fn != 0) {
            *fn >>= 1;
            *sn >>= 1;
        }
    *fn >>= 1;
    *sn >>= 1;
}

bool dye_merkle_inclusion_holds(const struct dye_hash *leaf, uint64_t index, uint64_t n, const struct dye_hash *proof,
                                unsigned proof_n, const struct dye_hash *root)
{
    if (index >= n)
        return false;
    uint64_t fn = index;
    uint64_t sn = n - 1;
    struct dye_hash r = *leaf;
    for (unsigned i = 0; i < proof_n; i++) {
        if (sn == 0)
            return false;
        bool right = (fn & 1) != 0 || fn == sn;
        if (right)
            node(&proof[i], &r, &r);
        else
            node(&r, &proof[i], &r);
        climb(&fn, &sn, right);
    }
    return sn == 0 && equal(&r, root);
}

bool dye_merkle_consistency_holds(uint64_t old_n, const struct dye_hash *old_root, uint64_t n,
                                  const struct dye_hash *root, const struct dye_hash *proof, unsigned proof_n)
{
    if (old_n > n)
        return false;
    /* RFC 9162 leaves these two out. There is nothing to prove, so nothing may be sent. */
    if (old_n == n)
        return proof_n == 0 && equal(old_root, root);
    if (old_n == 0) {
        struct dye_hash empty;
        root_of(NULL, 0, &empty);
        return proof_n == 0 && equal(old_root, &empty);
    }
    /* A complete old tree is a subtree of the new one; its root, which the verifier has, opens the path. */
    bool whole = (old_n & (old_n - 1)) == 0;
    if (!whole && proof_n == 0)
        return false;
    struct dye_hash fr = whole ? *old_root : proof[0];
    struct dye_hash sr = fr;
    uint64_t fn = old_n - 1;
    uint64_t sn = n - 1;
    while (fn & 1) {
        fn >>= 1;
        sn >>= 1;
    }
    for (unsigned i = whole ? 0 : 1; i < proof_n; i++) {
        if (sn == 0)
            return false;
        bool right = (fn & 1) != 0 || fn == sn;
        if (right) {
            node(&proof[i], &fr, &fr);
            node(&proof[i], &sr, &sr);
        } else {
            node(&sr, &proof[i], &sr);
        }
        climb(&fn, &sn, right);
    }
    return sn == 0 && equal(&fr, old_root) && equal(&sr, root);
}

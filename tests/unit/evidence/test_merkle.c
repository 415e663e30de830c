/* The RFC 6962/9162 test tree. Roots by Python's hashlib from the recursive definition of section 2.1.1. */
#include "dye/merkle.h"

#include "dye/digest.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

enum { LEAVES = 8 };
static const char *const data_hex[LEAVES] = {
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
};
static const char *const roots_hex[LEAVES + 1] = {
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
};

static void make_leaves(struct dye_hash leaves[LEAVES])
{
    for (size_t i = 0; i < LEAVES; i++) {
        uint8_t d[16];
        size_t n = strlen(data_hex[i]) / 2;
        assert_true(dye_unhex(dye_span_str(data_hex[i]), d, n));
        dye_merkle_leaf(dye_span_of(d, n), &leaves[i]);
    }
}

static struct dye_hash hash_of_hex(const char *hex)
{
    struct dye_hash h;
    assert_true(dye_unhex(dye_span_str(hex), h.bytes, sizeof h.bytes));
    return h;
}

static void roots_are_those_of_the_known_tree(void **state)
{
    (void)state;
    struct dye_hash leaves[LEAVES];
    make_leaves(leaves);
    struct dye_merkle m;
    dye_merkle_init(&m);
    for (unsigned n = 0; n <= LEAVES; n++) {
        char hex[2 * DYE_HASH_BYTES + 1];
        struct dye_hash root;
        dye_merkle_root(&m, &root);
        dye_hex(root.bytes, sizeof root.bytes, hex);
        assert_string_equal(hex, roots_hex[n]);
        assert_int_equal(m.size, n);
        assert_int_equal(dye_merkle_peaks(&m), __builtin_popcount(n));
        if (n < LEAVES)
            dye_merkle_append(&m, &leaves[n]);
    }
}

static void proofs_against_the_known_roots_hold(void **state)
{
    (void)state;
    struct dye_hash leaves[LEAVES];
    make_leaves(leaves);
    for (unsigned n = 0; n <= LEAVES; n++) {
        struct dye_hash root = hash_of_hex(roots_hex[n]);
        struct dye_hash proof[DYE_MERKLE_DEPTH_MAX];
        unsigned proof_n;
        for (unsigned i = 0; i < n; i++) {
            dye_merkle_inclusion(leaves, n, i, proof, &proof_n);
            assert_true(dye_merkle_inclusion_holds(&leaves[i], i, n, proof, proof_n, &root));
        }
        for (unsigned old = 0; old <= n; old++) {
            struct dye_hash old_root = hash_of_hex(roots_hex[old]);
            dye_merkle_consistency(leaves, old, n, proof, &proof_n);
            assert_true(dye_merkle_consistency_holds(old, &old_root, n, &root, proof, proof_n));
        }
    }
}

/* RFC 9162, 2.1.5 draws the tree of seven leaves and names these proofs. */
static void proofs_of_seven_leaves_are_those_of_the_rfc(void **state)
{
    (void)state;
    struct dye_hash d[LEAVES];
    make_leaves(d);
    struct dye_hash g, h, i, j, k, l;
    struct dye_merkle m;
    const struct {
        unsigned from, to;
        struct dye_hash *ret;
    } nodes[] = {{0, 2, &g}, {2, 4, &h}, {4, 6, &i}, {6, 7, &j}, {0, 4, &k}, {4, 7, &l}};
    for (size_t x = 0; x < sizeof nodes / sizeof *nodes; x++) {
        dye_merkle_init(&m);
        for (unsigned at = nodes[x].from; at < nodes[x].to; at++)
            dye_merkle_append(&m, &d[at]);
        dye_merkle_root(&m, nodes[x].ret);
    }
    const struct {
        bool inclusion;
        unsigned arg;
        struct dye_hash want[4];
        unsigned want_n;
    } cases[] = {
        {true, 0, {d[1], h, l}, 3},        {true, 3, {d[2], g, l}, 3}, {true, 4, {d[5], j, k}, 3}, {true, 6, {i, k}, 2},
        {false, 3, {d[2], d[3], g, l}, 4}, {false, 4, {l}, 1},         {false, 6, {i, j, k}, 3},
    };
    for (size_t x = 0; x < sizeof cases / sizeof *cases; x++) {
        struct dye_hash proof[DYE_MERKLE_DEPTH_MAX];
        unsigned n;
        if (cases[x].inclusion)
            dye_merkle_inclusion(d, 7, cases[x].arg, proof, &n);
        else
            dye_merkle_consistency(d, cases[x].arg, 7, proof, &n);
        assert_int_equal(n, cases[x].want_n);
        assert_memory_equal(proof, cases[x].want, n * sizeof *proof);
    }
}

static void malformed_questions_are_answered_no(void **state)
{
    (void)state;
    struct dye_hash leaves[LEAVES];
    make_leaves(leaves);
    struct dye_hash root7 = hash_of_hex(roots_hex[7]);
    struct dye_hash root4 = hash_of_hex(roots_hex[4]);
    struct dye_hash proof[DYE_MERKLE_DEPTH_MAX + 1] = {0};
    unsigned n;
    dye_merkle_inclusion(leaves, 7, 2, proof, &n);
    assert_false(dye_merkle_inclusion_holds(&leaves[2], 7, 7, proof, n, &root7));
    assert_false(dye_merkle_inclusion_holds(&leaves[2], UINT64_MAX, UINT64_MAX, proof, n, &root7));
    assert_false(dye_merkle_inclusion_holds(&leaves[2], 0, 0, proof, 0, &root7));
    assert_false(dye_merkle_inclusion_holds(&leaves[2], 2, 7, proof, n - 1, &root7));
    assert_false(dye_merkle_inclusion_holds(&leaves[2], 2, 7, proof, n + 1, &root7));
    assert_false(dye_merkle_inclusion_holds(&leaves[2], 2, 7, proof, DYE_MERKLE_DEPTH_MAX, &root7));
    assert_false(dye_merkle_inclusion_holds(&leaves[2], 3, 7, proof, n, &root7));
    assert_false(dye_merkle_inclusion_holds(&leaves[3], 2, 7, proof, n, &root7));

    dye_merkle_consistency(leaves, 4, 7, proof, &n);
    assert_false(dye_merkle_consistency_holds(7, &root7, 4, &root4, proof, n));
    assert_false(dye_merkle_consistency_holds(4, &root4, 7, &root7, proof, 0));
    assert_false(dye_merkle_consistency_holds(4, &root4, 7, &root7, proof, n + 1));
    assert_false(dye_merkle_consistency_holds(3, &root4, 7, &root7, proof, 0));
    assert_false(dye_merkle_consistency_holds(4, &root4, 4, &root7, NULL, 0));
    assert_false(dye_merkle_consistency_holds(4, &root4, 4, &root4, proof, 1));
    assert_false(dye_merkle_consistency_holds(0, &root4, 7, &root7, NULL, 0));
    assert_false(dye_merkle_consistency_holds(UINT64_MAX - 1, &root4, UINT64_MAX, &root7, proof, n));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(roots_are_those_of_the_known_tree),
        cmocka_unit_test(proofs_against_the_known_roots_hold),
        cmocka_unit_test(proofs_of_seven_leaves_are_those_of_the_rfc),
        cmocka_unit_test(malformed_questions_are_answered_no),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

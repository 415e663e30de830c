#include "dye/merkle.h"

#include "dye/digest.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct dye_placement_leaf usual(void)
{
    struct dye_placement_leaf p = {
        .canary = "c-7f3a",
        .variant = 'A',
        .source = "jinan-hospital/his/outpatient",
        .planted_at = "2026-03-01T08:00:00Z",
    };
    for (unsigned i = 0; i < sizeof p.nonce; i++)
        p.nonce[i] = (uint8_t)i;
    memset(p.values_hash, 0xab, sizeof p.values_hash);
    return p;
}

/* Python: sha256(b"\0" + bytes(range(32)) + b"dyetrace/1/placement\nc-7f3a\nA\njinan-hospital/his/outpatient\n"
 * b"2026-03-01T08:00:00Z\n" + bytes([0xab]) * 32) */
static void leaf_is_the_hash_of_the_documented_bytes(void **state)
{
    (void)state;
    struct dye_placement_leaf p = usual();
    struct dye_hash h;
    char hex[2 * DYE_HASH_BYTES + 1];
    assert_int_equal(dye_placement_leaf_hash(&p, &h), DYE_OK);
    dye_hex(h.bytes, sizeof h.bytes, hex);
    assert_string_equal(hex, "b214813153c79f1755d28549c79f0e23b20828c0311b36d0cd2653425d2b3768");
}

static void every_field_changes_the_leaf(void **state)
{
    (void)state;
    struct dye_placement_leaf p[7];
    struct dye_hash h[7];
    for (unsigned i = 0; i < 7; i++)
        p[i] = usual();
    p[1].nonce[31] ^= 1;
    p[2].canary = "c-7f3b";
    p[3].variant = 'B';
    p[4].source = "jinan-hospital/his";
    p[5].planted_at = "2026-03-01T08:00:01Z";
    p[6].values_hash[0] ^= 1;
    for (unsigned i = 0; i < 7; i++) {
        assert_int_equal(dye_placement_leaf_hash(&p[i], &h[i]), DYE_OK);
        for (unsigned j = 0; j < i; j++)
            assert_memory_not_equal(h[i].bytes, h[j].bytes, DYE_HASH_BYTES);
    }
}

static void text_that_could_pass_for_another_field_is_refused(void **state)
{
    (void)state;
    char too_long[1100];
    memset(too_long, 'a', sizeof too_long - 1);
    too_long[sizeof too_long - 1] = '\0';
    const char *const bad[] = {NULL, "", "a\nb", "\n", "a\x01", "a\x7f", too_long};
    for (unsigned i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct dye_placement_leaf p[3] = {usual(), usual(), usual()};
        p[0].canary = p[1].source = p[2].planted_at = bad[i];
        for (unsigned j = 0; j < 3; j++) {
            struct dye_hash h = {{7}};
            assert_int_equal(dye_placement_leaf_hash(&p[j], &h), DYE_E_USAGE);
            assert_int_equal(h.bytes[0], 7); /* untouched */
        }
    }
    struct dye_placement_leaf p = usual();
    struct dye_hash h;
    p.variant = '\n';
    assert_int_equal(dye_placement_leaf_hash(&p, &h), DYE_E_USAGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(leaf_is_the_hash_of_the_documented_bytes),
        cmocka_unit_test(every_field_changes_the_leaf),
        cmocka_unit_test(text_that_could_pass_for_another_field_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

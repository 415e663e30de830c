#include "dye/digest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants the four above first */
#include <cmocka.h>

static void assert_digest(enum dye_digest d, const char *text, const char *want)
{
    uint8_t raw[DYE_DIGEST_MAX_BYTES];
    char hex[2 * DYE_DIGEST_MAX_BYTES + 1];
    dye_digest_of(d, dye_span_str(text), raw);
    dye_hex(raw, dye_digest_bytes(d), hex);
    assert_string_equal(hex, want);
}

static void digests_agree_with_their_standards(void **state)
{
    (void)state;
    assert_digest(DYE_MD5, "abc", "900150983cd24fb0d6963f7d28e17f72");
    assert_digest(DYE_SHA1, "abc", "a9993e364706816aba3e25717850c26c9cd0d89d");
    assert_digest(DYE_SHA256, "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_digest(DYE_SM3, "abc", "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0");
    assert_digest(DYE_MD5, "", "d41d8cd98f00b204e9800998ecf8427e");
}

static void a_running_digest_equals_the_one_shot(void **state)
{
    (void)state;
    for (int d = DYE_MD5; d <= DYE_SM3; d++) {
        uint8_t whole[DYE_DIGEST_MAX_BYTES], pieces[DYE_DIGEST_MAX_BYTES];
        struct dye_digester *x = dye_digester_new((enum dye_digest)d);
        dye_digester_feed(x, dye_span_str("any chunk"));
        dye_digester_feed(x, dye_span_of(NULL, 0));
        dye_digester_feed(x, dye_span_str("ing"));
        dye_digester_end(x, pieces);
        dye_digester_free(x);
        dye_digest_of((enum dye_digest)d, dye_span_str("any chunking"), whole);
        assert_memory_equal(whole, pieces, dye_digest_bytes((enum dye_digest)d));
    }
    dye_digester_free(NULL);
}

static void hex_reads_back_what_it_wrote(void **state)
{
    (void)state;
    uint8_t all[256], back[256];
    char hex[513];
    for (unsigned i = 0; i < 256; i++)
        all[i] = (uint8_t)i;
    dye_hex(all, sizeof all, hex);
    assert_true(dye_unhex(dye_span_str(hex), back, sizeof back));
    assert_memory_equal(all, back, sizeof all);
}

static void what_is_not_hex_is_refused(void **state)
{
    (void)state;
    uint8_t out[2];
    assert_true(dye_unhex(dye_span_str("aBCd"), out, 2));
    assert_int_equal(out[0], 0xab);
    assert_int_equal(out[1], 0xcd);
    assert_false(dye_unhex(dye_span_str("abc"), out, 2));
    assert_false(dye_unhex(dye_span_str("abcde"), out, 2));
    assert_false(dye_unhex(dye_span_str("abcg"), out, 2));
    assert_false(dye_unhex(dye_span_str("ab d"), out, 2));
    assert_false(dye_unhex(dye_span_str("ab:d"), out, 2)); /* the character after 9 */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(digests_agree_with_their_standards),
        cmocka_unit_test(a_running_digest_equals_the_one_shot),
        cmocka_unit_test(hex_reads_back_what_it_wrote),
        cmocka_unit_test(what_is_not_hex_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "dye/canary.h"
#include "dye/digest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants the four above first */
#include <cmocka.h>

static struct dye_key counting_key(void)
{
    struct dye_key k;
    for (unsigned i = 0; i < sizeof k.bytes; i++)
        k.bytes[i] = (uint8_t)i;
    return k;
}

enum { today = 20454 }; /* 2026-01-01 */

static struct dye_persona_maker *maker(void)
{
    struct dye_key k = counting_key();
    struct dye_persona_maker *m = dye_persona_maker_new(&k);
    assert_non_null(m);
    return m;
}

/* Whoever changes a table, a label or a draw changes every canary that was ever planted: this test is the alarm. */
static void a_persona_is_the_same_on_every_machine(void **state)
{
    (void)state;
    struct dye_persona_maker *m = maker();
    struct dye_persona p;
    assert_int_equal(dye_persona_make(m, 12345, NULL, today, &p, NULL), DYE_OK);
    assert_string_equal(p.canary, "c2204ef5e8f9dba69");
    assert_string_equal(p.value[DYE_MOBILE].text, "17427765058");
    assert_string_equal(p.value[DYE_RESIDENT_ID].text, "32104919680529890X");
    assert_string_equal(p.value[DYE_EMAIL].text, "zhuxiuli51574714@example.com");
    assert_string_equal(p.value[DYE_NAME].text, "祝秀丽");
    assert_string_equal(p.value[DYE_ADDRESS].text, "江苏省扬州市东城区幸福路150号华府小区2栋3单元804室");
    assert_string_equal(p.value[DYE_WAYBILL].text, "SF0750815540956");
    assert_string_equal(p.value[DYE_POLICY].text, "374820487746394");
    assert_string_equal(p.value[DYE_MRN].text, "9327493186");
    assert_int_equal(p.sex, 'F');
    assert_string_equal(p.birth, "1968-05-29");
    dye_persona_maker_free(m);
}

/* One persona touches few rows of the tables; ten thousand touch them all. */
static void a_crowd_is_the_same_on_every_machine(void **state)
{
    (void)state;
    struct dye_persona_maker *m = maker();
    struct dye_digester *x = dye_digester_new(DYE_SHA256);
    for (uint64_t serial = 0; serial < 10000; serial++) {
        struct dye_persona p;
        assert_int_equal(dye_persona_make(m, serial, NULL, today, &p, NULL), DYE_OK);
        dye_digester_feed(x, dye_span_str(p.canary));
        for (int kind = DYE_KIND_NONE + 1; kind < DYE_KIND_COUNT; kind++)
            if (p.value[kind].n != 0)
                dye_digester_feed(x, dye_span_of(p.value[kind].text, p.value[kind].n + 1));
    }
    uint8_t raw[DYE_DIGEST_MAX_BYTES];
    char hex[2 * DYE_DIGEST_MAX_BYTES + 1];
    dye_digester_end(x, raw);
    dye_digester_free(x);
    dye_hex(raw, sizeof raw, hex);
    assert_string_equal(hex, "daffcb90bcf4a109d5674f40dd72e5631b4aa7d7e15fa35fffc90f2291523af7");
    dye_persona_maker_free(m);
}

static void another_key_makes_other_people(void **state)
{
    (void)state;
    struct dye_key k = counting_key();
    k.bytes[0] ^= 1;
    struct dye_persona_maker *m = maker(), *other = dye_persona_maker_new(&k);
    struct dye_persona p, q;
    assert_int_equal(dye_persona_make(m, 1, NULL, today, &p, NULL), DYE_OK);
    assert_int_equal(dye_persona_make(other, 1, NULL, today, &q, NULL), DYE_OK);
    assert_string_not_equal(p.canary, q.canary);
    for (int kind = DYE_KIND_NONE + 1; kind < DYE_KIND_COUNT; kind++)
        assert_true(p.value[kind].n == 0 || strcmp(p.value[kind].text, q.value[kind].text) != 0);
    dye_persona_maker_free(m);
    dye_persona_maker_free(other);
}

static void serials_and_days_end(void **state)
{
    (void)state;
    struct dye_persona_maker *m = maker();
    struct dye_persona p = {.sex = '?'};
    struct dye_error err = {0};
    assert_int_equal(dye_persona_make(m, DYE_PERSONA_SERIALS, NULL, today, &p, &err), DYE_E_LIMIT);
    assert_int_equal(p.sex, '?');
    assert_int_equal(err.status, DYE_E_LIMIT);
    assert_int_equal(dye_persona_make(m, 1, NULL, -1, &p, NULL), DYE_E_LIMIT);
    assert_int_equal(dye_persona_make(m, 1, NULL, dye_day(2030, 1, 1), &p, NULL), DYE_E_LIMIT);
    assert_int_equal(dye_persona_make(m, 1, NULL, dye_day(2029, 12, 31), &p, NULL), DYE_OK);
    assert_int_equal(dye_persona_make(m, UINT64_MAX, NULL, today, &p, NULL), DYE_E_LIMIT);
    assert_int_equal(dye_persona_make(m, DYE_PERSONA_SERIALS - 1, NULL, today, &p, NULL), DYE_OK);
    dye_persona_maker_free(m);
    dye_persona_maker_free(NULL);
}

static void a_wiped_persona_leaves_nothing(void **state)
{
    (void)state;
    struct dye_persona_maker *m = maker();
    struct dye_persona p;
    static const struct dye_persona nobody;
    assert_int_equal(dye_persona_make(m, 1, NULL, today, &p, NULL), DYE_OK);
    dye_persona_wipe(&p);
    assert_memory_equal(&p, &nobody, sizeof p);
    dye_persona_maker_free(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_persona_is_the_same_on_every_machine),
        cmocka_unit_test(a_crowd_is_the_same_on_every_machine),
        cmocka_unit_test(another_key_makes_other_people),
        cmocka_unit_test(serials_and_days_end),
        cmocka_unit_test(a_wiped_persona_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

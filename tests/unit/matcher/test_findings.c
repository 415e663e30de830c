#include "findings.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants the four above first */
#include <cmocka.h>

static size_t kept(enum dye_kind kind, enum dye_form form, double bits)
{
    struct findings f;
    struct dye_sighting s = {.canary = "c", .variant = 'A', .bits = bits, .n = 2};
    s.evidence[0] = (struct dye_evidence){.kind = kind, .form = form, .bits = bits};
    s.evidence[1] = (struct dye_evidence){.kind = DYE_NAME, .form = DYE_FORM_OTHER};
    findings_init(&f);
    findings_begin(&f, DYE_UNIT_BYTE, 0, 0, 20);
    assert_int_equal(findings_add(&f, &s), DYE_OK);
    size_t n = f.n;
    findings_done(&f);
    return n;
}

static void rows_of_masked_values_are_kept_from_the_floor_on(void **state)
{
    (void)state;
    assert_int_equal(kept(DYE_MOBILE, DYE_FORM_MASKED, 19.9), 0);
    assert_int_equal(kept(DYE_MOBILE, DYE_FORM_MASKED, 20), 1);
}

static void a_whole_identifier_is_kept_whatever_its_bits(void **state)
{
    (void)state;
    assert_int_equal(kept(DYE_MRN, DYE_PLAIN, 1), 1);
    assert_int_equal(kept(DYE_MOBILE, DYE_FORM_MD5_16, 1), 1);
    assert_int_equal(kept(DYE_RESIDENT_ID, DYE_FORM_DAMAGED, 1), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_of_masked_values_are_kept_from_the_floor_on),
        cmocka_unit_test(a_whole_identifier_is_kept_whatever_its_bits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

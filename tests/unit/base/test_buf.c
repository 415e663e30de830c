#include "dye/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants the four above first */
#include <cmocka.h>

static void an_append_beyond_the_cap_changes_nothing(void **state)
{
    (void)state;
    struct dye_buf b;
    dye_buf_init(&b, 5, false);
    assert_int_equal(dye_buf_append(&b, "abc", 3), DYE_OK);
    assert_int_equal(dye_buf_append(&b, "def", 3), DYE_E_LIMIT);
    assert_int_equal(dye_buf_printf(&b, "%d", 123), DYE_E_LIMIT);
    assert_int_equal(b.n, 3);
    assert_string_equal((char *)b.p, "abc");
    assert_int_equal(dye_buf_append(&b, "de", 2), DYE_OK);
    assert_string_equal((char *)b.p, "abcde");
    dye_buf_done(&b);
}

static void a_size_that_would_overflow_is_refused(void **state)
{
    (void)state;
    struct dye_buf b;
    dye_buf_init(&b, 100, false);
    assert_int_equal(dye_buf_append_u8(&b, 'x'), DYE_OK);
    assert_int_equal(dye_buf_append(&b, "y", SIZE_MAX), DYE_E_LIMIT);
    assert_int_equal(b.n, 1);
    dye_buf_done(&b);
}

static void numbers_are_appended_little_endian(void **state)
{
    (void)state;
    static const uint8_t want[] = {4, 3, 2, 1, 8, 7, 6, 5, 4, 3, 2, 1};
    struct dye_buf b;
    dye_buf_init(&b, 64, false);
    assert_int_equal(dye_buf_append_u32(&b, 0x01020304), DYE_OK);
    assert_int_equal(dye_buf_append_u64(&b, UINT64_C(0x0102030405060708)), DYE_OK);
    assert_int_equal(b.n, sizeof want);
    assert_memory_equal(b.p, want, sizeof want);
    dye_buf_done(&b);
}

static void a_cleared_buffer_keeps_no_trace_when_it_wipes(void **state)
{
    (void)state;
    struct dye_buf b;
    dye_buf_init(&b, 64, true);
    assert_int_equal(dye_buf_append_str(&b, "a secret"), DYE_OK);
    dye_buf_clear(&b);
    assert_int_equal(b.n, 0);
    for (int i = 0; i < 8; i++)
        assert_int_equal(b.p[i], 0);
    dye_buf_done(&b);
}

static void growing_keeps_what_was_there(void **state)
{
    (void)state;
    for (int wipe = 0; wipe < 2; wipe++) {
        struct dye_buf b;
        dye_buf_init(&b, 10000, wipe == 1);
        for (unsigned i = 0; i < 10000; i++)
            assert_int_equal(dye_buf_append_u8(&b, (uint8_t)(i * 7)), DYE_OK);
        assert_int_equal(dye_buf_append_u8(&b, 0), DYE_E_LIMIT);
        for (unsigned i = 0; i < 10000; i++)
            assert_int_equal(b.p[i], (uint8_t)(i * 7));
        assert_int_equal(b.p[10000], 0);
        dye_buf_done(&b);
        dye_buf_done(&b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_append_beyond_the_cap_changes_nothing),
        cmocka_unit_test(a_size_that_would_overflow_is_refused),
        cmocka_unit_test(numbers_are_appended_little_endian),
        cmocka_unit_test(a_cleared_buffer_keeps_no_trace_when_it_wipes),
        cmocka_unit_test(growing_keeps_what_was_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

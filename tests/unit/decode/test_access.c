/* tests/data/access2000.mdb.gz was made by Access itself; its three rows were written over with made-up ones. */
#include "decoded.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static void user_tables_are_parts_and_values_are_text(void **state)
{
    (void)state;
    decoded_file_is("data/access2000.mdb.gz", "[Users access cell]\n"
                                              "UserId|UserName|UserSex|UserBirthday|UserMarried\n"
                                              "1|Alpha 1|Male|1990-01-01 00:00:00|1\n"
                                              "2|Beta 2|Female|1991-01-01 00:00:00|0\n"
                                              "3|张三|男|1992-01-01 00:00:00|1\n"
                                              "= read\n");
}

static void a_head_alone_is_damaged(void **state)
{
    (void)state;
    static const uint8_t head[4096] = "\0\1\0\0Standard Jet DB\0\1";
    decoded_is(dye_span_of(head, 100), "[]\n= unread truncated\n");
    char *text = decoded(dye_span_of(head, sizeof head), NULL);
    assert_string_equal(text, "[]\n= unread damaged\n");
    free(text);
}

static void a_version_that_nobody_knows_is_unsupported(void **state)
{
    (void)state;
    uint8_t head[4096] = "\0\1\0\0Standard ACE DB\0\7";
    decoded_is(dye_span_of(head, sizeof head), "[]\n= unread unsupported\n");
    head[20] = 6; /* of Access 2019; zeros stand for a key */
    decoded_is(dye_span_of(head, sizeof head), "[]\n= unread encrypted\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(user_tables_are_parts_and_values_are_text),
        cmocka_unit_test(a_head_alone_is_damaged),
        cmocka_unit_test(a_version_that_nobody_knows_is_unsupported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

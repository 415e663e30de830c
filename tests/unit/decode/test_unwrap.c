/* Text that stands for other text. */
#include "decoded.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static void base64_that_holds_records_is_an_inner_part(void **state)
{
    (void)state;
    decoded_is(dye_span_str("5aeT5ZCNLOeUteivnQrlvKDkuIksMTc0MjEyMzQ1NjcK5p2O5ZubLDE1NDk4NzY1NDMyCueOi+S6\n"
                            "lCwxNzQwMDAwMDAwMQo=\n"
                            ""),
               "[base64]\n"
               "姓名,电话\n"
               "张三,17421234567\n"
               "李四,15498765432\n"
               "王五,17400000001\n"
               "= read\n"
               "");
}

static void base64_that_is_not_all_of_it_is_kept(void **state)
{
    (void)state;
    char text[60 * 77 + 32], want[sizeof text + 32];
    size_t n = 0;
    for (int i = 0; i < 60; i++) /* far beyond what is looked at first */
        n += (size_t)snprintf(text + n, sizeof text - n,
                              "MTc0MjEyMzQ1NjcKMTU0OTg3NjU0MzIKMTc0MDAwMDAwMDEKMTc0MDAwMDAwMDIKMTc0MDAwMDAw\n");
    snprintf(text + n, sizeof text - n, "17421234567;rest\n");
    snprintf(want, sizeof want, "[]\n%s= read\n", text);
    char *got = decoded(dye_span_str(text), NULL);
    assert_string_equal(got, want);
    free(got);
    struct decoded_options stream = {.forwards = true, .step = 100};
    got = decoded(dye_span_str(text), &stream);
    assert_int_equal(strncmp(got, "[base64]\n17421234567\n15498765432\n", 33), 0);
    assert_non_null(strstr(got, "\n17421234567;rest\n= partly damaged\n"));
    free(got);
}

static void percent_and_quoted_printable_are_inner_parts(void **state)
{
    (void)state;
    decoded_is(dye_span_str("name=%E5%BC%A0%E4%B8%89&phone=17421234567\n"
                            "name=%E6%9D%8E%E5%9B%9B&phone=15498765432\n"
                            ""),
               "[percent]\n"
               "name=张三&phone=17421234567\n"
               "name=李四&phone=15498765432\n"
               "= read\n"
               "");
    decoded_is(dye_span_str("=E5=A7=93=E5=90=8D,=E7=94=B5=E8=AF=9D\n"
                            "=E5=BC=A0=E4=B8=89,174212=\n"
                            "34567\n"
                            ""),
               "[quoted]\n"
               "姓名,电话\n"
               "张三,17421234567\n"
               "= read\n"
               "");
}

static void lists_of_numbers_and_of_digests_stay_as_they_are(void **state)
{
    (void)state;
    char text[4096];
    size_t n = 0;
    for (unsigned i = 0; i < 60; i++)
        n += (size_t)snprintf(text + n, sizeof text - n, "174212345%02u\n", i);
    char *got = decoded(dye_span_of(text, n), NULL);
    assert_int_equal(strncmp(got, "[]\n17421234500\n", 15), 0);
    free(got);
    n = 0;
    for (unsigned i = 0; i < 60; i++)
        n += (size_t)snprintf(text + n, sizeof text - n, "%08x%08x%08x%08x\n", i * 2654435761u, i * 40503u,
                              ~i * 2246822519u, i + 3266489917u);
    got = decoded(dye_span_of(text, n), NULL);
    assert_int_equal(strncmp(got, "[]\n", 3), 0);
    free(got);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(base64_that_holds_records_is_an_inner_part),
        cmocka_unit_test(base64_that_is_not_all_of_it_is_kept),
        cmocka_unit_test(percent_and_quoted_printable_are_inner_parts),
        cmocka_unit_test(lists_of_numbers_and_of_digests_stay_as_they_are),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

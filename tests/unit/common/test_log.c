#include "log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
/* cmocka wants the three above first */
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What an event with this value in quotes puts on standard error, from the value on. */
static void logged(const char *value, char ret[1100])
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    int own = dup(STDERR_FILENO);
    assert_true(own >= 0 && dup2(ends[1], STDERR_FILENO) >= 0);
    log_event(LOG_ERROR_, "test", "n=%d why=\"%s\" outcome=\"none\"", 3, value);
    assert_true(dup2(own, STDERR_FILENO) >= 0);
    close(own);
    close(ends[1]);
    ssize_t n = read(ends[0], ret, 1099);
    close(ends[0]);
    assert_true(n > 0);
    ret[n] = '\0';
    char *fields = strstr(ret, "event=test ");
    if (fields != NULL)
        memmove(ret, fields, strlen(fields) + 1);
}

/* First: nothing closes a log again. */
static void a_verb_tells_it_as_it_tells_its_errors(void **state)
{
    (void)state;
    char line[1100];
    logged("gone", line);
    assert_string_equal(line, "dyetrace: test: n=3 why=\"gone\" outcome=\"none\"\n");
    log_open("test", LOG_INFO_);
}

static void a_value_stands_in_its_quotes(void **state)
{
    (void)state;
    char line[1100];
    logged("no space left", line);
    assert_string_equal(line, "event=test n=3 why=\"no space left\" outcome=\"none\"\n");
}

static void quotes_and_control_bytes_in_a_value_end_neither_it_nor_the_line(void **state)
{
    (void)state;
    char line[1100];
    logged("could not extend file \"base/1\": full\" outcome=\"done\n\x7f", line);
    assert_string_equal(line, "event=test n=3 why=\"could not extend file 'base/1': full' outcome='done  \""
                              " outcome=\"none\"\n");
}

static void a_long_value_is_cut_and_the_line_ends(void **state)
{
    (void)state;
    char line[1100];
    char value[3000];
    memset(value, 'a', sizeof value - 1);
    value[sizeof value - 1] = '\0';
    logged(value, line);
    assert_ptr_equal(strchr(line, '\n'), line + strlen(line) - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_verb_tells_it_as_it_tells_its_errors),
        cmocka_unit_test(a_value_stands_in_its_quotes),
        cmocka_unit_test(quotes_and_control_bytes_in_a_value_end_neither_it_nor_the_line),
        cmocka_unit_test(a_long_value_is_cut_and_the_line_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

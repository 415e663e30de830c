#include "dye/assigned.h"
#include "rng.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants the four above first */
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

enum { LINES = 40, TABLES = 400, VALUES = 300 };

struct line {
    char first[12], last[12]; /* equal for a code alone */
};

/* Leading digits compared as text, line by line: nothing of ranges that are joined and searched. */
static bool assigned_by(const struct line *lines, size_t n, const char *value)
{
    for (size_t i = 0; i < n; i++) {
        size_t digits = strlen(lines[i].first);
        if (strncmp(value, lines[i].first, digits) >= 0 && strncmp(value, lines[i].last, digits) <= 0)
            return true;
    }
    return false;
}

static void a_table_answers_as_its_lines_do(void **state)
{
    (void)state;
    struct rng r;
    rng_init(&r, rng_seed(8));
    unsigned yes = 0;
    for (int t = 0; t < TABLES; t++) {
        struct line lines[LINES];
        char text[LINES * 32];
        size_t n = 1 + rng_below(&r, LINES), used = 0;
        for (size_t i = 0; i < n; i++) {
            int digits = 3 + (int)rng_below(&r, 4);
            uint64_t low = 1, first, last;
            for (int d = 1; d < digits; d++)
                low *= 10;
            first = low + rng_below(&r, low);
            last = rng_below(&r, 2) == 0 ? first : first + rng_below(&r, 2 * low - first < 9 ? 2 * low - first : 9);
            snprintf(lines[i].first, sizeof lines[i].first, "%llu", (unsigned long long)first);
            snprintf(lines[i].last, sizeof lines[i].last, "%llu", (unsigned long long)last);
            used += (size_t)(first == last ? snprintf(text + used, 32, "%s\n", lines[i].first)
                                           : snprintf(text + used, 32, "%s-%s\tx\n", lines[i].first, lines[i].last));
        }
        struct dye_assigned *table = NULL;
        assert_int_equal(dye_assigned_new(DYE_MOBILE, dye_span_of(text, used), &table, NULL), DYE_OK);
        assert_int_equal(dye_assigned_entries(table), n);
        for (int i = 0; i < VALUES; i++) {
            /* At, just below and just above the ends of a line, as often as anywhere. */
            struct dye_value v = {.n = 11};
            const struct line *near = &lines[rng_below(&r, n)];
            const char *end = rng_below(&r, 2) == 0 ? near->first : near->last;
            int64_t number = (int64_t)(UINT64_C(13000000000) + rng_below(&r, UINT64_C(7000000000)));
            if (i % 2 == 0) {
                number = atoll(end);
                for (size_t d = strlen(end); d < 11; d++)
                    number = number * 10 + (end == near->last ? 9 : 0);
                number += (int64_t)rng_below(&r, 3) - 1;
            }
            snprintf(v.text, sizeof v.text, "%011lld", (long long)number);
            bool want = assigned_by(lines, n, v.text);
            if (dye_ident_assigned(DYE_MOBILE, &v, table) != want)
                fail_msg("%s is %sassigned by:\n%.*s", v.text, want ? "" : "not ", (int)used, text);
            yes += want;
        }
        dye_assigned_free(table);
    }
    assert_true(yes > TABLES * VALUES / 10 && yes < TABLES * VALUES / 10 * 9); /* otherwise this would say nothing */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_table_answers_as_its_lines_do),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

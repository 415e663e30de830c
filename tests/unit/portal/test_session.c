#include "session.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { HOUR_MS = 3600 * 1000 };

static struct session_table *table;

static int setup(void **state)
{
    (void)state;
    table = session_table_new(3, 8 * HOUR_MS);
    return table == NULL;
}

static int teardown(void **state)
{
    (void)state;
    session_table_free(table);
    return 0;
}

/* A session for the token whose hash is n repeated. */
static void add(uint8_t n, int64_t now_ms, char id[SESSION_ID_CHARS + 1])
{
    uint8_t presented[SESSION_HASH_BYTES];
    memset(presented, n, sizeof presented);
    assert_int_equal(session_add(table, presented, now_ms, id, NULL), 0);
}

/* n, or -1 for no session */
static int find(const char *id, int64_t now_ms)
{
    uint8_t presented[SESSION_HASH_BYTES];
    if (!session_find(table, id, now_ms, presented))
        return -1;
    for (size_t i = 1; i < sizeof presented; i++)
        assert_int_equal(presented[i], presented[0]);
    return presented[0];
}

static void an_id_finds_the_hash_that_was_added(void **state)
{
    (void)state;
    char a[SESSION_ID_CHARS + 1], b[SESSION_ID_CHARS + 1];
    add(1, 1000, a);
    add(2, 1000, b);
    assert_int_equal(strlen(a), SESSION_ID_CHARS);
    assert_string_not_equal(a, b);
    assert_int_equal(find(a, 1001), 1);
    assert_int_equal(find(b, 1001), 2);
}

static void a_wrong_id_finds_nothing(void **state)
{
    (void)state;
    char id[SESSION_ID_CHARS + 1];
    char zeros[SESSION_ID_CHARS + 1];
    add(1, 1000, id);
    memset(zeros, '0', SESSION_ID_CHARS);
    zeros[SESSION_ID_CHARS] = '\0';
    assert_int_equal(find(zeros, 1001), -1);
    assert_int_equal(find("", 1001), -1);
    assert_int_equal(find("not hex", 1001), -1);
    id[7] = id[7] == 'a' ? 'b' : 'a';
    assert_int_equal(find(id, 1001), -1);
    id[SESSION_ID_CHARS - 1] = '\0';
    assert_int_equal(find(id, 1001), -1);
}

static void a_session_ends_after_its_time(void **state)
{
    (void)state;
    char id[SESSION_ID_CHARS + 1];
    add(1, 1000, id);
    assert_int_equal(find(id, 1000 + 8 * HOUR_MS - 1), 1);
    assert_int_equal(find(id, 1000 + 8 * HOUR_MS), -1);
}

static void a_dropped_session_is_gone_and_others_stay(void **state)
{
    (void)state;
    char a[SESSION_ID_CHARS + 1], b[SESSION_ID_CHARS + 1];
    add(1, 1000, a);
    add(2, 1000, b);
    session_drop(table, a);
    session_drop(table, a);
    session_drop(table, "nobody's");
    assert_int_equal(find(a, 1001), -1);
    assert_int_equal(find(b, 1001), 2);
}

static void a_full_table_gives_up_the_session_that_would_end_first(void **state)
{
    (void)state;
    char id[4][SESSION_ID_CHARS + 1];
    add(1, 3000, id[0]);
    add(2, 1000, id[1]);
    add(3, 2000, id[2]);
    add(4, 4000, id[3]);
    assert_int_equal(find(id[0], 4001), 1);
    assert_int_equal(find(id[1], 4001), -1);
    assert_int_equal(find(id[2], 4001), 3);
    assert_int_equal(find(id[3], 4001), 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_id_finds_the_hash_that_was_added, setup, teardown),
        cmocka_unit_test_setup_teardown(a_wrong_id_finds_nothing, setup, teardown),
        cmocka_unit_test_setup_teardown(a_session_ends_after_its_time, setup, teardown),
        cmocka_unit_test_setup_teardown(a_dropped_session_is_gone_and_others_stay, setup, teardown),
        cmocka_unit_test_setup_teardown(a_full_table_gives_up_the_session_that_would_end_first, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

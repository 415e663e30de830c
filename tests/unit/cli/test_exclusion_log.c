#include "../../../services/cli/exclusion_log.c"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <cmocka.h>

static char path[] = "/tmp/dye-log.XXXXXX";

static struct dye_key key_of(uint8_t byte)
{
    struct dye_key k;
    memset(k.bytes, byte, sizeof k.bytes);
    return k;
}

static int new_log(void **state)
{
    (void)state;
    memcpy(path + sizeof path - 7, "XXXXXX", 6);
    close(mkstemp(path));
    return unlink(path);
}

static int remove_log(void **state)
{
    (void)state;
    unlink(path);
    return 0;
}

static enum dye_status append_run(uint8_t key, size_t rows, uint64_t *ret)
{
    struct dye_key k = key_of(key);
    const struct exclusion_run run = {.at = "2026-01-01T00:00:00Z",
                                      .system = "billing",
                                      .list_sha256 = "aa",
                                      .batch_sha256 = "bb",
                                      .result = "done",
                                      .rows = rows};
    return exclusion_log_append(path, &k, &run, ret, NULL);
}

static void read_log(struct dye_buf *ret)
{
    dye_buf_init(ret, 1 << 20, false);
    assert_int_equal(csv_read_bytes(csv_open(path, NULL), path, ret, NULL), DYE_OK);
}

static enum dye_status check(struct dye_span text, uint8_t key, uint64_t *ret)
{
    struct dye_key k = key_of(key);
    return exclusion_log_check(text, &k, NULL, NULL, ret, NULL);
}

static void runs_are_numbered_and_hold(void **state)
{
    (void)state;
    struct dye_buf text;
    struct stat st;
    uint64_t run = 0;
    for (uint64_t i = 1; i <= 5; i++) {
        assert_int_equal(append_run(1, i, &run), DYE_OK);
        assert_int_equal(run, i);
    }
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    read_log(&text);
    assert_int_equal(check(dye_buf_span(&text), 1, &run), DYE_OK);
    assert_int_equal(run, 5);
    assert_int_equal(check(dye_buf_span(&text), 2, &run), DYE_E_STREAM);
    dye_buf_done(&text);
}

static void no_byte_and_no_line_can_be_changed(void **state)
{
    (void)state;
    struct dye_buf text;
    uint64_t run = 0;
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(append_run(1, i, &run), DYE_OK);
    read_log(&text);
    for (size_t i = 0; i < text.n; i++) {
        text.p[i] ^= 1;
        assert_int_equal(check(dye_buf_span(&text), 1, &run), DYE_E_STREAM);
        text.p[i] ^= 1;
    }
    const uint8_t *second = (const uint8_t *)memchr(text.p, '\n', text.n) + 1;
    size_t first = (size_t)(second - text.p);
    assert_int_equal(check(dye_span_of(second, text.n - first), 1, &run), DYE_E_STREAM);
    assert_int_equal(check(dye_span_of(text.p, first), 1, &run),
                     DYE_OK); /* what is cut off shows by its number alone */
    assert_int_equal(run, 1);
    assert_int_equal(check(dye_span_of(text.p, text.n - 1), 1, &run), DYE_E_STREAM);
    dye_buf_done(&text);
}

/* Both are runs 1 and 2 under one key. */
static void a_line_of_another_log_does_not_fit(void **state)
{
    struct dye_buf text, other;
    uint64_t run = 0;
    assert_int_equal(append_run(1, 1, &run), DYE_OK);
    assert_int_equal(append_run(1, 2, &run), DYE_OK);
    read_log(&text);
    remove_log(state);
    assert_int_equal(append_run(1, 3, &run), DYE_OK);
    assert_int_equal(append_run(1, 4, &run), DYE_OK);
    read_log(&other);
    assert_int_equal(other.n, text.n);
    size_t first = (size_t)((uint8_t *)memchr(text.p, '\n', text.n) + 1 - text.p);
    memcpy(text.p + first, other.p + first, text.n - first);
    assert_int_equal(check(dye_buf_span(&text), 1, &run), DYE_E_STREAM);
    assert_int_equal(run, 1);
    dye_buf_done(&text);
    dye_buf_done(&other);
}

static void nothing_is_appended_to_a_log_that_does_not_hold(void **state)
{
    (void)state;
    struct dye_buf text;
    uint64_t run = 0;
    assert_int_equal(append_run(1, 1, &run), DYE_OK);
    assert_int_equal(append_run(2, 1, &run), DYE_E_STREAM);
    read_log(&text);
    assert_int_equal(check(dye_buf_span(&text), 1, &run), DYE_OK);
    assert_int_equal(run, 1);
    dye_buf_done(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(runs_are_numbered_and_hold, new_log, remove_log),
        cmocka_unit_test_setup_teardown(no_byte_and_no_line_can_be_changed, new_log, remove_log),
        cmocka_unit_test_setup_teardown(a_line_of_another_log_does_not_fit, new_log, remove_log),
        cmocka_unit_test_setup_teardown(nothing_is_appended_to_a_log_that_does_not_hold, new_log, remove_log),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

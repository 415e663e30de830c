#include "file_view.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

enum { PAGE = 4096, PAGES = 12 << 10, BYTES = PAGES * PAGE - 100 };

/* A file whose page k is made of the byte k % 251 + 1. */
static int file_of_pages(void)
{
    uint8_t page[PAGE];
    int fd = memfd_create("view", MFD_CLOEXEC);
    assert_true(fd >= 0);
    for (size_t k = 0; k < PAGES; k++) {
        memset(page, (int)(k % 251 + 1), sizeof page);
        assert_int_equal(write(fd, page, sizeof page), sizeof page);
    }
    assert_int_equal(ftruncate(fd, BYTES), 0);
    return fd;
}

static void all_bytes_stand_in_it(void **state)
{
    (void)state;
    struct file_view *v;
    int fd = file_of_pages();
    assert_int_equal(file_view_open(fd, &v), DYE_OK);
    assert_int_equal(file_view_bytes(v), BYTES);
    for (uint64_t at = 0; at < BYTES; at += 3 * PAGE + 77) {
        size_t n = BYTES - at < 5 * PAGE ? (size_t)(BYTES - at) : 5 * PAGE;
        const uint8_t *p = file_view_at(v, at, n);
        for (size_t i = 0; i < n; i += 511)
            assert_int_equal(p[i], (at + i) / PAGE % 251 + 1);
        file_view_release(v, at);
    }
    assert_true(file_view_whole(v));
    file_view_close(v);
    close(fd);
}

static void what_is_released_gives_its_memory_back(void **state)
{
    (void)state;
    struct file_view *v;
    unsigned left = 0;
    int fd = file_of_pages();
    assert_int_equal(file_view_open(fd, &v), DYE_OK);
    const uint8_t *p = file_view_at(v, 0, BYTES);
    for (size_t i = 0; i < BYTES; i += PAGE)
        assert_true(p[i] != 0);
    file_view_release(v, BYTES);
    FILE *maps = fopen("/proc/self/smaps", "r");
    assert_non_null(maps);
    char line[512], start[32];
    bool ours = false;
    snprintf(start, sizeof start, "%lx-", (unsigned long)(uintptr_t)p);
    while (fgets(line, sizeof line, maps) != NULL) {
        if (strncmp(line, start, strlen(start)) == 0)
            ours = true;
        if (ours && sscanf(line, "Rss: %u kB", &left) == 1)
            break;
    }
    fclose(maps);
    assert_true(ours);
    assert_in_range(left, 0, (16 << 10) + 64);
    file_view_close(v);
    close(fd);
}

static void pages_that_go_away_read_as_zeros_and_are_told(void **state)
{
    (void)state;
    struct file_view *v;
    int fd = file_of_pages();
    assert_int_equal(file_view_open(fd, &v), DYE_OK);
    assert_int_equal(ftruncate(fd, 2 * PAGE), 0);
    const uint8_t *p = file_view_at(v, 0, BYTES);
    assert_int_equal(p[PAGE], 2);
    assert_int_equal(p[2 * PAGE], 0);
    assert_int_equal(p[BYTES - 1], 0);
    assert_int_equal(ftruncate(fd, BYTES), 0); /* as long again, and still not what it was */
    assert_false(file_view_whole(v));
    file_view_close(v);
    close(fd);
}

static void a_file_that_is_shorter_in_a_page_is_told_too(void **state)
{
    (void)state;
    struct file_view *v;
    int fd = file_of_pages();
    assert_int_equal(file_view_open(fd, &v), DYE_OK);
    assert_int_equal(ftruncate(fd, BYTES - 1), 0);
    (void)file_view_at(v, 0, BYTES);
    assert_false(file_view_whole(v));
    file_view_close(v);
    close(fd);
}

static volatile sig_atomic_t caught;

static void count(int signal_number)
{
    (void)signal_number;
    caught++;
}

static void a_signal_that_is_sent_goes_where_it_went_before(void **state)
{
    (void)state;
    struct file_view *v;
    struct sigaction ours = {.sa_handler = count}, before;
    int fd = file_of_pages();
    sigemptyset(&ours.sa_mask);
    assert_int_equal(sigaction(SIGBUS, &ours, &before), 0);
    assert_int_equal(file_view_open(fd, &v), DYE_OK);
    caught = 0;
    raise(SIGBUS);
    assert_int_equal(caught, 1);
    assert_true(file_view_whole(v));
    file_view_close(v);
    assert_int_equal(sigaction(SIGBUS, &before, NULL), 0);
    close(fd);
}

static void one_is_open_at_a_time(void **state)
{
    (void)state;
    struct file_view *v, *another;
    int fd = file_of_pages();
    assert_int_equal(file_view_open(fd, &v), DYE_OK);
    assert_int_equal(file_view_open(fd, &another), DYE_E_LIMIT);
    assert_int_equal(file_view_at(v, PAGE, 1)[0], 2);
    file_view_close(v);
    assert_int_equal(file_view_open(fd, &another), DYE_OK);
    file_view_close(another);
    close(fd);
}

static void nothing_and_no_file_have_no_view(void **state)
{
    (void)state;
    struct file_view *v;
    int ends[2], fd = memfd_create("view", MFD_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(file_view_open(fd, &v), DYE_E_IO);
    assert_int_equal(file_view_open(ends[0], &v), DYE_E_IO);
    assert_int_equal(file_view_open(-1, &v), DYE_E_IO);
    file_view_close(NULL);
    close(fd);
    close(ends[0]);
    close(ends[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_bytes_stand_in_it),
        cmocka_unit_test(what_is_released_gives_its_memory_back),
        cmocka_unit_test(pages_that_go_away_read_as_zeros_and_are_told),
        cmocka_unit_test(a_file_that_is_shorter_in_a_page_is_told_too),
        cmocka_unit_test(a_signal_that_is_sent_goes_where_it_went_before),
        cmocka_unit_test(one_is_open_at_a_time),
        cmocka_unit_test(nothing_and_no_file_have_no_view),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

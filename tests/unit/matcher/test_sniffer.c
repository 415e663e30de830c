/* This program is its own sniffer: the name that it is called by says what it answers, and how. */
#include "sniffer.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[] = "/tmp/test_sniffer.XXXXXX";
static char self[4096];

static int answer(const char *how)
{
    uint8_t a[SNIFFER_ANSWER_BYTES + 1] = {SNIFFED_PLAIN, SANDBOX_FULL};
    size_t n = SNIFFER_ANSWER_BYTES;
    if (strcmp(how, "dies") == 0)
        raise(SIGKILL);
    if (strcmp(how, "says-nothing") == 0)
        return 0;
    if (strcmp(how, "says-half") == 0)
        n = 1;
    if (strcmp(how, "odd-answer") == 0)
        a[0] = SNIFFED_UNKNOWN + 1;
    if (strcmp(how, "odd-level") == 0)
        a[1] = SANDBOX_FULL + 1;
    if (strcmp(how, "unknown") == 0)
        a[0] = SNIFFED_UNKNOWN;
    if (strcmp(how, "other") == 0)
        a[0] = SNIFFED_OTHER;
    if (strcmp(how, "has-a-writable-past") == 0) /* it has nothing but what it is given */
        a[0] = write(5, "x", 1) == 1 || getenv("PATH") != NULL ? SNIFFED_OTHER : SNIFFED_PLAIN;
    return write(4, a, n) == (ssize_t)n ? 0 : 1;
}

static enum sniffed ask(const char *how, int fd)
{
    char path[4200];
    enum sandbox_level level = SANDBOX_NONE;
    snprintf(path, sizeof path, "%s/%s", folder, how);
    assert_true(symlink(self, path) == 0);
    enum sniffed is = sniffer_ask(path, fd, &level);
    assert_int_equal(level, is == SNIFFED_OTHER && strcmp(how, "other") != 0 ? SANDBOX_NONE : SANDBOX_FULL);
    unlink(path);
    return is;
}

static void what_it_answers_is_believed(void **state)
{
    int fd = *(int *)*state;
    assert_int_equal(ask("plain", fd), SNIFFED_PLAIN);
    assert_int_equal(ask("unknown", fd), SNIFFED_UNKNOWN);
    assert_int_equal(ask("other", fd), SNIFFED_OTHER);
}

static void what_it_could_not_have_answered_is_left_to_a_decoder(void **state)
{
    static const char *const deeds[] = {"dies", "says-nothing", "says-half", "odd-answer", "odd-level"};
    for (size_t i = 0; i < sizeof deeds / sizeof *deeds; i++)
        assert_int_equal(ask(deeds[i], *(int *)*state), SNIFFED_OTHER);
}

static void one_that_is_not_there_is_not_missed(void **state)
{
    enum sandbox_level level = SANDBOX_NONE;
    assert_int_equal(sniffer_ask("/nonexistent/dyetrace-sniffer", *(int *)*state, &level), SNIFFED_OTHER);
}

static void it_gets_no_other_descriptor_and_no_environment(void **state)
{
    assert_int_equal(ask("has-a-writable-past", *(int *)*state), SNIFFED_PLAIN);
}

static void a_pipe_is_not_asked_about(void **state)
{
    (void)state;
    int ends[2];
    enum sandbox_level level;
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(sniffer_ask(self, ends[0], &level), SNIFFED_OTHER);
    close(ends[0]);
    close(ends[1]);
}

int main(int argc, char **argv)
{
    const char *name = argc > 0 ? strrchr(argv[0], '/') : NULL;
    if (name != NULL && strncmp(name, "/test_", 6) != 0)
        return answer(name + 1);
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    FILE *f = tmpfile();
    if (n < 0 || f == NULL || mkdtemp(folder) == NULL)
        return 2;
    int fd = fileno(f);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_prestate(what_it_answers_is_believed, &fd),
        cmocka_unit_test_prestate(what_it_could_not_have_answered_is_left_to_a_decoder, &fd),
        cmocka_unit_test_prestate(one_that_is_not_there_is_not_missed, &fd),
        cmocka_unit_test_prestate(it_gets_no_other_descriptor_and_no_environment, &fd),
        cmocka_unit_test(a_pipe_is_not_asked_about),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    rmdir(folder);
    return failed;
}

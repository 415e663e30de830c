#include "options.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
/* cmocka wants the three above first */
#include <cmocka.h>
#include <stdint.h>
#include <string.h>

enum { WORDS_MAX = 80 };

static const char *dump, *sizes[OPTION_LIST_MAX + 1];
static bool weak;
static struct common_options common;
static struct dye_error err;
static char *argv[WORDS_MAX + 1];
static int args;

static const struct option_spec options[] = {
    {"dump", "D", "of this dump", &dump, NULL},
    {"size", "N...", "of these sizes", sizes, NULL},
    {"weak", NULL, "weak ones too", NULL, &weak},
    {NULL, NULL, NULL, NULL, NULL},
};
static const struct verb_spec spec = {"list [--dump D] [--size N...]", "A list.", options, 0, 2};

/* What comes of `words`, which a NULL ends. */
static enum dye_status parsed(const char *const *words)
{
    int argc = 1;
    dump = NULL;
    weak = false;
    common = (struct common_options){0};
    err = (struct dye_error){0};
    memset(sizes, 0, sizeof sizes);
    for (argv[0] = (char *)(uintptr_t) "list"; *words != NULL; words++)
        argv[argc++] = (char *)(uintptr_t)*words;
    return options_parse(&spec, argc, argv, &common, &args, &err);
}
#define PARSED(...) parsed((const char *const[]){__VA_ARGS__, NULL})

static void words_and_options_may_be_mixed(void **state)
{
    (void)state;
    assert_int_equal(PARSED("a", "--dump", "d1", "--weak", "--json", "--", "--dump"), DYE_OK);
    assert_int_equal(args, 2);
    assert_string_equal(argv[1], "a");
    assert_string_equal(argv[2], "--dump");
    assert_string_equal(dump, "d1");
    assert_true(weak && common.json);
}

static void an_option_with_three_dots_may_be_repeated(void **state)
{
    (void)state;
    assert_int_equal(PARSED("--size=1", "--size", "2"), DYE_OK);
    assert_string_equal(sizes[0], "1");
    assert_string_equal(sizes[1], "2");
    assert_null(sizes[2]);
}

static void one_repeated_too_often_is_refused(void **state)
{
    (void)state;
    const char *words[OPTION_LIST_MAX + 2];
    for (size_t i = 0; i <= OPTION_LIST_MAX; i++)
        words[i] = "--size=1";
    words[OPTION_LIST_MAX] = NULL;
    assert_int_equal(parsed(words), DYE_OK);
    words[OPTION_LIST_MAX] = "--size=1";
    words[OPTION_LIST_MAX + 1] = NULL;
    assert_int_equal(parsed(words), DYE_E_USAGE);
}

static void another_one_given_twice_is_refused_and_named(void **state)
{
    (void)state;
    assert_int_equal(PARSED("--dump", "d1", "--dump=d2"), DYE_E_USAGE);
    assert_string_equal(err.message, "--dump: it is given twice");
    assert_int_equal(PARSED("--home", "a", "--home", "b"), DYE_E_USAGE);
    assert_int_equal(PARSED("--weak", "--weak"), DYE_OK);
}

static void an_empty_home_is_not_the_default_one(void **state)
{
    (void)state;
    assert_int_equal(PARSED("--home", ""), DYE_E_USAGE);
    assert_int_equal(PARSED("--home="), DYE_E_USAGE);
    assert_int_equal(PARSED("--config", ""), DYE_E_USAGE);
    assert_int_equal(PARSED("--dump", ""), DYE_OK);
}

static void a_usage_that_is_too_long_is_not_cut_but_told_where_to_find(void **state)
{
    (void)state;
    static char usage[400] = "case add CASE";
    const struct verb_spec long_one = {usage, "", options, 0, 0};
    assert_int_equal(PARSED("a", "b", "c"), DYE_E_USAGE);
    assert_string_equal(err.message, "usage: dyetrace list [--dump D] [--size N...]");
    const size_t before = strlen("usage: dyetrace ");
    memset(usage + 13, 'x', sizeof err.message - before - 1 - 13);
    assert_int_equal(options_usage(&long_one, &err), DYE_E_USAGE);
    assert_string_equal(err.message + before, usage);
    usage[strlen(usage)] = 'x';
    assert_int_equal(options_usage(&long_one, &err), DYE_E_USAGE);
    assert_non_null(strstr(err.message, "(see dyetrace case --help)"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_and_options_may_be_mixed),
        cmocka_unit_test(an_option_with_three_dots_may_be_repeated),
        cmocka_unit_test(one_repeated_too_often_is_refused),
        cmocka_unit_test(another_one_given_twice_is_refused_and_named),
        cmocka_unit_test(an_empty_home_is_not_the_default_one),
        cmocka_unit_test(a_usage_that_is_too_long_is_not_cut_but_told_where_to_find),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

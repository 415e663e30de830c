#ifndef DYE_OPTIONS_H
#define DYE_OPTIONS_H
/*
 * options: one table a verb, which drives parsing and `--help`. Long options only, `--name VALUE` or `--name=VALUE`.
 */
#include "dye/status.h"

enum { OPTION_LIST_MAX = 64 };

struct option_spec {
    const char *name;    /* without dashes; "o" is also taken as -o */
    const char *value;   /* what it is called in the help; NULL for a flag; a letter and "...": may be repeated */
    const char *meaning; /* NULL hides it */
    const char **text; /* set to the value (borrowed from argv; of a repeated one OPTION_LIST_MAX + 1 of them, the last
                        * NULL), or */
    bool *flag;        /* set to true */
};

struct verb_spec {
    const char *usage;                 /* "seed SOURCE --count N" */
    const char *meaning;               /* one line */
    const struct option_spec *options; /* ends with a NULL name; --home, --config and --help are always there */
    int min_args, max_args;            /* of what is left; -1: any number */
};

/* Every verb's own. */
struct common_options {
    const char *home;   /* --home, or NULL */
    const char *config; /* --config, or NULL */
    bool json;
};

/*
 * Parses argv[1..]. The words that are no options are moved to the front of argv, in order, and *ret_args is their
 * number (from argv[1]). DYE_STOPPED after --help was printed; DYE_E_USAGE, also for an option that is given twice and
 * may not be: the first of two dumps would be left out without a word.
 */
DYE_MUST_CHECK enum dye_status options_parse(const struct verb_spec *v, int argc, char **argv,
                                             struct common_options *common, int *ret_args, struct dye_error *err);

/* The words are none that the verb takes: DYE_E_USAGE with its usage, or, where that is too long, where to find it. */
enum dye_status options_usage(const struct verb_spec *v, struct dye_error *err);

/* Numbers and times of options. DYE_E_USAGE "--count: a whole number from 1 to 9 is wanted". */
DYE_MUST_CHECK enum dye_status option_int(const char *name, const char *text, long long min, long long max,
                                          long long *ret, struct dye_error *err);

#endif

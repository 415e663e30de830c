#ifndef DYE_VERB_H
#define DYE_VERB_H
/*
 * verb: what every verb of the command line is inside: its options are read, it runs, and what goes wrong is told in
 * one line.
 */
#include "options.h"

struct verb_call {
    int args; /* the words that are no options: argv[1] to argv[args] */
    char **argv;
    int code; /* the exit status after DYE_OK: 0, unless the verb sets another, such as 1 for the answer no */
};

typedef enum dye_status (*verb_fn)(struct verb_call *call, struct dye_error *err);

/* Parses argv by `spec` into *common and what its table points to, calls fn, complains. Returns the exit status; 0
 * after --help, without calling fn. */
int verb_run(const struct verb_spec *spec, int argc, char **argv, struct common_options *common, verb_fn fn);

#endif

#ifndef DYE_SHARING_H
#define DYE_SHARING_H
/*
 * sharing: a request for shared canaries, as `seed --shared` and `plant --shared` have it: the holders, each with its
 * own copy of one table, and the code by which their copies differ.
 */
#include "gate.h"
#include "registrar.h"

enum { SHARING_HOLDERS_MAX = 512 };

/* What is asked, and the rows of a verb's table of options. */
struct sharing_options {
    bool shared;
    const char *sources, *colluders, *epsilon, *survival, *count;
};
/* clang-format off */
#define SHARING_OPTIONS(o) \
    {"shared", NULL, "this, rather than canaries of one source", NULL, &(o).shared}, \
    {"sources", "P,P,...", "the holders, each with its own copy of the table", &(o).sources, NULL}, \
    {"colluders", "C", "how many of them may join and still be told", &(o).colluders, NULL}, \
    {"epsilon", "E", "the chance, a case, that anybody uninvolved is named", &(o).epsilon, NULL}, \
    {"survival", "F", "the share of its canaries that a leak still shows (default 1)", &(o).survival, NULL}, \
    {"count", "N", "at most so many canaries (default: a tenth of the smallest population)", &(o).count, NULL}
/* clang-format on */
/* Whether a verb's words, which are not parsed yet, ask for shared canaries. */
bool sharing_is_asked(int argc, char **argv);

struct sharing {
    char *text;                      /* that the paths stand in */
    char *path[SHARING_HOLDERS_MAX]; /* of the holders, sorted: their order in the code */
    uint32_t n;
    bool limited; /* --count was given */
    struct dye_code_params params;
    /* set by _find */
    struct source *holder;
    struct dye_sector sector;
    struct dye_code_plan plan;
};

/* The paths of --sources. */
DYE_MUST_CHECK enum dye_status sharing_read_paths(const struct sharing_options *o, struct sharing *ret,
                                                  struct dye_error *err);
/* The code asked, after the paths. A plan that no table could hold is refused: DYE_E_USAGE, with the numbers. */
DYE_MUST_CHECK enum dye_status sharing_read_code(const struct sharing_options *o, struct sharing *ret,
                                                 struct dye_error *err);
/* The holders and their sector. */
DYE_MUST_CHECK enum dye_status sharing_find(const struct home *h, struct store *s, struct sharing *q,
                                            struct dye_error *err);
/* How many canaries, once the holders are found: no more than a tenth of the smallest table, where that is known and
 * no --count says otherwise. */
DYE_MUST_CHECK enum dye_status sharing_plan(struct store *s, struct sharing *q, struct dye_error *err);
/* The gate (gate.h) for every holder; `gate` without its source and sector. */
DYE_MUST_CHECK enum dye_status sharing_pass(struct store *s, const struct sharing *q, const struct gate *gate,
                                            struct dye_error *err);
/* Registers the canaries in that state. fn, or NULL, is called once a copy after the commit. */
DYE_MUST_CHECK enum dye_status sharing_register(struct registrar *r, const struct sharing *q, const char *state,
                                                const char *event, const struct gate_options *asked,
                                                registrar_copy_fn fn, void *arg, struct dye_error *err);
/* What came of it: an object with --json, else a line on standard error. */
void sharing_print(const struct sharing *q, bool json);
void sharing_done(struct sharing *q); /* takes a zeroed struct */

#endif

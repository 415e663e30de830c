#ifndef DYE_CASE_MODEL_H
#define DYE_CASE_MODEL_H
/* case_model: a case as it is put together, by names: persons (pseudonyms), dumps, acts, overlaps (dye/law.h). */
#include "dye/law.h"

enum { CASE_NAME_MAX_BYTES = 63, CASE_ITEMS_MAX = 16384 };

struct case_name {
    char text[CASE_NAME_MAX_BYTES + 1];
};
struct case_model { /* a zeroed one is empty */
    struct case_name name;
    struct case_name *person_names, *dump_names;
    struct dye_law_person *persons;
    struct dye_law_case_dump *dumps;
    struct dye_law_act *acts;
    struct dye_law_overlap *overlaps;
    size_t n_persons, n_dumps, n_acts, n_overlaps;
};
void case_model_done(struct case_model *m); /* takes a zeroed struct */

/* Letters, digits, `.`, `_`, `-`, at most 63, and no seven digits in a row: never a person's name or number. */
bool case_name_is(const char *text);

/* Each adds one; ret_index (may be NULL) is where. DYE_E_USAGE for a name that is none or there already, or more than
 * CASE_ITEMS_MAX; DYE_E_NOMEM. */
DYE_MUST_CHECK enum dye_status case_model_person(struct case_model *m, const char *name, const struct dye_law_person *p,
                                                 uint32_t *ret_index, struct dye_error *err);
DYE_MUST_CHECK enum dye_status case_model_dump(struct case_model *m, const char *name,
                                               const struct dye_law_case_dump *dump, uint32_t *ret_index,
                                               struct dye_error *err);
DYE_MUST_CHECK enum dye_status case_model_act(struct case_model *m, const struct dye_law_act *a, struct dye_error *err);
DYE_MUST_CHECK enum dye_status case_model_overlap(struct case_model *m, const struct dye_law_overlap *o,
                                                  struct dye_error *err);
/* Where it is; UINT32_MAX for none. */
uint32_t case_model_find_person(const struct case_model *m, const char *name);
uint32_t case_model_find_dump(const struct case_model *m, const char *name);
/* "obtained", "sold", "provided" and back. */
const char *case_what_name(enum dye_law_what w);
bool case_what_read(const char *text, enum dye_law_what *ret);

static inline struct dye_law_case case_model_view(const struct case_model *m)
{
    return (struct dye_law_case){m->persons, m->n_persons, m->dumps,    m->n_dumps,
                                 m->acts,    m->n_acts,    m->overlaps, m->n_overlaps};
}

#endif

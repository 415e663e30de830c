#include "case_model.h"

#include <stdlib.h>
#include <string.h>

void case_model_done(struct case_model *m)
{
    free(m->person_names);
    free(m->dump_names);
    free(m->persons);
    free(m->dumps);
    free(m->acts);
    free(m->overlaps);
    *m = (struct case_model){0};
}

bool case_name_is(const char *text)
{
    enum { DIGITS_MAX = 6 };
    size_t n = strlen(text), digits = 0;
    if (n == 0 || n > CASE_NAME_MAX_BYTES || !dye_is_alnum((uint8_t)text[0]))
        return false;
    for (const char *c = text; *c != '\0'; c++) {
        digits = dye_is_digit((uint8_t)*c) ? digits + 1 : 0;
        if (digits > DIGITS_MAX || (!dye_is_alnum((uint8_t)*c) && strchr("._-", *c) == NULL))
            return false;
    }
    return true;
}

/* Room for one more behind n of them; NULL without. */
static void *grown(void *at, size_t n, size_t size)
{
    if ((n & (n - 1)) != 0)
        return at;
    return reallocarray(at, n == 0 ? 1 : n * 2, size);
}

#define ROOM(list, n, what)                                                                                            \
    do {                                                                                                               \
        if ((n) >= CASE_ITEMS_MAX)                                                                                     \
            DYE_FAIL(err, DYE_E_USAGE, "case: more than %d %s", CASE_ITEMS_MAX, what);                                 \
        void *grown_ = grown((list), (n), sizeof *(list));                                                             \
        if (grown_ == NULL)                                                                                            \
            DYE_FAIL(err, DYE_E_NOMEM, "case: out of memory");                                                         \
        (list) = grown_;                                                                                               \
    } while (0)

static uint32_t find(const struct case_name *names, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(names[i].text, name) == 0)
            return (uint32_t)i;
    return UINT32_MAX;
}

uint32_t case_model_find_person(const struct case_model *m, const char *name)
{
    return find(m->person_names, m->n_persons, name);
}

uint32_t case_model_find_dump(const struct case_model *m, const char *name)
{
    return find(m->dump_names, m->n_dumps, name);
}

static enum dye_status check_name(const char *what, const char *name, bool there, struct dye_error *err)
{
    if (!case_name_is(name))
        DYE_FAIL(err, DYE_E_USAGE, "case: a %s has a pseudonym: letters, digits, `.`, `_`, `-`, and no number", what);
    if (there)
        DYE_FAIL(err, DYE_E_USAGE, "case: a second %s %s", what, name);
    return DYE_OK;
}

enum dye_status case_model_person(struct case_model *m, const char *name, const struct dye_law_person *p,
                                  uint32_t *ret_index, struct dye_error *err)
{
    DYE_TRY(check_name("person", name, case_model_find_person(m, name) != UINT32_MAX, err));
    ROOM(m->person_names, m->n_persons, "persons");
    ROOM(m->persons, m->n_persons, "persons");
    memcpy(m->person_names[m->n_persons].text, name, strlen(name) + 1);
    m->persons[m->n_persons] = *p;
    if (ret_index != NULL)
        *ret_index = (uint32_t)m->n_persons;
    m->n_persons++;
    return DYE_OK;
}

enum dye_status case_model_dump(struct case_model *m, const char *name, const struct dye_law_case_dump *dump,
                                uint32_t *ret_index, struct dye_error *err)
{
    if (strlen(name) > CASE_NAME_MAX_BYTES)
        DYE_FAIL(err, DYE_E_USAGE, "case: the name of a dump has at most %d bytes", CASE_NAME_MAX_BYTES);
    if (case_model_find_dump(m, name) != UINT32_MAX)
        DYE_FAIL(err, DYE_E_USAGE, "case: a second dump %s", name);
    ROOM(m->dump_names, m->n_dumps, "dumps");
    ROOM(m->dumps, m->n_dumps, "dumps");
    memcpy(m->dump_names[m->n_dumps].text, name, strlen(name) + 1);
    m->dumps[m->n_dumps] = *dump;
    if (ret_index != NULL)
        *ret_index = (uint32_t)m->n_dumps;
    m->n_dumps++;
    return DYE_OK;
}

enum dye_status case_model_act(struct case_model *m, const struct dye_law_act *a, struct dye_error *err)
{
    ROOM(m->acts, m->n_acts, "acts");
    m->acts[m->n_acts++] = *a;
    return DYE_OK;
}

enum dye_status case_model_overlap(struct case_model *m, const struct dye_law_overlap *o, struct dye_error *err)
{
    ROOM(m->overlaps, m->n_overlaps, "overlaps");
    m->overlaps[m->n_overlaps++] = *o;
    return DYE_OK;
}

static const char *const whats[] = {
    [DYE_LAW_OBTAINED] = "obtained", [DYE_LAW_SOLD] = "sold", [DYE_LAW_PROVIDED] = "provided"};

const char *case_what_name(enum dye_law_what w)
{
    return whats[w];
}

bool case_what_read(const char *text, enum dye_law_what *ret)
{
    for (unsigned w = 0; w < sizeof whats / sizeof *whats; w++)
        if (strcmp(whats[w], text) == 0) {
            *ret = (enum dye_law_what)w;
            return true;
        }
    return false;
}

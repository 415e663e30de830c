#include "dye/marks.h"

#include <stdlib.h>

struct dye_marks {
    struct dye_mark *at; /* by class, within a class the newest first */
    size_t n, cap;
    size_t class_end[DYE_TOKEN_CLASSES];
};

struct gathering {
    struct dye_marks *m;
    uint64_t since;
    dye_mark_filter_fn filter;
    void *arg;
};

static enum dye_status gather(const struct gathering *g, const struct dye_index *x, struct dye_error *err)
{
    struct dye_marks *m = g->m;
    for (uint64_t i = 0; i < dye_index_keys(x); i++) {
        struct dye_index_entry e;
        if (!dye_index_key_at(x, i, &e) || e.epoch <= g->since)
            continue;
        const char *canary = dye_index_canary_id(x, e.canary);
        if (g->filter != NULL && !g->filter(g->arg, canary))
            continue;
        if (m->n == m->cap) {
            size_t cap = m->cap != 0 ? 2 * m->cap : 1024;
            struct dye_mark *at = m->n < (size_t)DYE_MARKS_MAX ? reallocarray(m->at, cap, sizeof *at) : NULL;
            if (at == NULL && m->n < (size_t)DYE_MARKS_MAX)
                DYE_FAIL(err, DYE_E_NOMEM, "marks: out of memory");
            if (at == NULL)
                DYE_FAIL(err, DYE_E_LIMIT, "marks: too many canaries at once");
            m->at = at;
            m->cap = cap;
        }
        /* The probe becomes a token when all are there. */
        m->at[m->n++] = (struct dye_mark){.token = e.probe,
                                          .canary = canary,
                                          .epoch = e.epoch,
                                          .kind = e.kind,
                                          .form = e.form,
                                          .class = (uint8_t)dye_index_entry_class(&e),
                                          .variant = e.variant};
    }
    return DYE_OK;
}

static int compare(const void *a, const void *b)
{
    const struct dye_mark *x = a, *y = b;
    if (x->class != y->class)
        return x->class < y->class ? -1 : 1;
    return x->epoch != y->epoch ? (x->epoch > y->epoch ? -1 : 1) : 0;
}

static enum dye_status finish(struct dye_marks *m, const struct dye_key *sketch_key, struct dye_error *err)
{
    struct dye_sketch_hasher *h = dye_sketch_hasher_new(sketch_key);
    if (h == NULL)
        DYE_FAIL(err, DYE_E_NOMEM, "marks: out of memory");
    if (m->n > 0)
        qsort(m->at, m->n, sizeof *m->at, compare);
    for (size_t i = 0; i < m->n; i++) {
        dye_sketch_hash(h, &m->at[i].token, 1, &m->at[i].token);
        m->class_end[m->at[i].class] = i + 1;
    }
    for (size_t c = 1; c < DYE_TOKEN_CLASSES; c++)
        if (m->class_end[c] < m->class_end[c - 1])
            m->class_end[c] = m->class_end[c - 1];
    dye_sketch_hasher_free(h);
    return DYE_OK;
}

enum dye_status dye_marks_new(const struct dye_index_set *set, const struct dye_key *sketch_key, uint64_t since,
                              dye_mark_filter_fn filter, void *arg, struct dye_marks **ret, struct dye_error *err)
{
    struct dye_marks *m = calloc(1, sizeof *m);
    if (m == NULL)
        DYE_FAIL(err, DYE_E_NOMEM, "marks: out of memory");
    const struct gathering g = {m, since, filter, arg};
    enum dye_status status = DYE_OK;
    for (size_t part = 0; part < 2 && status == DYE_OK; part++)
        if (set->part[part] != NULL)
            status = gather(&g, set->part[part], err);
    if (status == DYE_OK)
        status = finish(m, sketch_key, err);
    if (status != DYE_OK) {
        dye_marks_free(m);
        return status;
    }
    *ret = m;
    return DYE_OK;
}

void dye_marks_free(struct dye_marks *m)
{
    if (m == NULL)
        return;
    if (m->at != NULL)
        dye_wipe(m->at, m->cap * sizeof *m->at);
    free(m->at);
    free(m);
}

size_t dye_marks_count(const struct dye_marks *m)
{
    return m->n;
}

enum dye_status dye_marks_check(const struct dye_marks *m, const struct dye_sketch *s, uint64_t since, size_t image,
                                dye_mark_hit_fn fn, void *arg)
{
    for (size_t c = 0; c < DYE_TOKEN_CLASSES; c++) {
        size_t end = s->counts[c] > 0 ? m->class_end[c] : 0;
        for (size_t i = c > 0 ? m->class_end[c - 1] : 0; i < end && m->at[i].epoch > since; i++)
            if (dye_sketch_maybe(s, m->at[i].token))
                DYE_TRY(fn(arg, &(struct dye_mark_hit){.image = image, .mark = &m->at[i], .bits = s->bits}));
    }
    return DYE_OK;
}

#include "lineage.h"

#include "identities.h"
#include "log.h"
#include "queries.h"
#include "queue.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SEEN = 1 };

/* Another dump, in the order of acquisition. */
struct candidate {
    const char *dump; /* of the rows */
    uint64_t persons;
    int64_t bytes;
    double common; /* by the samples */
    int64_t met;   /* sampled elements that it has, of the kind that says so */
    bool earlier;  /* than the dump at hand */
    bool known;    /* later, and has a pair with it */
    bool compared; /* by whole sets */
    struct dye_lineage_pair pair;
    struct dump_sets *sets; /* of an earlier one that was compared */
    bool parent;
    uint64_t explains;
};

struct finding {
    struct store *s;
    const char *dump;
    struct dump_sets own;
    uint64_t persons;
    PGresult *rows;
    struct candidate *at;
    size_t n;
    uint8_t *seen[DYE_IDENTIFIER_KINDS]; /* of each own set, what earlier dumps have */
    struct dye_error *err;
};

static void finding_done(struct finding *f)
{
    for (size_t i = 0; i < f->n; i++)
        if (f->at[i].sets != NULL) {
            dump_sets_done(f->at[i].sets);
            free(f->at[i].sets);
        }
    for (size_t k = 0; k < DYE_IDENTIFIER_KINDS; k++)
        free(f->seen[k]);
    free(f->at);
    PQclear(f->rows);
    dump_sets_done(&f->own);
}

/* ---- who may be related ---- */

static enum dye_status ask_samples(struct finding *f)
{
    struct dye_buf hashes;
    dye_buf_init(&hashes, IDENTITIES_SQL_MAX_BYTES, true);
    enum dye_status status = DYE_OK;
    for (size_t k = 0; k < f->own.lineage.n && status == DYE_OK; k++) {
        const struct dye_lineage_set *set = &f->own.lineage.sets[k];
        size_t at = hashes.n;
        status = identities_append(set->at, dye_lineage_sample(set), &hashes);
        if (status == DYE_OK && at > 0) { /* one array of all: "...}{..." */
            hashes.p[at - 1] = ',';
            hashes.p[at] = ' ';
        }
    }
    status = status == DYE_OK ? store_run(f->s, f->err, &f->rows, sql_lineage_candidates, "ssi", f->dump,
                                          hashes.n > 0 ? (const char *)hashes.p : "{}", (int64_t)LINEAGE_CANDIDATES)
                              : dye_fail(f->err, status, "lineage: out of memory");
    dye_buf_done(&hashes);
    return status;
}

static const struct dye_lineage_set *own_set(const struct finding *f, unsigned kind)
{
    for (size_t i = 0; i < f->own.lineage.n; i++)
        if (f->own.lineage.sets[i].kind == kind)
            return &f->own.lineage.sets[i];
    return NULL;
}

/* What the elements that both samples have say of all: both have those below the coarser one's limit. */
static double estimate(const struct finding *f, int row)
{
    const struct dye_lineage_set *own =
        own_set(f, dye_identifier_kind_from_name(dye_span_str(store_text(f->rows, row, 1))));
    if (own == NULL)
        return 0;
    unsigned ours = dye_lineage_sample_bits((uint64_t)own->n << own->scale_bits);
    unsigned theirs = dye_lineage_sample_bits((uint64_t)store_int(f->rows, row, 3));
    return (double)store_int(f->rows, row, 2) * (double)(UINT64_C(1) << (ours > theirs ? ours : theirs));
}

/* The rows, a candidate a dump: of its kinds the one that has the most in common. */
static enum dye_status list_candidates(struct finding *f)
{
    f->at = calloc((size_t)PQntuples(f->rows) + 1, sizeof *f->at);
    if (f->at == NULL)
        DYE_FAIL(f->err, DYE_E_NOMEM, "lineage: out of memory");
    for (int i = 0; i < PQntuples(f->rows); i++) {
        const char *dump = store_text(f->rows, i, 0);
        if (f->n == 0 || strcmp(f->at[f->n - 1].dump, dump) != 0)
            f->at[f->n++] = (struct candidate){.dump = dump,
                                               .persons = (uint64_t)store_int(f->rows, i, 4),
                                               .bytes = store_int(f->rows, i, 5),
                                               .earlier = store_bool(f->rows, i, 6),
                                               .known = store_bool(f->rows, i, 7)};
        struct candidate *c = &f->at[f->n - 1];
        double common = estimate(f, i);
        if (common > c->common) {
            c->common = common;
            c->met = store_int(f->rows, i, 2);
        }
        c->pair = (struct dye_lineage_pair){
            .persons = f->persons, .other_persons = c->persons, .common = (uint64_t)c->common};
        dye_lineage_judge(&c->pair);
    }
    return DYE_OK;
}

/* ---- comparing ---- */

static int by_common(const void *a, const void *b)
{
    const struct candidate *const *x = a, *const *y = b;
    if ((*x)->common != (*y)->common)
        return (*x)->common > (*y)->common ? -1 : 1;
    return strcmp((*x)->dump, (*y)->dump);
}

static enum dye_status compare_one(struct finding *f, struct candidate *c)
{
    c->sets = calloc(1, sizeof *c->sets);
    if (c->sets == NULL)
        DYE_FAIL(f->err, DYE_E_NOMEM, "lineage: out of memory");
    DYE_TRY(dump_sets_load(f->s, c->dump, c->sets, f->err));
    c->compared = true;
    dye_lineage_compare(&f->own.lineage, &c->sets->lineage, &c->pair);
    for (size_t i = 0; i < f->own.n; i++)
        for (size_t k = 0; k < c->sets->n; k++)
            if (f->own.at[i].kind == c->sets->at[k].kind) {
                const struct dye_identifier_set *a = &f->own.at[i], *b = &c->sets->at[k];
                dye_lineage_mark(&(struct dye_lineage_set){a->kind, a->scale_bits, a->at, a->n},
                                 &(struct dye_lineage_set){b->kind, b->scale_bits, b->at, b->n}, SEEN, f->seen[i]);
            }
    return DYE_OK;
}

/* The likeliest earlier ones, by their whole sets. */
static enum dye_status compare_earlier(struct finding *f)
{
    const struct candidate **order = calloc(f->n + 1, sizeof *order);
    if (order == NULL)
        DYE_FAIL(f->err, DYE_E_NOMEM, "lineage: out of memory");
    size_t n = 0;
    for (size_t i = 0; i < f->n; i++)
        if (f->at[i].earlier)
            order[n++] = &f->at[i];
    if (n > 0)
        qsort(order, n, sizeof *order, by_common);
    enum dye_status status = DYE_OK;
    int64_t bytes = 0;
    for (size_t i = 0; i < n && i < DYE_LINEAGE_EARLIER_MAX && status == DYE_OK; i++) {
        struct candidate *c = &f->at[order[i] - f->at];
        bytes += c->bytes;
        if (i == 0 || bytes <= LINEAGE_BYTES)
            status = compare_one(f, c);
    }
    free(order);
    return status;
}

static enum dye_status find_parents(struct finding *f)
{
    struct dye_lineage_dump earlier[DYE_LINEAGE_EARLIER_MAX];
    struct candidate *which[DYE_LINEAGE_EARLIER_MAX];
    struct dye_lineage_parent parents[DYE_LINEAGE_EARLIER_MAX];
    size_t n = 0, found = 0;
    for (size_t i = 0; i < f->n; i++)
        if (f->at[i].compared) {
            which[n] = &f->at[i];
            earlier[n++] = f->at[i].sets->lineage;
        }
    DYE_TRY(dye_lineage_parents(&f->own.lineage, earlier, n, parents, &found, f->err));
    for (size_t i = 0; i < found; i++) {
        struct candidate *c = which[parents[i].earlier];
        /* By elements it may explain three where, counted as persons, they have two in common. */
        if (c->pair.relation == DYE_LINEAGE_UNRELATED)
            continue;
        c->parent = true;
        c->explains = parents[i].explains;
        bool whole = c->pair.relation == DYE_LINEAGE_SAME || c->pair.relation == DYE_LINEAGE_SUBSET;
        if (found > 1 && !whole)
            c->pair.relation = DYE_LINEAGE_MERGE;
    }
    return DYE_OK;
}

static enum dye_status find(struct finding *f)
{
    DYE_TRY(dump_sets_load(f->s, f->dump, &f->own, f->err));
    f->persons = dye_lineage_persons(&f->own.lineage);
    for (size_t i = 0; i < f->own.n; i++)
        if ((f->seen[i] = calloc(f->own.at[i].n, 1)) == NULL)
            DYE_FAIL(f->err, DYE_E_NOMEM, "lineage: out of memory");
    DYE_TRY(ask_samples(f));
    DYE_TRY(list_candidates(f));
    DYE_TRY(compare_earlier(f));
    return find_parents(f);
}

/* ---- storing ---- */

static enum dye_status store_pair(const struct finding *f, const struct candidate *c)
{
    const struct dye_lineage_pair *p = &c->pair;
    return store_run(
        f->s, f->err, NULL,
        "INSERT INTO dyetrace.lineage (dump_id, other_id, relation, persons, other_persons, common, jaccard,"
        " containment, containment_other, parent, explains)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        "sssiiifffoi", f->dump, c->dump, dye_lineage_relation_name(p->relation), (int64_t)p->persons,
        (int64_t)p->other_persons, (int64_t)p->common, p->jaccard, p->containment, p->containment_other, (int)c->parent,
        (int64_t)c->explains);
}

static enum dye_status store_seen(const struct finding *f, size_t k)
{
    const struct dye_identifier_set *set = &f->own.at[k];
    uint64_t seen = 0;
    for (size_t i = 0; i < set->n; i++)
        seen += f->seen[k][i];
    return store_run(f->s, f->err, NULL,
                     "UPDATE dyetrace.identifier_set SET seen_before = $3 WHERE dump_id = $1 AND kind = $2"
                     " AND seen_before IS DISTINCT FROM $3",
                     "ssi", f->dump, dye_identifier_kind_name(set->kind), (int64_t)(seen << set->scale_bits));
}

/* What it may repeat says what counts of it, and it may say what counts of later ones. */
static enum dye_status push_attributions(const struct finding *f)
{
    DYE_TRY(queue_push(f->s, "attribute", f->dump, f->err));
    return store_run(f->s, f->err, NULL,
                     "INSERT INTO dyetrace.work (topic, reference)"
                     " SELECT 'attribute', x.dump_id FROM dyetrace.lineage_after($1) x ON CONFLICT DO NOTHING",
                     "s", f->dump);
}

/* Of one that nobody compared the samples speak: a single element in common is chance where it stands for sixteen. */
static bool is_related(const struct candidate *c)
{
    enum { LATER_MET = 2 }; /* it is compared when its turn comes */
    if (!c->compared && c->met < (c->earlier ? DYE_LINEAGE_COMMON_MIN : LATER_MET))
        return false;
    return c->pair.relation != DYE_LINEAGE_UNRELATED;
}

static enum dye_status store(const struct finding *f, const char *removes)
{
    size_t related = 0;
    DYE_TRY(store_begin(f->s, f->err));
    /* One at a time: two that complete together would each wait for the other's pairs. */
    DYE_TRY(store_run(f->s, f->err, NULL, "SELECT pg_advisory_xact_lock(hashtextextended('dyetrace.lineage', 0))", ""));
    /* What was found stays when the images it was found by are gone. */
    if (f->own.n > 0)
        DYE_TRY(store_run(f->s, f->err, NULL,
                          "DELETE FROM dyetrace.lineage l WHERE l.dump_id = $1 AND EXISTS (SELECT FROM"
                          " dyetrace.identifier_set s WHERE s.dump_id = l.other_id AND s.image IS NOT NULL)",
                          "s", f->dump));
    for (size_t i = 0; i < f->n; i++) {
        const struct candidate *c = &f->at[i];
        if (!is_related(c))
            continue;
        if (c->earlier)
            DYE_TRY(store_pair(f, c));
        else if (!c->known)
            DYE_TRY(queue_push(f->s, "lineage", c->dump, f->err));
        related++;
    }
    for (size_t k = 0; k < f->own.n; k++)
        DYE_TRY(store_seen(f, k));
    DYE_TRY(push_attributions(f));
    if (removes != NULL)
        DYE_TRY(queue_done(f->s, removes, f->dump, f->err));
    DYE_TRY(store_commit(f->s, f->err));
    log_event(LOG_INFO_, "lineage", "dump=%s related=%zu persons=%" PRIu64, f->dump, related, f->persons);
    return DYE_OK;
}

enum dye_status lineage_run(struct store *s, const char *dump, const char *removes, struct dye_error *err)
{
    DYE_CLEANUP(finding_done) struct finding f = {.s = s, .dump = dump, .err = err};
    DYE_TRY(find(&f));
    enum dye_status status = store(&f, removes);
    if (status != DYE_OK)
        store_rollback(s);
    return status;
}

enum dye_status lineage_came_earlier(struct store *s, const char *dump, struct dye_error *err)
{
    STORE_RESULT r = NULL;
    DYE_TRY(store_run(s, err, &r,
                      "SELECT t.acquired_at > (SELECT min(a.acquired_at) FROM dyetrace.acquisition a"
                      " WHERE a.dump_id = t.dump_id) FROM dyetrace.attribution t WHERE t.dump_id = $1",
                      "s", dump));
    return PQntuples(r) == 1 && store_bool(r, 0, 0) ? queue_push(s, "lineage", dump, err) : DYE_OK;
}

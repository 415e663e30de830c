#include "dye/digest.h"
#include "list.h"

#include <stdlib.h>

enum { ROWS_MAX = 1 << 25, CANDIDATES = 8 };

struct dye_exclusion_batch {
    const struct dye_exclusion *x;
    struct dye_buf answers; /* struct dye_exclusion_answer each */
    struct dye_buf persons; /* DYE_FP_BYTES each: what tells rows of one person */
    size_t stray_column;    /* from 1: one that nobody named holds a canary's value; 0: none does */
    enum dye_kind stray_kind;
    bool ended;
};

struct dye_exclusion_batch *dye_exclusion_batch_new(const struct dye_exclusion *x)
{
    struct dye_exclusion_batch *b = calloc(1, sizeof *b);
    if (b == NULL)
        return NULL;
    b->x = x;
    dye_buf_init(&b->answers, ROWS_MAX * sizeof(struct dye_exclusion_answer), true);
    dye_buf_init(&b->persons, (size_t)ROWS_MAX * DYE_FP_BYTES, true);
    return b;
}

void dye_exclusion_batch_free(struct dye_exclusion_batch *b)
{
    if (b == NULL)
        return;
    dye_buf_done(&b->answers);
    dye_buf_done(&b->persons);
    free(b);
}

/* ---- one row ---- */

struct judging {
    struct candidate {
        uint32_t canary, kinds;
    } candidate[CANDIDATES];
    size_t candidates;
    bool readable, has_resident_id;
    uint8_t person[DYE_FP_BYTES]; /* by its resident ID, or else by the first identifier that can be read */
};

static void note_candidate(struct judging *j, uint32_t canary, enum dye_kind kind)
{
    size_t i = 0;
    while (i < j->candidates && j->candidate[i].canary != canary)
        i++;
    if (i == CANDIDATES)
        return;
    if (i == j->candidates)
        j->candidate[j->candidates++] = (struct candidate){.canary = canary};
    j->candidate[i].kinds |= UINT32_C(1) << kind;
}

/* Notes every canary that has the value. */
static void look_up(const struct dye_exclusion *x, enum dye_kind kind, const uint8_t hash[DYE_FP_BYTES],
                    struct judging *j)
{
    for (uint32_t i = list_find(x, hash); i < x->entries; i++) {
        struct list_entry e = list_entry_at(x, i);
        if (memcmp(e.hash, hash, DYE_FP_BYTES) != 0)
            return;
        note_candidate(j, e.canary, kind);
    }
}

/* What a marketing system keeps instead of the value: its digest in hex. */
static bool read_digest(enum dye_kind kind, struct dye_span text, struct dye_value *ret)
{
    uint8_t raw[DYE_DIGEST_MAX_BYTES];
    if ((kind != DYE_MOBILE && kind != DYE_RESIDENT_ID && kind != DYE_EMAIL) ||
        (text.n != 32 && text.n != 40 && text.n != 64) || !dye_unhex(text, raw, text.n / 2))
        return false;
    dye_hex(raw, text.n / 2, ret->text);
    ret->n = text.n;
    return true;
}

static void judge_cell(const struct dye_exclusion *x, enum dye_kind kind, struct dye_span text, struct judging *j)
{
    struct dye_form_bytes forms[DYE_FORMS_MAX];
    struct dye_value v;
    size_t n = 0;
    bool parsed = dye_ident_parse(kind, text, &v) == DYE_OK;
    if (parsed)
        n = dye_ident_forms(kind, &v, forms);
    else if (read_digest(kind, text, &forms[0].bytes)) {
        forms[0].form = DYE_PLAIN; /* compared as it stands */
        n = 1;
    }
    for (size_t i = 0; i < n; i++) {
        uint8_t hash[DYE_FP_BYTES];
        if (forms[i].form != DYE_PLAIN)
            continue;
        list_hash(&x->fp, kind, dye_value_span(&forms[i].bytes), hash);
        look_up(x, kind, hash, j);
        if (i == 0 && (!j->readable || (parsed && kind == DYE_RESIDENT_ID)))
            memcpy(j->person, hash, sizeof hash);
    }
    j->readable = j->readable || n != 0;
    j->has_resident_id = j->has_resident_id || (parsed && kind == DYE_RESIDENT_ID);
    dye_wipe(forms, sizeof forms);
    dye_wipe(&v, sizeof v);
}

static unsigned weight(const struct candidate *c)
{
    unsigned n = (c->kinds >> DYE_RESIDENT_ID & 1) * DYE_KIND_COUNT;
    for (uint32_t bits = c->kinds; bits != 0; bits &= bits - 1)
        n++;
    return n;
}

static struct dye_exclusion_answer answer_of(const struct dye_exclusion *x, const struct judging *j)
{
    struct dye_exclusion_answer a = {.verdict = j->readable ? DYE_EXCLUSION_OTHER : DYE_EXCLUSION_UNREADABLE};
    const struct candidate *best = NULL;
    const uint32_t id = UINT32_C(1) << DYE_RESIDENT_ID;
    for (size_t i = 0; i < j->candidates; i++)
        if (best == NULL || weight(&j->candidate[i]) > weight(best))
            best = &j->candidate[i];
    if (best == NULL)
        return a;
    bool another = j->has_resident_id && (best->kinds & id) == 0 && (x->kinds[best->canary] & id) != 0;
    a.verdict = another ? DYE_EXCLUSION_DISPUTED : DYE_EXCLUSION_CANARY;
    a.canary = best->canary;
    a.kinds = best->kinds;
    return a;
}

/* Columns that nobody named: a canary that only shows there would pass. The kinds whose values can be told from numbers
 * of another meaning. */
static void watch(struct dye_exclusion_batch *b, const struct dye_exclusion_cell *cells, size_t n)
{
    static const enum dye_kind watched[] = {DYE_MOBILE, DYE_RESIDENT_ID, DYE_EMAIL};
    for (size_t i = 0; i < n && b->stray_column == 0; i++)
        for (size_t k = 0; cells[i].kind == DYE_KIND_NONE && cells[i].text.n != 0 && k < 3; k++) {
            struct judging j = {0};
            judge_cell(b->x, watched[k], cells[i].text, &j);
            if (j.candidates != 0) {
                b->stray_column = i + 1;
                b->stray_kind = watched[k];
            }
        }
}

enum dye_status dye_exclusion_batch_add(struct dye_exclusion_batch *b, const struct dye_exclusion_cell *cells, size_t n)
{
    struct judging j = {0};
    for (size_t i = 0; i < n; i++)
        if (cells[i].text.n != 0 && dye_exclusion_has_kind(cells[i].kind))
            judge_cell(b->x, cells[i].kind, cells[i].text, &j);
    struct dye_exclusion_answer a = answer_of(b->x, &j);
    if (a.verdict != DYE_EXCLUSION_CANARY)
        watch(b, cells, n);
    if (j.readable)
        DYE_TRY(dye_buf_append(&b->persons, j.person, sizeof j.person));
    return dye_buf_append(&b->answers, &a, sizeof a);
}

/* ---- the whole ---- */

static int order(const void *a, const void *b)
{
    return memcmp(a, b, DYE_FP_BYTES);
}

static size_t count_persons(struct dye_buf *persons)
{
    size_t n = persons->n / DYE_FP_BYTES;
    size_t different = n != 0;
    if (n != 0)
        qsort(persons->p, n, DYE_FP_BYTES, order);
    for (size_t i = 1; i < n; i++)
        different += order(persons->p + (i - 1) * DYE_FP_BYTES, persons->p + i * DYE_FP_BYTES) != 0;
    return different;
}

enum dye_status dye_exclusion_batch_end(struct dye_exclusion_batch *b, size_t least, struct dye_error *err)
{
    size_t persons = count_persons(&b->persons);
    if (persons < least)
        DYE_FAIL(err, DYE_E_USAGE, "exclusion: a batch of at least %zu different persons is wanted; this one has %zu",
                 least, persons);
    if (b->stray_column != 0)
        DYE_FAIL(err, DYE_E_USAGE,
                 "exclusion: column %zu, which nobody named, holds a canary's %s; name its kind, or that it be ignored",
                 b->stray_column, dye_kind_name(b->stray_kind));
    b->ended = true;
    return DYE_OK;
}

size_t dye_exclusion_batch_rows(const struct dye_exclusion_batch *b)
{
    return b->answers.n / sizeof(struct dye_exclusion_answer);
}

const struct dye_exclusion_answer *dye_exclusion_batch_answer(const struct dye_exclusion_batch *b, size_t row)
{
    if (!b->ended || row >= dye_exclusion_batch_rows(b))
        return NULL;
    return (const struct dye_exclusion_answer *)(const void *)b->answers.p + row;
}

/*
 * attacker: who has the database (or a backup of it), the source code and the source's table, but no key, wants to name
 * the canaries in the table.
 *
 * The table is of tests/support/world.c with canaries among its rows, as they would be planted after `source profile`.
 * The database gives fingerprints and sealed probes, the canaries' ids, and the profile that they follow. Each attack
 * scores every row; printed are the AUC (0.5 is chance), and how many of the K rows that it suspects most are canaries,
 * K being the number of canaries. With pool values no attack may do better than chance: AUC at most 0.55, and hits that
 * chance would give once in a thousand times. With the default spaces it is printed what the public filter finds.
 */
#include "auc.h"
#include "dye/digest.h"
#include "dye/profile.h"
#include "world.h"

#include <assert.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { ROWS = 20000, CANARIES = 400, ALL = ROWS + CANARIES, KEYS = 6, NAME_PARTS = 3 };
#define TARGET 0.55

struct stolen { /* what the attacker has */
    struct row *row;
    bool *canary; /* for marking the answers */
    const struct dye_sector *sector;
    char (*id)[DYE_CANARY_ID_BYTES];
    uint8_t (*fp)[DYE_FP_BYTES];
    size_t fps;
    json_t *profile;
    json_t *group[NAME_PARTS]; /* of it */
};

/* ---- the table and the database ---- */

static void add_fingerprints(struct stolen *x, const struct dye_index_keys *keys, const struct dye_persona *p)
{
    for (enum dye_kind kind = 1; kind < DYE_KIND_COUNT; kind++) {
        struct dye_form_bytes forms[DYE_FORMS_MAX];
        if (!dye_sector_has(x->sector, kind))
            continue;
        size_t n = dye_ident_forms(kind, &p->value[kind], forms);
        for (size_t i = 0; i < n; i++)
            dye_fp(keys, dye_value_span(&forms[i].bytes), x->fp[x->fps++]);
    }
}

static int compare_fp(const void *a, const void *b)
{
    return memcmp(a, b, DYE_FP_BYTES);
}

static struct dye_profile *learn(struct stolen *x, const struct world *w, struct rng *r)
{
    struct dye_profile_learner *l = dye_profile_learner_new(x->sector, DYE_PROFILE_K);
    struct dye_profile *profile = NULL;
    assert(l != NULL);
    for (int i = 0; i < ROWS; i++) {
        struct person p;
        struct dye_span cells[CELLS];
        world_row(w, x->sector, r, &p, &x->row[i]);
        for (size_t c = 0; c < x->sector->columns; c++)
            cells[c] = dye_span_str(x->row[i].cell[c]);
        dye_profile_learner_feed(l, cells);
    }
    if (dye_profile_learner_end(l, &profile, NULL) != DYE_OK)
        abort();
    dye_profile_learner_free(l);
    return profile;
}

static void shuffle(struct stolen *x, struct rng *r)
{
    for (size_t i = ALL; i-- > 1;) {
        size_t j = rng_below(r, i + 1);
        struct row row = x->row[i];
        bool canary = x->canary[i];
        x->row[i] = x->row[j], x->canary[i] = x->canary[j];
        x->row[j] = row, x->canary[j] = canary;
    }
}

static json_t *group_of(const struct stolen *x, const char *column, const char *facet)
{
    size_t i;
    json_t *group;
    json_array_foreach(json_object_get(x->profile, "groups"), i, group)
    {
        if (strcmp(json_string_value(json_array_get(group, 0)), column) == 0 &&
            strcmp(json_string_value(json_array_get(group, 1)), facet) == 0 &&
            strcmp(json_string_value(json_array_get(group, 2)), "") == 0)
            return group;
    }
    return NULL;
}

static void plant(struct stolen *x, const struct world *w, bool pool, struct rng *r)
{
    struct dye_key persona_key, index_key;
    struct dye_index_keys keys;
    struct dye_prf draw;
    struct dye_buf text;
    struct dye_profile *profile = learn(x, w, r);
    for (size_t i = 0; i < sizeof persona_key.bytes; i++) {
        persona_key.bytes[i] = (uint8_t)rng_u64(r);
        index_key.bytes[i] = (uint8_t)rng_u64(r);
    }
    dye_index_keys_init(&index_key, &keys);
    struct dye_persona_maker *m = dye_persona_maker_new(&persona_key);
    assert(m != NULL);
    memset(x->canary, 0, ALL);
    memset(x->row + ROWS, 0, CANARIES * sizeof *x->row);
    x->fps = 0;
    for (size_t i = 0; i < CANARIES; i++) {
        struct dye_persona p;
        enum dye_status status = dye_persona_make(m, i, NULL, 20000, &p, NULL);
        if (pool)
            world_pool(w, x->sector, r, &p);
        dye_prf_init(&draw, &persona_key, "dyetrace/1/persona/profile", i);
        dye_profile_adopt(profile, x->sector, &draw, &p);
        for (size_t c = 0; c < x->sector->columns && status == DYE_OK; c++) {
            struct dye_value cell;
            status = dye_sector_cell(&x->sector->column[c], &p, &cell);
            snprintf(x->row[ROWS + i].cell[c], CELL_BYTES, "%.*s", CELL_BYTES - 1, cell.text);
        }
        assert(status == DYE_OK);
        memcpy(x->id[i], p.canary, sizeof x->id[i]);
        add_fingerprints(x, &keys, &p);
        x->canary[ROWS + i] = true;
    }
    qsort(x->fp, x->fps, DYE_FP_BYTES, compare_fp);
    dye_buf_init(&text, DYE_PROFILE_MAX_BYTES, false);
    if (dye_profile_write(profile, &text) != DYE_OK)
        abort();
    json_decref(x->profile);
    x->profile = json_loadb((const char *)text.p, text.n, 0, NULL);
    assert(x->profile != NULL);
    static const char *const facets[NAME_PARTS] = {"surname", "first", "second"};
    for (size_t i = 0; i < NAME_PARTS; i++)
        x->group[i] = group_of(x, "name", facets[i]);
    dye_buf_done(&text);
    dye_profile_free(profile);
    dye_persona_maker_free(m);
    shuffle(x, r);
}

/* ---- the attacks ---- */

typedef double (*attack_fn)(const struct stolen *x, const struct row *row);

/* Anybody knows the default spaces. */
static double public_filter(const struct stolen *x, const struct row *row)
{
    double found = 0;
    for (size_t c = 0; c < x->sector->columns; c++) {
        const struct dye_column *column = &x->sector->column[c];
        struct dye_value v;
        /* Only of kinds whose default space is no part of the table's own. */
        if (column->what == DYE_COLUMN_KIND && (column->kind == DYE_MOBILE || column->kind == DYE_RESIDENT_ID) &&
            dye_ident_parse(column->kind, dye_span_str(row->cell[c]), &v) == DYE_OK)
            found += dye_ident_is_safe(column->kind, &v);
    }
    return found;
}

static bool is_stored(const struct stolen *x, const uint8_t *fp)
{
    return bsearch(fp, x->fp, x->fps, DYE_FP_BYTES, compare_fp) != NULL;
}

/* Keys that a careless program might have: zeros, ones, digests of what stands in the code and in the database. */
static void guess_key(const struct stolen *x, int number, struct dye_key *ret)
{
    memset(ret, number == 1 ? 0xff : 0, sizeof *ret);
    const char *text = number == 2 ? "dyetrace" : number == 3 ? "dyetrace/1/index" : number == 4 ? x->id[0] : "";
    if (number >= 2)
        dye_digest_of(DYE_SHA256, dye_span_str(text), ret->bytes);
}

static double guessed_keys(const struct stolen *x, const struct row *row)
{
    static struct dye_index_keys keys[KEYS];
    static const struct stolen *made_for;
    double found = 0;
    for (int k = 0; k < KEYS && made_for != x; k++) {
        struct dye_key key;
        guess_key(x, k, &key);
        dye_index_keys_init(&key, &keys[k]);
    }
    made_for = x;
    for (size_t c = 0; c < x->sector->columns; c++) {
        const struct dye_column *column = &x->sector->column[c];
        struct dye_value v;
        struct dye_form_bytes forms[DYE_FORMS_MAX];
        if (column->what != DYE_COLUMN_KIND || dye_ident_parse(column->kind, dye_span_str(row->cell[c]), &v) != DYE_OK)
            continue;
        size_t n = dye_ident_forms(column->kind, &v, forms);
        for (size_t i = 0; i < n; i++) {
            uint8_t digest[DYE_DIGEST_MAX_BYTES];
            for (int k = 0; k < KEYS; k++) {
                dye_fp(&keys[k], dye_value_span(&forms[i].bytes), digest);
                found += is_stored(x, digest);
            }
            for (int d = DYE_MD5; d <= DYE_SM3; d++) {
                dye_digest_of((enum dye_digest)d, dye_value_span(&forms[i].bytes), digest);
                found += is_stored(x, digest);
            }
        }
    }
    return found;
}

/* Canaries come from what the profile kept: rows with parts that it hasn't are not among them, perhaps. */
static double row_in_profile(const struct stolen *x, const struct row *row, bool likelihood)
{
    double score = 0;
    for (size_t c = 0; c < x->sector->columns; c++) {
        const char *cell = row->cell[c];
        if (x->sector->column[c].kind != DYE_NAME || x->sector->column[c].what != DYE_COLUMN_KIND)
            continue;
        for (size_t i = 0; i < NAME_PARTS && 3 * i < strlen(cell); i++) {
            char character[4];
            snprintf(character, sizeof character, "%.3s", cell + 3 * i);
            double n = (double)json_integer_value(json_object_get(json_array_get(x->group[i], 4), character));
            double total = (double)json_integer_value(json_array_get(x->group[i], 3));
            score += likelihood ? log((n + 0.5) / (total + 1)) : -(n == 0);
        }
    }
    return score;
}

static double nothing_rare(const struct stolen *x, const struct row *row)
{
    return row_in_profile(x, row, false);
}

static double likely_by_profile(const struct stolen *x, const struct row *row)
{
    return row_in_profile(x, row, true);
}

/* The other way round: what the profile could not say comes from tables that stand in the source code. */
static double unlikely_by_profile(const struct stolen *x, const struct row *row)
{
    return -row_in_profile(x, row, true);
}

static const struct {
    const char *name;
    attack_fn score;
} attacks[] = {{"public filter of the default spaces", public_filter},
               {"fingerprints under guessed keys, and plain digests", guessed_keys},
               {"rows without a part that the profile lacks", nothing_rare},
               {"rows that are likely by the profile", likely_by_profile},
               {"rows that are unlikely by it", unlikely_by_profile}};
enum { ATTACKS = sizeof attacks / sizeof *attacks };

/* The chance of at least `hits` among `n` drawn rows, each a canary with chance p. */
static double chance_of(size_t hits, size_t n, double p)
{
    double sum = 0;
    for (size_t k = hits; k <= n; k++)
        sum += exp(lgamma((double)n + 1) - lgamma((double)k + 1) - lgamma((double)(n - k) + 1) + (double)k * log(p) +
                   (double)(n - k) * log1p(-p));
    return sum;
}

static bool attack(const struct stolen *x, size_t number, struct scored *s, struct rng *r)
{
    size_t hits = 0;
    for (size_t i = 0; i < ALL; i++) /* ties in any order */
        s[i] = (struct scored){attacks[number].score(x, &x->row[i]) + 1e-9 * rng_unit(r), x->canary[i]};
    double auc = auc_of(s, ALL);
    for (size_t i = ROWS; i < ALL; i++)
        hits += s[i].canary;
    double p = chance_of(hits, CANARIES, (double)CANARIES / ALL);
    printf("    %-52s AUC %.3f, %3zu of the %d most suspect are canaries (p %.2g)\n", attacks[number].name, auc, hits,
           CANARIES, p);
    return auc <= TARGET && p > 0.001;
}

int main(void)
{
    struct rng r;
    bool held = true;
    struct stolen x = {.row = calloc(ALL, sizeof *x.row),
                       .canary = calloc(ALL, 1),
                       .id = calloc(CANARIES, sizeof *x.id),
                       .fp = calloc(CANARIES * DYE_KIND_COUNT * DYE_FORMS_MAX, sizeof *x.fp)};
    struct scored *s = calloc(ALL, sizeof *s);
    assert(x.row != NULL && x.canary != NULL && x.id != NULL && x.fp != NULL && s != NULL);
    rng_init(&r, rng_seed(20261123));
    printf("%d canaries among %d rows: by chance %.1f of the %d most suspect are canaries\n", CANARIES, ROWS,
           (double)CANARIES * CANARIES / ALL, CANARIES);
    for (size_t i = 0; i < WORLD_SECTORS; i++) {
        struct world w;
        world_make(&w, &r);
        x.sector = &world_sectors[i];
        for (int pool = 1; pool >= 0; pool--) {
            plant(&x, &w, pool == 1, &r);
            printf("%s, %s\n", x.sector->name, pool == 1 ? "pool values" : "default spaces");
            for (size_t a = 0; a < (pool == 1 ? ATTACKS : 1); a++)
                held = attack(&x, a, s, &r) || (pool == 0) ? held : false;
        }
    }
    printf("with pool values no attack does better than chance: %s\n", held ? "held" : "MISSED");
    json_decref(x.profile);
    free(x.row);
    free(x.canary);
    free(x.id);
    free(x.fp);
    free(s);
    return held ? 0 : 1;
}

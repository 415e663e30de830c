#include "attack.h"

#include "auc.h"
#include "dye/digest.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { KEYS = 6 };

static int compare_fp(const void *a, const void *b)
{
    return memcmp(a, b, DYE_FP_BYTES);
}

static void shuffle(struct stolen *x, struct rng *r)
{
    for (size_t i = x->rows + x->canaries; i-- > 1;) {
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

void stolen_ready(struct stolen *x, const char *profile, size_t n, struct rng *r)
{
    static const char *const facets[NAME_PARTS] = {"surname", "first", "second"};
    qsort(x->fp, x->fps, DYE_FP_BYTES, compare_fp);
    json_decref(x->profile);
    x->profile = json_loadb(profile, n, 0, NULL);
    assert(x->profile != NULL);
    for (size_t i = 0; i < NAME_PARTS; i++)
        x->group[i] = group_of(x, "name", facets[i]);
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
    const char *text = number == 2 ? "dyetrace" : number == 3 ? "dyetrace/1/index" : number == 4 ? x->id : "";
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
_Static_assert(sizeof attacks / sizeof *attacks == ATTACKS, "attack.h says how many there are");

/* The chance of at least `hits` among `n` drawn rows, each a canary with chance p. */
static double chance_of(size_t hits, size_t n, double p)
{
    double sum = 0;
    for (size_t k = hits; k <= n; k++)
        sum += exp(lgamma((double)n + 1) - lgamma((double)k + 1) - lgamma((double)(n - k) + 1) + (double)k * log(p) +
                   (double)(n - k) * log1p(-p));
    return sum;
}

bool attack(const struct stolen *x, size_t number, double chance, struct rng *r)
{
    size_t hits = 0, all = x->rows + x->canaries;
    struct scored *s = calloc(all, sizeof *s);
    assert(s != NULL);
    for (size_t i = 0; i < all; i++) /* ties in any order */
        s[i] = (struct scored){attacks[number].score(x, &x->row[i]) + 1e-9 * rng_unit(r), x->canary[i]};
    double auc = auc_of(s, all);
    for (size_t i = x->rows; i < all; i++)
        hits += s[i].canary;
    free(s);
    double p = chance_of(hits, x->canaries, (double)x->canaries / (double)all);
    printf("    %-52s AUC %.3f, %3zu of the %zu most suspect are canaries (p %.2g)\n", attacks[number].name, auc, hits,
           x->canaries, p);
    double n = (double)x->canaries; /* of few canaries an AUC by chance is further from one half */
    return auc <= 0.55 + 3 * sqrt(1 / (12 * n)) && p > chance;
}

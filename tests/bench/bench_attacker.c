/*
 * attacker: who has the database (or a backup of it), the source code and the source's table, but no key, wants to name
 * the canaries in the table.
 *
 * The tables are of tests/bench/realism, one of each sector, with canaries among their rows, as they would be planted
 * after `source profile`. The database gives fingerprints and sealed probes, the canaries' ids, and the profile that
 * they follow. Each attack scores every row; printed are the AUC (0.5 is chance), and how many of the K rows that it
 * suspects most are canaries, K being the number of canaries. With pool values no attack may do better than chance.
 * With the default spaces it is printed what the public filter finds.
 */
#include "attack.h"
#include "planting.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

enum { ROWS = 20000, CANARIES = 400, ALL = ROWS + CANARIES };

struct registering { /* what the seeder would put into the database */
    struct stolen *x;
    struct dye_index_keys keys;
};

static void add_canary(void *arg, const struct dye_persona *p)
{
    struct registering *g = arg;
    struct stolen *x = g->x;
    memcpy(x->id, p->canary, sizeof x->id);
    for (enum dye_kind kind = 1; kind < DYE_KIND_COUNT; kind++) {
        struct dye_form_bytes forms[DYE_FORMS_MAX];
        if (!dye_sector_has(x->sector, kind) || p->value[kind].n == 0)
            continue;
        size_t n = dye_ident_forms(kind, &p->value[kind], forms);
        for (size_t i = 0; i < n; i++)
            dye_fp(&g->keys, dye_value_span(&forms[i].bytes), x->fp[x->fps++]);
    }
}

static void plant(struct stolen *x, const struct table *t, bool pool, struct rng *r)
{
    struct registering g = {.x = x};
    struct dye_key index_key;
    struct dye_buf text;
    memset(x->row, 0, ALL * sizeof *x->row);
    memset(x->canary, 0, ALL);
    memset(x->canary + ROWS, true, CANARIES);
    x->fps = 0;
    table_fill(t, ROWS, r, x->row);
    struct dye_profile *profile = planting_learn(x->sector, x->row, ROWS);
    for (size_t i = 0; i < sizeof index_key.bytes; i++)
        index_key.bytes[i] = (uint8_t)rng_u64(r);
    dye_index_keys_init(&index_key, &g.keys);
    planting_fill(t, profile, pool, CANARIES, r, x->row + ROWS, add_canary, &g);
    dye_buf_init(&text, DYE_PROFILE_MAX_BYTES, false);
    if (dye_profile_write(profile, &text) != DYE_OK)
        abort();
    stolen_ready(x, (const char *)text.p, text.n, r);
    dye_buf_done(&text);
    dye_profile_free(profile);
}

int main(void)
{
    struct rng r;
    bool held = true;
    struct stolen x = {.row = calloc(ALL, sizeof *x.row),
                       .canary = calloc(ALL, 1),
                       .rows = ROWS,
                       .canaries = CANARIES,
                       .fp = calloc(CANARIES * DYE_KIND_COUNT * DYE_FORMS_MAX, sizeof *x.fp)};
    assert(x.row != NULL && x.canary != NULL && x.fp != NULL);
    rng_init(&r, rng_seed(20261123));
    printf("%d canaries among %d rows: by chance %.1f of the %d most suspect are canaries\n", CANARIES, ROWS,
           (double)CANARIES * CANARIES / ALL, CANARIES);
    for (size_t i = 0; i < plans_n; i++) {
        struct dye_sector sector;
        struct table t;
        planting_sector(plans[i].sector, &sector);
        table_make(&t, &sector, &r);
        x.sector = &sector;
        for (int pool = 1; pool >= 0; pool--) {
            plant(&x, &t, pool == 1, &r);
            printf("%s, %s\n", x.sector->name, pool == 1 ? "pool values" : "default spaces");
            for (size_t a = 0; a < (pool == 1 ? ATTACKS : 1); a++)
                held = attack(&x, a, 1e-3, &r) || (pool == 0) ? held : false;
        }
    }
    printf("with pool values no attack does better than chance: %s\n", held ? "held" : "MISSED");
    json_decref(x.profile);
    free(x.row);
    free(x.canary);
    free(x.fp);
    return held ? 0 : 1;
}

#include "planting.h"

#include "builtin.h"
#include "sector_file.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

static void must(enum dye_status status, const char *what)
{
    if (status == DYE_OK)
        return;
    fprintf(stderr, "%s: %s\n", what, dye_status_name(status));
    exit(4);
}

void planting_sector(const char *name, struct dye_sector *ret)
{
    const struct builtin *b = builtin_sectors;
    while (b->name != NULL && strcmp(b->name, name) != 0)
        b++;
    assert(b->name != NULL);
    must(sector_parse(b->name, b->text, strlen(b->text), ret, NULL), name);
}

struct dye_profile *planting_learn(const struct dye_sector *s, const struct row *rows, size_t n)
{
    struct dye_profile_learner *l = dye_profile_learner_new(s, DYE_PROFILE_K);
    struct dye_profile *profile = NULL;
    struct dye_buf text;
    assert(l != NULL);
    for (size_t i = 0; i < n; i++) {
        struct dye_span cells[FIELDS];
        for (size_t c = 0; c < s->columns; c++)
            cells[c] = dye_span_str(rows[i].cell[c]);
        dye_profile_learner_feed(l, cells);
    }
    must(dye_profile_learner_end(l, &profile, NULL), "a profile can't be learned");
    dye_profile_learner_free(l);
    dye_buf_init(&text, DYE_PROFILE_MAX_BYTES, false);
    must(dye_profile_write(profile, &text), "a profile can't be written");
    dye_profile_free(profile);
    must(dye_profile_read(dye_buf_span(&text), &profile, NULL), "a profile can't be read");
    dye_buf_done(&text);
    return profile;
}

size_t planting_fill(const struct table *t, const struct dye_profile *profile, bool pool, size_t n, struct rng *r,
                     struct row *ret, planting_fn fn, void *arg)
{
    struct dye_sector s;
    struct dye_key key;
    struct dye_prf draw;
    size_t rows = 0;
    uint64_t serial = 0;
    dye_profile_sector(profile, t->sector, TODAY, &s);
    for (size_t i = 0; i < sizeof key.bytes; i++)
        key.bytes[i] = (uint8_t)rng_u64(r);
    struct dye_persona_maker *m = dye_persona_maker_new(&key);
    assert(m != NULL);
    dye_prf_init(&draw, &key, "bench/profile", 0);
    for (; rows < n; serial++) {
        struct dye_persona p;
        struct dye_value cell;
        must(dye_persona_make(m, serial, &s, TODAY, &p, NULL), "a persona can't be made");
        if (pool)
            table_pool(t, r, &p);
        dye_prf_reset(&draw, serial);
        dye_profile_adopt(profile, t->sector, &draw, &p);
        size_t of = dye_sector_rows(t->sector, &p);
        for (size_t k = 0; k < of && rows < n; k++, rows++)
            for (size_t i = 0; i < t->sector->columns; i++) {
                must(dye_sector_cell_of(&t->sector->column[i], &p, k, &cell), "a cell can't be written");
                snprintf(ret[rows].cell[i], TEXT_BYTES, "%.*s", TEXT_BYTES - 1, cell.text);
            }
        if (fn != NULL)
            fn(arg, &p);
        dye_persona_wipe(&p);
    }
    dye_prf_done(&draw);
    dye_persona_maker_free(m);
    return serial;
}

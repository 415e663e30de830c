#include "placed.h"

#include "person.h"
#include "sector_file.h"
#include "stamp_time.h"

#include <assert.h>
#include <stdlib.h>

static_assert((int)PLACED_MAX <= (int)PERSONS_MAX, "a batch is loaded at once");

void placed_done(struct placed *p)
{
    PQclear(p->rows);
    for (size_t i = 0; p->personas != NULL && i < p->n; i++)
        dye_persona_wipe(&p->personas[i]);
    free(p->personas);
    free(p->stamps);
}

enum dye_status placed_load(const struct home *h, struct registrar *r, const struct source *source,
                            const struct placed_filter *filter, struct placed *ret, struct dye_error *err)
{
    DYE_TRY(sector_load(h, source->sector, &ret->sector, err));
    DYE_TRY(store_run(r->store, err, &ret->rows,
                      "SELECT p.placement_id, c.serial, c.canary_id, p.variant::text, j.serial_b,"
                      " (c.created_at AT TIME ZONE 'UTC')::date - date '1970-01-01', c.sector,"
                      " extract(epoch FROM p.planted_at)::bigint"
                      " FROM dyetrace.placement p JOIN dyetrace.canary c USING (canary_id)"
                      " LEFT JOIN dyetrace.code_position j USING (canary_id) WHERE p.source_id = $1 AND p.state = $2"
                      " AND c.serial IS NOT NULL"
                      " AND (p.state <> 'committed' OR NOT dyetrace.canary_is_burned(p.canary_id, now()))"
                      " AND ($5 = 0 OR EXISTS (SELECT FROM dyetrace.rotation_placement o WHERE o.rotation_id = $5"
                      " AND o.placement_id = p.placement_id))"
                      " AND ($6 = 0 OR EXISTS (SELECT FROM dyetrace.rotation_fresh o WHERE o.rotation_id = $6"
                      " AND o.placement_id = p.placement_id)) AND p.placement_id > $3 ORDER BY p.placement_id LIMIT $4",
                      "isiiii", source->source_id, filter->state, filter->after, (int64_t)PLACED_MAX, filter->rotation,
                      filter->fresh_of));
    size_t n = (size_t)PQntuples(ret->rows);
    ret->personas = calloc(n + 1, sizeof *ret->personas);
    ret->stamps = calloc(n + 1, sizeof *ret->stamps);
    if (ret->personas == NULL || ret->stamps == NULL)
        DYE_FAIL(err, DYE_E_NOMEM, "placements: out of memory");
    ret->n = n;
    for (int row = 0; row < (int)n; row++) {
        char when[15];
        stamp_time((time_t)store_int(ret->rows, row, 7), when);
        dye_stamp_make(&r->message_key, store_text(ret->rows, row, 2), store_text(ret->rows, row, 3)[0], source->path,
                       when, &ret->stamps[row]);
    }
    /* A source's sector may be another now, or that of another holder: who the person is does not change by it. */
    static const struct person_columns columns = {
        .serial = 1, .canary = 2, .variant = 3, .serial_b = 4, .made_on = 5, .sector = 6};
    return person_load_rows(h, r, ret->rows, &columns, 0, (int)n, ret->personas, err);
}

int64_t placed_last(const struct placed *p)
{
    return store_int(p->rows, (int)p->n - 1, 0);
}

struct connector_batch placed_batch(const struct placed *p)
{
    return (struct connector_batch){.sector = &p->sector, .personas = p->personas, .stamps = p->stamps, .n = p->n};
}

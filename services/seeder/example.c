#include "example.h"

#include "allotment.h"
#include "connector.h"
#include "sector_file.h"
#include "stamp_time.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>

struct examples {
    const struct home *home;
    struct registrar registrar;
    struct allotment pools;
};

static enum dye_status show_one(const struct connector *c, const struct examples *x, const struct registrar_ref *ref,
                                const char *source, struct dye_error *err)
{
    const struct registrar *r = &x->registrar;
    struct dye_persona p;
    struct dye_stamp stamp;
    char now[15];
    DYE_TRY(registrar_persona(r, ref, &p, err));
    allotment_mention(&x->pools, ref->sector, &p);
    following_adopt(&r->following, ref->profile, ref->sector, ref->serial, &p);
    stamp_time(time(NULL), now);
    dye_stamp_make(&r->message_key, p.canary, ref->variant, source, now, &stamp);
    const struct connector_batch one = {.sector = ref->sector, .personas = &p, .stamps = &stamp, .n = 1};
    return connector_show(c, &one, err);
}

static struct registrar_ref start(const struct registrar *r, const struct dye_sector *sector)
{
    return (struct registrar_ref){
        .variant = 'A', .sector = sector, .made_on = (int32_t)(time(NULL) / 86400), .profile = r->following.current};
}

/* Pools that would run out are seen in time; nothing is taken from them, for the transaction is undone. */
static enum dye_status take(struct examples *x, const struct dye_sector *sector, int64_t owner_id, uint64_t count,
                            struct dye_error *err)
{
    struct store *s = x->registrar.store;
    DYE_TRY(store_begin(s, err));
    enum dye_status status = allotment_take(s, &x->registrar.vault, sector, owner_id, count, &x->pools, err);
    store_rollback(s);
    return status;
}

static void done(struct examples *x)
{
    allotment_done(&x->pools);
    registrar_close(&x->registrar);
}

static enum dye_status show(struct examples *x, const struct source *source, uint64_t count, struct dye_error *err)
{
    struct registrar *r = &x->registrar;
    struct connector c;
    struct dye_sector sector;
    DYE_TRY(connector_load(x->home, source->path, &c, err));
    DYE_TRY(sector_load(x->home, source->sector, &sector, err));
    DYE_TRY(following_source(&r->following, &source->source_id, 1, err));
    DYE_TRY(take(x, &sector, source->owner_id, count, err));
    struct registrar_ref ref = start(r, &sector);
    printf("-- %" PRIu64 " new records such as (examples, of a key that is thrown away):\n", count);
    for (ref.serial = 0; ref.serial < count; ref.serial++)
        DYE_TRY(show_one(&c, x, &ref, source->path, err));
    return DYE_OK;
}

enum dye_status example_show(const struct home *h, struct store *s, const struct source *source, uint64_t count,
                             struct dye_error *err)
{
    struct examples x = {.home = h};
    enum dye_status status = registrar_open_examples(s, &x.registrar, err);
    if (status == DYE_OK)
        status = show(&x, source, count, err);
    done(&x);
    return status;
}

static enum dye_status show_copies(struct examples *x, const struct sharing *q, const struct dye_code *code,
                                   struct dye_error *err)
{
    struct connector c;
    DYE_TRY(take(x, &q->sector, q->holder[0].owner_id, 2 * code->positions, err));
    for (uint32_t i = 0; i < q->n; i++) {
        struct registrar_ref ref = start(&x->registrar, &q->sector);
        DYE_TRY(connector_load(x->home, q->path[i], &c, err));
        printf("-- %" PRIu64 " new records of %s such as (examples, of a key that is thrown away):\n", code->positions,
               q->path[i]);
        for (uint64_t k = 0; k < code->positions; k++) {
            ref.serial = 2 * k;
            ref.serial_b = 2 * k + 1;
            ref.variant = dye_code_symbol(code, k, i);
            DYE_TRY(show_one(&c, x, &ref, q->path[i], err));
        }
    }
    return DYE_OK;
}

enum dye_status example_show_copies(const struct home *h, struct store *s, const struct sharing *q,
                                    struct dye_error *err)
{
    struct examples x = {.home = h};
    struct registrar *r = &x.registrar;
    struct dye_code code = {0};
    enum dye_status status = registrar_open_examples(s, r, err);
    if (status == DYE_OK)
        status = registrar_follow(r, q->holder, q->n, err);
    if (status == DYE_OK)
        status = dye_code_make(&r->code_key, 0, q->n, q->params.colluders, q->plan.positions, &code, err);
    if (status == DYE_OK)
        status = show_copies(&x, q, &code, err);
    dye_code_done(&code);
    done(&x);
    return status;
}

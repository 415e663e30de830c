#include "example.h"

#include "connector.h"
#include "sector_file.h"
#include "stamp_time.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>

static enum dye_status show_one(const struct connector *c, const struct registrar *r, const struct registrar_ref *ref,
                                const char *source, struct dye_error *err)
{
    struct dye_persona p;
    struct dye_stamp stamp;
    char now[15];
    DYE_TRY(registrar_persona(r, ref, &p, err));
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

static enum dye_status show(const struct home *h, struct registrar *r, const struct source *source, uint64_t count,
                            struct dye_error *err)
{
    struct connector c;
    struct dye_sector sector;
    DYE_TRY(connector_load(h, source->path, &c, err));
    DYE_TRY(sector_load(h, source->sector, &sector, err));
    DYE_TRY(following_source(&r->following, &source->source_id, 1, err));
    struct registrar_ref ref = start(r, &sector);
    printf("-- %" PRIu64 " new records such as (examples, of a key that is thrown away):\n", count);
    for (ref.serial = 0; ref.serial < count; ref.serial++)
        DYE_TRY(show_one(&c, r, &ref, source->path, err));
    return DYE_OK;
}

enum dye_status example_show(const struct home *h, struct store *s, const struct source *source, uint64_t count,
                             struct dye_error *err)
{
    struct registrar r = {0};
    enum dye_status status = registrar_open_examples(s, &r, err);
    if (status == DYE_OK)
        status = show(h, &r, source, count, err);
    registrar_close(&r);
    return status;
}

static enum dye_status show_copies(const struct home *h, struct registrar *r, const struct sharing *q,
                                   const struct dye_code *code, struct dye_error *err)
{
    struct connector c;
    for (uint32_t i = 0; i < q->n; i++) {
        struct registrar_ref ref = start(r, &q->sector);
        DYE_TRY(connector_load(h, q->path[i], &c, err));
        printf("-- %" PRIu64 " new records of %s such as (examples, of a key that is thrown away):\n", code->positions,
               q->path[i]);
        for (uint64_t k = 0; k < code->positions; k++) {
            ref.serial = 2 * k;
            ref.serial_b = 2 * k + 1;
            ref.variant = dye_code_symbol(code, k, i);
            DYE_TRY(show_one(&c, r, &ref, q->path[i], err));
        }
    }
    return DYE_OK;
}

enum dye_status example_show_copies(const struct home *h, struct store *s, const struct sharing *q,
                                    struct dye_error *err)
{
    struct registrar r = {0};
    struct dye_code code = {0};
    enum dye_status status = registrar_open_examples(s, &r, err);
    if (status == DYE_OK)
        status = registrar_follow(&r, q->holder, q->n, err);
    if (status == DYE_OK)
        status = dye_code_make(&r.code_key, 0, q->n, q->params.colluders, q->plan.positions, &code, err);
    if (status == DYE_OK)
        status = show_copies(h, &r, q, &code, err);
    dye_code_done(&code);
    registrar_close(&r);
    return status;
}

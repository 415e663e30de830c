#include "following.h"

#include <inttypes.h>

void following_init(struct following *f, struct store *s, const struct dye_key *persona,
                    const struct dye_persona_maker *maker)
{
    *f = (struct following){.store = s, .maker = maker};
    dye_prf_init(&f->draw, persona, "dyetrace/1/persona/profile", 0);
}

void following_done(struct following *f)
{
    for (size_t i = 0; i < f->n; i++)
        dye_profile_free(f->loaded[i].profile);
    dye_prf_done(&f->draw);
    dye_wipe(f, sizeof *f);
}

static struct dye_profile *loaded(const struct following *f, int64_t id)
{
    for (size_t i = 0; i < f->n; i++)
        if (f->loaded[i].id == id)
            return f->loaded[i].profile;
    return NULL;
}

static enum dye_status load(struct following *f, int64_t id, struct dye_error *err)
{
    STORE_RESULT r = NULL;
    struct dye_profile *p = NULL;
    if (loaded(f, id) != NULL)
        return DYE_OK;
    if (f->n == FOLLOWING_MAX)
        DYE_FAIL(err, DYE_E_LIMIT, "profiles: more than %d at once; name a source", FOLLOWING_MAX);
    DYE_TRY(store_run(f->store, err, &r, "SELECT counts FROM dyetrace.source_profile WHERE profile_id = $1", "i", id));
    if (PQntuples(r) != 1)
        DYE_FAIL(err, DYE_E_DATABASE, "profile: one that canaries follow is gone");
    DYE_TRY(dye_profile_read(dye_span_str(store_text(r, 0, 0)), &p, err));
    f->loaded[f->n].id = id;
    f->loaded[f->n++].profile = p;
    return DYE_OK;
}

static enum dye_status write_ids(const int64_t *sources, size_t n, struct dye_buf *ret)
{
    for (size_t i = 0; i < n; i++)
        DYE_TRY(dye_buf_printf(ret, "%c%" PRId64, i == 0 ? '{' : ',', sources[i]));
    return dye_buf_append_str(ret, "}");
}

static enum dye_status find_newest(struct following *f, const char *sources, PGresult **ret, struct dye_error *err)
{
    return store_run(f->store, err, ret,
                     "WITH RECURSIVE up AS (SELECT source_id, parent_id, owner_id, sector, 0 AS height"
                     " FROM dyetrace.source WHERE source_id = ANY ($1::integer[]) UNION ALL SELECT s.source_id,"
                     " s.parent_id, s.owner_id, s.sector, up.height + 1 FROM up JOIN dyetrace.source s"
                     " ON s.source_id = up.parent_id AND s.owner_id = up.owner_id AND s.sector = up.sector)"
                     " SELECT profile_id FROM up JOIN dyetrace.source_profile USING (source_id)"
                     " ORDER BY height, profile_id DESC LIMIT 1",
                     "s", sources);
}

enum dye_status following_source(struct following *f, const int64_t *sources, size_t n, struct dye_error *err)
{
    STORE_RESULT r = NULL;
    struct dye_buf ids;
    f->current = 0;
    if (n == 0)
        return DYE_OK;
    dye_buf_init(&ids, 32 * n, false);
    enum dye_status status = write_ids(sources, n, &ids);
    status = status == DYE_OK ? find_newest(f, (const char *)ids.p, &r, err)
                              : dye_fail(err, status, "profiles: out of memory");
    dye_buf_done(&ids);
    DYE_TRY(status);
    if (PQntuples(r) == 0)
        return DYE_OK;
    DYE_TRY(load(f, store_int(r, 0, 0), err));
    f->current = store_int(r, 0, 0);
    return DYE_OK;
}

enum dye_status following_of(struct following *f, const char *ids, size_t n, int64_t *ret, struct dye_error *err)
{
    STORE_RESULT r = NULL;
    memset(ret, 0, n * sizeof *ret);
    DYE_TRY(store_run(f->store, err, &r,
                      "SELECT u.n - 1, p.profile_id FROM unnest($1::text[]) WITH ORDINALITY u (canary_id, n)"
                      " JOIN dyetrace.canary_profile p USING (canary_id)",
                      "s", ids));
    for (int i = 0; i < PQntuples(r); i++) {
        int64_t id = store_int(r, i, 1);
        DYE_TRY(load(f, id, err));
        ret[store_int(r, i, 0)] = id;
    }
    return DYE_OK;
}

enum dye_status following_make(const struct following *f, int64_t profile, const struct dye_sector *sector,
                               int32_t made_on, uint64_t serial, struct dye_persona *ret, struct dye_error *err)
{
    if (profile == 0)
        return dye_persona_make(f->maker, serial, sector, made_on, ret, err);
    struct dye_sector of_table;
    dye_profile_sector(loaded(f, profile), sector, made_on, &of_table);
    return dye_persona_make(f->maker, serial, &of_table, made_on, ret, err);
}

void following_adopt(const struct following *f, int64_t profile, const struct dye_sector *sector, uint64_t serial,
                     struct dye_persona *p)
{
    if (profile == 0)
        return;
    struct dye_prf draw = f->draw;
    dye_prf_reset(&draw, serial);
    dye_profile_adopt(loaded(f, profile), sector, &draw, p);
    dye_prf_done(&draw);
}

enum dye_status following_keep(struct following *f, struct dye_error *err)
{
    if (f->current == 0)
        return DYE_OK;
    return store_run(f->store, err, NULL,
                     "INSERT INTO dyetrace.canary_profile (canary_id, profile_id)"
                     " SELECT DISTINCT canary_id, $1::integer FROM pg_temp.new_placement",
                     "i", f->current);
}

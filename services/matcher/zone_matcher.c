#include "zone_matcher.h"

enum dye_status matcher_enter(const struct home *h, struct store **ret, struct dye_index_keys *keys,
                              struct dye_error *err)
{
    struct store *s = NULL;
    DYE_TRY(zone_enter(h, "matcher", &s, err));
    if (keys != NULL) {
        DYE_CLEANUP(dye_key_wipe) struct dye_key index = {0};
        enum dye_status status = zone_key(h, "matcher", "index", s, &index, err);
        if (status != DYE_OK) {
            store_close(s);
            return status;
        }
        dye_index_keys_init(&index, keys);
    }
    *ret = s;
    return DYE_OK;
}

enum dye_status matcher_registry(const struct dye_index_keys *keys, struct store *s, struct registry **ret,
                                 struct dye_error *err)
{
    struct registry *r = NULL;
    DYE_TRY(registry_new(keys, &r, err));
    enum dye_status status = registry_refresh(r, s, NULL, err);
    if (status != DYE_OK) {
        registry_free(r);
        return status;
    }
    *ret = r;
    return DYE_OK;
}

enum dye_status matcher_expire_events(struct store *s, const struct config *c, struct dye_error *err)
{
    return store_run(s, err, NULL,
                     "SELECT dyetrace.events_expire($1::integer),"
                     " CASE WHEN $2::integer > 0 THEN dyetrace.alerts_expire($2::integer) END",
                     "ii", c->events_retention_days, c->alerts_retention_days);
}

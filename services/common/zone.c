#include "zone.h"

#include "key_file.h"
#include "privilege.h"

#include <stdio.h>

enum dye_status zone_enter(const struct home *h, const char *zone, struct store **ret, struct dye_error *err)
{
    privilege_harden();
    DYE_TRY(privilege_drop(h->uid, h->gid, err));
    char conninfo[1600];
    char program[40];
    DYE_TRY(home_zone_conninfo(h, zone, conninfo, sizeof conninfo, err));
    snprintf(program, sizeof program, "dyetrace-%s", zone);
    enum dye_status status = store_open(conninfo, program, ret, err);
    dye_wipe(conninfo, sizeof conninfo);
    return status;
}

enum dye_status zone_key(const struct home *h, const char *zone, const char *name, struct store *s, struct dye_key *ret,
                         struct dye_error *err)
{
    char path[HOME_PATH_MAX];
    uint8_t stored[DYE_KEY_CHECK_BYTES];
    uint8_t own[DYE_KEY_CHECK_BYTES];
    DYE_TRY(home_path(h, path, err, "zones/%s/%s.key", zone, name));
    DYE_CLEANUP(dye_key_wipe) struct dye_key k = {0};
    DYE_TRY(key_file_read(path, &k, err));
    STORE_RESULT r = NULL;
    DYE_TRY(store_run(s, err, &r, "SELECT check_value FROM dyetrace.key_check WHERE zone_key = $1", "s", name));
    if (PQntuples(r) != 1 || !store_bytes(r, 0, 0, stored, sizeof stored))
        DYE_FAIL(err, DYE_E_DATABASE, "database: it has no check value for the %s key", name);
    dye_key_check(&k, name, own);
    if (!dye_equal_secret(stored, own, sizeof own))
        DYE_FAIL(err, DYE_E_KEY, "key: %s: not the key that this database was made with", path);
    *ret = k;
    return DYE_OK;
}

enum dye_status zone_audit(struct store *s, const char *event, const char *object, const char *result,
                           const char *detail, struct dye_error *err)
{
    return store_run(s, err, NULL, "SELECT dyetrace.audit_append($1, $2, $3, $4::jsonb)", "ssss", event, object, result,
                     detail != NULL ? detail : "{}");
}

#include "zone_alerter.h"

#include "dye/key.h"
#include "zone.h"

#include <stdio.h>
#include <string.h>

/* Certificates that the connection to the database wants, where it is another server's. */
static size_t add_database_files(PQconninfoOption *options, const char **to, size_t n, size_t max)
{
    static const char *const keys[] = {"sslrootcert", "sslcert", "sslkey", "sslcrl"};
    for (PQconninfoOption *o = options; o != NULL && o->keyword != NULL; o++)
        for (size_t i = 0; i < sizeof keys / sizeof *keys && n < max; i++)
            if (strcmp(o->keyword, keys[i]) == 0 && o->val != NULL && o->val[0] == '/')
                to[n++] = o->val;
    return n;
}

static enum dye_status enter(const struct home *h, const struct alert_channels *channels, enum sandbox_level *ret,
                             struct dye_error *err)
{
    enum { FILES = 2 * ALERT_CHANNELS_MAX + 5 };
    const char *readable[FILES + 1];
    char zone[HOME_PATH_MAX];
    char conninfo[1200];
    size_t n = 0;
    DYE_TRY(home_path(h, zone, err, "zones/alerter"));
    DYE_TRY(home_admin_conninfo(h, conninfo, sizeof conninfo, err));
    readable[n++] = zone;
    for (size_t i = 0; i < channels->n; i++) {
        const char *const files[] = {channels->channel[i].ca, channels->channel[i].secret};
        for (size_t k = 0; k < 2; k++)
            if (files[k][0] != '\0')
                readable[n++] = files[k];
    }
    PQconninfoOption *options = PQconninfoParse(conninfo, NULL);
    n = add_database_files(options, readable, n, FILES);
    readable[n] = NULL;
    *ret = sandbox_enter_sender(readable);
    PQconninfoFree(options);
    dye_wipe(conninfo, sizeof conninfo);
    return DYE_OK;
}

enum dye_status zone_alerter_enter(const struct home *h, const struct alert_channels *channels,
                                   enum dye_status (*before)(const struct home *h, struct dye_error *err),
                                   struct store **ret, enum sandbox_level *ret_level, struct dye_error *err)
{
    DYE_TRY(zone_enter(h, "alerter", ret, err));
    if (before != NULL)
        DYE_TRY(before(h, err));
    return enter(h, channels, ret_level, err);
}

enum dye_status zone_alerter_connect(const struct home *h, struct store **ret, struct dye_error *err)
{
    char conninfo[1600];
    DYE_TRY(home_zone_conninfo(h, "alerter", conninfo, sizeof conninfo, err));
    enum dye_status status = store_open(conninfo, "dyetrace-alerter", ret, err);
    dye_wipe(conninfo, sizeof conninfo);
    return status;
}

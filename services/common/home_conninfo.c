/* How a home's database is reached: apart from home.c, for programs that never do and load no libpq. */
#include "home.h"

#include "dye/key.h"

#include <errno.h>
#include <libpq-fe.h>
#include <string.h>

enum dye_status home_admin_conninfo(const struct home *h, char *ret, size_t n, struct dye_error *err)
{
    int used = home_has_cluster(h)
                   ? snprintf(ret, n, "host=%s port=5432 dbname=dyetrace user=dyetrace_owner", h->socket_dir)
                   : snprintf(ret, n, "%s", h->config.admin_conninfo);
    if (used < 0 || (size_t)used >= n)
        DYE_FAIL(err, DYE_E_CONFIG, "database.conninfo: too long");
    return DYE_OK;
}

/* Appends " key='value'" with the value quoted as libpq wants it; false when it does not fit. */
static bool append_pair(char *to, size_t n, const char *key, const char *value)
{
    size_t used = strlen(to);
    int w = snprintf(to + used, n - used, "%s%s='", used != 0 ? " " : "", key);
    if (w < 0 || (size_t)w >= n - used)
        return false;
    used += (size_t)w;
    for (; *value != '\0'; value++) {
        if (used + 4 > n)
            return false;
        if (*value == '\'' || *value == '\\')
            to[used++] = '\\';
        to[used++] = *value;
    }
    if (used + 2 > n)
        return false;
    to[used++] = '\'';
    to[used] = '\0';
    return true;
}

static bool rebase(const char *base, const char *role, const char *password, char *ret, size_t n)
{
    PQconninfoOption *options = PQconninfoParse(base, NULL);
    bool ok = options != NULL;
    ret[0] = '\0';
    for (PQconninfoOption *o = options; ok && o->keyword != NULL; o++)
        if (o->val != NULL && strcmp(o->keyword, "user") != 0 && strcmp(o->keyword, "password") != 0 &&
            strcmp(o->keyword, "passfile") != 0)
            ok = append_pair(ret, n, o->keyword, o->val);
    ok = ok && append_pair(ret, n, "user", role) && append_pair(ret, n, "password", password);
    PQconninfoFree(options);
    return ok;
}

enum dye_status home_zone_conninfo(const struct home *h, const char *zone, char *ret, size_t n, struct dye_error *err)
{
    char path[HOME_PATH_MAX];
    char base[1200];
    char role[80];
    char password[80];
    DYE_TRY(home_path(h, path, err, "zones/%s/pg.role", zone));
    DYE_TRY(home_admin_conninfo(h, base, sizeof base, err));
    FILE *f = fopen(path, "re");
    if (f == NULL)
        DYE_FAIL(err, DYE_E_CONFIG, "zone %s: %s: %s", zone, path, strerror(errno));
    bool ok = fgets(role, sizeof role, f) != NULL && fgets(password, sizeof password, f) != NULL;
    fclose(f);
    if (ok) {
        role[strcspn(role, "\n")] = '\0';
        password[strcspn(password, "\n")] = '\0';
        ok = rebase(base, role, password, ret, n);
    }
    dye_wipe(password, sizeof password);
    if (!ok)
        DYE_FAIL(err, DYE_E_CONFIG, "zone %s: %s: damaged", zone, path);
    return DYE_OK;
}

#include "home.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum dye_status home_locate(const char *option, char ret[HOME_PATH_MAX], struct dye_error *err)
{
    const char *env = getenv("DYETRACE_HOME");
    const char *xdg = getenv("XDG_DATA_HOME");
    const char *user = getenv("HOME");
    int n;
    if (option != NULL && option[0] != '\0')
        n = snprintf(ret, HOME_PATH_MAX, "%s", option);
    else if (env != NULL && env[0] != '\0')
        n = snprintf(ret, HOME_PATH_MAX, "%s", env);
    else if (xdg != NULL && xdg[0] != '\0')
        n = snprintf(ret, HOME_PATH_MAX, "%s/dyetrace", xdg);
    else if (user != NULL && user[0] != '\0')
        n = snprintf(ret, HOME_PATH_MAX, "%s/.local/share/dyetrace", user);
    else
        DYE_FAIL(err, DYE_E_CONFIG, "home: none given; use --home DIR");
    if (n < 0 || n >= HOME_PATH_MAX)
        DYE_FAIL(err, DYE_E_CONFIG, "home: the path is too long");
    return DYE_OK;
}

enum dye_status home_path(const struct home *h, char ret[HOME_PATH_MAX], struct dye_error *err, const char *fmt, ...)
{
    int used = snprintf(ret, HOME_PATH_MAX, "%s/", h->dir);
    va_list ap;
    va_start(ap, fmt);
    int n = used < HOME_PATH_MAX ? vsnprintf(ret + used, (size_t)(HOME_PATH_MAX - used), fmt, ap) : -1;
    va_end(ap);
    if (n < 0 || used + n >= HOME_PATH_MAX)
        DYE_FAIL(err, DYE_E_LIMIT, "home: the path is too long");
    return DYE_OK;
}

static enum dye_status read_id(struct home *h, struct dye_error *err)
{
    char path[HOME_PATH_MAX];
    DYE_TRY(home_path(h, path, err, "id"));
    FILE *f = fopen(path, "re");
    if (f == NULL && errno == EACCES)
        DYE_FAIL(err, DYE_E_CONFIG, "home: %s: %s; its own user and root may use it", h->dir, strerror(errno));
    if (f == NULL)
        DYE_FAIL(err, DYE_E_CONFIG, "home: %s is none: %s (dyetrace init makes one)", h->dir, strerror(errno));
    bool ok = fgets(h->id, sizeof h->id, f) != NULL && strlen(h->id) == 8 && strspn(h->id, "0123456789abcdef") == 8;
    fclose(f);
    if (!ok)
        DYE_FAIL(err, DYE_E_CONFIG, "home: %s is damaged", path);
    return DYE_OK;
}

void home_place_socket(struct home *h)
{
    /* A socket's path has 108 bytes, ".s.PGSQL.5432.lock" among them. */
    if (strlen(h->dir) + sizeof "/run/.s.PGSQL.5432.lock" <= sizeof((struct sockaddr_un *)0)->sun_path)
        snprintf(h->socket_dir, sizeof h->socket_dir, "%.*s/run", (int)sizeof h->socket_dir - 8, h->dir);
    else
        snprintf(h->socket_dir, sizeof h->socket_dir, "/tmp/dyetrace-%s", h->id);
}

enum dye_status home_open(const char *option, const char *config, struct home *ret, struct dye_error *err)
{
    struct home h = {0};
    char path[HOME_PATH_MAX];
    DYE_TRY(home_locate(option, path, err));
    char *real = realpath(path, NULL);
    if (real == NULL)
        DYE_FAIL(err, DYE_E_CONFIG, "home: %s: %s (dyetrace init makes one)", path, strerror(errno));
    bool fits = strlen(real) < sizeof h.dir - 64;
    if (fits)
        memcpy(h.dir, real, strlen(real) + 1);
    free(real);
    if (!fits)
        DYE_FAIL(err, DYE_E_CONFIG, "home: the path is too long");
    struct stat st;
    if (stat(h.dir, &st) != 0)
        DYE_FAIL(err, DYE_E_IO, "home: %s: %s", h.dir, strerror(errno));
    h.uid = st.st_uid;
    h.gid = st.st_gid;
    DYE_TRY(read_id(&h, err));
    home_place_socket(&h);
    if (config == NULL) {
        DYE_TRY(home_path(&h, path, err, "dyetrace.yaml"));
        config = path;
    }
    DYE_TRY(config_read(config, &h.config, err));
    *ret = h;
    return DYE_OK;
}

bool home_has_cluster(const struct home *h)
{
    return h->config.admin_conninfo[0] == '\0';
}

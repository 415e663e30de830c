/*
 * init: makes a home. What is half made is marked, and made again from the start; the file `id` comes last, so a home
 * that has it is whole.
 */
#include "cluster.h"
#include "dye/digest.h"
#include "founding.h"
#include "log.h"
#include "migrate.h"
#include "place.h"
#include "privilege.h"
#include "store.h"
#include "verb.h"
#include "verbs.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *opt_pg;
static const char *opt_user;
static const char *opt_owner;
static struct common_options common;

static const struct option_spec options[] = {
    {"pg", "CONNINFO", "use this server and database instead of a private cluster", &opt_pg, NULL},
    {"user", "NAME", "as root: whom the home belongs to (default dyetrace, else postgres)", &opt_user, NULL},
    {"owner", "NAME", "whose sources this home seeds", &opt_owner, NULL},
    {NULL, NULL, NULL, NULL, NULL},
};
static const struct verb_spec spec = {
    "init [--pg CONNINFO]", "Makes a home: keys, configuration and a private PostgreSQL cluster. Again: no change.",
    options, 0, 0};

static const char *const children[] = {"dyetrace.yaml", "cluster", "zones",      "run",           "log",
                                       "spool",         "sectors", "master.key", PLACE_UNFINISHED};

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st;
    (void)type;
    (void)ftw;
    return remove(path);
}

/* Takes away what an init that did not finish left: those names only. */
static enum dye_status clear_unfinished(const struct home *h, struct dye_error *err)
{
    char path[HOME_PATH_MAX];
    DYE_TRY(cluster_stop(h, err));
    for (size_t i = 0; i < sizeof children / sizeof *children; i++) {
        DYE_TRY(home_path(h, path, err, "%s", children[i]));
        if (nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS) != 0 && errno != ENOENT)
            DYE_FAIL(err, DYE_E_IO, "home: %s: %s", path, strerror(errno));
    }
    return DYE_OK;
}

static enum dye_status make_dirs(const struct home *h, struct dye_error *err)
{
    static const char *const names[] = {"zones",         "zones/seeder",  "zones/matcher", "zones/portal",
                                        "zones/auditor", "zones/alerter", "run",           "log",
                                        "sectors",       "spool",         "spool/done",    "spool/failed"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char path[HOME_PATH_MAX];
        DYE_TRY(home_path(h, path, err, "%s", names[i]));
        if (mkdir(path, strcmp(names[i], "run") == 0 ? 0711 : 0700) != 0)
            DYE_FAIL(err, DYE_E_IO, "home: %s: %s", path, strerror(errno));
    }
    return DYE_OK;
}

static enum dye_status make_config(const struct home *h, struct dye_error *err)
{
    char path[HOME_PATH_MAX];
    DYE_TRY(home_path(h, path, err, "dyetrace.yaml"));
    FILE *f = fopen(path, "wxe");
    if (f == NULL)
        DYE_FAIL(err, DYE_E_IO, "home: %s: %s", path, strerror(errno));
    config_print_reference(f, &h->config);
    if (fclose(f) != 0 || chmod(path, 0600) != 0)
        DYE_FAIL(err, DYE_E_IO, "home: %s: %s", path, strerror(errno));
    return DYE_OK;
}

/* Two homes on a machine don't meet on one port: each has its own, below the range that the kernel hands out. */
static void choose_port(struct home *h)
{
    enum { FIRST = 20000, PORTS = 12768 };
    unsigned long port = FIRST + strtoul(h->id, NULL, 16) % PORTS;
    snprintf(h->config.portal_listen, sizeof h->config.portal_listen, "127.0.0.1:%lu", port);
}

static enum dye_status build_new(struct home *h, const char *mark, struct dye_error *err)
{
    uint8_t random[4];
    char text[80];
    if (access(mark, F_OK) == 0)
        DYE_TRY(clear_unfinished(h, err));
    DYE_TRY(dye_random(random, sizeof random, err));
    dye_hex(random, sizeof random, h->id);
    snprintf(text, sizeof text, "%s\nan init was not finished; run it again\n", h->id);
    DYE_TRY(founding_text(h, PLACE_UNFINISHED, 0600, text, err));
    home_place_socket(h);
    choose_port(h);
    DYE_TRY(make_dirs(h, err));
    DYE_TRY(make_config(h, err));
    DYE_CLEANUP(dye_key_wipe) struct dye_key master;
    DYE_TRY(founding_keys(h, &master, err));
    return founding_database(h, &master, err);
}

/* Runs as the home's user. */
static enum dye_status build(struct home *h, struct dye_error *err)
{
    char mark[HOME_PATH_MAX];
    char whole[HOME_PATH_MAX];
    char id[16];
    /* Another init of this home may be at it: what it has made is not half made. Held until the process ends. */
    int lock = open(h->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (lock < 0 || flock(lock, LOCK_EX) != 0)
        DYE_FAIL(err, DYE_E_IO, "home: %s: %s", h->dir, strerror(errno));
    DYE_TRY(home_path(h, whole, err, "id"));
    if (access(whole, F_OK) == 0)
        return DYE_OK;
    DYE_TRY(home_path(h, mark, err, PLACE_UNFINISHED));
    if (access(mark, F_OK) != 0 || !founding_was_committed(h))
        DYE_TRY(build_new(h, mark, err));
    snprintf(id, sizeof id, "%s\n", h->id);
    DYE_TRY(founding_text(h, "id", 0600, id, err));
    if (unlink(mark) != 0)
        DYE_FAIL(err, DYE_E_IO, "home: %s: %s", mark, strerror(errno));
    return DYE_OK;
}

static int as_user(struct home *h, enum dye_status (*work)(struct home *h, struct dye_error *err))
{
    struct dye_error err = {0};
    pid_t pid = fork();
    if (pid < 0)
        return 3;
    if (pid == 0) {
        privilege_harden(); /* the master key passes through here */
        enum dye_status status = privilege_drop(h->uid, h->gid, &err);
        if (status == DYE_OK)
            status = work(h, &err);
        _exit(status == DYE_OK ? 0 : complain(&err));
    }
    int status = 0;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 4;
}

/* Runs as the home's user. */
static enum dye_status bring_up_to_date(struct home *h, struct dye_error *err)
{
    char conninfo[1200];
    DYE_TRY(home_admin_conninfo(h, conninfo, sizeof conninfo, err));
    struct store *s = NULL;
    DYE_TRY(store_open(conninfo, "dyetrace", &s, err));
    enum dye_status status = migrate(s, err);
    if (status == DYE_OK)
        status = founding_zones(h, s, err);
    if (status == DYE_OK)
        status = store_begin(s, err);
    if (status == DYE_OK)
        status = founding_close_doors(h, s, err);
    if (status == DYE_OK)
        status = store_commit(s, err);
    store_close(s);
    return status;
}

/* A home that is whole: bring its cluster up, and its schema and zones to this program's. */
static enum dye_status refresh(int *ret_code, struct dye_error *err)
{
    struct home h;
    DYE_TRY(home_open(common.home, common.config, &h, err));
    if (home_has_cluster(&h))
        DYE_TRY(cluster_start(&h, err));
    *ret_code = as_user(&h, bring_up_to_date);
    return DYE_OK;
}

static enum dye_status prepare(struct home *h, struct dye_error *err)
{
    char path[HOME_PATH_MAX];
    DYE_TRY(home_locate(common.home, path, err));
    if (path[0] != '/') {
        char cwd[HOME_PATH_MAX];
        char joined[HOME_PATH_MAX];
        int n = getcwd(cwd, sizeof cwd) != NULL ? snprintf(joined, sizeof joined, "%s/%s", cwd, path) : -1;
        if (n < 0 || n >= HOME_PATH_MAX)
            DYE_FAIL(err, DYE_E_CONFIG, "home: the path is too long");
        memcpy(path, joined, (size_t)n + 1);
    }
    while (strlen(path) > 1 && path[strlen(path) - 1] == '/')
        path[strlen(path) - 1] = '\0';
    DYE_TRY(place_user(opt_user, &h->uid, &h->gid, err));
    DYE_TRY(place_make(path, h->uid, h->gid, err));
    char *real = realpath(path, NULL);
    if (real == NULL || strlen(real) >= sizeof h->dir - 64) {
        free(real);
        DYE_FAIL(err, DYE_E_CONFIG, "home: %s: unusable", path);
    }
    memcpy(h->dir, real, strlen(real) + 1);
    free(real);
    config_default(&h->config);
    if (opt_pg != NULL) {
        if (strlen(opt_pg) >= sizeof h->config.admin_conninfo || opt_pg[0] == '\0')
            DYE_FAIL(err, DYE_E_USAGE, "--pg: a conninfo of at most 1023 bytes is wanted");
        memcpy(h->config.admin_conninfo, opt_pg, strlen(opt_pg) + 1);
    }
    if (opt_owner != NULL) {
        if (strlen(opt_owner) >= sizeof h->config.owner || opt_owner[0] == '\0')
            DYE_FAIL(err, DYE_E_USAGE, "--owner: a name of at most 63 bytes is wanted");
        memcpy(h->config.owner, opt_owner, strlen(opt_owner) + 1);
    }
    return DYE_OK;
}

static bool exists_whole(void)
{
    char path[HOME_PATH_MAX];
    char id[HOME_PATH_MAX + 8];
    if (home_locate(common.home, path, NULL) != DYE_OK)
        return false;
    snprintf(id, sizeof id, "%s/id", path);
    return access(id, F_OK) == 0;
}

static enum dye_status init(struct verb_call *call, struct dye_error *err)
{
    struct home h = {0};
    if (exists_whole())
        return refresh(&call->code, err);
    DYE_TRY(prepare(&h, err));
    call->code = as_user(&h, build);
    if (call->code == 0)
        fprintf(stderr,
                "home: %s\nmaster.key in it made the zones' keys and is needed no more: move it to where no machine "
                "can read it.\n",
                h.dir);
    return DYE_OK;
}

int verb_init(int argc, char **argv)
{
    return verb_run(&spec, argc, argv, &common, init);
}

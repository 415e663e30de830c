/*
 * init: makes a home. What is half made is marked, and made again from the start; the file `id` comes last, so a home
 * that has it is whole.
 */
#include "cluster.h"
#include "dye/digest.h"
#include "key_file.h"
#include "log.h"
#include "migrate.h"
#include "options.h"
#include "privilege.h"
#include "store.h"
#include "verbs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <grp.h>
#include <pwd.h>
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

static const char *const children[] = {"dyetrace.yaml", "cluster", "zones",   "run",
                                       "log",           "spool",   "sectors", "master.key"};
#define UNFINISHED "unfinished"

/* ---- whose it is and where it lies ---- */

static enum dye_status find_user(uid_t *uid, gid_t *gid, struct dye_error *err)
{
    if (geteuid() != 0) {
        *uid = geteuid();
        *gid = getegid();
        return DYE_OK;
    }
    const char *const names[] = {opt_user != NULL ? opt_user : "dyetrace", opt_user != NULL ? NULL : "postgres"};
    for (size_t i = 0; i < 2 && names[i] != NULL; i++) {
        const struct passwd *p = getpwnam(names[i]);
        if (p != NULL && p->pw_uid != 0) {
            *uid = p->pw_uid;
            *gid = p->pw_gid;
            return DYE_OK;
        }
    }
    DYE_FAIL(err, DYE_E_CONFIG, "user: there is no unprivileged user %s to own the home; adduser --system --group %s",
             names[0], names[0]);
}

static enum dye_status make_parents(char *path, struct dye_error *err)
{
    for (char *slash = strchr(path + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        int made = mkdir(path, 0755);
        int why = errno;
        *slash = '/';
        if (made != 0 && why != EEXIST)
            DYE_FAIL(err, DYE_E_IO, "home: %s: %s", path, strerror(why));
    }
    return DYE_OK;
}

/* Whether the user can get to a directory: asked as that user, because modes alone don't say it. */
static bool reachable(const char *dir, uid_t uid, gid_t gid)
{
    if (geteuid() != 0)
        return true;
    pid_t pid = fork();
    if (pid == 0)
        _exit(privilege_drop(uid, gid, NULL) == DYE_OK && chdir(dir) == 0 ? 0 : 1);
    int status = 1;
    return pid > 0 && waitpid(pid, &status, 0) == pid && status == 0;
}

static enum dye_status take(const char *dir, uid_t uid, gid_t gid, struct dye_error *err)
{
    if (mkdir(dir, 0700) != 0 && errno != EEXIST)
        DYE_FAIL(err, DYE_E_IO, "home: %s: %s", dir, strerror(errno));
    /* Through a descriptor: whoever owns the parent could have put a link there meanwhile. */
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    bool ok = fd >= 0 && (geteuid() != 0 || fchown(fd, uid, gid) == 0) && fchmod(fd, 0700) == 0;
    int why = errno;
    if (fd >= 0)
        close(fd);
    if (!ok)
        DYE_FAIL(err, DYE_E_IO, "home: %s: %s", dir, strerror(why));
    return DYE_OK;
}

static bool is_empty(const char *dir)
{
    DIR *d = opendir(dir);
    if (d == NULL)
        return errno == ENOENT;
    int n = 0;
    for (const struct dirent *e; n == 0 && (e = readdir(d)) != NULL;)
        n += strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0;
    closedir(d);
    return n == 0;
}

/* Below a directory that only root can enter (such as /root), the home lies in /var/lib/dyetrace and is linked. */
static enum dye_status make_elsewhere(const char *path, uid_t uid, gid_t gid, struct dye_error *err)
{
    char other[HOME_PATH_MAX];
    uint8_t digest[DYE_DIGEST_MAX_BYTES];
    char hex[17];
    dye_digest_of(DYE_SHA256, dye_span_str(path), digest);
    dye_hex(digest, 8, hex);
    int n = snprintf(other, sizeof other, "/var/lib/dyetrace/%s", hex);
    if (n < 0 || (size_t)n >= sizeof other)
        return DYE_E_BUG;
    DYE_TRY(make_parents(other, err));
    DYE_TRY(take(other, uid, gid, err));
    if ((rmdir(path) != 0 && errno != ENOENT) || symlink(other, path) != 0)
        DYE_FAIL(err, DYE_E_IO, "home: %s: %s", path, strerror(errno));
    fprintf(stderr, "dyetrace: home: its user can't get to %s: it lies in %s and is linked\n", path, other);
    return DYE_OK;
}

static enum dye_status make_place(char *path, uid_t uid, gid_t gid, struct dye_error *err)
{
    struct stat st;
    bool linked = lstat(path, &st) == 0 && S_ISLNK(st.st_mode);
    if (!linked && !is_empty(path)) {
        char mark[HOME_PATH_MAX + 16];
        snprintf(mark, sizeof mark, "%s/" UNFINISHED, path);
        if (access(mark, F_OK) != 0)
            DYE_FAIL(err, DYE_E_USAGE, "home: %s: not empty, and no home", path);
        return DYE_OK;
    }
    if (linked)
        return DYE_OK;
    DYE_TRY(make_parents(path, err));
    DYE_TRY(take(path, uid, gid, err));
    return reachable(path, uid, gid) ? DYE_OK : make_elsewhere(path, uid, gid, err);
}

/* ---- what is in it ---- */

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

static enum dye_status write_text(const struct home *h, const char *name, mode_t mode, const char *text,
                                  struct dye_error *err)
{
    char path[HOME_PATH_MAX];
    DYE_TRY(home_path(h, path, err, "%s", name));
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
    size_t n = strlen(text);
    bool ok = fd >= 0 && write(fd, text, n) == (ssize_t)n && fsync(fd) == 0;
    int why = errno;
    if (fd >= 0)
        close(fd);
    if (!ok)
        DYE_FAIL(err, DYE_E_IO, "home: %s: %s", path, strerror(why));
    return DYE_OK;
}

static enum dye_status make_dirs(const struct home *h, struct dye_error *err)
{
    static const char *const names[] = {"zones",         "zones/seeder", "zones/matcher", "zones/portal",
                                        "zones/auditor", "run",          "log",           "sectors",
                                        "spool",         "spool/done",   "spool/failed"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char path[HOME_PATH_MAX];
        DYE_TRY(home_path(h, path, err, "%s", names[i]));
        if (mkdir(path, strcmp(names[i], "run") == 0 ? 0711 : 0700) != 0)
            DYE_FAIL(err, DYE_E_IO, "home: %s: %s", path, strerror(errno));
    }
    return DYE_OK;
}

/* Which zone holds which key; the label under the master is "dyetrace/1/<key>". */
static const struct {
    const char *zone;
    const char *key;
} holdings[] = {
    {"seeder", "persona"}, {"seeder", "index"}, {"matcher", "index"}, {"matcher", "sketch"}, {"auditor", "audit"}};
static const char *const key_names[] = {"persona", "index", "sketch", "audit"};

static void derive(const struct dye_key *master, const char *name, struct dye_key *ret)
{
    char label[48];
    snprintf(label, sizeof label, "dyetrace/1/%s", name);
    dye_key_derive(master, label, ret);
}

static enum dye_status make_keys(const struct home *h, struct dye_key *ret_master, struct dye_error *err)
{
    char path[HOME_PATH_MAX];
    DYE_TRY(dye_random(ret_master->bytes, sizeof ret_master->bytes, err));
    DYE_TRY(home_path(h, path, err, "master.key"));
    DYE_TRY(key_file_write(path, ret_master, err));
    for (size_t i = 0; i < sizeof holdings / sizeof *holdings; i++) {
        DYE_CLEANUP(dye_key_wipe) struct dye_key k;
        derive(ret_master, holdings[i].key, &k);
        DYE_TRY(home_path(h, path, err, "zones/%s/%s.key", holdings[i].zone, holdings[i].key));
        DYE_TRY(key_file_write(path, &k, err));
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

static enum dye_status make_role(const struct home *h, struct store *s, const char *zone, struct dye_error *err)
{
    uint8_t random[24];
    char password[49];
    char role[32];
    char text[160];
    char name[64];
    snprintf(role, sizeof role, "%s_%s", zone, h->id);
    DYE_TRY(dye_random(random, sizeof random, err));
    dye_hex(random, sizeof random, password);
    /* The server gets a SCRAM verifier, never the password. */
    char *verifier = PQencryptPasswordConn(store_pg(s), password, role, "scram-sha-256");
    if (verifier == NULL)
        DYE_FAIL(err, DYE_E_DATABASE, "role %s: no verifier", role);
    char *quoted = PQescapeLiteral(store_pg(s), verifier, strlen(verifier));
    PQfreemem(verifier);
    if (quoted == NULL)
        DYE_FAIL(err, DYE_E_NOMEM, "role %s: out of memory", role);
    char sql[400];
    snprintf(sql, sizeof sql, "CREATE ROLE %s LOGIN CONNECTION LIMIT 40 PASSWORD %s IN ROLE dyetrace_%s", role, quoted,
             zone);
    PQfreemem(quoted);
    DYE_TRY(store_run(s, err, NULL, sql, ""));
    snprintf(text, sizeof text, "%s\n%s\n", role, password);
    snprintf(name, sizeof name, "zones/%s/pg.role", zone);
    enum dye_status status = write_text(h, name, 0400, text, err);
    dye_wipe(password, sizeof password);
    dye_wipe(text, sizeof text);
    return status;
}

static enum dye_status fill_database(const struct home *h, struct store *s, const struct dye_key *master,
                                     struct dye_error *err)
{
    static const char *const zones[] = {"seeder", "matcher", "portal", "auditor"};
    STORE_RESULT taken = NULL;
    DYE_TRY(migrate(s, err));
    DYE_TRY(store_run(s, err, &taken, "SELECT FROM dyetrace.key_check", ""));
    if (PQntuples(taken) != 0)
        DYE_FAIL(err, DYE_E_DATABASE, "database: it belongs to another home already");
    DYE_TRY(store_begin(s, err));
    for (size_t i = 0; i < sizeof zones / sizeof *zones; i++)
        DYE_TRY(make_role(h, s, zones[i], err));
    for (size_t i = 0; i < sizeof key_names / sizeof *key_names; i++) {
        uint8_t check[DYE_KEY_CHECK_BYTES];
        DYE_CLEANUP(dye_key_wipe) struct dye_key k;
        derive(master, key_names[i], &k);
        dye_key_check(&k, key_names[i], check);
        DYE_TRY(store_run(s, err, NULL, "INSERT INTO dyetrace.key_check (zone_key, check_value) VALUES ($1, $2)", "sb",
                          key_names[i], dye_span_of(check, sizeof check)));
    }
    DYE_TRY(store_run(s, err, NULL, "INSERT INTO dyetrace.owner (name) VALUES ($1)", "s", h->config.owner));
    DYE_TRY(store_run(s, err, NULL, "SELECT dyetrace.audit_append('init', $1, 'done', '{}')", "s", h->id));
    return store_commit(s, err);
}

static enum dye_status make_database(const struct home *h, const struct dye_key *master, struct dye_error *err)
{
    char conninfo[1200];
    if (home_has_cluster(h))
        DYE_TRY(cluster_create(h, err));
    DYE_TRY(home_admin_conninfo(h, conninfo, sizeof conninfo, err));
    struct store *s = NULL;
    DYE_TRY(store_open(conninfo, "dyetrace", &s, err));
    enum dye_status status = fill_database(h, s, master, err);
    store_rollback(s);
    store_close(s);
    return status;
}

/* Runs as the home's user. */
static enum dye_status build(struct home *h, struct dye_error *err)
{
    char mark[HOME_PATH_MAX];
    char whole[HOME_PATH_MAX];
    uint8_t random[4];
    char id[16];
    /* Another init of this home may be at it: what it has made is not half made. Held until the process ends. */
    int lock = open(h->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (lock < 0 || flock(lock, LOCK_EX) != 0)
        DYE_FAIL(err, DYE_E_IO, "home: %s: %s", h->dir, strerror(errno));
    DYE_TRY(home_path(h, whole, err, "id"));
    if (access(whole, F_OK) == 0)
        return DYE_OK;
    DYE_TRY(home_path(h, mark, err, UNFINISHED));
    if (access(mark, F_OK) == 0)
        DYE_TRY(clear_unfinished(h, err));
    else
        DYE_TRY(write_text(h, UNFINISHED, 0600, "an init was not finished; run it again\n", err));
    DYE_TRY(dye_random(random, sizeof random, err));
    dye_hex(random, sizeof random, h->id);
    home_place_socket(h);
    DYE_TRY(make_dirs(h, err));
    DYE_TRY(make_config(h, err));
    DYE_CLEANUP(dye_key_wipe) struct dye_key master;
    DYE_TRY(make_keys(h, &master, err));
    DYE_TRY(make_database(h, &master, err));
    snprintf(id, sizeof id, "%s\n", h->id);
    DYE_TRY(write_text(h, "id", 0600, id, err));
    if (unlink(mark) != 0)
        DYE_FAIL(err, DYE_E_IO, "home: %s: %s", mark, strerror(errno));
    return DYE_OK;
}

static int build_as_user(struct home *h)
{
    struct dye_error err = {0};
    pid_t pid = fork();
    if (pid < 0)
        return 3;
    if (pid == 0) {
        privilege_harden(); /* the master key passes through here */
        enum dye_status status = privilege_drop(h->uid, h->gid, &err);
        if (status == DYE_OK)
            status = build(h, &err);
        _exit(status == DYE_OK ? 0 : complain(&err));
    }
    int status = 0;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 4;
}

/* A home that is whole: bring its cluster up and its schema to this program's. */
static enum dye_status refresh(struct dye_error *err)
{
    struct home h;
    char conninfo[1200];
    DYE_TRY(home_open(common.home, common.config, &h, err));
    if (home_has_cluster(&h))
        DYE_TRY(cluster_start(&h, err));
    DYE_TRY(home_admin_conninfo(&h, conninfo, sizeof conninfo, err));
    struct store *s = NULL;
    DYE_TRY(store_open(conninfo, "dyetrace", &s, err));
    enum dye_status status = migrate(s, err);
    store_close(s);
    return status;
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
    DYE_TRY(find_user(&h->uid, &h->gid, err));
    DYE_TRY(make_place(path, h->uid, h->gid, err));
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

int verb_init(int argc, char **argv)
{
    struct dye_error err = {0};
    int args = 0;
    enum dye_status status = options_parse(&spec, argc, argv, &common, &args, &err);
    if (status == DYE_STOPPED)
        return 0;
    if (status != DYE_OK)
        return complain(&err);
    if (exists_whole())
        return refresh(&err) == DYE_OK ? 0 : complain(&err);
    struct home h = {0};
    if (prepare(&h, &err) != DYE_OK)
        return complain(&err);
    int code = build_as_user(&h);
    if (code == 0)
        fprintf(stderr,
                "home: %s\nmaster.key in it made the zones' keys and is needed no more: move it to where no machine "
                "can read it.\n",
                h.dir);
    return code;
}

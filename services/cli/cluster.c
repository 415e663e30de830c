#include "cluster.h"

#include "child.h"
#include "store.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

bool cluster_is_up(const struct home *h)
{
    char conninfo[HOME_PATH_MAX + 64];
    snprintf(conninfo, sizeof conninfo, "host=%s port=5432 dbname=postgres connect_timeout=5", h->socket_dir);
    PGPing ping = PQping(conninfo);
    return ping == PQPING_OK;
}

static enum dye_status write_file(const struct home *h, const char *name, const char *mode, const char *text,
                                  struct dye_error *err)
{
    char path[HOME_PATH_MAX];
    DYE_TRY(home_path(h, path, err, "cluster/%s", name));
    FILE *f = fopen(path, mode);
    bool ok = f != NULL && fputs(text, f) >= 0;
    if (f != NULL)
        ok = fclose(f) == 0 && ok;
    if (!ok)
        DYE_FAIL(err, DYE_E_IO, "%s: %s", path, strerror(errno));
    return DYE_OK;
}

static enum dye_status write_settings(const struct home *h, struct dye_error *err)
{
    char text[2600];
    struct passwd *user = getpwuid(h->uid);
    snprintf(text, sizeof text,
             "\n# dyetrace\n"
             "listen_addresses = ''\n"
             "unix_socket_directories = '%s'\n"
             "unix_socket_permissions = 0777\n" /* pg_hba decides, and the home is 0700 */
             "password_encryption = 'scram-sha-256'\n"
             "max_connections = 60\n"
             "shared_buffers = '128MB'\n"
             "log_min_messages = warning\n"
             "log_min_error_statement = panic\n" /* no statement, no parameter, in any log */
             "log_parameter_max_length_on_error = 0\n"
             "log_error_verbosity = terse\n"
             "timezone = 'UTC'\n"
             "log_timezone = 'UTC'\n",
             h->socket_dir);
    DYE_TRY(write_file(h, "postgresql.conf", "ae", text, err));
    DYE_TRY(write_file(h, "pg_hba.conf", "we",
                       "local all dyetrace_owner peer map=owner\n"
                       "local all all scram-sha-256\n",
                       err));
    if (user == NULL)
        DYE_FAIL(err, DYE_E_CONFIG, "user %u: has no name", (unsigned)h->uid);
    snprintf(text, sizeof text, "owner root dyetrace_owner\nowner %s dyetrace_owner\n", user->pw_name);
    return write_file(h, "pg_ident.conf", "we", text, err);
}

enum dye_status cluster_create(const struct home *h, struct dye_error *err)
{
    char initdb[HOME_PATH_MAX];
    char data[HOME_PATH_MAX];
    char log[HOME_PATH_MAX];
    DYE_TRY(child_find_postgres("initdb", initdb, err));
    DYE_TRY(home_path(h, data, err, "cluster"));
    DYE_TRY(home_path(h, log, err, "log/postgres.log"));
    const char *const argv[] = {initdb,
                                "-D",
                                data,
                                "-U",
                                "dyetrace_owner",
                                "-E",
                                "UTF8",
                                "--locale=C.UTF-8",
                                "--data-checksums",
                                "--auth=reject",
                                "--no-instructions",
                                NULL};
    DYE_TRY(child_run(h, argv, log, err));
    DYE_TRY(write_settings(h, err));
    DYE_TRY(cluster_start(h, err));
    char conninfo[HOME_PATH_MAX + 80];
    snprintf(conninfo, sizeof conninfo, "host=%s port=5432 dbname=postgres user=dyetrace_owner", h->socket_dir);
    struct store *s = NULL;
    DYE_TRY(store_open(conninfo, "dyetrace", &s, err));
    enum dye_status status = store_run(s, err, NULL, "CREATE DATABASE dyetrace", "");
    store_close(s);
    return status;
}

/* Root makes what the home's user is to own as that user: in directories of the user's it could be led anywhere. */
static bool act_as_user(const struct home *h)
{
    return geteuid() != 0 || (setegid(h->gid) == 0 && seteuid(h->uid) == 0);
}

static void act_as_caller(void)
{
    if (getuid() == 0 && (seteuid(0) != 0 || setegid(0) != 0))
        abort(); /* what root is to do next must not be done as somebody else */
}

/* One starter at a time: two verbs at once must not both call pg_ctl. */
static int lock_run(const struct home *h)
{
    char path[HOME_PATH_MAX];
    if (home_path(h, path, NULL, "run/cluster.lock") != DYE_OK)
        return -1;
    int fd = act_as_user(h) ? open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600) : -1;
    int why = errno;
    act_as_caller();
    errno = why;
    if (fd < 0)
        return -1;
    if (flock(fd, LOCK_EX) != 0) {
        close(fd);
        return -1;
    }
    return fd;
}

/* A socket directory outside the home is ours and nobody else's, or we don't use it. */
static enum dye_status make_socket_dir(const struct home *h, struct dye_error *err)
{
    struct stat st;
    if (act_as_user(h))
        (void)mkdir(h->socket_dir, 0711); /* what stands there is looked at next */
    act_as_caller();
    if (lstat(h->socket_dir, &st) != 0)
        DYE_FAIL(err, DYE_E_IO, "%s: %s", h->socket_dir, strerror(errno));
    if (!S_ISDIR(st.st_mode) || st.st_uid != h->uid || (st.st_mode & 022) != 0)
        DYE_FAIL(err, DYE_E_IO, "%s: not a directory of this home's user alone", h->socket_dir);
    return DYE_OK;
}

static enum dye_status pg_ctl(const struct home *h, const char *what, const char *mode, struct dye_error *err)
{
    char program[HOME_PATH_MAX];
    char data[HOME_PATH_MAX];
    char log[HOME_PATH_MAX];
    char own_log[HOME_PATH_MAX];
    DYE_TRY(child_find_postgres("pg_ctl", program, err));
    DYE_TRY(home_path(h, data, err, "cluster"));
    DYE_TRY(home_path(h, log, err, "log/postgres.log"));
    DYE_TRY(home_path(h, own_log, err, "log/pg_ctl.log"));
    const char *const argv[] = {program, what, "-D", data, "-w", "-t", "60", "-l", log, "-m", mode, NULL};
    const char *const start[] = {program, what, "-D", data, "-w", "-t", "60", "-l", log, NULL};
    return child_run(h, strcmp(what, "start") == 0 ? start : argv, own_log, err);
}

/* The number in the postmaster's own file: right also when the socket is somewhere else or gone. 0 for none. */
static long postmaster_number(const struct home *h, char path[HOME_PATH_MAX])
{
    char line[32] = "";
    if (home_path(h, path, NULL, "cluster/postmaster.pid") != DYE_OK)
        return 0;
    FILE *f = fopen(path, "re");
    if (f == NULL)
        return 0;
    bool read = fgets(line, sizeof line, f) != NULL;
    fclose(f);
    return read ? strtol(line, NULL, 10) : 0;
}

/* After a power cut the number can be anybody's: a server of this home is its user's, and a postgres. */
static bool is_postmaster(const struct home *h, long pid)
{
    char path[64], name[32] = "";
    struct stat st;
    snprintf(path, sizeof path, "/proc/%ld", pid);
    if (pid <= 1 || stat(path, &st) != 0 || st.st_uid != h->uid)
        return false;
    snprintf(path, sizeof path, "/proc/%ld/comm", pid);
    FILE *f = fopen(path, "re");
    bool read = f != NULL && fgets(name, sizeof name, f) != NULL;
    if (f != NULL)
        fclose(f);
    return read && strncmp(name, "postgres", 8) == 0;
}

static bool postmaster_lives(const struct home *h)
{
    char path[HOME_PATH_MAX];
    return is_postmaster(h, postmaster_number(h, path));
}

/* A server refuses to start while the number is another process' of its user, and there is nobody to see to that. So
 * the number becomes nobody's; what else the file says stays, by which the server finds out whether children of the
 * dead one still hold its memory. */
static void forget_stranger(const struct home *h)
{
    static const char nobody[] = "4194305"; /* above all that Linux gives */
    char path[HOME_PATH_MAX], text[1024 + sizeof nobody];
    long pid = postmaster_number(h, path);
    if (pid <= 0 || is_postmaster(h, pid) || kill((pid_t)pid, 0) != 0)
        return;
    int fd = act_as_user(h) ? open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW) : -1;
    ssize_t n = fd >= 0 ? pread(fd, text + sizeof nobody - 1, 1024, 0) : 0;
    char *rest = n > 0 ? memchr(text + sizeof nobody - 1, '\n', (size_t)n) : NULL;
    if (rest != NULL) {
        size_t left = (size_t)(text + sizeof nobody - 1 + n - rest);
        memmove(text + sizeof nobody - 1, rest, left);
        memcpy(text, nobody, sizeof nobody - 1);
        size_t all = sizeof nobody - 1 + left;
        if (pwrite(fd, text, all, 0) == (ssize_t)all)
            (void)!ftruncate(fd, (off_t)all);
    }
    if (fd >= 0)
        close(fd);
    act_as_caller();
}

/* The children of a server that was killed hold its shared memory until they have ended, a checkpoint on a busy disk
 * included, and a start is refused meanwhile. */
static enum dye_status start_server(const struct home *h, struct dye_error *err)
{
    char left[HOME_PATH_MAX];
    DYE_TRY(home_path(h, left, err, "cluster/postmaster.pid"));
    bool crashed = access(left, F_OK) == 0;
    forget_stranger(h);
    enum dye_status status = pg_ctl(h, "start", "fast", err);
    for (int i = 0; i < 60 && crashed && status != DYE_OK; i++) {
        sleep(1);
        status = pg_ctl(h, "start", "fast", err);
    }
    return status;
}

enum dye_status cluster_start(const struct home *h, struct dye_error *err)
{
    if (cluster_is_up(h))
        return DYE_OK;
    DYE_TRY(make_socket_dir(h, err));
    int lock = lock_run(h);
    if (lock < 0)
        DYE_FAIL(err, DYE_E_IO, "%s/run: can't be locked: %s", h->dir, strerror(errno));
    /* A server that is still going down holds its files; its successor waits for it, a minute at most. */
    for (int i = 0; i < 600 && postmaster_lives(h) && !cluster_is_up(h); i++)
        usleep(100 * 1000);
    enum dye_status status = cluster_is_up(h) ? DYE_OK : start_server(h, err);
    close(lock);
    return status;
}

enum dye_status cluster_stop(const struct home *h, struct dye_error *err)
{
    return postmaster_lives(h) ? pg_ctl(h, "stop", "fast", err) : DYE_OK;
}

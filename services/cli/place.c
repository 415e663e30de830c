#include "place.h"

#include "dye/digest.h"
#include "privilege.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum dye_status place_user(const char *wanted, uid_t *ret_uid, gid_t *ret_gid, struct dye_error *err)
{
    if (geteuid() != 0) {
        *ret_uid = geteuid();
        *ret_gid = getegid();
        return DYE_OK;
    }
    const char *const names[] = {wanted != NULL ? wanted : "dyetrace", wanted != NULL ? NULL : "postgres"};
    for (size_t i = 0; i < 2 && names[i] != NULL; i++) {
        const struct passwd *p = getpwnam(names[i]);
        if (p != NULL && p->pw_uid != 0) {
            *ret_uid = p->pw_uid;
            *ret_gid = p->pw_gid;
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

enum dye_status place_make(char *path, uid_t uid, gid_t gid, struct dye_error *err)
{
    struct stat st;
    bool linked = lstat(path, &st) == 0 && S_ISLNK(st.st_mode);
    if (!linked && !is_empty(path)) {
        char mark[HOME_PATH_MAX + 16];
        snprintf(mark, sizeof mark, "%s/" PLACE_UNFINISHED, path);
        if (access(mark, F_OK) != 0 && errno != ENOENT)
            DYE_FAIL(err, DYE_E_IO, "home: %s: %s", path, strerror(errno));
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

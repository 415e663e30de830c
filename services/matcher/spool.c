#include "spool.h"

#include "log.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { RESCAN_S = 5, STILL_S = 2 };

struct name {
    struct name *next;
    char text[];
};

struct spool {
    char dir[HOME_PATH_MAX];
    spool_fn fn;
    void *arg;
    struct name *told; /* few: what is being worked on or waits for a worker */
    int inotify;
    struct event *event;
    struct event *rescan;
    bool paused;
    unsigned left; /* entries that are no files, as of the last look */
};

static bool is_told(const struct spool *s, const char *name)
{
    for (const struct name *n = s->told; n != NULL; n = n->next)
        if (strcmp(n->text, name) == 0)
            return true;
    return false;
}

static void tell(struct spool *s, const char *name)
{
    if (s->paused || name[0] == '.' || is_told(s, name))
        return;
    struct name *n = malloc(sizeof *n + strlen(name) + 1);
    if (n == NULL)
        return; /* the next rescan finds it again */
    memcpy(n->text, name, strlen(name) + 1);
    n->next = s->told;
    s->told = n;
    s->fn(s->arg, n->text);
}

void spool_release(struct spool *s, const char *name)
{
    for (struct name **at = &s->told; *at != NULL; at = &(*at)->next)
        if (strcmp((*at)->text, name) == 0) {
            struct name *n = *at;
            *at = n->next;
            free(n);
            return;
        }
}

static void read_directory(struct spool *s)
{
    DIR *d = opendir(s->dir);
    if (d == NULL) {
        log_event(LOG_ERROR_, "spool.unreadable", "why=\"%s\"", strerror(errno));
        return;
    }
    unsigned left = 0;
    for (const struct dirent *e; (e = readdir(d)) != NULL;) {
        struct stat st;
        if (fstatat(dirfd(d), e->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0)
            continue;
        if (!S_ISREG(st.st_mode))
            left += e->d_name[0] != '.' && strcmp(e->d_name, "done") != 0 && strcmp(e->d_name, "failed") != 0;
        else if (st.st_mtime + STILL_S <= time(NULL))
            tell(s, e->d_name);
    }
    closedir(d);
    if (left > s->left)
        log_event(LOG_WARN_, "spool.left",
                  "entries=%u why=\"no regular files\" outcome=\"left; ingest takes a directory\"", left);
    s->left = left;
}

static void on_rescan(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    read_directory(arg);
}

static void on_inotify(evutil_socket_t fd, short what, void *arg)
{
    struct spool *s = arg;
    _Alignas(struct inotify_event) char buffer[16384];
    (void)what;
    ssize_t n = read(fd, buffer, sizeof buffer);
    for (ssize_t at = 0; at < n;) {
        const struct inotify_event *e = (const struct inotify_event *)(const void *)(buffer + at);
        if (e->mask & IN_Q_OVERFLOW)
            read_directory(s);
        else if (e->len > 0 && !(e->mask & IN_ISDIR))
            tell(s, e->name);
        at += (ssize_t)(sizeof *e + e->len);
    }
}

enum dye_status spool_new(struct event_base *loop, const struct home *h, spool_fn fn, void *arg, struct spool **ret,
                          struct dye_error *err)
{
    struct spool *s = calloc(1, sizeof *s);
    if (s == NULL)
        DYE_FAIL(err, DYE_E_NOMEM, "spool: out of memory");
    *s = (struct spool){.fn = fn, .arg = arg, .inotify = inotify_init1(IN_NONBLOCK | IN_CLOEXEC)};
    enum dye_status status = home_path(h, s->dir, err, "spool");
    if (status == DYE_OK &&
        (s->inotify < 0 || inotify_add_watch(s->inotify, s->dir, IN_CLOSE_WRITE | IN_MOVED_TO | IN_ONLYDIR) < 0))
        status = dye_fail(err, DYE_E_IO, "spool: %s: %s", s->dir, strerror(errno));
    if (status == DYE_OK) {
        struct timeval period = {RESCAN_S, 0};
        s->event = event_new(loop, s->inotify, EV_READ | EV_PERSIST, on_inotify, s);
        s->rescan = event_new(loop, -1, EV_PERSIST, on_rescan, s);
        if (s->event == NULL || s->rescan == NULL || event_add(s->event, NULL) != 0 ||
            event_add(s->rescan, &period) != 0)
            status = dye_fail(err, DYE_E_NOMEM, "spool: out of memory");
    }
    if (status != DYE_OK) {
        spool_free(s);
        return status;
    }
    read_directory(s);
    *ret = s;
    return DYE_OK;
}

void spool_pause(struct spool *s)
{
    s->paused = true;
}

void spool_free(struct spool *s)
{
    if (s == NULL)
        return;
    if (s->event != NULL)
        event_free(s->event);
    if (s->rescan != NULL)
        event_free(s->rescan);
    if (s->inotify >= 0)
        close(s->inotify);
    while (s->told != NULL)
        spool_release(s, s->told->text);
    free(s);
}

static enum dye_status write_reason(const char *path, const char *reason, const char *name, struct dye_error *err)
{
    char file[HOME_PATH_MAX + 16];
    snprintf(file, sizeof file, "%s.reason", path);
    FILE *f = fopen(file, "we");
    bool ok = f != NULL && fprintf(f, "%s\n", reason) > 0;
    const char *base = strrchr(path, '/') + 1;
    if (ok && strncmp(name, base, strlen(name)) != 0)
        ok = fprintf(f, "its name was %s\n", name) > 0;
    if (f != NULL)
        ok = fclose(f) == 0 && ok;
    if (!ok)
        DYE_FAIL(err, DYE_E_IO, "spool: %s: %s", file, strerror(errno));
    return DYE_OK;
}

/* How much of a name stays where `more` bytes are to come behind it: whole characters, if it is UTF-8. */
static int cut(const char *name, size_t more)
{
    size_t n = strlen(name);
    if (n + more > NAME_MAX)
        for (n = NAME_MAX - more; n > 1 && ((unsigned char)name[n] & 0xc0) == 0x80; n--)
            ;
    return (int)n;
}

enum dye_status spool_move(const struct home *h, const char *name, const char *failed_reason,
                           char ret_path[HOME_PATH_MAX], struct dye_error *err)
{
    char from[HOME_PATH_MAX];
    char to[HOME_PATH_MAX];
    const char *where = failed_reason != NULL ? "failed" : "done";
    const size_t reason_bytes = failed_reason != NULL ? strlen(".reason") : 0;
    DYE_TRY(home_path(h, from, err, "spool/%s", name));
    DYE_TRY(home_path(h, to, err, "spool/%s/%.*s", where, cut(name, reason_bytes), name));
    /* RENAME_NOREPLACE: an earlier dump of that name is evidence and stays. */
    for (unsigned n = 1; renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) != 0; n++) {
        if (errno != EEXIST || n > 9999)
            DYE_FAIL(err, DYE_E_IO, "spool: %s: %s", from, strerror(errno));
        DYE_TRY(home_path(h, to, err, "spool/%s/%.*s.%u", where, cut(name, strlen(".9999") + reason_bytes), name, n));
    }
    if (failed_reason != NULL)
        DYE_TRY(write_reason(to, failed_reason, name, err));
    if (ret_path != NULL)
        memcpy(ret_path, to, strlen(to) + 1);
    return DYE_OK;
}

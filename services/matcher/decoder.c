#include "decoder.h"

#include "frame.h"

#include "dye/key.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { SILENCE_MS = 10 * 60 * 1000, PIPE_BYTES = 1 << 20, HIGH_FD = 10 };

struct listener {
    int fd;
    pid_t pid;
    const struct dye_decode_limits *limits;
    const struct dye_decode_events *events;
    uint32_t parts;    /* begun */
    bool open;         /* a part is */
    uint64_t bytes;    /* of the open part */
    uint64_t output;   /* of all */
    const char *fault; /* why the child is no longer listened to */
    bool done;
    enum dye_status child_status;
    uint32_t level;
    uint8_t frame[FRAME_MAX_BYTES + 1]; /* and a NUL */
};

/* Where the descriptors 0-4 of the child can be made from without stepping on each other. */
static int move_up(int fd)
{
    return fcntl(fd, F_DUPFD_CLOEXEC, HIGH_FD);
}

static int add_files(posix_spawn_file_actions_t *files, int in_fd, int out_fd)
{
    int bad = 0;
    for (int fd = 0; fd <= 2; fd++)
        bad |= posix_spawn_file_actions_addopen(files, fd, "/dev/null", O_RDWR, 0);
    bad |= posix_spawn_file_actions_adddup2(files, in_fd, 3);
    bad |= posix_spawn_file_actions_adddup2(files, out_fd, 4);
    bad |= posix_spawn_file_actions_addclosefrom_np(files, 5);
    return bad;
}

static int spawn(const char *self_exe, int in_fd, int out_fd, const struct dye_decode_limits *l, pid_t *ret_pid)
{
    char number[5][24];
    uint64_t limits[5] = {l->output_bytes, l->entries, l->depth, l->ratio, l->ratio_free_bytes};
    char *argv[] = {(char *)(uintptr_t)self_exe,
                    (char *)(uintptr_t)DECODER_CHILD_ARG,
                    number[0],
                    number[1],
                    number[2],
                    number[3],
                    number[4],
                    NULL};
    for (size_t i = 0; i < 5; i++)
        snprintf(number[i], sizeof number[i], "%llu", (unsigned long long)limits[i]);
    char *env[] = {NULL};

    posix_spawn_file_actions_t files;
    if (posix_spawn_file_actions_init(&files) != 0)
        return ENOMEM;
    posix_spawnattr_t attr;
    if (posix_spawnattr_init(&attr) != 0) {
        posix_spawn_file_actions_destroy(&files);
        return ENOMEM;
    }
    sigset_t none, all; /* a daemon blocks and ignores signals; its child starts afresh */
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attr, &none);
    posix_spawnattr_setsigdefault(&attr, &all);
    posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    int error = add_files(&files, in_fd, out_fd);
    if (error == 0)
        error = posix_spawn(ret_pid, self_exe, &files, &attr, argv, env);
    posix_spawnattr_destroy(&attr);
    posix_spawn_file_actions_destroy(&files);
    return error;
}

/* Exactly n bytes; false with a fault set when they don't come. */
static bool hear(struct listener *l, uint8_t *p, size_t n)
{
    while (n > 0) {
        struct pollfd ready = {.fd = l->fd, .events = POLLIN};
        int r = poll(&ready, 1, SILENCE_MS);
        if (r < 0 && errno == EINTR)
            continue;
        ssize_t got = r > 0 ? read(l->fd, p, n) : 0;
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0) {
            l->fault = r == 0 ? "limit: time" : "decoder: crashed";
            return false;
        }
        p += got;
        n -= (size_t)got;
    }
    return true;
}

static enum dye_status breach(struct listener *l)
{
    l->fault = "decoder: protocol";
    return DYE_OK;
}

/* Letters and digits, and a NUL behind them. */
static bool is_format(const uint8_t p[DYE_FORMAT_MAX_BYTES + 1])
{
    size_t n = 0;
    while (n < DYE_FORMAT_MAX_BYTES && ((p[n] >= 'a' && p[n] <= 'z') || dye_is_digit(p[n])))
        n++;
    return p[n] == '\0';
}

static enum dye_status on_begin(struct listener *l, size_t n)
{
    struct dye_span path = dye_span_of(l->frame + FRAME_BEGIN_BYTES, n - FRAME_BEGIN_BYTES);
    /* An entry makes one part, and a container that breaks one more. */
    if (l->open || n < FRAME_BEGIN_BYTES || frame_get32(l->frame) != l->parts || l->frame[4] > DYE_UNIT_PAGE ||
        !is_format(l->frame + 5) || !dye_path_is_valid(path) || l->parts / 2 > l->limits->entries)
        return breach(l);
    l->frame[n] = '\0';
    l->open = true;
    l->bytes = 0;
    struct dye_part part = {.ordinal = l->parts++,
                            .path = (const char *)path.p,
                            .unit = (enum dye_unit)l->frame[4],
                            .format = (const char *)l->frame + 5};
    return l->events->begin(l->events->arg, &part);
}

static enum dye_status on_data(struct listener *l, size_t n)
{
    if (!l->open || n == 0 || n > l->limits->output_bytes - l->output)
        return breach(l);
    l->bytes += n;
    l->output += n;
    return l->events->data(l->events->arg, dye_span_of(l->frame, n));
}

static bool is_reason(struct dye_span s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!(s.p[i] >= 'a' && s.p[i] <= 'z') && !dye_is_digit(s.p[i]) && s.p[i] != ' ' && s.p[i] != ':')
            return false;
    return s.n <= FRAME_REASON_MAX_BYTES;
}

static enum dye_status on_end(struct listener *l, size_t n)
{
    struct dye_span reason = dye_span_of(l->frame + FRAME_END_BYTES, n - FRAME_END_BYTES);
    if (!l->open || n < FRAME_END_BYTES || frame_get64(l->frame) != l->bytes || !is_reason(reason))
        return breach(l);
    enum dye_verdict want = reason.n == 0 ? DYE_READ : l->bytes > 0 ? DYE_PARTLY : DYE_UNREAD;
    if (l->frame[8] != want)
        return breach(l);
    l->frame[n] = '\0';
    l->open = false;
    struct dye_part_end end = {.bytes = l->bytes, .verdict = want, .reason = (const char *)reason.p};
    return l->events->end(l->events->arg, &end);
}

static enum dye_status on_done(struct listener *l, size_t n)
{
    uint32_t status = n == 8 ? frame_get32(l->frame) : DYE_E_BUG;
    l->level = n == 8 ? frame_get32(l->frame + 4) : 0;
    /* With nothing begun an input has not been read, whatever its decoder says. */
    bool holds = status == DYE_OK ? !l->open && l->parts > 0 : status == DYE_E_IO || status == DYE_E_NOMEM;
    if (!holds || l->level > SANDBOX_FULL)
        return breach(l);
    l->done = true;
    l->child_status = (enum dye_status)status;
    if (status == DYE_E_NOMEM)
        l->fault = "limit: memory";
    return DYE_OK;
}

static enum dye_status listen_to(struct listener *l)
{
    while (l->fault == NULL && !l->done) {
        uint8_t head[FRAME_HEADER_BYTES];
        if (!hear(l, head, sizeof head))
            break;
        size_t n = frame_get32(head + 4);
        if (head[1] != 0 || head[2] != 0 || head[3] != 0 || n > FRAME_MAX_BYTES) {
            (void)!breach(l);
            break;
        }
        if (!hear(l, l->frame, n))
            break;
        switch (head[0]) {
        case FRAME_BEGIN:
            DYE_TRY(on_begin(l, n));
            break;
        case FRAME_DATA:
            DYE_TRY(on_data(l, n));
            break;
        case FRAME_END:
            DYE_TRY(on_end(l, n));
            break;
        case FRAME_DONE:
            DYE_TRY(on_done(l, n));
            break;
        default:
            (void)!breach(l);
        }
    }
    return DYE_OK;
}

/* The verdict that the child did not live to give. */
static enum dye_status conclude(struct listener *l, int wait_status)
{
    if (l->fault == NULL)
        return DYE_OK;
    if (WIFSIGNALED(wait_status) && WTERMSIG(wait_status) == SIGXCPU)
        l->fault = "limit: cpu";
    if (!l->open)
        DYE_TRY(l->events->begin(l->events->arg, &(struct dye_part){.ordinal = l->parts, .path = "", .format = ""}));
    struct dye_part_end end = {
        .bytes = l->open ? l->bytes : 0,
        .verdict = l->open && l->bytes > 0 ? DYE_PARTLY : DYE_UNREAD,
        .reason = l->fault,
    };
    return l->events->end(l->events->arg, &end);
}

/* A child that closed its pipe gets a second to end by itself, so that its signal tells why; any other is killed. */
static int reap(pid_t pid, bool crashed)
{
    int status = 0;
    for (int i = 0; crashed && i < 100; i++) {
        if (waitpid(pid, &status, WNOHANG) != 0)
            return status;
        nanosleep(&(struct timespec){.tv_nsec = 10 * 1000 * 1000}, NULL);
    }
    kill(pid, SIGKILL);
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    return status;
}

enum dye_status decoder_run(const char *self_exe, int in_fd, const struct dye_decode_limits *limits,
                            const struct dye_decode_events *events, enum sandbox_level *ret_level,
                            struct dye_error *err)
{
    int ends[2] = {-1, -1}, in_high = -1, out_high = -1, error = 0;
    struct listener *l = calloc(1, sizeof *l);
    if (l == NULL)
        DYE_FAIL(err, DYE_E_NOMEM, "no memory for a decoder");
    l->limits = limits;
    l->events = events;
    if (pipe2(ends, O_CLOEXEC) != 0 || (in_high = move_up(in_fd)) < 0 || (out_high = move_up(ends[1])) < 0)
        error = errno;
    if (error == 0) {
        (void)fcntl(ends[0], F_SETPIPE_SZ, PIPE_BYTES); /* fewer wake-ups; it works without */
        error = spawn(self_exe, in_high, out_high, limits, &l->pid);
    }
    for (size_t i = 0; i < 3; i++) {
        int fd = ((int[]){ends[1], in_high, out_high})[i];
        if (fd >= 0)
            close(fd);
    }
    if (error != 0) {
        if (ends[0] >= 0)
            close(ends[0]);
        free(l);
        errno = error;
        DYE_FAIL(err, DYE_E_IO, "the decoder can't be started: %m");
    }

    l->fd = ends[0];
    enum dye_status status = listen_to(l);
    close(ends[0]);
    int wait_status = reap(l->pid, l->fault != NULL && strcmp(l->fault, "decoder: crashed") == 0);
    if (status == DYE_OK)
        status = conclude(l, wait_status);
    if (status == DYE_OK && l->done && ret_level != NULL)
        *ret_level = (enum sandbox_level)l->level;
    bool unread = status == DYE_OK && l->child_status == DYE_E_IO;
    dye_wipe(l, sizeof *l);
    free(l);
    if (unread)
        DYE_FAIL(err, DYE_E_IO, "the input can't be read");
    return status;
}

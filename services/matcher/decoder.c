#include "decoder.h"

#include "frame.h"
#include "helper.h"
#include "process.h"
#include "scratch.h"
#include "sniffer.h"

#include "dye/buf.h"
#include "dye/key.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { SILENCE_MS = 10 * 60 * 1000, PIPE_BYTES = 1 << 20 };

struct listener {
    const struct decoder *decoder;
    int fd, in_fd, spill_fd, control_fd;
    int64_t deadline_ms;
    off_t from;                         /* of the input: where reading began */
    struct helper helpers[HELPERS_MAX]; /* that it has asked for, the last one on top */
    size_t n_helpers;
    pid_t pid;
    const struct dye_decode_limits *limits;
    const struct dye_decode_events *events;
    uint32_t parts;    /* begun */
    bool open;         /* a part is */
    bool rested;       /* the rest of the input was given, and is nobody else's */
    uint64_t bytes;    /* of the open part */
    uint64_t output;   /* of all */
    const char *fault; /* why the child is no longer listened to */
    bool done;
    enum dye_status child_status;
    uint32_t level;
    uint8_t frame[FRAME_MAX_BYTES + 1]; /* and a NUL */
};

static int spawn(const struct decoder *d, const struct dye_decode_limits *l, const int fds[7], pid_t *ret_pid)
{
    char number[DECODER_NUMBERS][24];
    const uint64_t numbers[DECODER_NUMBERS] = {l->output_bytes, l->entries,          l->depth,
                                               l->ratio,        l->ratio_free_bytes, fds[5] >= 0 ? d->spill_bytes : 0};
    const char *argv[DECODER_NUMBERS + 3] = {d->self_exe, DECODER_CHILD_ARG};
    for (size_t i = 0; i < DECODER_NUMBERS; i++) {
        snprintf(number[i], sizeof number[i], "%llu", (unsigned long long)numbers[i]);
        argv[2 + i] = number[i];
    }
    return process_start(d->self_exe, argv, fds, 7, ret_pid);
}

/* Their length and then all of them with their NULs: less than a socket takes without anybody reading. */
static bool send_passwords(int fd, const struct decoder *d)
{
    uint8_t head[4];
    struct dye_buf all;
    dye_buf_init(&all, DECODER_PASSWORDS * (DYE_PASSWORD_MAX_BYTES + 1), true);
    enum dye_status status = DYE_OK;
    for (size_t i = 0; i < d->n_passwords && i < DECODER_PASSWORDS && status == DYE_OK; i++)
        if (d->passwords[i][0] != '\0' && strlen(d->passwords[i]) <= DYE_PASSWORD_MAX_BYTES)
            status = dye_buf_append(&all, d->passwords[i], strlen(d->passwords[i]) + 1);
    frame_put32(head, (uint32_t)all.n);
    bool sent = status == DYE_OK && send(fd, head, sizeof head, MSG_NOSIGNAL) == (ssize_t)sizeof head &&
                (all.n == 0 || send(fd, all.p, all.n, MSG_NOSIGNAL) == (ssize_t)all.n);
    dye_buf_done(&all);
    return sent;
}

static int64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* How long a further byte is waited for. */
static int patience_ms(const struct listener *l)
{
    if (l->decoder->seconds == 0)
        return SILENCE_MS;
    int64_t left = l->deadline_ms - now_ms();
    return left <= 0 ? 0 : left < SILENCE_MS ? (int)left : SILENCE_MS;
}

/* Exactly n bytes; false with a fault set when they don't come. */
static bool hear(struct listener *l, uint8_t *p, size_t n)
{
    while (n > 0) {
        struct pollfd ready = {.fd = l->fd, .events = POLLIN};
        int r = poll(&ready, 1, patience_ms(l));
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
    /* An entry makes one part, a container that breaks one more, and what stands behind it another. */
    if (l->open || n < FRAME_BEGIN_BYTES || frame_get32(l->frame) != l->parts || l->frame[4] > DYE_UNIT_PAGE ||
        !is_format(l->frame + 5) || !dye_path_is_valid(path) || l->parts / 3 > l->limits->entries)
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

static enum dye_status give(struct listener *l, const uint8_t *p, size_t n)
{
    l->bytes += n;
    l->output += n;
    return n > 0 ? l->events->data(l->events->arg, dye_span_of(p, n)) : DYE_OK;
}

static enum dye_status on_data(struct listener *l, const uint8_t *p, size_t n)
{
    if (!l->open || n == 0 || n > l->limits->output_bytes - l->output)
        return breach(l);
    return give(l, p, n);
}

static bool is_reason(struct dye_span s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!(s.p[i] >= 'a' && s.p[i] <= 'z') && !dye_is_digit(s.p[i]) && s.p[i] != ' ' && s.p[i] != ':')
            return false;
    return s.n <= FRAME_REASON_MAX_BYTES;
}

/* The part at hand is over, and this is what came of it. */
static enum dye_status close_part(struct listener *l, const char *reason)
{
    enum dye_verdict v = reason[0] == '\0' ? DYE_READ : l->bytes > 0 ? DYE_PARTLY : DYE_UNREAD;
    struct dye_part_end end = {.bytes = l->bytes, .verdict = v, .reason = reason};
    l->open = false;
    return l->events->end(l->events->arg, &end);
}

static enum dye_status on_end(struct listener *l, size_t n)
{
    struct dye_span reason = dye_span_of(l->frame + FRAME_END_BYTES, n - FRAME_END_BYTES);
    if (!l->open || n < FRAME_END_BYTES || frame_get64(l->frame) != l->bytes || !is_reason(reason))
        return breach(l);
    if (l->frame[8] != (reason.n == 0 ? DYE_READ : l->bytes > 0 ? DYE_PARTLY : DYE_UNREAD))
        return breach(l);
    l->frame[n] = '\0';
    return close_part(l, (const char *)reason.p);
}

/* Where up to FRAME_MAX_BYTES may be put that `data` is about to be given. */
static uint8_t *room_for(struct listener *l, size_t *ret_n)
{
    uint8_t *p = l->decoder->room != NULL ? l->decoder->room(l->events->arg, ret_n) : NULL;
    if (p == NULL || *ret_n == 0) {
        *ret_n = FRAME_MAX_BYTES;
        return l->frame;
    }
    *ret_n = *ret_n < FRAME_MAX_BYTES ? *ret_n : FRAME_MAX_BYTES;
    return p;
}

/* The input's own bytes to its end, which may move meanwhile as it may under read(). */
static enum dye_status read_rest(struct listener *l, uint64_t at, bool *ret_over)
{
    for (;;) {
        uint64_t left = l->limits->output_bytes - l->output;
        size_t room;
        uint8_t *p = room_for(l, &room);
        if (l->decoder->seconds != 0 && now_ms() >= l->deadline_ms)
            l->fault = "limit: time";
        ssize_t got = l->fault == NULL ? pread(l->in_fd, p, room, l->from + (off_t)at) : 0;
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0) {
            l->done = true;
            l->child_status = DYE_E_IO;
        }
        if (got <= 0)
            return DYE_OK;
        *ret_over = (uint64_t)got > left;
        DYE_TRY(give(l, p, *ret_over ? (size_t)left : (size_t)got));
        if (*ret_over)
            return DYE_OK;
        at += (uint64_t)got;
    }
}

/* The part at hand is what the input still holds from `at` on. */
static enum dye_status take_rest(struct listener *l, uint64_t at, const char *why)
{
    bool over = false;
    uint64_t known = l->decoder->skip != NULL ? l->decoder->skip(l->events->arg, l->in_fd, (uint64_t)l->from + at,
                                                                 l->limits->output_bytes - l->output)
                                              : 0;
    l->bytes += known;
    l->output += known;
    l->rested = true;
    DYE_TRY(read_rest(l, at + known, &over));
    return l->fault != NULL || l->done ? DYE_OK : close_part(l, over ? "limit: output" : why);
}

static enum dye_status on_rest(struct listener *l, size_t n)
{
    struct dye_span reason = dye_span_of(l->frame + FRAME_REST_BYTES, n - FRAME_REST_BYTES);
    uint64_t at = n >= FRAME_REST_BYTES ? frame_get64(l->frame) : 0;
    struct stat st;
    if (!l->open || l->bytes > 0 || l->rested || n < FRAME_REST_BYTES || !is_reason(reason) ||
        fstat(l->in_fd, &st) != 0 || !S_ISREG(st.st_mode) || (at > 0 && at > (uint64_t)st.st_size))
        return breach(l);
    char why[FRAME_REASON_MAX_BYTES + 1]; /* what is read may go where it stands */
    memcpy(why, reason.p, reason.n);
    why[reason.n] = '\0';
    return take_rest(l, at, why);
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

/* A descriptor of just these bytes, which can be opened again by /proc; -1 when there is no room for them. */
static int archive_of(const struct listener *l, bool spilled, uint64_t at, uint64_t n)
{
    int fd = spilled ? l->spill_fd : l->in_fd;
    char path[64];
    struct stat st;
    if (fd < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || (uint64_t)st.st_size < n ||
        at > (uint64_t)st.st_size - n || l->decoder->tmp_folder == NULL)
        return -1;
    if (at == 0 && n == (uint64_t)st.st_size) {
        snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
        int again = open(path, O_RDONLY | O_CLOEXEC);
        if (again >= 0) /* else it was opened by root, and this process is nobody any more */
            return again;
    }
    return n <= l->decoder->spill_bytes ? scratch_copy(l->decoder->tmp_folder, fd, at, n) : -1;
}

/* Answers the child; it has room for a few bytes, and who does not listen gets nothing. */
static void answer(const struct listener *l, uint8_t what, int fd)
{
    struct iovec part = {&what, 1};
    union {
        struct cmsghdr head;
        char room[CMSG_SPACE(sizeof(int))];
    } control = {0};
    struct msghdr m = {.msg_iov = &part, .msg_iovlen = 1};
    if (fd >= 0) {
        m.msg_control = control.room;
        m.msg_controllen = sizeof control.room;
        *CMSG_FIRSTHDR(&m) =
            (struct cmsghdr){.cmsg_len = CMSG_LEN(sizeof fd), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS};
        memcpy(CMSG_DATA(CMSG_FIRSTHDR(&m)), &fd, sizeof fd);
    }
    (void)!sendmsg(l->control_fd, &m, MSG_NOSIGNAL | MSG_DONTWAIT);
}

static enum dye_status on_help(struct listener *l, size_t n)
{
    const uint8_t *f = l->frame;
    if (n < FRAME_HELP_BYTES || n > FRAME_HELP_BYTES + DYE_PASSWORD_MAX_BYTES || f[0] >= DYE_HELPERS || f[1] > 1 ||
        l->n_helpers == HELPERS_MAX || memchr(f + FRAME_HELP_BYTES, '\n', n - FRAME_HELP_BYTES) != NULL)
        return breach(l);
    l->frame[n] = '\0';
    const char *password = n > FRAME_HELP_BYTES ? (const char *)f + FRAME_HELP_BYTES : NULL;
    enum dye_helper which = (enum dye_helper)f[0];
    enum dye_status status = DYE_E_NOTFOUND;
    int out = -1;
    if (helper_is_here(which)) {
        int archive = archive_of(l, f[1] == 1, frame_get64(f + 2), frame_get64(f + 10));
        status = archive < 0
                     ? DYE_E_LIMIT
                     : helper_start(l->decoder->self_exe, which, archive, password, &l->helpers[l->n_helpers], &out);
        if (archive >= 0)
            close(archive);
    }
    l->n_helpers += status == DYE_OK;
    answer(l, (uint8_t)status, out);
    if (out >= 0)
        close(out);
    return DYE_OK;
}

static enum dye_status on_help_end(struct listener *l, size_t n)
{
    if (n != 1 || l->n_helpers == 0)
        return breach(l);
    answer(l, (uint8_t)helper_end(&l->helpers[--l->n_helpers], l->frame[0] != 0), -1);
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
        uint8_t *p = l->frame;
        if (head[0] == FRAME_DATA && l->open) {
            size_t room;
            p = room_for(l, &room);
            p = room >= n ? p : l->frame;
        }
        if (!hear(l, p, n))
            break;
        switch (head[0]) {
        case FRAME_BEGIN:
            DYE_TRY(on_begin(l, n));
            break;
        case FRAME_DATA:
            DYE_TRY(on_data(l, p, n));
            break;
        case FRAME_END:
            DYE_TRY(on_end(l, n));
            break;
        case FRAME_HELP:
            DYE_TRY(on_help(l, n));
            break;
        case FRAME_HELP_END:
            DYE_TRY(on_help_end(l, n));
            break;
        case FRAME_REST:
            DYE_TRY(on_rest(l, n));
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

static void close_all(const int *fds, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (fds[i] >= 0)
            close(fds[i]);
}

/* The child and this end of what connects it. 0 or an errno. */
static int start(struct listener *l)
{
    int output[2] = {-1, -1}, control[2] = {-1, -1}, error = 0;
    const struct decoder *d = l->decoder;
    if (pipe2(output, O_CLOEXEC) != 0 || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, control) != 0)
        error = errno;
    /* Without scratch space what needs it says so. */
    l->spill_fd = d->tmp_folder != NULL && d->spill_bytes > 0 ? scratch_open(d->tmp_folder) : -1;
    if (error == 0 && !send_passwords(control[0], d))
        error = ENOBUFS;
    if (error == 0) {
        (void)fcntl(output[0], F_SETPIPE_SZ, PIPE_BYTES); /* fewer wake-ups; it works without */
        error = spawn(d, l->limits, (int[7]){-1, -1, -1, l->in_fd, output[1], l->spill_fd, control[1]}, &l->pid);
    }
    close_all((int[]){output[1], control[1]}, 2);
    if (error != 0)
        close_all((int[]){output[0], control[0], l->spill_fd}, 3);
    l->fd = output[0];
    l->control_fd = control[0];
    return error;
}

/* All that the child says and does, to its end. */
static enum dye_status decode(struct listener *l, struct dye_error *err)
{
    int error = start(l);
    if (error != 0) {
        errno = error;
        DYE_FAIL(err, DYE_E_IO, "the decoder can't be started: %m");
    }
    enum dye_status status = listen_to(l);
    close_all((int[]){l->fd, l->control_fd}, 2);
    /* One that closed its pipe ends by itself, and its signal tells why. */
    int wait_status = process_reap(l->pid, l->fault != NULL && strcmp(l->fault, "decoder: crashed") == 0);
    while (l->n_helpers > 0)
        (void)helper_end(&l->helpers[--l->n_helpers], false);
    close_all(&l->spill_fd, 1);
    return status == DYE_OK ? conclude(l, wait_status) : status;
}

/* The input is one part as it stands. */
static enum dye_status read_plain(struct listener *l, const char *fault)
{
    DYE_TRY(l->events->begin(l->events->arg, &(struct dye_part){.ordinal = 0, .path = "", .format = ""}));
    l->parts = 1;
    l->open = true;
    DYE_TRY(take_rest(l, 0, fault));
    l->done = true;
    return conclude(l, 0);
}

enum dye_status decoder_run(const struct decoder *decoder, int in_fd, const struct dye_decode_limits *limits,
                            const struct dye_decode_events *events, enum sandbox_level *ret_level,
                            struct dye_error *err)
{
    struct listener *l = calloc(1, sizeof *l);
    if (l == NULL)
        DYE_FAIL(err, DYE_E_NOMEM, "no memory for a decoder");
    off_t from = lseek(in_fd, 0, SEEK_CUR); /* the child shares the offset, and moves it */
    *l = (struct listener){
        .decoder = decoder, .in_fd = in_fd, .from = from > 0 ? from : 0, .limits = limits, .events = events};
    l->deadline_ms = now_ms() + (int64_t)decoder->seconds * 1000;
    enum sandbox_level level = SANDBOX_NONE;
    enum sniffed is = decoder->sniffer != NULL ? sniffer_ask(decoder->sniffer, in_fd, &level) : SNIFFED_OTHER;
    l->level = level;
    enum dye_status status =
        is == SNIFFED_OTHER ? decode(l, err) : read_plain(l, is == SNIFFED_UNKNOWN ? "format: unknown" : "");
    if (status == DYE_OK && l->done && ret_level != NULL)
        *ret_level = (enum sandbox_level)l->level;
    bool unread = status == DYE_OK && l->child_status == DYE_E_IO;
    dye_wipe(l, sizeof *l);
    free(l);
    if (unread)
        DYE_FAIL(err, DYE_E_IO, "the input can't be read");
    return status;
}

#include "hearing.h"

#include "monotonic.h"
#include "scratch.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SILENCE_MS = 10 * 60 * 1000 };

/* How long a further byte is waited for. */
static int patience_ms(const struct hearing *h)
{
    if (h->decoder->seconds == 0)
        return SILENCE_MS;
    int64_t left = h->deadline_ms - monotonic_ms();
    return left <= 0 ? 0 : left < SILENCE_MS ? (int)left : SILENCE_MS;
}

/* Exactly n bytes; false with a fault set when they don't come. */
static bool hear(struct hearing *h, uint8_t *p, size_t n)
{
    while (n > 0) {
        struct pollfd ready = {.fd = h->fd, .events = POLLIN};
        int r = poll(&ready, 1, patience_ms(h));
        if (r < 0 && errno == EINTR)
            continue;
        ssize_t got = r > 0 ? read(h->fd, p, n) : 0;
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0) {
            h->fault = r == 0 ? "limit: time" : "decoder: crashed";
            return false;
        }
        p += got;
        n -= (size_t)got;
    }
    return true;
}

static enum dye_status breach(struct hearing *h)
{
    h->fault = "decoder: protocol";
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

static enum dye_status on_begin(struct hearing *h, size_t n)
{
    struct dye_span path = dye_span_of(h->frame + FRAME_BEGIN_BYTES, n - FRAME_BEGIN_BYTES);
    /* An entry makes one part, a container that breaks one more, and what stands behind it another. */
    if (h->open || n < FRAME_BEGIN_BYTES || frame_get32(h->frame) != h->parts || h->frame[4] > DYE_UNIT_PAGE ||
        !is_format(h->frame + 5) || !dye_path_is_valid(path) || h->parts / 3 > h->limits->entries)
        return breach(h);
    h->frame[n] = '\0';
    h->open = true;
    h->bytes = 0;
    struct dye_part part = {.ordinal = h->parts++,
                            .path = (const char *)path.p,
                            .unit = (enum dye_unit)h->frame[4],
                            .format = (const char *)h->frame + 5};
    return h->events->begin(h->events->arg, &part);
}

static enum dye_status give(struct hearing *h, const uint8_t *p, size_t n)
{
    h->bytes += n;
    h->output += n;
    return n > 0 ? h->events->data(h->events->arg, dye_span_of(p, n)) : DYE_OK;
}

static enum dye_status on_data(struct hearing *h, const uint8_t *p, size_t n)
{
    if (!h->open || n == 0 || n > h->limits->output_bytes - h->output)
        return breach(h);
    return give(h, p, n);
}

static bool is_reason(struct dye_span s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!(s.p[i] >= 'a' && s.p[i] <= 'z') && !dye_is_digit(s.p[i]) && s.p[i] != ' ' && s.p[i] != ':')
            return false;
    return s.n <= FRAME_REASON_MAX_BYTES;
}

/* The part at hand is over, and this is what came of it. */
static enum dye_status close_part(struct hearing *h, const char *reason)
{
    enum dye_verdict v = reason[0] == '\0' ? DYE_READ : h->bytes > 0 ? DYE_PARTLY : DYE_UNREAD;
    struct dye_part_end end = {.bytes = h->bytes, .verdict = v, .reason = reason};
    h->open = false;
    return h->events->end(h->events->arg, &end);
}

static enum dye_status on_end(struct hearing *h, size_t n)
{
    struct dye_span reason = dye_span_of(h->frame + FRAME_END_BYTES, n - FRAME_END_BYTES);
    if (!h->open || n < FRAME_END_BYTES || frame_get64(h->frame) != h->bytes || !is_reason(reason))
        return breach(h);
    if (h->frame[8] != (reason.n == 0 ? DYE_READ : h->bytes > 0 ? DYE_PARTLY : DYE_UNREAD))
        return breach(h);
    h->frame[n] = '\0';
    return close_part(h, (const char *)reason.p);
}

/* Where up to FRAME_MAX_BYTES may be put that `data` is about to be given. */
static uint8_t *room_for(struct hearing *h, size_t *ret_n)
{
    uint8_t *p = h->decoder->room != NULL ? h->decoder->room(h->events->arg, ret_n) : NULL;
    if (p == NULL || *ret_n == 0) {
        *ret_n = FRAME_MAX_BYTES;
        return h->frame;
    }
    *ret_n = *ret_n < FRAME_MAX_BYTES ? *ret_n : FRAME_MAX_BYTES;
    return p;
}

/* The input's own bytes to its end, which may move meanwhile as it may under read(). */
static enum dye_status read_rest(struct hearing *h, uint64_t at, bool *ret_over)
{
    for (;;) {
        uint64_t left = h->limits->output_bytes - h->output;
        size_t room;
        uint8_t *p = room_for(h, &room);
        if (h->decoder->seconds != 0 && monotonic_ms() >= h->deadline_ms)
            h->fault = "limit: time";
        ssize_t got = h->fault == NULL ? pread(h->in_fd, p, room, h->from + (off_t)at) : 0;
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0) {
            h->done = true;
            h->child_status = DYE_E_IO;
        }
        if (got <= 0)
            return DYE_OK;
        *ret_over = (uint64_t)got > left;
        DYE_TRY(give(h, p, *ret_over ? (size_t)left : (size_t)got));
        if (*ret_over)
            return DYE_OK;
        at += (uint64_t)got;
    }
}

enum dye_status hearing_take_rest(struct hearing *h, uint64_t at, const char *why)
{
    bool over = false;
    uint64_t known = h->decoder->skip != NULL ? h->decoder->skip(h->events->arg, h->in_fd, (uint64_t)h->from + at,
                                                                 h->limits->output_bytes - h->output)
                                              : 0;
    h->bytes += known;
    h->output += known;
    h->rested = true;
    DYE_TRY(read_rest(h, at + known, &over));
    return h->fault != NULL || h->done ? DYE_OK : close_part(h, over ? "limit: output" : why);
}

static enum dye_status on_rest(struct hearing *h, size_t n)
{
    struct dye_span reason = dye_span_of(h->frame + FRAME_REST_BYTES, n - FRAME_REST_BYTES);
    uint64_t at = n >= FRAME_REST_BYTES ? frame_get64(h->frame) : 0;
    struct stat st;
    if (!h->open || h->bytes > 0 || h->rested || n < FRAME_REST_BYTES || !is_reason(reason) ||
        fstat(h->in_fd, &st) != 0 || !S_ISREG(st.st_mode) || (at > 0 && at > (uint64_t)st.st_size))
        return breach(h);
    char why[FRAME_REASON_MAX_BYTES + 1]; /* what is read may go where it stands */
    memcpy(why, reason.p, reason.n);
    why[reason.n] = '\0';
    return hearing_take_rest(h, at, why);
}

static enum dye_status on_done(struct hearing *h, size_t n)
{
    uint32_t status = n == 8 ? frame_get32(h->frame) : DYE_E_BUG;
    h->level = n == 8 ? frame_get32(h->frame + 4) : 0;
    /* With nothing begun an input has not been read, whatever its decoder says. */
    bool holds = status == DYE_OK ? !h->open && h->parts > 0 : status == DYE_E_IO || status == DYE_E_NOMEM;
    if (!holds || h->level > SANDBOX_FULL)
        return breach(h);
    h->done = true;
    h->child_status = (enum dye_status)status;
    if (status == DYE_E_NOMEM)
        h->fault = "limit: memory";
    return DYE_OK;
}

/* A descriptor of just these bytes, which can be opened again by /proc; -1 when there is no room for them. */
static int archive_of(const struct hearing *h, bool spilled, uint64_t at, uint64_t n)
{
    int fd = spilled ? h->spill_fd : h->in_fd;
    char path[64];
    struct stat st;
    if (fd < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || (uint64_t)st.st_size < n ||
        at > (uint64_t)st.st_size - n || h->decoder->tmp_folder == NULL)
        return -1;
    if (at == 0 && n == (uint64_t)st.st_size) {
        snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
        int again = open(path, O_RDONLY | O_CLOEXEC);
        if (again >= 0) /* else it was opened by root, and this process is nobody any more */
            return again;
    }
    return n <= h->decoder->spill_bytes ? scratch_copy(h->decoder->tmp_folder, fd, at, n) : -1;
}

/* Answers the child; it has room for a few bytes, and who does not listen gets nothing. */
static void answer(const struct hearing *h, uint8_t what, int fd)
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
    (void)!sendmsg(h->control_fd, &m, MSG_NOSIGNAL | MSG_DONTWAIT);
}

static enum dye_status on_help(struct hearing *h, size_t n)
{
    const uint8_t *f = h->frame;
    if (n < FRAME_HELP_BYTES || n > FRAME_HELP_BYTES + DYE_PASSWORD_MAX_BYTES || f[0] >= DYE_HELPERS || f[1] > 1 ||
        h->n_helpers == HELPERS_MAX || memchr(f + FRAME_HELP_BYTES, '\n', n - FRAME_HELP_BYTES) != NULL)
        return breach(h);
    h->frame[n] = '\0';
    const char *password = n > FRAME_HELP_BYTES ? (const char *)f + FRAME_HELP_BYTES : NULL;
    enum dye_helper which = (enum dye_helper)f[0];
    enum dye_status status = DYE_E_NOTFOUND;
    int out = -1;
    if (helper_is_here(which)) {
        int archive = archive_of(h, f[1] == 1, frame_get64(f + 2), frame_get64(f + 10));
        status = archive < 0
                     ? DYE_E_LIMIT
                     : helper_start(h->decoder->self_exe, which, archive, password, &h->helpers[h->n_helpers], &out);
        if (archive >= 0)
            close(archive);
    }
    h->n_helpers += status == DYE_OK;
    answer(h, (uint8_t)status, out);
    if (out >= 0)
        close(out);
    return DYE_OK;
}

static enum dye_status on_help_end(struct hearing *h, size_t n)
{
    if (n != 1 || h->n_helpers == 0)
        return breach(h);
    answer(h, (uint8_t)helper_end(&h->helpers[--h->n_helpers], h->frame[0] != 0), -1);
    return DYE_OK;
}

enum dye_status hearing_listen(struct hearing *h)
{
    while (h->fault == NULL && !h->done) {
        uint8_t head[FRAME_HEADER_BYTES];
        if (!hear(h, head, sizeof head))
            break;
        size_t n = frame_get32(head + 4);
        if (head[1] != 0 || head[2] != 0 || head[3] != 0 || n > FRAME_MAX_BYTES) {
            (void)!breach(h);
            break;
        }
        uint8_t *p = h->frame;
        if (head[0] == FRAME_DATA && h->open) {
            size_t room;
            p = room_for(h, &room);
            p = room >= n ? p : h->frame;
        }
        if (!hear(h, p, n))
            break;
        switch (head[0]) {
        case FRAME_BEGIN:
            DYE_TRY(on_begin(h, n));
            break;
        case FRAME_DATA:
            DYE_TRY(on_data(h, p, n));
            break;
        case FRAME_END:
            DYE_TRY(on_end(h, n));
            break;
        case FRAME_HELP:
            DYE_TRY(on_help(h, n));
            break;
        case FRAME_HELP_END:
            DYE_TRY(on_help_end(h, n));
            break;
        case FRAME_REST:
            DYE_TRY(on_rest(h, n));
            break;
        case FRAME_DONE:
            DYE_TRY(on_done(h, n));
            break;
        default:
            (void)!breach(h);
        }
    }
    return DYE_OK;
}

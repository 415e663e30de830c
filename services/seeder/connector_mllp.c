/* HL7 v2 over MLLP: a message is 0x0B, its bytes, 0x1C 0x0D, and is answered by an acknowledgement framed alike. One
 * message at a time. What is not answered is sent again with the same control id, by which the receiver knows it. */
#include "connector.h"

#include "monotonic.h"

#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { FRAME_START = 0x0b, FRAME_END = 0x1c, CARRIAGE_RETURN = 0x0d, ANSWER_MAX_BYTES = 64 << 10, ATTEMPTS = 3 };

struct link {
    const struct connector *c;
    int fd;            /* -1: not connected */
    struct dye_buf in; /* received, not read yet */
    int64_t deadline;  /* of the exchange under way, ms */
};

static void hang_up(struct link *l)
{
    if (l->fd >= 0)
        close(l->fd);
    l->fd = -1;
    dye_buf_clear(&l->in);
}

/* Waits for the socket; DYE_E_AGAIN when the time is up. */
static enum dye_status await(const struct link *l, short events, struct dye_error *err)
{
    for (;;) {
        struct pollfd p = {.fd = l->fd, .events = events};
        int64_t left = l->deadline - monotonic_ms();
        int n = left > 0 ? poll(&p, 1, (int)left) : 0;
        if (n > 0)
            return DYE_OK;
        if (n == 0)
            DYE_FAIL(err, DYE_E_AGAIN, "mllp: %s:%s: no answer within %d s", l->c->host, l->c->port, l->c->timeout_s);
        if (errno != EINTR)
            DYE_FAIL(err, DYE_E_IO, "mllp: poll: %s", strerror(errno));
    }
}

static enum dye_status lost(const struct link *l, int why, struct dye_error *err)
{
    DYE_FAIL(err, DYE_E_AGAIN, "mllp: %s:%s: %s", l->c->host, l->c->port,
             why != 0 ? strerror(why) : "the connection was closed before the answer");
}

static enum dye_status call_one(struct link *l, const struct addrinfo *to, struct dye_error *err)
{
    l->fd = socket(to->ai_family, to->ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, to->ai_protocol);
    if (l->fd < 0)
        DYE_FAIL(err, DYE_E_IO, "mllp: socket: %s", strerror(errno));
    int why = 0;
    socklen_t n = sizeof why;
    if (connect(l->fd, to->ai_addr, to->ai_addrlen) != 0 && errno != EINPROGRESS)
        return lost(l, errno, err);
    DYE_TRY(await(l, POLLOUT, err));
    if (getsockopt(l->fd, SOL_SOCKET, SO_ERROR, &why, &n) != 0 || why != 0)
        return lost(l, why != 0 ? why : errno, err);
    return DYE_OK;
}

static enum dye_status call(struct link *l, struct dye_error *err)
{
    const struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
    struct addrinfo *all = NULL;
    int why = getaddrinfo(l->c->host, l->c->port, &hints, &all);
    if (why != 0)
        DYE_FAIL(err, DYE_E_AGAIN, "mllp: %s: %s", l->c->host, gai_strerror(why));
    enum dye_status status = DYE_E_AGAIN;
    for (const struct addrinfo *to = all; to != NULL && status != DYE_OK; to = to->ai_next) {
        status = call_one(l, to, err);
        if (status != DYE_OK)
            hang_up(l);
    }
    freeaddrinfo(all);
    return status;
}

static enum dye_status send_all(struct link *l, struct dye_span bytes, struct dye_error *err)
{
    for (size_t at = 0; at < bytes.n;) {
        ssize_t n = send(l->fd, bytes.p + at, bytes.n - at, MSG_NOSIGNAL);
        if (n >= 0)
            at += (size_t)n;
        else if (errno == EAGAIN)
            DYE_TRY(await(l, POLLOUT, err));
        else if (errno != EINTR)
            return lost(l, errno, err);
    }
    return DYE_OK;
}

/* The first whole frame of `in`, false while there is none. What stands before a frame is no message. */
static bool frame_in(struct dye_span in, struct dye_span *ret, size_t *ret_used)
{
    const uint8_t *start = in.n != 0 ? memchr(in.p, FRAME_START, in.n) : NULL;
    if (start == NULL)
        return false;
    for (const uint8_t *c = start + 1; c + 1 < in.p + in.n; c++)
        if (c[0] == FRAME_END && c[1] == CARRIAGE_RETURN) {
            *ret = dye_span_of(start + 1, (size_t)(c - start - 1));
            *ret_used = (size_t)(c + 2 - in.p);
            return true;
        }
    return false;
}

static enum dye_status receive(struct link *l, struct dye_error *err)
{
    uint8_t piece[4096];
    DYE_TRY(await(l, POLLIN, err));
    ssize_t n = recv(l->fd, piece, sizeof piece, 0);
    if (n == 0)
        return lost(l, 0, err);
    if (n < 0)
        return errno == EAGAIN || errno == EINTR ? DYE_OK : lost(l, errno, err);
    if (dye_buf_append(&l->in, piece, (size_t)n) != DYE_OK)
        DYE_FAIL(err, DYE_E_AGAIN, "mllp: %s:%s: an answer of more than %d bytes", l->c->host, l->c->port,
                 ANSWER_MAX_BYTES);
    return DYE_OK;
}

/* The acknowledgement of `control`; one of another message, late from an earlier connection, is passed over. */
static enum dye_status await_ack(struct link *l, const char *control, struct dye_hl7_ack *ret, struct dye_error *err)
{
    for (;;) {
        struct dye_span frame;
        size_t used;
        while (frame_in(dye_buf_span(&l->in), &frame, &used)) {
            enum dye_status status = dye_hl7_ack_read(frame, ret);
            memmove(l->in.p, l->in.p + used, l->in.n - used);
            l->in.n -= used;
            if (status != DYE_OK)
                DYE_FAIL(err, DYE_E_AGAIN, "mllp: %s:%s: the answer is no acknowledgement", l->c->host, l->c->port);
            if (strcmp(ret->control, control) == 0)
                return DYE_OK;
        }
        DYE_TRY(receive(l, err));
    }
}

static enum dye_status exchange_once(struct link *l, struct dye_span framed, const char *control,
                                     struct dye_hl7_ack *ret, struct dye_error *err)
{
    l->deadline = monotonic_ms() + (int64_t)l->c->timeout_s * 1000;
    if (l->fd < 0)
        DYE_TRY(call(l, err));
    DYE_TRY(send_all(l, framed, err));
    return await_ack(l, control, ret, err);
}

/* The same bytes over a new connection when the old one is lost. */
static enum dye_status exchange(struct link *l, struct dye_span framed, const char *control, struct dye_hl7_ack *ret,
                                struct dye_error *err)
{
    enum dye_status status = DYE_E_AGAIN;
    for (int attempt = 0; status == DYE_E_AGAIN && attempt < ATTEMPTS; attempt++) {
        const struct timespec pause = {0, 200000000L * attempt};
        nanosleep(&pause, NULL);
        status = exchange_once(l, framed, control, ret, err);
        if (status != DYE_OK)
            hang_up(l);
    }
    return status;
}

static enum dye_status frame(const struct connector *c, const struct connector_batch *b, size_t i,
                             enum dye_hl7_event event, struct dye_buf *ret, struct dye_error *err)
{
    static const uint8_t end[] = {FRAME_END, CARRIAGE_RETURN};
    dye_buf_clear(ret);
    enum dye_status status = dye_buf_append_u8(ret, FRAME_START);
    if (status == DYE_OK)
        status = dye_hl7_message(b->sector, &b->personas[i], &c->exchange, &b->stamps[i], event, ret);
    if (status == DYE_OK)
        status = dye_buf_append(ret, end, sizeof end);
    if (status != DYE_OK)
        DYE_FAIL(err, status, "mllp: a record can't be written as a message");
    return DYE_OK;
}

static enum dye_status carry(struct link *l, const struct connector_batch *b, enum dye_hl7_event event,
                             enum connector_outcome *ret_outcome, struct dye_error *err)
{
    const bool takes_back = event == DYE_HL7_A23 || event == DYE_HL7_A29;
    struct dye_buf message;
    struct dye_hl7_ack ack;
    enum dye_status status = DYE_OK;
    dye_buf_init(&message, ANSWER_MAX_BYTES, true);
    for (size_t i = 0; status == DYE_OK && i < b->n; i++) {
        if (b->personas[i].value[DYE_MRN].n == 0) {
            ret_outcome[i] = CONNECTOR_REFUSED; /* the receiver would know the patient by nothing */
            continue;
        }
        const char *control = takes_back ? b->stamps[i].control_delete : b->stamps[i].control;
        status = frame(l->c, b, i, event, &message, err);
        if (status == DYE_OK)
            status = exchange(l, dye_buf_span(&message), control, &ack, err);
        if (status != DYE_OK)
            break;
        /* An error is about this message; a rejection may pass, and holds for the next messages too. */
        if (ack.verdict == DYE_HL7_REJECTED)
            status =
                dye_fail(err, DYE_E_AGAIN, "mllp: %s:%s: the receiver rejects messages (AR)", l->c->host, l->c->port);
        else
            ret_outcome[i] = ack.verdict == DYE_HL7_ACCEPTED ? CONNECTOR_DONE : CONNECTOR_REFUSED;
    }
    dye_buf_done(&message);
    return status;
}

static enum dye_status call_and_carry(const struct connector *c, const struct connector_batch *b,
                                      enum dye_hl7_event event, enum connector_outcome *ret_outcome,
                                      struct dye_error *err)
{
    struct link l = {.c = c, .fd = -1};
    dye_buf_init(&l.in, ANSWER_MAX_BYTES, true);
    enum dye_status status = carry(&l, b, event, ret_outcome, err);
    hang_up(&l);
    dye_buf_done(&l.in);
    return status;
}

enum dye_status connector_mllp_plant(const struct connector *c, const struct connector_batch *b,
                                     enum connector_outcome *ret_outcome, struct dye_error *err)
{
    return call_and_carry(c, b, c->event, ret_outcome, err);
}

enum dye_status connector_mllp_withdraw(const struct connector *c, const struct connector_batch *b,
                                        enum connector_outcome *ret_outcome, struct dye_error *err)
{
    return call_and_carry(c, b, c->withdraw, ret_outcome, err);
}

/* In UTF-8 whatever is sent, and a segment a line, for reading. */
enum dye_status connector_mllp_show(const struct connector *c, const struct connector_batch *b, struct dye_error *err)
{
    struct connector readable = *c;
    struct dye_buf message;
    enum dye_status status = DYE_OK;
    readable.exchange.charset = DYE_CHARSET_UTF8;
    dye_buf_init(&message, ANSWER_MAX_BYTES, true);
    for (size_t i = 0; status == DYE_OK && i < b->n; i++) {
        if (b->personas[i].value[DYE_MRN].n == 0)
            continue; /* would be refused */
        status = frame(&readable, b, i, c->event, &message, err);
        if (status != DYE_OK)
            break;
        printf("-- to %s:%s%s:\n", c->host, c->port,
               c->exchange.charset == DYE_CHARSET_GB18030 ? ", as GB 18030 with MSH-18 so" : "");
        for (size_t k = 1; k + 2 < message.n; k++)
            putchar(message.p[k] == CARRIAGE_RETURN ? '\n' : message.p[k]);
    }
    dye_buf_done(&message);
    return status;
}

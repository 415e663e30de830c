/* An alert a datagram, or a frame with its length before it (RFC 6587, 5425). Connections are libcurl's, which knows
 * names, timeouts and certificates; what is said on them is not HTTP. */
#include "sender.h"
#include "transfer.h"

#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static enum dye_status render(const struct alert_channel *c, const struct message *m, size_t i, struct dye_buf *to)
{
    char host[256] = "";
    struct message_syslog s = {.facility = c->facility, .cef = c->cef, .host = host};
    if (gethostname(host, sizeof host - 1) != 0)
        host[0] = '\0';
    return message_syslog(m, i, &s, to);
}

/* ---- datagrams ---- */

static enum dye_status fail_errno(const struct alert_channel *c, struct dye_error *err)
{
    DYE_FAIL(err, DYE_E_AGAIN, "channel %s: %s", c->name, strerror(errno));
}

static enum dye_status connect_unix(const struct alert_channel *c, int *ret, struct dye_error *err)
{
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    memcpy(to.sun_path, c->host, strnlen(c->host, sizeof to.sun_path - 1));
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return fail_errno(c, err);
    *ret = fd;
    return connect(fd, (const struct sockaddr *)&to, sizeof to) == 0 ? DYE_OK : fail_errno(c, err);
}

static enum dye_status connect_udp(const struct alert_channel *c, int *ret, struct dye_error *err)
{
    const struct addrinfo hints = {.ai_socktype = SOCK_DGRAM};
    struct addrinfo *all = NULL;
    if (getaddrinfo(c->host, c->port, &hints, &all) != 0)
        DYE_FAIL(err, DYE_E_AGAIN, "channel %s: its host has no address", c->name);
    enum dye_status status = DYE_E_AGAIN;
    for (const struct addrinfo *a = all; status != DYE_OK && a != NULL; a = a->ai_next) {
        int fd = socket(a->ai_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        if (fd >= 0 && connect(fd, a->ai_addr, a->ai_addrlen) == 0) {
            *ret = fd;
            status = DYE_OK;
        } else {
            status = fail_errno(c, err);
            if (fd >= 0)
                close(fd);
        }
    }
    freeaddrinfo(all);
    return status;
}

static enum dye_status send_datagrams(const struct alert_channel *c, const struct message *m, struct dye_error *err)
{
    int fd = -1;
    struct dye_buf line;
    dye_buf_init(&line, 1 << 20, false);
    enum dye_status status = c->transport == ALERT_UNIX ? connect_unix(c, &fd, err) : connect_udp(c, &fd, err);
    const struct timeval most = {c->timeout_s, 0};
    if (status == DYE_OK)
        (void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &most, sizeof most);
    for (size_t i = 0; status == DYE_OK && i < m->n; i++) {
        dye_buf_clear(&line);
        if (render(c, m, i, &line) != DYE_OK)
            status = dye_fail(err, DYE_E_LIMIT, "channel %s: an alert is too long", c->name);
        else if (send(fd, line.p, line.n, MSG_NOSIGNAL) != (ssize_t)line.n)
            status = fail_errno(c, err);
    }
    if (fd >= 0)
        close(fd);
    dye_buf_done(&line);
    return status;
}

/* ---- streams ---- */

static bool wait_for(const struct transfer *t, curl_socket_t fd, short what)
{
    struct pollfd p = {.fd = fd, .events = what};
    return poll(&p, 1, t->c->timeout_s * 1000) == 1;
}

static enum dye_status write_all(struct transfer *t, curl_socket_t fd, struct dye_span bytes, struct dye_error *err)
{
    for (size_t done = 0; done < bytes.n;) {
        size_t n = 0;
        CURLcode result = curl_easy_send(t->curl, bytes.p + done, bytes.n - done, &n);
        done += n;
        if (result != CURLE_OK && (result != CURLE_AGAIN || !wait_for(t, fd, POLLOUT)))
            DYE_FAIL(err, DYE_E_AGAIN, "channel %s: %s", t->c->name, curl_easy_strerror(result));
    }
    return DYE_OK;
}

/* There is no answer in syslog. Over tcp we say that this is all and see whether the receiver closes too or resets: a
 * receiver that was killed with our bytes unread resets. One that keeps its side open is given the benefit. */
static enum dye_status part(const struct transfer *t, curl_socket_t fd, struct dye_error *err)
{
    char byte;
    if (t->c->transport == ALERT_TLS)
        return DYE_OK;
    if (shutdown(fd, SHUT_WR) != 0)
        return fail_errno(t->c, err);
    if (wait_for(t, fd, POLLIN) && recv(fd, &byte, 1, MSG_DONTWAIT) < 0)
        return fail_errno(t->c, err);
    return DYE_OK;
}

static enum dye_status open_stream(struct transfer *t, curl_socket_t *ret, struct dye_error *err)
{
    const struct alert_channel *c = t->c;
    const char *scheme = c->transport == ALERT_TLS ? "https" : "http";
    bool six = strchr(c->host, ':') != NULL;
    char url[320];
    long code;
    DYE_TRY(transfer_open(t, c, scheme, err));
    snprintf(url, sizeof url, "%s://%s%s%s:%s", scheme, six ? "[" : "", c->host, six ? "]" : "", c->port);
    curl_easy_setopt(t->curl, CURLOPT_URL, url);
    curl_easy_setopt(t->curl, CURLOPT_CONNECT_ONLY, 1L);
    curl_easy_setopt(t->curl, CURLOPT_SSL_ENABLE_ALPN, 0L);
    DYE_TRY(transfer_run(t, &code, err));
    if (curl_easy_getinfo(t->curl, CURLINFO_ACTIVESOCKET, ret) != CURLE_OK || *ret == CURL_SOCKET_BAD)
        DYE_FAIL(err, DYE_E_AGAIN, "channel %s: not connected", c->name);
    return DYE_OK;
}

static enum dye_status send_frames(struct transfer *t, const struct message *m, struct dye_buf *frame,
                                   struct dye_buf *line, struct dye_error *err)
{
    curl_socket_t fd = CURL_SOCKET_BAD;
    for (size_t i = 0; i < m->n; i++) {
        dye_buf_clear(line);
        if (render(t->c, m, i, line) != DYE_OK || dye_buf_printf(frame, "%zu ", line->n) != DYE_OK ||
            dye_buf_append(frame, line->p, line->n) != DYE_OK)
            DYE_FAIL(err, DYE_E_LIMIT, "channel %s: an alert is too long", t->c->name);
    }
    DYE_TRY(open_stream(t, &fd, err));
    DYE_TRY(write_all(t, fd, dye_buf_span(frame), err));
    return part(t, fd, err);
}

enum dye_status sender_syslog(const struct alert_channel *c, const struct message *m, struct dye_error *err)
{
    if (c->transport == ALERT_UNIX || c->transport == ALERT_UDP)
        return send_datagrams(c, m, err);
    struct transfer t = {.c = c};
    struct dye_buf frame;
    struct dye_buf line;
    dye_buf_init(&frame, MESSAGE_MAX_BYTES, false);
    dye_buf_init(&line, 1 << 20, false);
    enum dye_status status = send_frames(&t, m, &frame, &line, err);
    transfer_close(&t);
    dye_buf_done(&frame);
    dye_buf_done(&line);
    return status;
}

#include "http_guard.h"

#include "log.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/keyvalq_struct.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

bool http_has_control(const char *text)
{
    for (; *text != '\0'; text++)
        if (((unsigned char)*text < 0x20 && *text != '\t') || *text == 0x7f)
            return true;
    return false;
}

static bool is_token(const char *text)
{
    size_t n = strspn(text, "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");
    return n != 0 && text[n] == '\0';
}

size_t http_host_name_n(const char *host)
{
    return host[0] == '[' ? strcspn(host, "]") + (strchr(host, ']') != NULL) : strcspn(host, ":");
}

static bool host_is_ours(const char *const ours[2], const char *host)
{
    const char *names[] = {"localhost", "127.0.0.1", "[::1]", ours[0], ours[1]};
    size_t n = http_host_name_n(host);
    const char *port = host + n;
    if (*port != '\0' && (port[0] != ':' || port[1] == '\0' || strspn(port + 1, "0123456789") != strlen(port + 1)))
        return false;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (n != 0 && strlen(names[i]) == n && strncasecmp(names[i], host, n) == 0)
            return true;
    return false;
}

static struct http_refusal guard_headers(struct evhttp_request *request)
{
    unsigned hosts = 0, lengths = 0, encodings = 0;
    struct evkeyvalq *in = evhttp_request_get_input_headers(request);
    for (const struct evkeyval *h = in->tqh_first; h != NULL; h = h->next.tqe_next) {
        if (!is_token(h->key) || http_has_control(h->value))
            return (struct http_refusal){400, "malformed header"};
        hosts += strcasecmp(h->key, "Host") == 0;
        encodings += strcasecmp(h->key, "Transfer-Encoding") == 0;
        if (strcasecmp(h->key, "Content-Length") == 0) {
            lengths++;
            if (h->value[0] == '\0' || strspn(h->value, "0123456789") != strlen(h->value))
                return (struct http_refusal){400, "malformed Content-Length"};
        }
    }
    if (lengths > 1 || encodings > 1 || (lengths != 0 && encodings != 0))
        return (struct http_refusal){400, "ambiguous length"};
    const char *length = evhttp_find_header(in, "Content-Length");
    bool has_length = length != NULL && strspn(length, "0") != strlen(length);
    if (evhttp_request_get_command(request) != EVHTTP_REQ_POST && (has_length || encodings != 0))
        return (struct http_refusal){400, "unexpected body"};
    if (hosts != 1)
        return (struct http_refusal){400, "one Host is wanted"};
    return (struct http_refusal){0, NULL};
}

struct http_refusal http_guard(struct evhttp_request *request, const char *const ours[2])
{
    const struct evhttp_uri *uri = evhttp_request_get_evhttp_uri(request);
    if (uri == NULL || evhttp_uri_get_host(uri) != NULL || evhttp_uri_get_scheme(uri) != NULL)
        return (struct http_refusal){400, "malformed request target"};
    struct http_refusal r = guard_headers(request);
    if (r.why != NULL)
        return r;
    const char *host = evhttp_find_header(evhttp_request_get_input_headers(request), "Host");
    if (!host_is_ours(ours, host))
        return (struct http_refusal){421, "unknown Host"};
    const char *origin = evhttp_find_header(evhttp_request_get_input_headers(request), "Origin");
    const char *authority = origin != NULL ? strstr(origin, "://") : NULL;
    if (evhttp_request_get_command(request) == EVHTTP_REQ_POST && origin != NULL &&
        (authority == NULL || strcasecmp(authority + 3, host) != 0))
        return (struct http_refusal){403, "another site"};
    return (struct http_refusal){0, NULL};
}

/*
 * What a client sends here is text. A NUL or another control byte would be cut off or misread by code that handles C
 * strings, so the bytes are looked at as they arrive, before evhttp sees them: the connection is told and shut.
 */
static void watch_bytes(struct evbuffer *in, const struct evbuffer_cb_info *info, void *arg)
{
    enum { PIECES = 16 };
    struct evbuffer_iovec piece[PIECES];
    struct evbuffer_ptr at;
    if (info->n_added == 0 || evbuffer_get_length(in) < info->n_added)
        return;
    evbuffer_ptr_set(in, &at, evbuffer_get_length(in) - info->n_added, EVBUFFER_PTR_SET);
    int n = evbuffer_peek(in, -1, &at, piece, PIECES);
    bool bad = n < 0 || n > PIECES;
    for (int i = 0; i < n && !bad; i++)
        for (size_t k = 0; k < piece[i].iov_len && !bad; k++) {
            unsigned char b = ((const unsigned char *)piece[i].iov_base)[k];
            bad = (b < 0x20 && b != '\t' && b != '\r' && b != '\n') || b == 0x7f;
        }
    if (!bad)
        return;
    static const char answer[] = "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    int fd = bufferevent_getfd(arg);
    ssize_t sent = send(fd, answer, sizeof answer - 1, MSG_DONTWAIT | MSG_NOSIGNAL);
    (void)sent; /* the connection ends here either way */
    shutdown(fd, SHUT_RDWR);
    evbuffer_drain(in, evbuffer_get_length(in));
    log_event(LOG_WARN_, "http.refused", "reason=\"control byte\"");
}

struct bufferevent *http_guard_bufferevent(struct event_base *base, void *arg)
{
    (void)arg;
    struct bufferevent *bev = bufferevent_socket_new(base, -1, BEV_OPT_CLOSE_ON_FREE);
    if (bev != NULL && evbuffer_add_cb(bufferevent_get_input(bev), watch_bytes, bev) == NULL) {
        bufferevent_free(bev);
        abort(); /* out of memory: evhttp would go on with a connection that nobody watches */
    }
    return bev;
}

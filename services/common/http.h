#ifndef DYE_HTTP_H
#define DYE_HTTP_H
/*
 * http: a small HTTP/1.1 server, evhttp behind a guard, driven by one table of routes.
 *
 * The guard answers before any handler runs. It refuses: control bytes anywhere in what a client sends, names and
 * values of headers that are not what RFC 9110 allows, more than one Content-Length or one beside Transfer-Encoding, a
 * body with GET, a missing or second Host, a Host that is neither loopback nor ours (DNS rebinding), an absolute
 * request target, and a POST whose Origin is another site. A refused connection is closed, so that nothing is left on
 * it to be read in two ways.
 *
 * Every answer carries the security headers; what is not a file or a page is `no-store`. What is not HTTP at all, or
 * beyond the limits, is answered by evhttp itself with a fixed page. It is not for the open internet: TLS, many
 * thousands of connections and uploads belong to a proxy before it.
 *
 * One loop, one thread. A handler runs to its end and answers exactly once before it returns.
 */
#include "dye/span.h"
#include "dye/status.h"

#include <event2/event.h>
#include <stdint.h>

struct http_server;
struct http_call; /* one request and its answer; valid inside the handler only */

typedef void (*http_handler)(struct http_call *call, void *arg);

struct http_route {
    const char *method;  /* "GET", which serves HEAD too, or "POST" */
    const char *pattern; /* "/api/v1/dumps/{}/sightings": {} stands for one segment, 1..63 bytes; at most one */
    http_handler handler;
};

struct http_options {
    const char *listen;              /* "127.0.0.1:8437" or "[::1]:8437"; port 0 takes a free one */
    const char *host;                /* one more name that Host may hold, behind a TLS proxy; or NULL */
    const struct http_route *routes; /* ends with a NULL method; borrowed for the server's life */
    void *arg;                       /* for the handlers */
    size_t header_bytes_max, body_bytes_max;
    int timeout_s; /* of a read or a write that makes no progress */
};

/* Listens at once; answers when the loop runs. DYE_E_CONFIG for an address that can't be had, DYE_E_NOMEM. */
DYE_MUST_CHECK enum dye_status http_server_new(struct event_base *base, const struct http_options *options,
                                               struct http_server **ret, struct dye_error *err);
uint16_t http_server_port(const struct http_server *s);
/* Takes no new connection, and calls `drained` when no answer is under way: at once, or later, once. */
void http_server_drain(struct http_server *s, void (*drained)(void *arg), void *arg);
void http_server_free(struct http_server *s); /* takes NULL; drops what is under way */

/* The request. Strings are NUL-terminated, without control bytes, and live as long as the call. */
const char *http_call_param(const struct http_call *c);                    /* what {} stood for, decoded; or "" */
const char *http_call_query(struct http_call *c, const char *key);         /* decoded, or NULL */
const char *http_call_header(const struct http_call *c, const char *name); /* the first, or NULL */
const char *http_call_address(const struct http_call *c);                  /* the peer's, numeric */
struct dye_span http_call_body(struct http_call *c);
/* A cookie's value into ret; false when it is absent or does not fit n bytes with its NUL. */
DYE_MUST_CHECK bool http_call_cookie(const struct http_call *c, const char *name, char *ret, size_t n);

/* The answer. Headers first. `type` may be NULL for an answer without a body. Bytes are copied. */
void http_set_header(struct http_call *c, const char *name, const char *value);
void http_answer(struct http_call *c, int code, const char *type, struct dye_span body);
/* {"error": what}: a constant of ours, without quotes or backslashes. */
void http_answer_error(struct http_call *c, int code, const char *what);

#endif

#include "http.h"

#include "http_guard.h"
#include "log.h"

#include <assert.h>
#include <event2/buffer.h>
#include <event2/http.h>
#include <event2/keyvalq_struct.h>
#include <event2/listener.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

struct http_server {
    struct evhttp *evhttp;
    struct evhttp_bound_socket *bound;
    const struct http_route *routes;
    void *arg;
    char listen_host[64];
    char other_host[256];
    uint16_t port;
    unsigned under_way; /* answers not yet written out */
    void (*drained)(void *);
    void *drained_arg;
};

struct http_call {
    struct http_server *server;
    struct evhttp_request *request;
    const char *route; /* for the log: never the path itself */
    const char *method;
    char *path;
    char param[64];
    struct evkeyvalq query;
    bool query_parsed;
    bool close;
    int code; /* 0 until answered */
};

static const char *reason_of(int code)
{
    static const struct {
        int code;
        const char *reason;
    } table[] = {{200, "OK"},
                 {204, "No Content"},
                 {400, "Bad Request"},
                 {401, "Unauthorized"},
                 {403, "Forbidden"},
                 {404, "Not Found"},
                 {405, "Method Not Allowed"},
                 {413, "Content Too Large"},
                 {415, "Unsupported Media Type"},
                 {421, "Misdirected Request"},
                 {429, "Too Many Requests"},
                 {500, "Internal Server Error"},
                 {503, "Service Unavailable"}};
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (table[i].code == code)
            return table[i].reason;
    return "Unknown";
}

/* --- the answer --- */

static void on_complete(struct evhttp_request *request, void *arg)
{
    (void)request;
    struct http_server *s = arg;
    s->under_way--;
    if (s->under_way == 0 && s->drained != NULL) {
        void (*drained)(void *) = s->drained;
        s->drained = NULL;
        drained(s->drained_arg);
    }
}

void http_set_header(struct http_call *c, const char *name, const char *value)
{
    struct evkeyvalq *out = evhttp_request_get_output_headers(c->request);
    evhttp_remove_header(out, name);
    evhttp_add_header(out, name, value);
}

static void default_header(struct http_call *c, const char *name, const char *value)
{
    struct evkeyvalq *out = evhttp_request_get_output_headers(c->request);
    if (evhttp_find_header(out, name) == NULL)
        evhttp_add_header(out, name, value);
}

void http_answer(struct http_call *c, int code, const char *type, struct dye_span body)
{
    assert(c->code == 0);
    c->code = code;
    default_header(c, "Content-Security-Policy",
                   "default-src 'self'; base-uri 'none'; object-src 'none'; form-action 'self'; "
                   "frame-ancestors 'none'");
    default_header(c, "X-Content-Type-Options", "nosniff");
    default_header(c, "X-Frame-Options", "DENY");
    default_header(c, "Referrer-Policy", "no-referrer");
    default_header(c, "Cross-Origin-Opener-Policy", "same-origin");
    default_header(c, "Cross-Origin-Resource-Policy", "same-origin");
    default_header(c, "Cache-Control", "no-store");
    if (type != NULL)
        http_set_header(c, "Content-Type", type);
    if (code != 204) {
        char length[32];
        snprintf(length, sizeof length, "%zu", body.n);
        http_set_header(c, "Content-Length", length);
    }
    if (c->close || c->server->drained != NULL)
        http_set_header(c, "Connection", "close");
    bool with_body = body.n != 0 && evhttp_request_get_command(c->request) != EVHTTP_REQ_HEAD;
    struct evbuffer *out = evbuffer_new();
    if (out == NULL || (with_body && evbuffer_add(out, body.p, body.n) != 0))
        abort(); /* out of memory: evhttp has no way back from here */
    c->server->under_way++;
    evhttp_request_set_on_complete_cb(c->request, on_complete, c->server);
    evhttp_send_reply(c->request, code, reason_of(code), out);
    evbuffer_free(out);
}

void http_answer_error(struct http_call *c, int code, const char *what)
{
    char text[160];
    int n = snprintf(text, sizeof text, "{\"error\":\"%s\"}\n", what);
    assert(n > 0 && (size_t)n < sizeof text);
    http_answer(c, code, "application/json; charset=utf-8", dye_span_of(text, (size_t)n));
}

/* --- the request --- */

const char *http_call_param(const struct http_call *c)
{
    return c->param;
}

const char *http_call_query(struct http_call *c, const char *key)
{
    if (!c->query_parsed) {
        const char *text = evhttp_uri_get_query(evhttp_request_get_evhttp_uri(c->request));
        if (text == NULL || evhttp_parse_query_str(text, &c->query) != 0)
            return NULL;
        c->query_parsed = true;
    }
    return evhttp_find_header(&c->query, key);
}

const char *http_call_header(const struct http_call *c, const char *name)
{
    return evhttp_find_header(evhttp_request_get_input_headers(c->request), name);
}

const char *http_call_address(const struct http_call *c)
{
    char *address = NULL;
    uint16_t port;
    evhttp_connection_get_peer(evhttp_request_get_connection(c->request), &address, &port);
    return address != NULL ? address : "";
}

struct dye_span http_call_body(struct http_call *c)
{
    struct evbuffer *in = evhttp_request_get_input_buffer(c->request);
    size_t n = evbuffer_get_length(in);
    return dye_span_of(n != 0 ? evbuffer_pullup(in, -1) : NULL, n);
}

bool http_call_cookie(const struct http_call *c, const char *name, char *ret, size_t n)
{
    const char *at = http_call_header(c, "Cookie");
    size_t name_n = strlen(name);
    while (at != NULL && *at != '\0') {
        at += strspn(at, "; ");
        size_t pair_n = strcspn(at, ";");
        if (pair_n > name_n && memcmp(at, name, name_n) == 0 && at[name_n] == '=') {
            size_t value_n = pair_n - name_n - 1;
            if (value_n >= n)
                return false;
            memcpy(ret, at + name_n + 1, value_n);
            ret[value_n] = '\0';
            return true;
        }
        at += pair_n;
    }
    return false;
}

/* --- routes --- */

static bool matches(const char *pattern, const char *path, char param[64])
{
    const char *hole = strstr(pattern, "{}");
    param[0] = '\0';
    if (hole == NULL)
        return strcmp(pattern, path) == 0;
    size_t before = (size_t)(hole - pattern);
    if (strncmp(pattern, path, before) != 0)
        return false;
    size_t n = strcspn(path + before, "/");
    if (n == 0 || n >= 64 || strcmp(path + before + n, hole + 2) != 0)
        return false;
    memcpy(param, path + before, n);
    param[n] = '\0';
    return true;
}

static void dispatch(struct http_call *c)
{
    bool known = false;
    const char *method = strcmp(c->method, "HEAD") == 0 ? "GET" : c->method;
    for (const struct http_route *r = c->server->routes; r->method != NULL; r++) {
        if (!matches(r->pattern, c->path, c->param))
            continue;
        known = true;
        c->route = r->pattern;
        if (strcmp(r->method, method) == 0) {
            r->handler(c, c->server->arg);
            assert(c->code != 0);
            return;
        }
        http_set_header(c, "Allow", strcmp(r->method, "GET") == 0 ? "GET, HEAD" : r->method);
    }
    c->close = true; /* a body that nobody asked for may follow */
    http_answer_error(c, known ? 405 : 404, known ? "method not allowed" : "no such path");
}

static const char *method_name(enum evhttp_cmd_type type)
{
    return type == EVHTTP_REQ_GET ? "GET" : type == EVHTTP_REQ_HEAD ? "HEAD" : type == EVHTTP_REQ_POST ? "POST" : "?";
}

static void on_request(struct evhttp_request *request, void *arg)
{
    struct http_call c = {.server = arg, .request = request, .route = "-"};
    c.method = method_name(evhttp_request_get_command(request));
    const char *const ours[] = {c.server->listen_host, c.server->other_host};
    struct http_refusal refusal = http_guard(request, ours);
    if (refusal.why == NULL) {
        size_t n = 0;
        const char *raw = evhttp_uri_get_path(evhttp_request_get_evhttp_uri(request));
        c.path = evhttp_uridecode(raw != NULL ? raw : "", 0, &n);
        if (c.path == NULL || strlen(c.path) != n || http_has_control(c.path))
            refusal = (struct http_refusal){400, "malformed path"};
    }
    if (refusal.why != NULL) {
        c.close = true;
        http_answer_error(&c, refusal.code, refusal.why);
        log_event(LOG_WARN_, "http.refused", "code=%d reason=\"%s\"", refusal.code, refusal.why);
    } else {
        dispatch(&c);
        log_event(c.code >= 500 ? LOG_WARN_ : LOG_DEBUG_, "http.answer", "method=%s route=%s code=%d", c.method,
                  c.route, c.code);
    }
    if (c.query_parsed)
        evhttp_clear_headers(&c.query);
    free(c.path);
}

/* --- the server --- */

/* Descriptors ran out. The listener stays readable, so that the loop would spin: each turn waits a little instead. */
static void on_accept_error(struct evconnlistener *listener, void *arg)
{
    (void)listener;
    (void)arg;
    const struct timespec pause = {0, 20 * 1000 * 1000};
    nanosleep(&pause, NULL);
}

static bool split_listen(const char *text, char host[64], uint16_t *ret_port)
{
    size_t n = http_host_name_n(text);
    char *end;
    if (n == 0 || n >= 64 || text[n] != ':' || !dye_is_digit((uint8_t)text[n + 1]))
        return false;
    unsigned long port = strtoul(text + n + 1, &end, 10);
    if (*end != '\0' || port > UINT16_MAX)
        return false;
    memcpy(host, text, n);
    host[n] = '\0';
    *ret_port = (uint16_t)port;
    return true;
}

/* "[::1]" without its brackets. */
static void bare_host(const char *host, char ret[64])
{
    size_t n = strlen(host);
    bool brackets = n >= 2 && host[0] == '[';
    memcpy(ret, host + brackets, n + 1 - brackets);
    if (brackets)
        ret[n - 2] = '\0';
}

static uint16_t bound_port(struct evhttp_bound_socket *bound)
{
    struct sockaddr_storage a;
    socklen_t n = sizeof a;
    if (getsockname(evhttp_bound_socket_get_fd(bound), (struct sockaddr *)&a, &n) != 0)
        return 0;
    return ntohs(a.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&a)->sin6_port
                                         : ((struct sockaddr_in *)&a)->sin_port);
}

enum dye_status http_server_new(struct event_base *base, const struct http_options *options, struct http_server **ret,
                                struct dye_error *err)
{
    struct http_server *s = calloc(1, sizeof *s);
    char address[64];
    if (s == NULL)
        DYE_FAIL(err, DYE_E_NOMEM, "http: out of memory");
    s->routes = options->routes;
    s->arg = options->arg;
    if (!split_listen(options->listen, s->listen_host, &s->port)) {
        http_server_free(s);
        DYE_FAIL(err, DYE_E_CONFIG, "portal.listen: `address:port` is wanted");
    }
    snprintf(s->other_host, sizeof s->other_host, "%s", options->host != NULL ? options->host : "");
    s->evhttp = evhttp_new(base);
    if (s->evhttp == NULL) {
        http_server_free(s);
        DYE_FAIL(err, DYE_E_NOMEM, "http: out of memory");
    }
    evhttp_set_max_headers_size(s->evhttp, (ev_ssize_t)options->header_bytes_max);
    evhttp_set_max_body_size(s->evhttp, (ev_ssize_t)options->body_bytes_max);
    evhttp_set_timeout(s->evhttp, options->timeout_s);
    /* All that evhttp knows, so that a wrong one gets our answer with our headers. */
    evhttp_set_allowed_methods(s->evhttp, EVHTTP_REQ_GET | EVHTTP_REQ_HEAD | EVHTTP_REQ_POST | EVHTTP_REQ_PUT |
                                              EVHTTP_REQ_DELETE | EVHTTP_REQ_OPTIONS | EVHTTP_REQ_PATCH |
                                              EVHTTP_REQ_TRACE);
    evhttp_set_default_content_type(s->evhttp, NULL);
    evhttp_set_bevcb(s->evhttp, http_guard_bufferevent, NULL);
    evhttp_set_gencb(s->evhttp, on_request, s);
    bare_host(s->listen_host, address);
    s->bound = evhttp_bind_socket_with_handle(s->evhttp, address, s->port);
    if (s->bound == NULL) {
        http_server_free(s);
        DYE_FAIL(err, DYE_E_CONFIG, "portal.listen: %s: it can't be listened on", options->listen);
    }
    evconnlistener_set_error_cb(evhttp_bound_socket_get_listener(s->bound), on_accept_error);
    s->port = bound_port(s->bound);
    *ret = s;
    return DYE_OK;
}

uint16_t http_server_port(const struct http_server *s)
{
    return s->port;
}

void http_server_drain(struct http_server *s, void (*drained)(void *arg), void *arg)
{
    if (s->bound != NULL)
        evhttp_del_accept_socket(s->evhttp, s->bound);
    s->bound = NULL;
    if (s->under_way == 0) {
        drained(arg);
        return;
    }
    s->drained = drained;
    s->drained_arg = arg;
}

void http_server_free(struct http_server *s)
{
    if (s == NULL)
        return;
    if (s->evhttp != NULL)
        evhttp_free(s->evhttp);
    free(s);
}

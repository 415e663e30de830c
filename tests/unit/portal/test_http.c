/*
 * The server as a client sees it: raw bytes over a socket, the loop turned by hand.
 */
#include "http.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#define H "Host: localhost\r\n"

static struct event_base *base;
static struct http_server *server;
static int calls; /* of any handler */
static char heard[256];

static void on_thing(struct http_call *c, void *arg)
{
    (void)arg;
    calls++;
    const char *weak = http_call_query(c, "weak");
    snprintf(heard, sizeof heard, "%s|%s|%s", http_call_param(c), weak != NULL ? weak : "-", http_call_address(c));
    http_answer(c, 200, "text/plain", dye_span_str("hello"));
}

static void on_cookie(struct http_call *c, void *arg)
{
    (void)arg;
    char value[8];
    calls++;
    snprintf(heard, sizeof heard, "%s", http_call_cookie(c, "id", value, sizeof value) ? value : "none");
    http_answer(c, 204, NULL, dye_span_of(NULL, 0));
}

static void on_post(struct http_call *c, void *arg)
{
    (void)arg;
    calls++;
    struct dye_span body = http_call_body(c);
    snprintf(heard, sizeof heard, "%.*s", (int)body.n, (const char *)body.p);
    http_answer(c, 204, NULL, dye_span_of(NULL, 0));
}

static const struct http_route routes[] = {
    {"GET", "/cookie", on_cookie},
    {"GET", "/things/{}/end", on_thing},
    {"GET", "/things/{}", on_thing},
    {"POST", "/things", on_post},
    {NULL, NULL, NULL},
};

static int setup(void **state)
{
    (void)state;
    struct http_options o = {.listen = "127.0.0.1:0",
                             .host = "trace.example",
                             .routes = routes,
                             .header_bytes_max = 2048,
                             .body_bytes_max = 64,
                             .timeout_s = 5};
    base = event_base_new();
    calls = 0;
    heard[0] = '\0';
    return http_server_new(base, &o, &server, NULL) != DYE_OK;
}

static int teardown(void **state)
{
    (void)state;
    http_server_free(server);
    event_base_free(base);
    return 0;
}

static int dial(void)
{
    struct sockaddr_in a = {
        .sin_family = AF_INET, .sin_port = htons(http_server_port(server)), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_true(fd >= 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&a, sizeof a), 0);
    return fd;
}

/* Turns the loop until the server is quiet for 60 ms or has closed; what it said is in ret. True when it closed. */
static bool hear(int fd, char *ret, size_t n)
{
    size_t used = 0;
    for (int quiet = 0; quiet < 30;) {
        event_base_loop(base, EVLOOP_NONBLOCK);
        struct pollfd p = {fd, POLLIN, 0};
        if (poll(&p, 1, 2) == 0) {
            quiet++;
            continue;
        }
        ssize_t got = recv(fd, ret + used, n - 1 - used, 0);
        if (got <= 0) {
            ret[used] = '\0';
            return true;
        }
        used += (size_t)got;
        quiet = 0;
    }
    ret[used] = '\0';
    return false;
}

struct reply {
    int code; /* 0: none */
    bool closed;
    char text[4096];
};

static struct reply ask_bytes(const char *bytes, size_t n)
{
    struct reply r = {0};
    int fd = dial();
    assert_int_equal(send(fd, bytes, n, MSG_NOSIGNAL), (ssize_t)n);
    r.closed = hear(fd, r.text, sizeof r.text);
    close(fd);
    event_base_loop(base, EVLOOP_NONBLOCK);
    r.code = strncmp(r.text, "HTTP/1.1 ", 9) == 0 ? atoi(r.text + 9) : 0;
    return r;
}

static struct reply ask(const char *text)
{
    return ask_bytes(text, strlen(text));
}

static void assert_header(const struct reply *r, const char *line)
{
    if (strstr(r->text, line) == NULL)
        fail_msg("no `%s` in:\n%s", line, r->text);
}

static void a_route_is_served_with_its_parameter_and_query(void **state)
{
    (void)state;
    struct reply r = ask("GET /things/d%6Fg?x=2&weak=1 HTTP/1.1\r\n" H "\r\n");
    assert_int_equal(r.code, 200);
    assert_string_equal(heard, "dog|1|127.0.0.1");
    assert_non_null(strstr(r.text, "\r\n\r\nhello"));
    assert_false(r.closed);
    assert_int_equal(ask("GET /things/x/end HTTP/1.1\r\n" H "\r\n").code, 200);
    assert_string_equal(heard, "x|-|127.0.0.1");
}

static void head_has_the_length_and_no_body(void **state)
{
    (void)state;
    struct reply r = ask("HEAD /things/x HTTP/1.1\r\n" H "\r\n");
    assert_int_equal(r.code, 200);
    assert_header(&r, "Content-Length: 5\r\n");
    assert_string_equal(strstr(r.text, "\r\n\r\n"), "\r\n\r\n");
}

static void every_answer_has_the_security_headers(void **state)
{
    (void)state;
    static const char *const requests[] = {"GET /things/x HTTP/1.1\r\n" H "\r\n", "GET /nothing HTTP/1.1\r\n" H "\r\n",
                                           "PUT /things/x HTTP/1.1\r\n" H "\r\n",
                                           "GET /things/x HTTP/1.1\r\nHost: evil.example\r\n\r\n",
                                           "GET /cookie HTTP/1.1\r\n" H "\r\n"};
    for (size_t i = 0; i < sizeof requests / sizeof *requests; i++) {
        struct reply r = ask(requests[i]);
        assert_header(&r, "Content-Security-Policy: default-src 'self'; ");
        assert_header(&r, "frame-ancestors 'none'\r\n");
        assert_header(&r, "X-Content-Type-Options: nosniff\r\n");
        assert_header(&r, "Referrer-Policy: no-referrer\r\n");
        assert_header(&r, "Cache-Control: no-store\r\n");
    }
}

static void unknown_paths_and_methods_are_json_errors(void **state)
{
    (void)state;
    static const struct {
        const char *request;
        int code;
        const char *holds;
    } table[] = {
        {"GET / HTTP/1.1\r\n" H "\r\n", 404, "{\"error\":\"no such path\"}"},
        {"GET /things/ HTTP/1.1\r\n" H "\r\n", 404, "{\"error\":"},
        {"GET /things/x/y HTTP/1.1\r\n" H "\r\n", 404, "{\"error\":"},
        {"GET /things/../cookie HTTP/1.1\r\n" H "\r\n", 404, "{\"error\":"},
        {"GET /things/%2e%2e%2fcookie HTTP/1.1\r\n" H "\r\n", 404, "{\"error\":"},
        {"GET /things/%252e HTTP/1.1\r\n" H "\r\n", 200, "hello"}, /* decoded once: "%2e" is the name */
        {"GET /things HTTP/1.1\r\n" H "\r\n", 405, "Allow: POST\r\n"},
        {"POST /things/x HTTP/1.1\r\n" H "Content-Length: 0\r\n\r\n", 405, "Allow: GET, HEAD\r\n"},
        {"DELETE /things/x HTTP/1.1\r\n" H "\r\n", 405, "{\"error\":\"method not allowed\"}"},
        {"OPTIONS /things/x HTTP/1.1\r\n" H "\r\n", 405, "{\"error\":"},
        {"GET /things/a%00b HTTP/1.1\r\n" H "\r\n", 400, "{\"error\":\"malformed path\"}"},
        {"GET /things/a%0ab HTTP/1.1\r\n" H "\r\n", 400, "{\"error\":\"malformed path\"}"},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct reply r = ask(table[i].request);
        if (r.code != table[i].code)
            fail_msg("%d instead of %d for %s", r.code, table[i].code, table[i].request);
        assert_header(&r, table[i].holds);
    }
}

static void a_segment_is_at_most_63_bytes(void **state)
{
    (void)state;
    char name[70];
    char request[200];
    for (int n = 63; n <= 64; n++) {
        memset(name, 'a', (size_t)n);
        name[n] = '\0';
        snprintf(request, sizeof request, "GET /things/%s HTTP/1.1\r\n" H "\r\n", name);
        assert_int_equal(ask(request).code, n == 63 ? 200 : 404);
    }
}

static void only_our_own_hosts_are_answered(void **state)
{
    (void)state;
    static const struct {
        const char *host;
        int code;
    } table[] = {{"localhost", 200},
                 {"LOCALHOST:9000", 200},
                 {"127.0.0.1:8437", 200},
                 {"[::1]:8437", 200},
                 {"trace.example", 200},
                 {"evil.example", 421},
                 {"evil.example:8437", 421},
                 {"localhost.evil.example", 421},
                 {"localhost:", 421},
                 {"localhost:80x", 421},
                 {"127.0.0.1.nip.example", 421},
                 {"[::1", 421},
                 {"xlocalhost", 421},
                 {"", 421},
                 {"127.0.0.2", 421}};
    char request[200];
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        snprintf(request, sizeof request, "GET /things/x HTTP/1.1\r\nHost: %s\r\n\r\n", table[i].host);
        int code = ask(request).code;
        if (code != table[i].code)
            fail_msg("%d instead of %d for `%s`", code, table[i].code, table[i].host);
    }
}

static void what_can_be_read_in_two_ways_is_refused_and_closed(void **state)
{
    (void)state;
    static const char *const requests[] = {
        "GET /things/x HTTP/1.1\r\n\r\n",
        "GET /things/x HTTP/1.1\r\n" H "Host: localhost\r\n\r\n",
        "GET http://localhost/things/x HTTP/1.1\r\n" H "\r\n",
        "GET /things/x HTTP/1.1\r\n" H "X: a\rb\r\n\r\n",
        "GET /things/x HTTP/1.1\r\n" H "Bad Name: 1\r\n\r\n",
        "GET /things/x HTTP/1.1\r\n" H "Content-Length : 5\r\n\r\n",
        "GET /things/x HTTP/1.1\r\n" H "Content-Length: 5\r\n\r\nGET /",
        "GET /things/x HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST /things HTTP/1.1\r\n" H "Content-Length: 2\r\nContent-Length: 2\r\n\r\nab",
        "POST /things HTTP/1.1\r\n" H "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n",
        "POST /things HTTP/1.1\r\n" H
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n",
        "POST /things HTTP/1.1\r\n" H "Content-Length: +2\r\n\r\nab",
        "POST /things HTTP/1.1\r\n" H "Content-Length: 2, 2\r\n\r\nab",
    };
    for (size_t i = 0; i < sizeof requests / sizeof *requests; i++) {
        struct reply r = ask(requests[i]);
        if (r.code != 400 || !r.closed || calls != 0)
            fail_msg("code %d, closed %d, handler %d for %s", r.code, r.closed, calls, requests[i]);
    }
}

static void a_control_byte_anywhere_ends_the_connection(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t n;
    } table[] = {
#define BYTES(s) {s, sizeof s - 1}
        BYTES("GET /things/x HTTP/1.1\r\n" H "X: a\0b\r\n\r\n"),
        BYTES("GET /things/x\0y HTTP/1.1\r\n" H "\r\n"),
        BYTES("GET /things/x HTTP/1.1\r\n" H "X: \x1b[2J\r\n\r\n"),
        BYTES("GET /things/x HTTP/1.1\r\n" H "X: \x7f\r\n\r\n"),
        BYTES("POST /things HTTP/1.1\r\n" H "Content-Length: 3\r\n\r\na\0b"),
        BYTES("\x16\x03\x01\x02\x00"), /* TLS on the plain port */
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct reply r = ask_bytes(table[i].bytes, table[i].n);
        if (r.code != 400 || !r.closed || calls != 0)
            fail_msg("row %zu: code %d, closed %d, handler %d", i, r.code, r.closed, calls);
    }
}

static void a_post_brings_its_body_within_the_limit(void **state)
{
    (void)state;
    char request[400];
    assert_int_equal(ask("POST /things HTTP/1.1\r\n" H "Content-Length: 9\r\n\r\n{\"a\":\"b\"}").code, 204);
    assert_string_equal(heard, "{\"a\":\"b\"}");
    snprintf(request, sizeof request, "POST /things HTTP/1.1\r\n" H "Content-Length: 65\r\n\r\n%065d", 7);
    assert_int_equal(ask(request).code, 413);
    assert_int_equal(calls, 1);
}

static void headers_have_a_limit(void **state)
{
    (void)state;
    char request[3000];
    snprintf(request, sizeof request, "GET /things/x HTTP/1.1\r\n" H "X: %02500d\r\n\r\n", 1);
    struct reply r = ask(request);
    assert_int_not_equal(r.code, 200);
    assert_int_equal(calls, 0);
}

static void a_post_from_another_site_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *origin;
        int code;
    } table[] = {{"http://localhost", 204},
                 {"https://localhost", 204},
                 {"http://evil.example", 403},
                 {"http://localhost.evil", 403},
                 {"null", 403},
                 {"http://localhost:81", 403}};
    char request[200];
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        snprintf(request, sizeof request, "POST /things HTTP/1.1\r\n" H "Origin: %s\r\nContent-Length: 0\r\n\r\n",
                 table[i].origin);
        int code = ask(request).code;
        if (code != table[i].code)
            fail_msg("%d instead of %d for `%s`", code, table[i].code, table[i].origin);
    }
}

static void a_cookie_is_found_by_its_whole_name(void **state)
{
    (void)state;
    static const struct {
        const char *cookie;
        const char *value;
    } table[] = {{"id=1", "1"},           {"a=b; id=22", "22"}, {"xid=1", "none"}, {"id=1234567; z", "1234567"},
                 {"id=12345678", "none"}, {"id", "none"},       {"id=", ""},       {";;id=3;", "3"}};
    char request[200];
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        snprintf(request, sizeof request, "GET /cookie HTTP/1.1\r\n" H "Cookie: %s\r\n\r\n", table[i].cookie);
        assert_int_equal(ask(request).code, 204);
        assert_string_equal(heard, table[i].value);
    }
}

static void one_connection_serves_several_requests(void **state)
{
    (void)state;
    char text[4096];
    int fd = dial();
    static const char request[] = "GET /things/x HTTP/1.1\r\n" H "\r\n";
    for (int i = 0; i < 3; i++) {
        assert_int_equal(send(fd, request, sizeof request - 1, MSG_NOSIGNAL), sizeof request - 1);
        assert_false(hear(fd, text, sizeof text));
        assert_memory_equal(text, "HTTP/1.1 200 ", 13);
    }
    close(fd);
    event_base_loop(base, EVLOOP_NONBLOCK);
    assert_int_equal(calls, 3);
}

static void count_drained(void *arg)
{
    ++*(int *)arg;
}

static void draining_takes_no_new_connection(void **state)
{
    (void)state;
    int drained = 0;
    http_server_drain(server, count_drained, &drained);
    assert_int_equal(drained, 1);
    struct sockaddr_in a = {
        .sin_family = AF_INET, .sin_port = htons(http_server_port(server)), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&a, sizeof a), -1);
    assert_int_equal(errno, ECONNREFUSED);
    close(fd);
}

static void an_address_that_makes_no_sense_is_a_config_error(void **state)
{
    (void)state;
    static const char *const listens[] = {
        "", "localhost", "127.0.0.1", "127.0.0.1:", "127.0.0.1:99999", "127.0.0.1:x", ":80", "999.1.1.1:0", "[::1:0"};
    for (size_t i = 0; i < sizeof listens / sizeof *listens; i++) {
        struct http_options o = {
            .listen = listens[i], .routes = routes, .header_bytes_max = 1, .body_bytes_max = 1, .timeout_s = 1};
        struct http_server *s = NULL;
        struct dye_error err;
        assert_int_equal(http_server_new(base, &o, &s, &err), DYE_E_CONFIG);
        assert_null(s);
    }
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
        CASE(a_route_is_served_with_its_parameter_and_query),
        CASE(head_has_the_length_and_no_body),
        CASE(every_answer_has_the_security_headers),
        CASE(unknown_paths_and_methods_are_json_errors),
        CASE(a_segment_is_at_most_63_bytes),
        CASE(only_our_own_hosts_are_answered),
        CASE(what_can_be_read_in_two_ways_is_refused_and_closed),
        CASE(a_control_byte_anywhere_ends_the_connection),
        CASE(a_post_brings_its_body_within_the_limit),
        CASE(headers_have_a_limit),
        CASE(a_post_from_another_site_is_refused),
        CASE(a_cookie_is_found_by_its_whole_name),
        CASE(one_connection_serves_several_requests),
        CASE(draining_takes_no_new_connection),
        CASE(an_address_that_makes_no_sense_is_a_config_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

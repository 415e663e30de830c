#ifndef DYE_HTTP_GUARD_H
#define DYE_HTTP_GUARD_H
/*
 * http_guard: what http.c refuses before any handler sees it. http.h lists the rules; no one else calls this.
 */
#include <event2/event.h>
#include <event2/http.h>
#include <stdbool.h>
#include <stddef.h>

struct http_refusal {
    int code;
    const char *why; /* a constant; NULL: nothing is wrong */
};

/* ours: two names that Host may hold besides loopback's, "" for none. */
struct http_refusal http_guard(struct evhttp_request *request, const char *const ours[2]);
/* For evhttp_set_bevcb: a connection whose bytes are looked at as they arrive. */
struct bufferevent *http_guard_bufferevent(struct event_base *base, void *arg);

/* A byte below 0x20 but the tab, or 0x7f. */
bool http_has_control(const char *text);
/* The length of the name in "name", "name:port" or "[v6]:port". */
size_t http_host_name_n(const char *host);

#endif

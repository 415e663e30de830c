/*
 * dyetrace-portal: the analysts' page and its read-only API.
 */
#include "log.h"
#include "options.h"
#include "pidfile.h"
#include "portal.h"

#include <signal.h>
#include <stdio.h>
#include <unistd.h>

enum {
    SESSIONS_MAX = 256,
    SESSION_MS = 8 * 3600 * 1000,
    TRIES = 10,
    TRIES_MS = 60 * 1000,
    ADDRESSES_MAX = 1024,
    DRAIN_S = 5
};

struct daemon {
    struct event_base *base;
    struct http_server *http;
    struct portal portal;
    bool draining;
};

static void stop(void *arg)
{
    struct daemon *d = arg;
    event_base_loopbreak(d->base);
}

static void on_libevent(int severity, const char *message)
{
    if (severity >= EVENT_LOG_WARN)
        log_event(LOG_WARN_, "libevent", "message=\"%s\"", message);
}

/* The first asks to finish what is under way, the second to leave it. */
static void on_term(evutil_socket_t signal_number, short what, void *arg)
{
    (void)what;
    struct daemon *d = arg;
    log_event(LOG_INFO_, "stop", "signal=%d phase=%s", (int)signal_number, d->draining ? "quit" : "drain");
    if (d->draining) {
        stop(d);
        return;
    }
    const struct timeval most = {DRAIN_S, 0};
    d->draining = true;
    event_base_loopexit(d->base, &most);
    http_server_drain(d->http, stop, d);
}

static enum dye_status start(struct daemon *d, const struct home *h, const char *host, struct dye_error *err)
{
    struct portal *p = &d->portal;
    const struct http_options http = {.listen = h->config.portal_listen,
                                      .host = host,
                                      .routes = portal_routes,
                                      .arg = p,
                                      .header_bytes_max = 16 * 1024,
                                      .body_bytes_max = 4 * 1024,
                                      .timeout_s = 15};
    DYE_TRY(database_open(h, d->base, &p->database, err)); /* an unprivileged process from here on */
    p->sessions = session_table_new(SESSIONS_MAX, SESSION_MS);
    p->limiter = limiter_new(TRIES, TRIES_MS, ADDRESSES_MAX);
    if (p->sessions == NULL || p->limiter == NULL)
        DYE_FAIL(err, DYE_E_NOMEM, "portal: out of memory");
    DYE_TRY(http_server_new(d->base, &http, &d->http, err));
    return pidfile_take(h, "portal", err); /* which says: up */
}

static void finish(struct daemon *d)
{
    http_server_free(d->http);
    limiter_free(d->portal.limiter);
    session_table_free(d->portal.sessions);
    database_close(d->portal.database);
}

int main(int argc, char **argv)
{
    struct common_options common = {0};
    struct daemon d = {0};
    struct dye_error err = {0};
    struct home home;
    const char *host = NULL;
    bool check_config = false, foreground = false;
    const struct option_spec options[] = {
        {"check-config", NULL, "read the configuration, say whether it is right, and end", NULL, &check_config},
        {"foreground", NULL, "accepted for the service managers that ask for it: this program never forks", NULL,
         &foreground},
        {"host", "NAME", "a name of ours, behind a TLS proxy, besides loopback's", &host, NULL},
        {NULL, NULL, NULL, NULL, NULL}};
    const struct verb_spec verb = {"portal [--check-config] [--foreground]", "Serve the analysts' page.", options, 0,
                                   0};
    int args;
    enum dye_status status = options_parse(&verb, argc, argv, &common, &args, &err);
    if (status != DYE_OK)
        return status == DYE_STOPPED ? 0 : complain(&err);
    if (home_open(common.home, common.config, &home, &err) != DYE_OK)
        return complain(&err);
    if (check_config)
        return 0;
    log_open("dyetrace-portal", LOG_INFO_);
    signal(SIGPIPE, SIG_IGN);
    event_set_log_callback(on_libevent);
    d.base = event_base_new();
    struct event *term = d.base != NULL ? evsignal_new(d.base, SIGTERM, on_term, &d) : NULL;
    struct event *interrupt = d.base != NULL ? evsignal_new(d.base, SIGINT, on_term, &d) : NULL;
    if (term == NULL || interrupt == NULL || evsignal_add(term, NULL) != 0 || evsignal_add(interrupt, NULL) != 0)
        status = dye_fail(&err, DYE_E_NOMEM, "portal: no event loop");
    else
        status = start(&d, &home, host, &err);
    if (status == DYE_OK) {
        log_event(LOG_INFO_, "up", "listen=%s port=%u", home.config.portal_listen, (unsigned)http_server_port(d.http));
        event_base_dispatch(d.base);
        log_event(LOG_INFO_, "down", "outcome=drained");
    }
    finish(&d);
    if (interrupt != NULL)
        event_free(interrupt);
    if (term != NULL)
        event_free(term);
    if (d.base != NULL)
        event_base_free(d.base);
    return status == DYE_OK ? 0 : complain(&err);
}

#include "listener.h"

#include "dye/key.h"
#include "log.h"

#include <libpq-fe.h>
#include <stdlib.h>
#include <string.h>

struct listener {
    struct event_base *loop;
    char *conninfo;
    listener_fn wake;
    void *arg;
    PGconn *pg;
    struct event *socket; /* of the present connection, NULL between two */
    struct event *again;  /* the timer to the next try */
    int wait_ms;
    bool listening;
};

enum { WAIT_MIN_MS = 500, WAIT_MAX_MS = 30000 };

static void on_connecting(evutil_socket_t fd, short what, void *arg);

static void forget_notice(void *arg, const PGresult *result)
{
    (void)arg;
    (void)result;
}

static void drop(struct listener *l)
{
    if (l->socket != NULL)
        event_free(l->socket);
    l->socket = NULL;
    PQfinish(l->pg);
    l->pg = NULL;
    l->listening = false;
}

static void try_later(struct listener *l, const char *why)
{
    char line[160];
    snprintf(line, sizeof line, "%s", why);
    line[strcspn(line, "\n")] = '\0';
    log_event(LOG_WARN_, "listen.lost", "why=\"%s\" outcome=\"tried again in %d ms\"", line, l->wait_ms);
    drop(l);
    struct timeval t = {l->wait_ms / 1000, l->wait_ms % 1000 * 1000};
    event_add(l->again, &t);
    l->wait_ms = l->wait_ms * 2 < WAIT_MAX_MS ? l->wait_ms * 2 : WAIT_MAX_MS;
}

static bool watch(struct listener *l, short what, event_callback_fn fn)
{
    if (l->socket != NULL)
        event_free(l->socket);
    l->socket = event_new(l->loop, PQsocket(l->pg), what, fn, l);
    return l->socket != NULL && event_add(l->socket, NULL) == 0;
}

static void on_input(evutil_socket_t fd, short what, void *arg)
{
    struct listener *l = arg;
    bool woken = false;
    (void)fd;
    (void)what;
    if (PQconsumeInput(l->pg) != 1) {
        try_later(l, PQerrorMessage(l->pg));
        return;
    }
    while (!PQisBusy(l->pg)) {
        PGresult *r = PQgetResult(l->pg);
        if (r == NULL)
            break;
        if (PQresultStatus(r) == PGRES_COMMAND_OK && !l->listening) {
            l->listening = true;
            l->wait_ms = WAIT_MIN_MS;
            woken = true;
            log_event(LOG_INFO_, "listen.up", "channel=dyetrace_epoch");
        }
        PQclear(r);
    }
    for (PGnotify *n; (n = PQnotifies(l->pg)) != NULL; PQfreemem(n))
        woken = true;
    if (woken)
        l->wake(l->arg);
}

static void step(struct listener *l)
{
    switch (PQconnectPoll(l->pg)) {
    case PGRES_POLLING_READING:
        if (watch(l, EV_READ, on_connecting))
            return;
        break;
    case PGRES_POLLING_WRITING:
        if (watch(l, EV_WRITE, on_connecting))
            return;
        break;
    case PGRES_POLLING_OK:
        PQsetNoticeReceiver(l->pg, forget_notice, NULL);
        if (PQsetnonblocking(l->pg, 1) == 0 && PQsendQuery(l->pg, "LISTEN dyetrace_epoch") == 1 &&
            PQflush(l->pg) == 0 && watch(l, EV_READ | EV_PERSIST, on_input))
            return;
        break;
    case PGRES_POLLING_FAILED:
    case PGRES_POLLING_ACTIVE:
        break;
    }
    try_later(l, PQerrorMessage(l->pg));
}

static void on_connecting(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    step(arg);
}

static void on_again(evutil_socket_t fd, short what, void *arg)
{
    struct listener *l = arg;
    (void)fd;
    (void)what;
    l->pg = PQconnectStart(l->conninfo);
    if (l->pg == NULL || PQstatus(l->pg) == CONNECTION_BAD) {
        try_later(l, l->pg != NULL ? PQerrorMessage(l->pg) : "out of memory");
        return;
    }
    if (!watch(l, EV_WRITE, on_connecting))
        try_later(l, "out of memory");
}

enum dye_status listener_new(struct event_base *loop, const char *conninfo, listener_fn wake, void *arg,
                             struct listener **ret, struct dye_error *err)
{
    struct listener *l = calloc(1, sizeof *l);
    if (l != NULL) {
        *l = (struct listener){.loop = loop, .wake = wake, .arg = arg, .wait_ms = WAIT_MIN_MS};
        l->conninfo = strdup(conninfo);
        l->again = evtimer_new(loop, on_again, l);
    }
    if (l == NULL || l->conninfo == NULL || l->again == NULL) {
        listener_free(l);
        DYE_FAIL(err, DYE_E_NOMEM, "listener: out of memory");
    }
    struct timeval now = {0, 0};
    event_add(l->again, &now);
    *ret = l;
    return DYE_OK;
}

void listener_free(struct listener *l)
{
    if (l == NULL)
        return;
    drop(l);
    if (l->again != NULL)
        event_free(l->again);
    if (l->conninfo != NULL)
        dye_wipe(l->conninfo, strlen(l->conninfo));
    free(l->conninfo);
    free(l);
}

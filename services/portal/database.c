#include "database.h"

#include "log.h"
#include "zone.h"

#include <stdlib.h>

enum { RETRY_FIRST_MS = 250, RETRY_MOST_MS = 30 * 1000 };

struct database {
    const struct home *home;
    struct store *store; /* NULL while away */
    struct event *retry;
    int wait_ms;
};

static void schedule(struct database *d)
{
    const struct timeval wait = {d->wait_ms / 1000, d->wait_ms % 1000 * 1000};
    evtimer_add(d->retry, &wait);
    d->wait_ms = d->wait_ms * 2 < RETRY_MOST_MS ? d->wait_ms * 2 : RETRY_MOST_MS;
}

static void on_retry(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    struct database *d = arg;
    struct dye_error err;
    if (zone_enter(d->home, "portal", &d->store, &err) != DYE_OK) {
        log_event(LOG_WARN_, "database.away", "retry_ms=%d error=\"%s\"", d->wait_ms, err.message);
        schedule(d);
        return;
    }
    d->wait_ms = RETRY_FIRST_MS;
    log_event(LOG_INFO_, "database.back", "outcome=connected");
}

enum dye_status database_open(const struct home *h, struct event_base *base, struct database **ret,
                              struct dye_error *err)
{
    struct database *d = calloc(1, sizeof *d);
    if (d == NULL)
        DYE_FAIL(err, DYE_E_NOMEM, "database: out of memory");
    d->home = h;
    d->wait_ms = RETRY_FIRST_MS;
    d->retry = evtimer_new(base, on_retry, d);
    enum dye_status status = d->retry == NULL ? dye_fail(err, DYE_E_NOMEM, "database: out of memory")
                                              : zone_enter(h, "portal", &d->store, err);
    if (status != DYE_OK) {
        database_close(d);
        return status;
    }
    *ret = d;
    return DYE_OK;
}

void database_close(struct database *d)
{
    if (d == NULL)
        return;
    store_close(d->store);
    if (d->retry != NULL)
        event_free(d->retry);
    free(d);
}

struct store *database_store(struct database *d)
{
    return d->store;
}

bool database_recover(struct database *d)
{
    struct dye_error err;
    if (d->store == NULL)
        return false;
    if (store_recover(d->store, &err) == DYE_OK)
        return true;
    log_event(LOG_WARN_, "database.lost", "error=\"%s\"", err.message);
    store_close(d->store);
    d->store = NULL;
    schedule(d);
    return false;
}

bool database_alive(struct database *d)
{
    return d->store != NULL && (store_run(d->store, NULL, NULL, "SELECT 1", "") == DYE_OK || database_recover(d));
}

#include "daemon.h"

#include "dye/index.h"
#include "listener.h"
#include "log.h"
#include "options.h"
#include "pidfile.h"
#include "pool.h"
#include "spool.h"
#include "worker.h"
#include "zone_matcher.h"

#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { WORKERS_MAX = 64, FOLLOWUP_S = 30, LATER_S = 5 };

struct daemon {
    struct home home;
    char conninfo[1600];
    struct event_base *loop;
    struct store *store; /* the registry thread's */
    struct registry *registry;
    struct pool *registry_pool; /* one thread: canaries go live however busy the workers are */
    struct pool *pool;
    struct spool *spool;
    struct listener *listener;
    struct worker worker[WORKERS_MAX];
    struct event *poll, *followup, *term, *interrupt;
    atomic_bool stop;
    bool refreshing, refresh_again, following_up, follow_again;
};

/* ---- the registry ---- */

struct refresh_job {
    struct pool_job job;
    struct daemon *d;
    bool changed;
};

static void refresh(struct daemon *d);
static void on_followup(evutil_socket_t fd, short what, void *arg);

static void refresh_work(struct pool_job *job, void *context)
{
    struct refresh_job *j = (struct refresh_job *)(void *)job;
    struct daemon *d = j->d;
    struct dye_error err = {0};
    (void)context;
    enum dye_status status = d->store != NULL ? DYE_OK : store_open(d->conninfo, "dyetrace-matcher", &d->store, &err);
    if (status == DYE_OK)
        status = registry_refresh(d->registry, d->store, &j->changed, &err);
    if (status == DYE_OK && j->changed) {
        struct registry_snapshot *now = registry_take(d->registry);
        log_event(LOG_INFO_, "registry.live", "epoch=%" PRIu64 " canaries=%" PRIu64, now->epoch, now->canaries);
        registry_put(now);
    }
    if (status != DYE_OK) {
        log_event(LOG_WARN_, "registry.stale", "why=\"%s\" outcome=\"tried again\"", err.message);
        store_close(d->store);
        d->store = NULL;
    }
}

static void refresh_done(struct pool_job *job)
{
    struct daemon *d = ((struct refresh_job *)(void *)job)->d;
    if (((struct refresh_job *)(void *)job)->changed && !atomic_load(&d->stop))
        on_followup(-1, 0, d); /* what is new may be in dumps that are known */
    free(job);
    d->refreshing = false;
    if (d->refresh_again && !atomic_load(&d->stop))
        refresh(d);
}

static void refresh(struct daemon *d)
{
    d->refresh_again = d->refreshing;
    if (d->refreshing)
        return;
    struct refresh_job *job = calloc(1, sizeof *job);
    if (job == NULL)
        return; /* the next tick tries again */
    *job = (struct refresh_job){{refresh_work, refresh_done, NULL}, d, false};
    d->refreshing = true;
    pool_push(d->registry_pool, &job->job);
}

static void on_wake(void *arg)
{
    refresh(arg);
}

static void on_poll(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    refresh(arg);
}

/* ---- dumps ---- */

struct dump_job {
    struct pool_job job;
    struct daemon *d;
    enum worker_outcome outcome;
    unsigned tries;
    struct event *again;
    char name[];
};

static void end_if_drained(struct daemon *d)
{
    if (atomic_load(&d->stop) && pool_busy(d->pool) == 0)
        event_base_loopexit(d->loop, NULL);
}

static void dump_work(struct pool_job *job, void *context)
{
    struct dump_job *j = (struct dump_job *)(void *)job;
    j->outcome = atomic_load(&j->d->stop) ? WORKER_LATER : worker_take(context, j->name, j->tries);
}

static void dump_free(struct dump_job *j)
{
    spool_release(j->d->spool, j->name);
    if (j->again != NULL)
        event_free(j->again);
    free(j);
}

static void on_again(evutil_socket_t fd, short what, void *arg)
{
    struct dump_job *j = arg;
    (void)fd;
    (void)what;
    pool_push(j->d->pool, &j->job);
}

static void dump_done(struct pool_job *job)
{
    struct dump_job *j = (struct dump_job *)(void *)job;
    struct daemon *d = j->d;
    if (j->outcome == WORKER_LATER && !atomic_load(&d->stop)) {
        struct timeval wait = {LATER_S, 0};
        j->tries++;
        if (j->again == NULL)
            j->again = evtimer_new(d->loop, on_again, j);
        if (j->again != NULL && event_add(j->again, &wait) == 0)
            return;
    }
    dump_free(j);
    end_if_drained(d);
}

static void on_file(void *arg, const char *name)
{
    struct daemon *d = arg;
    struct dump_job *j = calloc(1, sizeof *j + strlen(name) + 1);
    if (j == NULL)
        return;
    j->job = (struct pool_job){dump_work, dump_done, NULL};
    j->d = d;
    j->outcome = WORKER_LATER;
    memcpy(j->name, name, strlen(name) + 1);
    pool_push(d->pool, &j->job);
}

/* ---- what waits on the queue ---- */

static void followup_work(struct pool_job *job, void *context)
{
    (void)job;
    worker_followup(context);
}

static void followup_done(struct pool_job *job)
{
    struct daemon *d = ((struct refresh_job *)(void *)job)->d;
    d->following_up = false;
    free(job);
    if (d->follow_again && !atomic_load(&d->stop))
        on_followup(-1, 0, d);
    end_if_drained(d);
}

static void on_followup(evutil_socket_t fd, short what, void *arg)
{
    struct daemon *d = arg;
    (void)fd;
    (void)what;
    d->follow_again = d->following_up;
    struct refresh_job *job = d->following_up ? NULL : calloc(1, sizeof *job);
    if (job == NULL)
        return;
    *job = (struct refresh_job){{followup_work, followup_done, NULL}, d, false};
    d->following_up = true;
    pool_push(d->pool, &job->job);
}

/* ---- life ---- */

static void on_signal(evutil_socket_t number, short what, void *arg)
{
    struct daemon *d = arg;
    (void)what;
    if (atomic_load(&d->stop)) {
        log_event(LOG_WARN_, "quit", "signal=%d outcome=\"dumps in hand go on at the next start\"", (int)number);
        _exit(0); /* what is committed stays, the rest is done again */
    }
    log_event(LOG_INFO_, "drain", "signal=%d busy=%zu", (int)number, pool_busy(d->pool));
    atomic_store(&d->stop, true);
    spool_pause(d->spool);
    end_if_drained(d);
}

static enum dye_status start_events(struct daemon *d, struct dye_error *err)
{
    struct timeval poll = {d->home.config.matcher_poll_ms / 1000, d->home.config.matcher_poll_ms % 1000 * 1000};
    struct timeval followup = {FOLLOWUP_S, 0};
    d->poll = event_new(d->loop, -1, EV_PERSIST, on_poll, d);
    d->followup = event_new(d->loop, -1, EV_PERSIST, on_followup, d);
    d->term = evsignal_new(d->loop, SIGTERM, on_signal, d);
    d->interrupt = evsignal_new(d->loop, SIGINT, on_signal, d);
    if (d->poll == NULL || d->followup == NULL || d->term == NULL || d->interrupt == NULL ||
        event_add(d->poll, &poll) != 0 || event_add(d->followup, &followup) != 0 || event_add(d->term, NULL) != 0 ||
        event_add(d->interrupt, NULL) != 0)
        DYE_FAIL(err, DYE_E_NOMEM, "matcher: out of memory");
    on_followup(-1, 0, d); /* what a crash left */
    return DYE_OK;
}

static enum dye_status start_threads(struct daemon *d, struct dye_error *err)
{
    void *contexts[WORKERS_MAX];
    size_t n = (size_t)d->home.config.matcher_workers;
    for (size_t i = 0; i < n; i++) {
        d->worker[i] =
            (struct worker){.home = &d->home, .conninfo = d->conninfo, .registry = d->registry, .stop = &d->stop};
        contexts[i] = &d->worker[i];
    }
    DYE_TRY(pool_new(d->loop, contexts, 1, &d->registry_pool, err));
    return pool_new(d->loop, contexts, n, &d->pool, err);
}

static enum dye_status start(struct daemon *d, struct dye_error *err)
{
    DYE_CLEANUP(dye_index_keys_wipe) struct dye_index_keys keys = {0};
    DYE_TRY(matcher_enter(&d->home, &d->store, &keys, err));
    DYE_TRY(home_zone_conninfo(&d->home, "matcher", d->conninfo, sizeof d->conninfo, err));
    DYE_TRY(matcher_registry(&keys, d->store, &d->registry, err));
    if ((d->loop = event_base_new()) == NULL)
        DYE_FAIL(err, DYE_E_NOMEM, "matcher: out of memory");
    DYE_TRY(start_threads(d, err));
    DYE_TRY(listener_new(d->loop, d->conninfo, on_wake, d, &d->listener, err));
    DYE_TRY(pidfile_take(&d->home, "matcher", err)); /* before the spool: one matcher a spool */
    DYE_TRY(spool_new(d->loop, &d->home, on_file, d, &d->spool, err));
    return start_events(d, err);
}

static void free_event(struct event *e)
{
    if (e != NULL)
        event_free(e);
}

/* In the reverse order of start. */
static void stop(struct daemon *d)
{
    atomic_store(&d->stop, true);
    free_event(d->interrupt);
    free_event(d->term);
    free_event(d->followup);
    free_event(d->poll);
    listener_free(d->listener);
    pool_free(d->pool);
    pool_free(d->registry_pool);
    spool_free(d->spool);
    for (size_t i = 0; i < WORKERS_MAX; i++)
        worker_close(&d->worker[i]);
    registry_free(d->registry);
    store_close(d->store);
    if (d->loop != NULL)
        event_base_free(d->loop);
    dye_wipe(d->conninfo, sizeof d->conninfo);
}

int matcher_daemon(int argc, char **argv)
{
    static struct common_options common;
    static bool check_config;
    static struct daemon d; /* large */
    static const struct option_spec options[] = {
        {"check-config", NULL, "read the configuration and stop", NULL, &check_config},
        {NULL, NULL, NULL, NULL, NULL},
    };
    static const struct verb_spec spec = {"matcher", "The daemon that matches.", options, 0, 0};
    struct dye_error err = {0};
    int args = 0;
    enum dye_status status = options_parse(&spec, argc, argv, &common, &args, &err);
    if (status == DYE_STOPPED)
        return 0;
    if (status == DYE_OK)
        status = home_open(common.home, common.config, &d.home, &err);
    if (status != DYE_OK)
        return complain(&err);
    if (check_config)
        return 0;
    log_open("matcher", LOG_INFO_);
    status = start(&d, &err);
    if (status == DYE_OK) {
        log_event(LOG_INFO_, "up", "home=\"%s\" workers=%" PRId64, d.home.dir, d.home.config.matcher_workers);
        event_base_dispatch(d.loop);
        log_event(LOG_INFO_, "down", "clean=true");
    }
    stop(&d);
    return status == DYE_OK ? 0 : complain(&err);
}

#include "daemon.h"

#include "log.h"
#include "options.h"
#include "pidfile.h"
#include "planting.h"

#include <event2/event.h>
#include <inttypes.h>
#include <signal.h>

static struct common_options common;
static bool opt_check_config;
static const struct option_spec options[] = {
    {"check-config", NULL, "read the configuration and stop", NULL, &opt_check_config},
    {NULL, NULL, NULL, NULL, NULL},
};
static const struct verb_spec spec = {"seeder", "The daemon that plants.", options, 0, 0};

enum { PERIOD_S = 10 };

struct seeder {
    struct home home;
    struct store *store;
    struct registrar registrar;
    struct event_base *loop;
};

static enum dye_status plant_waiting(struct seeder *s, struct dye_error *err)
{
    STORE_RESULT r = NULL;
    DYE_TRY(store_run(s->store, err, &r,
                      "SELECT DISTINCT s.path FROM dyetrace.placement p JOIN dyetrace.source s USING (source_id)"
                      " WHERE p.state = 'committed' AND NOT dyetrace.canary_is_burned(p.canary_id, now()) AND "
                      "p.planted_at < now() - interval '10 seconds' ORDER BY 1",
                      ""));
    for (int i = 0; i < PQntuples(r); i++) {
        struct source source;
        struct planting_result result = {0};
        struct dye_error one = {0};
        enum dye_status status = source_find(s->store, store_text(r, i, 0), &source, &one);
        if (status == DYE_OK)
            status = planting_plant(&s->home, &s->registrar, &source, &result, &one);
        if (status != DYE_OK)
            log_event(LOG_WARN_, "plant.failed", "source=\"%s\" why=\"%s\" outcome=\"tried again in %d s\"",
                      store_text(r, i, 0), one.message, PERIOD_S);
        else if (result.done != 0)
            log_event(LOG_INFO_, "plant.done", "source=\"%s\" planted=%" PRIu64, source.path, result.done);
        if (status == DYE_E_DATABASE) /* the source's, and the next source may do better; or ours */
            DYE_TRY(store_recover(s->store, err));
    }
    return DYE_OK;
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
    struct seeder *s = arg;
    struct dye_error err = {0};
    (void)fd;
    (void)what;
    if (s->store == NULL && zone_enter(&s->home, "seeder", &s->store, &err) != DYE_OK) {
        log_event(LOG_WARN_, "database.away", "why=\"%s\" outcome=\"tried again in %d s\"", err.message, PERIOD_S);
        return;
    }
    registrar_use_store(&s->registrar, s->store);
    if (plant_waiting(s, &err) != DYE_OK) {
        log_event(LOG_WARN_, "database.lost", "why=\"%s\" outcome=\"opened again in %d s\"", err.message, PERIOD_S);
        store_close(s->store);
        s->store = NULL;
    }
}

static void on_signal(evutil_socket_t number, short what, void *arg)
{
    struct seeder *s = arg;
    (void)what;
    log_event(LOG_INFO_, "stop", "signal=%d", (int)number);
    event_base_loopexit(s->loop, NULL); /* a batch under way ends first: planting runs inside the loop */
}

static enum dye_status run(struct seeder *s, struct dye_error *err)
{
    DYE_TRY(home_open(common.home, common.config, &s->home, err));
    if (opt_check_config)
        return DYE_OK;
    log_open("seeder", LOG_INFO_);
    DYE_TRY(zone_enter(&s->home, "seeder", &s->store, err));
    DYE_TRY(registrar_open(&s->home, s->store, &s->registrar, err));
    s->loop = event_base_new();
    struct event *timer = event_new(s->loop, -1, EV_PERSIST, on_timer, s);
    struct event *term = evsignal_new(s->loop, SIGTERM, on_signal, s);
    struct event *interrupt = evsignal_new(s->loop, SIGINT, on_signal, s);
    struct timeval period = {PERIOD_S, 0};
    event_add(timer, &period);
    event_add(term, NULL);
    event_add(interrupt, NULL);
    enum dye_status status = pidfile_take(&s->home, "seeder", err);
    if (status == DYE_OK) {
        log_event(LOG_INFO_, "up", "home=\"%s\"", s->home.dir);
        event_base_dispatch(s->loop);
        log_event(LOG_INFO_, "down", "clean=true");
    }
    event_free(interrupt);
    event_free(term);
    event_free(timer);
    event_base_free(s->loop);
    return status;
}

int seeder_daemon(int argc, char **argv)
{
    struct dye_error err = {0};
    struct seeder s = {0};
    int args = 0;
    enum dye_status status = options_parse(&spec, argc, argv, &common, &args, &err);
    if (status == DYE_STOPPED)
        return 0;
    if (status == DYE_OK)
        status = run(&s, &err);
    registrar_close(&s.registrar);
    store_close(s.store);
    return status == DYE_OK ? 0 : complain(&err);
}

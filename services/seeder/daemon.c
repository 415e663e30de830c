#include "daemon.h"

#include "gate.h"
#include "health.h"
#include "log.h"
#include "options.h"
#include "pidfile.h"
#include "planting.h"
#include "rotation.h"
#include "sector_file.h"

#include <event2/event.h>
#include <inttypes.h>
#include <math.h>
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
    unsigned turn;
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

/* An alert a line, to a point: a source that lost its whole table says so in its counts. */
enum { ALERTS_MAX = 20 };
static void alert(void *arg, const struct source *source, const struct health_change *c)
{
    unsigned *n = arg;
    if (++*n <= ALERTS_MAX)
        log_event(LOG_WARN_, "health.changed", "source=\"%s\" canary=%s variant=%s was=%s now=%s fields=\"%s\"",
                  source->path, c->canary, c->variant, c->was[0] != '\0' ? c->was : "-", c->now, c->fields);
}

/* One source a turn, the one that waits longest: the loop gets its signals in between. */
static enum dye_status check_due(struct seeder *s, struct dye_error *err)
{
    STORE_RESULT r = NULL;
    struct source source;
    struct health_result result = {0};
    struct dye_error one = {0};
    unsigned alerts = 0;
    if (s->home.config.seeder_health_minutes == 0)
        return DYE_OK;
    DYE_TRY(store_run(s->store, err, &r,
                      "SELECT s.path FROM dyetrace.source s LEFT JOIN dyetrace.source_check k USING (source_id)"
                      " WHERE EXISTS (SELECT FROM dyetrace.placement p WHERE p.source_id = s.source_id"
                      " AND p.state = 'planted') AND (k.checked_at IS NULL"
                      " OR k.checked_at < now() - $1 * interval '1 minute') ORDER BY k.checked_at NULLS FIRST LIMIT 1",
                      "i", s->home.config.seeder_health_minutes));
    if (PQntuples(r) == 0)
        return DYE_OK;
    enum dye_status status = source_find(s->store, store_text(r, 0, 0), &source, &one);
    if (status == DYE_OK)
        status = health_check(&s->home, &s->registrar, &source, alert, &alerts, &result, &one);
    if (status != DYE_OK) {
        log_event(LOG_WARN_, "health.failed", "source=\"%s\" why=\"%s\" outcome=\"asked again in %d min\"",
                  store_text(r, 0, 0), one.message, (int)s->home.config.seeder_health_minutes);
        return store_recover(s->store, err);
    }
    log_event(LOG_INFO_, "health.done", "source=\"%s\" present=%" PRIu64 " unknown=%" PRIu64 " changed=%" PRIu64,
              source.path, result.n[CONNECTOR_PRESENT], result.n[CONNECTOR_UNKNOWN], result.changed);
    return DYE_OK;
}

static enum dye_status carry(struct seeder *s, const struct source *source, int64_t rotation, struct dye_error *err)
{
    struct rotation_result result;
    DYE_TRY(rotation_carry(&s->home, &s->registrar, source, rotation, &result, err));
    log_event(result.remains != 0 ? LOG_WARN_ : LOG_INFO_, "rotate.done",
              "source=\"%s\" rotation=%" PRId64 " planted=%" PRIu64 " withdrawn=%" PRIu64 " remain=%" PRIu64,
              source->path, rotation, result.planted, result.withdrawn, result.remains);
    return DYE_OK;
}

/* Nobody names a no-hit certificate here: production wants pools. */
static enum dye_status open_due(struct seeder *s, const struct source *source, double share, int64_t *ret,
                                struct dye_error *err)
{
    struct dye_sector sector;
    uint64_t size = 0;
    DYE_TRY(sector_load(&s->home, source->sector, &sector, err));
    const struct gate_options nothing = {0};
    const struct gate gate = {.home = &s->home,
                              .asked = &nothing,
                              .source = source,
                              .sector = &sector,
                              .verb = "rotate",
                              .makes = true,
                              .connects = true};
    DYE_TRY(gate_pass(s->store, &gate, err));
    DYE_TRY(rotation_size(s->store, source, &size, err));
    const struct rotation_request q = {.count = (uint64_t)ceil(share * (double)size), .state = "committed"};
    return q.count != 0 ? rotation_open(&s->home, &s->registrar, source, &q, ret, err) : DYE_OK;
}

/* days: since the last rotation, or since there was anything to rotate. */
static enum dye_status rotate_one(struct seeder *s, const char *path, double days, struct dye_error *err)
{
    struct connector c;
    struct source source;
    int64_t rotation = 0;
    enum dye_status status = connector_load(&s->home, path, &c, err);
    if (status == DYE_E_NOTFOUND || (status == DYE_OK && !connector_takes_back(&c)))
        return DYE_OK;
    DYE_TRY(status);
    DYE_TRY(source_find(s->store, path, &source, err));
    DYE_TRY(rotation_find(s->store, &source, &rotation, err)); /* one that broke off */
    if (rotation == 0 && c.rotate_days != 0 && days >= c.rotate_days)
        DYE_TRY(open_due(s, &source, c.rotate_share, &rotation, err));
    return rotation != 0 ? carry(s, &source, rotation, err) : DYE_OK;
}

static enum dye_status rotate_due(struct seeder *s, struct dye_error *err)
{
    STORE_RESULT r = NULL;
    if (s->turn++ % 6 != 0) /* once a minute: each reads its connector's entry */
        return DYE_OK;
    DYE_TRY(store_run(s->store, err, &r,
                      "SELECT s.path, extract(epoch FROM now() - coalesce((SELECT max(r.started_at)"
                      " FROM dyetrace.rotation r WHERE r.source_id = s.source_id), min(p.planted_at))) / 86400"
                      " FROM dyetrace.placement p JOIN dyetrace.source s USING (source_id) WHERE p.state = 'planted'"
                      " GROUP BY s.source_id, s.path ORDER BY s.path",
                      ""));
    for (int i = 0; i < PQntuples(r); i++) {
        struct dye_error one = {0};
        enum dye_status status = rotate_one(s, store_text(r, i, 0), store_real(r, i, 1), &one);
        if (status == DYE_OK)
            continue;
        log_event(LOG_WARN_, "rotate.failed", "source=\"%s\" why=\"%s\" outcome=\"tried again in a minute\"",
                  store_text(r, i, 0), one.message);
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
    if (plant_waiting(s, &err) != DYE_OK || check_due(s, &err) != DYE_OK || rotate_due(s, &err) != DYE_OK) {
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

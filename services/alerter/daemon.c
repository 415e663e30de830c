#include "daemon.h"

#include "log.h"
#include "options.h"
#include "outbox.h"
#include "pidfile.h"
#include "sender.h"
#include "zone_alerter.h"

#include <event2/event.h>
#include <signal.h>
#include <string.h>

/* Asked for once a second: a control that is hit waits no longer than that for its message. */
enum { PERIOD_S = 1 };

struct alerter {
    struct home home;
    struct alert_channels channels;
    struct store *store;
    struct event_base *loop;
    struct event *timer;
};

static enum dye_status mark(struct alerter *a, const struct outbox_try *t, enum dye_status outcome,
                            const struct dye_error *why, struct dye_error *err)
{
    const bool given_up = t->attempt >= (unsigned)a->home.config.alerts_tries;
    if (outcome == DYE_OK) {
        log_event(LOG_INFO_, "alert.sent", "channel=%s message=%s alerts=%zu attempt=%u", t->channel->name,
                  t->message.id, t->message.n, t->attempt);
        return outbox_sent(a->store, t->message.id, err);
    }
    log_event(given_up ? LOG_ERROR_ : LOG_WARN_, "alert.missed",
              "channel=%s message=%s alerts=%zu attempt=%u why=\"%s\" outcome=\"%s\"", t->channel->name, t->message.id,
              t->message.n, t->attempt, why->message, given_up ? "given up; dyetrace alert retry" : "tried again");
    return outbox_missed(a->store, t->message.id, given_up, why->message, err);
}

/* One message a turn: the loop gets its signals in between. DYE_END when there is none. */
static enum dye_status send_next(struct alerter *a, struct dye_error *err)
{
    struct outbox_try t;
    struct dye_error why = {0};
    DYE_TRY(outbox_form(a->store, &a->channels, err));
    DYE_TRY(outbox_claim(a->store, &a->home, &a->channels, &t, err));
    /* A message that its last try ended this program with is not tried for ever. */
    enum dye_status outcome = t.attempt <= (unsigned)a->home.config.alerts_tries
                                  ? sender_send(t.channel, &t.message, &why)
                                  : dye_fail(&why, DYE_E_AGAIN, "the sender ended within its last try");
    enum dye_status status = mark(a, &t, outcome, &why, err);
    message_done(&t.message);
    return status;
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
    struct alerter *a = arg;
    struct dye_error err = {0};
    struct timeval wait = {PERIOD_S, 0};
    (void)fd;
    (void)what;
    enum dye_status status = a->store != NULL ? DYE_OK : zone_alerter_connect(&a->home, &a->store, &err);
    if (status == DYE_OK)
        status = send_next(a, &err);
    if (status == DYE_OK)
        wait.tv_sec = 0; /* there may be more */
    else if (status != DYE_END) {
        log_event(LOG_WARN_, "database.lost", "why=\"%s\" outcome=\"opened again in %d s\"", err.message, PERIOD_S);
        store_close(a->store);
        a->store = NULL;
    }
    evtimer_add(a->timer, &wait);
}

static void on_signal(evutil_socket_t number, short what, void *arg)
{
    struct alerter *a = arg;
    (void)what;
    log_event(LOG_INFO_, "stop", "signal=%d", (int)number);
    event_base_loopexit(a->loop, NULL); /* a message under way ends first: it is sent inside the loop */
}

static enum dye_status take_pidfile(const struct home *h, struct dye_error *err)
{
    return pidfile_take(h, "alerter", err);
}

static enum dye_status run(struct alerter *a, struct dye_error *err)
{
    enum sandbox_level level;
    const struct timeval now = {0, 0};
    log_open("alerter", LOG_INFO_);
    DYE_TRY(zone_alerter_enter(&a->home, &a->channels, take_pidfile, &a->store, &level, err));
    a->loop = event_base_new();
    a->timer = a->loop != NULL ? evtimer_new(a->loop, on_timer, a) : NULL;
    struct event *term = a->loop != NULL ? evsignal_new(a->loop, SIGTERM, on_signal, a) : NULL;
    struct event *interrupt = a->loop != NULL ? evsignal_new(a->loop, SIGINT, on_signal, a) : NULL;
    enum dye_status status = DYE_OK;
    if (a->timer == NULL || term == NULL || interrupt == NULL || evtimer_add(a->timer, &now) != 0 ||
        event_add(term, NULL) != 0 || event_add(interrupt, NULL) != 0)
        status = dye_fail(err, DYE_E_NOMEM, "alerter: no event loop");
    if (status == DYE_OK) {
        log_event(LOG_INFO_, "up", "home=\"%s\" channels=%zu sandbox=%s", a->home.dir, a->channels.n,
                  sandbox_level_name(level));
        event_base_dispatch(a->loop);
        log_event(LOG_INFO_, "down", "clean=true");
    }
    if (interrupt != NULL)
        event_free(interrupt);
    if (term != NULL)
        event_free(term);
    if (a->timer != NULL)
        event_free(a->timer);
    if (a->loop != NULL)
        event_base_free(a->loop);
    return status;
}

int alerter_daemon(int argc, char **argv)
{
    static struct common_options common;
    static bool check_config;
    static struct alerter a; /* large */
    static const struct option_spec options[] = {
        {"check-config", NULL, "read the configuration and stop", NULL, &check_config},
        {NULL, NULL, NULL, NULL, NULL},
    };
    static const struct verb_spec spec = {"alerter", "The daemon that tells of verdicts.", options, 0, 0};
    struct dye_error err = {0};
    int args = 0;
    enum dye_status status = options_parse(&spec, argc, argv, &common, &args, &err);
    if (status == DYE_STOPPED)
        return 0;
    if (status == DYE_OK)
        status = home_open(common.home, common.config, &a.home, &err);
    if (status == DYE_OK)
        status = alert_channels_read(&a.home, common.config, &a.channels, &err);
    if (status == DYE_OK && !check_config)
        status = run(&a, &err);
    store_close(a.store);
    return status == DYE_OK ? 0 : complain(&err);
}

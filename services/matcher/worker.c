#include "worker.h"

#include "followup.h"
#include "ingest.h"
#include "location.h"
#include "log.h"
#include "retro.h"
#include "spool.h"
#include "zone_matcher.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static enum dye_status connect_store(struct worker *w, struct dye_error *err)
{
    return w->store != NULL ? DYE_OK : store_open(w->conninfo, "dyetrace-matcher", &w->store, err);
}

void worker_close(struct worker *w)
{
    store_close(w->store);
    w->store = NULL;
}

/* The connection is good for the next file, or gone. */
static bool settle_store(struct worker *w)
{
    struct dye_error err;
    if (w->store != NULL && store_recover(w->store, &err) == DYE_OK)
        return true;
    worker_close(w);
    return false;
}

static bool is_same(const struct stat *a, const struct stat *b)
{
    return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_size == b->st_size &&
           a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

/* Where the original lies; "" when it is nowhere any more. */
static enum dye_status set_location(struct worker *w, const struct ingest_result *result, const char *path,
                                    struct dye_error *err)
{
    char location[LOCATION_MAX];
    location_of(path, location);
    return store_run(w->store, err, NULL, "UPDATE dyetrace.acquisition SET location = $2 WHERE acquisition_id = $1",
                     "ss", result->acquisition, location);
}

/* DYE_E_NOTFOUND: there is no such file any more. */
static enum dye_status ingest_file(struct worker *w, const char *name, struct ingest_result *ret, struct dye_error *err)
{
    char path[HOME_PATH_MAX];
    struct stat before;
    struct stat after;
    DYE_TRY(home_path(w->home, path, err, "spool/%s", name));
    DYE_TRY(connect_store(w, err));
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0)
        DYE_FAIL(err, errno == ENOENT ? DYE_E_NOTFOUND : DYE_E_IO, "dump: %s",
                 errno == ELOOP ? "a link, which is not followed" : strerror(errno));
    struct ingest in = {.home = w->home, .store = w->store, .registry = w->registry, .stop = w->stop};
    struct ingest_acquisition a = {.location = path, .label = name, .feed = "spool", .in_spool = true};
    enum dye_status status = fstat(fd, &before) == 0 ? ingest_dump(&in, fd, &a, ret, err)
                                                     : dye_fail(err, DYE_E_IO, "dump: %s", strerror(errno));
    close(fd);
    if (status != DYE_OK || stat(path, &after) != 0 || is_same(&before, &after))
        return status;
    /* What has that name now is another dump, or more of this one: moved away, nobody would have read it. */
    DYE_TRY(set_location(w, ret, "", err));
    DYE_FAIL(err, DYE_E_AGAIN, "dump %s: its file was replaced while it was read", ret->dump);
}

/* The original has a new place; what is computed from it later looks there. */
static enum dye_status move_done(struct worker *w, const char *name, const struct ingest_result *result,
                                 struct dye_error *err)
{
    char path[HOME_PATH_MAX];
    DYE_TRY(spool_move(w->home, name, NULL, path, err));
    return set_location(w, result, path, err);
}

static enum worker_outcome fail_file(struct worker *w, const char *name, const struct dye_error *why)
{
    struct dye_error err = {0};
    log_event(LOG_ERROR_, "dump.failed", "why=\"%s\" outcome=\"moved to failed/\"", why->message);
    if (spool_move(w->home, name, why->message, NULL, &err) == DYE_OK)
        return WORKER_FAILED;
    log_event(LOG_ERROR_, "spool.stuck", "why=\"%s\" outcome=\"tried again later\"", err.message);
    return WORKER_LATER;
}

enum worker_outcome worker_take(struct worker *w, const char *name, unsigned tries)
{
    enum { TRIES = 3 };
    struct dye_error err = {0};
    struct ingest_result result = {0};
    enum dye_status status = ingest_file(w, name, &result, &err);
    if (status == DYE_OK)
        status = followup_attribute(w->store, w->home, NULL, &err);
    if (status == DYE_OK)
        status = move_done(w, name, &result, &err);
    bool answers = settle_store(w);
    if (status == DYE_OK) {
        log_event(LOG_INFO_, "dump.done", "dump=%s bytes=%" PRIu64 " duplicate=%d", result.dump, result.bytes,
                  result.duplicate);
        worker_followup(w);
        return WORKER_DONE;
    }
    if (status == DYE_STOPPED)
        return WORKER_LATER;
    if (status == DYE_E_NOTFOUND) {
        log_event(LOG_WARN_, "dump.gone", "outcome=\"it was taken out of the spool, or has another name now\"");
        return WORKER_GONE;
    }
    bool passing = status == DYE_E_AGAIN || status == DYE_E_NOMEM || (status == DYE_E_DATABASE && !answers);
    if (passing || (status == DYE_E_DATABASE && tries + 1 < TRIES)) {
        log_event(LOG_WARN_, "dump.later", "why=\"%s\" outcome=\"tried again\"", err.message);
        return WORKER_LATER;
    }
    return fail_file(w, name, &err);
}

static void log_hunted(void *arg, const struct retro_result *r)
{
    (void)arg;
    log_event(LOG_INFO_, "retro-hunt",
              "dump=%s outcome=\"%s\" suspects=%" PRIu64 " sightings=%" PRId64 " by_sketch=%" PRId64, r->dump,
              retro_outcome_name(r->outcome), r->suspects, r->sightings, r->by_sketch);
}

/* A hunt that fails keeps nobody from being attributed. */
static enum dye_status hunt(struct worker *w, struct dye_error *err)
{
    const struct retro r = {.home = w->home,
                            .store = w->store,
                            .registry = w->registry,
                            .stop = w->stop,
                            .automatic = true,
                            .on_dump = log_hunted};
    struct dye_error why = {0};
    enum dye_status status = retro_expire(w->store, &w->home->config, &why);
    if (status == DYE_OK)
        status = matcher_expire_events(w->store, &w->home->config, &why);
    if (status == DYE_OK)
        status = retro_hunt(&r, &why);
    if (status != DYE_OK && status != DYE_STOPPED)
        log_event(LOG_WARN_, "retro-hunt.later", "why=\"%s\" outcome=\"tried again\"", why.message);
    return store_recover(w->store, err);
}

void worker_followup(struct worker *w)
{
    struct dye_error err = {0};
    enum dye_status status = connect_store(w, &err);
    if (status == DYE_OK)
        status = hunt(w, &err);
    if (status == DYE_OK)
        status = followup_attribute(w->store, w->home, w->stop, &err);
    if (status == DYE_OK)
        status = followup_locate(w->store, w->home, w->stop, &err);
    if (status == DYE_OK)
        status = followup_sm3(w->store, w->stop, &err);
    if (status != DYE_OK)
        log_event(LOG_WARN_, "followup.later", "why=\"%s\" outcome=\"tried again\"", err.message);
    settle_store(w);
}

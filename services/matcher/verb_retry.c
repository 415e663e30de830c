/* retry: decodes dumps again that were not fully read: a password, a new decoder, other limits. No new acquisition. */
#include "followup.h"
#include "ingest.h"
#include "location.h"
#include "log.h"
#include "outcome.h"
#include "passwords.h"
#include "verb.h"
#include "verbs.h"
#include "zone_matcher.h"

#include <stdio.h>
#include <unistd.h>

static struct passwords_given given;
static bool opt_strict;
static struct common_options common;

static const struct option_spec options[] = {
    PASSWORD_OPTIONS(given),
    {"strict", NULL, "exit 1 when a part still is not fully read", NULL, &opt_strict},
    {NULL, NULL, NULL, NULL, NULL},
};
static const struct verb_spec spec = {
    "retry [DUMP] [--password P]... [--strict]",
    "Decodes a dump again, or all that were not fully read, from where its original lies.", options, 0, 1};

/* From the latest of the places that it was handed over from and that still hold it. */
static enum dye_status retry_one(struct ingest *in, const char *dump, struct ingest_result *ret, struct dye_error *err)
{
    STORE_RESULT r = NULL;
    DYE_TRY(store_run(in->store, err, &r,
                      "SELECT acquisition_id, location FROM dyetrace.acquisition WHERE dump_id = $1"
                      " ORDER BY recorded_at DESC",
                      "s", dump));
    enum dye_status status = DYE_E_NOTFOUND;
    for (int i = 0; status == DYE_E_NOTFOUND && i < PQntuples(r); i++) {
        int fd = location_open(store_text(r, i, 1));
        if (fd < 0)
            continue;
        status = ingest_again(in, fd, dump, ret, err);
        snprintf(ret->acquisition, sizeof ret->acquisition, "%s", store_text(r, i, 0));
        close(fd);
    }
    if (status == DYE_E_NOTFOUND)
        return dye_fail(err, DYE_E_IO, "%s: its original can't be read where it was; ingest the file with the password",
                        dump);
    return status;
}

static enum dye_status retry_all(struct ingest *in, const char *only, bool *ret_all_read, size_t *ret_failed,
                                 struct dye_error *err)
{
    STORE_RESULT r = NULL;
    DYE_TRY(store_run(in->store, err, &r,
                      "SELECT dump_id FROM dyetrace.dump WHERE state = 'complete'"
                      " AND (dump_id = $1 OR ($1::text IS NULL AND verdict <> 'read')) ORDER BY opened_at",
                      "s", only));
    if (only != NULL && PQntuples(r) == 0)
        DYE_FAIL(err, DYE_E_NOTFOUND, "%s: no complete dump of this id", only);
    for (int i = 0; i < PQntuples(r); i++) {
        const char *dump = store_text(r, i, 0);
        struct ingest_result result = {.duplicate = true};
        bool read = true;
        enum dye_status status = retry_one(in, dump, &result, err);
        if (status == DYE_E_IO && only == NULL) { /* it must not keep the others out */
            complain(err);
            ++*ret_failed;
            continue;
        }
        DYE_TRY(status);
        DYE_TRY(followup_attribute(in->store, in->home, NULL, err));
        DYE_TRY(outcome_print(in->store, dump, &result, &(struct outcome_form){common.json, opt_strict}, &read, err));
        *ret_all_read = *ret_all_read && read;
    }
    return DYE_OK;
}

static enum dye_status run(struct verb_call *call, struct dye_error *err)
{
    static struct home h; /* its paths are large */
    DYE_CLEANUP(dye_index_keys_wipe) struct dye_index_keys keys = {0};
    struct password_list passwords = {.n = 0};
    struct store *s = NULL;
    struct registry *registry = NULL;
    bool all_read = true;
    size_t failed = 0;
    DYE_TRY(home_open(common.home, common.config, &h, err));
    enum dye_status status = password_list_gather(&given, &passwords, err);
    if (status == DYE_OK)
        status = matcher_enter(&h, &s, &keys, err);
    if (status == DYE_OK)
        status = matcher_registry(&keys, s, &registry, err);
    struct ingest in = {.home = &h,
                        .store = s,
                        .registry = registry,
                        .show_progress = true,
                        .passwords = passwords.at,
                        .n_passwords = passwords.n};
    if (status == DYE_OK)
        status = retry_all(&in, call->args > 0 ? call->argv[1] : NULL, &all_read, &failed, err);
    call->code = failed > 0 ? dye_status_exit(DYE_E_IO) : opt_strict && !all_read ? 1 : 0;
    registry_free(registry);
    store_close(s);
    password_list_free(&passwords);
    return status;
}

int verb_retry(int argc, char **argv)
{
    return verb_run(&spec, argc, argv, &common, run);
}

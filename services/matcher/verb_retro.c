/* retro-hunt: looks for canaries that came later in the sketches of dumps that came before. */
#include "followup.h"
#include "retro.h"
#include "subject.h"
#include "verb.h"
#include "verbs.h"
#include "zone_matcher.h"

#include <inttypes.h>
#include <stdio.h>

static const char *opt_since, *opt_canary, *opt_source, *opt_forget;
static struct common_options common;

static const struct option_spec options[] = {
    {"since", "EPOCH", "canaries registered after this epoch only", &opt_since, NULL},
    {"canary", "C", "this canary only", &opt_canary, NULL},
    {"source", "P", "canaries planted at or below this source only", &opt_source, NULL},
    {"forget", "DUMP", "delete the sketches of this dump instead, for good", &opt_forget, NULL},
    {NULL, NULL, NULL, NULL, NULL},
};
static const struct verb_spec spec = {"retro-hunt [--since EPOCH] [--canary C] [--source P] | --forget DUMP",
                                      "Looks for canaries that came later in dumps that came before.", options, 0, 0};

static void print_dump(void *arg, const struct retro_result *r)
{
    (void)arg;
    if (common.json)
        printf("{\"dump\":\"%s\",\"outcome\":\"%s\",\"suspects\":%" PRIu64 ",\"sightings\":%" PRId64
               ",\"by_sketch\":%" PRId64 "}\n",
               r->dump, retro_outcome_name(r->outcome), r->suspects, r->sightings, r->by_sketch);
    else
        printf("%s  %s, %" PRIu64 " suspects, %" PRId64 " new sightings, %" PRId64 " weak by sketch alone\n", r->dump,
               retro_outcome_name(r->outcome), r->suspects, r->sightings, r->by_sketch);
    fflush(stdout);
}

static enum dye_status hunt(const struct home *h, uint64_t since, struct dye_error *err)
{
    DYE_CLEANUP(dye_index_keys_wipe) struct dye_index_keys keys = {0};
    struct store *s = NULL;
    struct registry *registry = NULL;
    DYE_TRY(matcher_enter(h, &s, &keys, err));
    enum dye_status status = subject_canary(s, opt_canary, err);
    if (status == DYE_OK)
        status = subject_source(s, opt_source, err);
    if (status == DYE_OK)
        status = opt_forget != NULL ? retro_forget(s, opt_forget, err) : retro_expire(s, &h->config, err);
    if (status == DYE_OK && opt_forget == NULL)
        status = matcher_registry(&keys, s, &registry, err);
    if (registry != NULL) {
        const struct retro r = {.home = h,
                                .store = s,
                                .registry = registry,
                                .since = since,
                                .canary = opt_canary,
                                .source = opt_source,
                                .on_dump = print_dump};
        status = retro_hunt(&r, err);
        if (status == DYE_OK)
            status = followup_attribute(s, h, NULL, err);
    }
    registry_free(registry);
    store_close(s);
    return status;
}

static enum dye_status run(struct verb_call *call, struct dye_error *err)
{
    long long since = 0;
    struct home h;
    (void)call;
    if (opt_since != NULL)
        DYE_TRY(option_int("--since", opt_since, 0, INT64_MAX, &since, err));
    if (opt_forget != NULL && (opt_since != NULL || opt_canary != NULL || opt_source != NULL))
        DYE_FAIL(err, DYE_E_USAGE, "--forget: stands alone");
    DYE_TRY(home_open(common.home, common.config, &h, err));
    return hunt(&h, (uint64_t)since, err);
}

int verb_retro(int argc, char **argv)
{
    return verb_run(&spec, argc, argv, &common, run);
}

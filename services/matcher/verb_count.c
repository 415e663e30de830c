/* count: the legal count (reference) of a dump. It assists a finding, it is none. */
#include "decimal.h"
#include "law_choice.h"
#include "law_json.h"
#include "verb.h"
#include "verbs.h"
#include "zone_matcher.h"

#include <stdlib.h>

static const char *opt_key;
static const char *opt_law;
static const char *opt_known_at;
static struct common_options common;

static enum dye_status count(struct store *s, const struct dye_law *law, const char *dump, struct dye_error *err)
{
    struct law_dump d = {0};
    struct dye_law_count c;
    enum dye_law_key key;
    int64_t known_at;
    DYE_TRY(law_choice_key(opt_key, &key, err));
    if (opt_known_at != NULL && !moment_read(opt_known_at, &known_at))
        DYE_FAIL(err, DYE_E_USAGE, "--known-at: YYYY-MM-DD or RFC 3339 is wanted");
    DYE_TRY(law_dump_load(s, dump, &d, err));
    enum dye_status status = dye_law_count(law, &d.dump, key, &c, err);
    if (status == DYE_OK)
        status = zone_audit(s, "count", dump, "done", "{}", err);
    if (status == DYE_OK) {
        json_t *o = law_count_json(law, dump, &d, &c, opt_known_at != NULL ? known_at : d.acquired_at);
        if (common.json) {
            json_dumpf(o, stdout, JSON_COMPACT);
            putchar('\n');
        } else {
            law_count_print(o);
        }
        json_decref(o);
    }
    law_dump_done(&d);
    return status;
}

static enum dye_status run(struct verb_call *call, struct dye_error *err)
{
    static struct home h; /* its paths are large */
    struct law_choice choice = {0};
    struct dye_law *law = NULL;
    struct store *s = NULL;
    DYE_TRY(home_open(common.home, common.config, &h, err));
    DYE_TRY(law_choice_open(opt_law, &h, &choice, err));
    enum dye_status status = matcher_enter(&h, &s, NULL, err);
    if (status == DYE_OK)
        status = law_choice_read(&choice, &h, &law, err);
    if (status == DYE_OK)
        status = count(s, law, call->argv[1], err);
    law_choice_done(&choice);
    store_close(s);
    free(law);
    return status;
}

int verb_count(int argc, char **argv)
{
    static const struct option_spec options[] = {
        {"key", "K",
         "what makes two records the same: resident_id, mobile, name+mobile, rows (default the law's choice)", &opt_key,
         NULL},
        {"law", "L", "a law of home/law or of this program, or a file (default law.rules)", &opt_law, NULL},
        {"known-at", "T", "from when clocks of notices run (default the earliest acquisition)", &opt_known_at, NULL},
        {NULL, NULL, NULL, NULL, NULL},
    };
    static const struct verb_spec spec = {"count DUMP [--key K] [--law L] [--known-at T] [--json]",
                                          "The legal count (reference) of a dump: rows, distinct persons, class of "
                                          "each column, score and level under each"
                                          " key, what was left out, notices. It assists a finding, it is none.",
                                          options, 1, 1};
    return verb_run(&spec, argc, argv, &common, run);
}

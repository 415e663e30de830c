/* ingest: takes dumps in and matches them. Files are opened as the caller, and read as the home's user. */
#include "decimal.h"
#include "dye/digest.h"
#include "followup.h"
#include "ingest.h"
#include "inputs.h"
#include "log.h"
#include "outcome.h"
#include "passwords.h"
#include "verb.h"
#include "verbs.h"
#include "zone_matcher.h"

#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static struct ingest_acquisition how;
static struct passwords_given given;
static bool opt_strict;
static struct common_options common;

static const struct option_spec options[] = {
    {"label", "L", "a name for people (default: the file's)", &how.label, NULL},
    {"feed", "F", "which scraper or channel it came by", &how.feed, NULL},
    {"origin", "URL", "where it was offered", &how.origin, NULL},
    {"seller", "S", "by whom", &how.seller, NULL},
    {"price", "P", "for how much", &how.price, NULL},
    {"acquired-at", "T", "when, RFC 3339 or YYYY-MM-DD, which begins at 00:00 UTC; none to come (default now)",
     &how.acquired_at, NULL},
    {"basis", "TEXT", "the legal basis for having it", &how.basis, NULL},
    PASSWORD_OPTIONS(given),
    {"strict", NULL, "exit 1 when a part is not fully read, or a file of a directory skipped", NULL, &opt_strict},
    {NULL, NULL, NULL, NULL, NULL},
};
static const struct verb_spec spec = {"ingest PATH... [--label L] [--feed F] [--strict] ...",
                                      "Takes dumps in and matches them. A directory stands for the files in it.",
                                      options, 1, -1};

/* A line is printed only when the dump is complete and attributed, so who reads it can ask at once. */
static enum dye_status ingest_all(const struct home *h, const struct inputs *inputs,
                                  const struct password_list *passwords, bool *ret_all_read, struct dye_error *err)
{
    DYE_CLEANUP(dye_index_keys_wipe) struct dye_index_keys keys = {0};
    struct store *s = NULL;
    struct registry *registry = NULL;
    DYE_TRY(matcher_enter(h, &s, &keys, err));
    enum dye_status status = matcher_registry(&keys, s, &registry, err);
    struct ingest in = {.home = h,
                        .store = s,
                        .registry = registry,
                        .show_progress = true,
                        .passwords = passwords->at,
                        .n_passwords = passwords->n};
    for (size_t i = 0; status == DYE_OK && i < inputs->n; i++) {
        struct ingest_acquisition a = how;
        struct ingest_result result;
        const char *slash = strrchr(inputs->at[i].path, '/');
        bool read = true;
        a.location = inputs->at[i].path;
        if (a.label == NULL)
            a.label = slash != NULL ? slash + 1 : inputs->at[i].path;
        status = ingest_dump(&in, inputs->at[i].fd, &a, &result, err);
        if (status == DYE_E_IO) { /* of several files: which one */
            struct dye_error why = *err;
            dye_fail(err, status, "%s: %s", a.label, why.message);
        }
        if (status == DYE_OK)
            status = followup_attribute(s, h, NULL, err);
        if (status == DYE_OK)
            status = outcome_print(s, a.label, &result, &(struct outcome_form){common.json, opt_strict}, &read, err);
        *ret_all_read = *ret_all_read && read;
    }
    if (status == DYE_OK)
        status = followup_sm3(s, NULL, err);
    registry_free(registry);
    store_close(s);
    return status;
}

/* RFC 3339 has fractions of a second, which moment_read has not. */
static bool read_acquired_at(const char *text, int64_t *ret)
{
    enum { SECONDS_END = 19 };
    char whole[32];
    size_t point = strcspn(text, ".");
    size_t digits = text[point] == '.' ? strspn(text + point + 1, "0123456789") : 0;
    if (text[point] == '.' && (point != SECONDS_END || digits == 0))
        return false;
    int n =
        snprintf(whole, sizeof whole, "%.*s%s", (int)point, text, text[point] == '.' ? text + point + 1 + digits : "");
    return n > 0 && (size_t)n < sizeof whole && moment_read(whole, ret) && *ret >= 0;
}

/* A dump that came later than it did lays its leak to a later time. */
static enum dye_status check_acquired_at(const char *text, struct dye_error *err)
{
    enum { CLOCKS_APART_S = 300 }; /* the clock of who took the time down may be so much ahead of ours */
    int64_t at;
    if (!read_acquired_at(text, &at))
        DYE_FAIL(err, DYE_E_USAGE, "--acquired-at: a time such as 2026-05-01T08:00:00Z is wanted");
    if (at > (int64_t)time(NULL) + CLOCKS_APART_S)
        DYE_FAIL(err, DYE_E_USAGE, "--acquired-at: %.40s is a time to come (a date begins at 00:00 UTC)", text);
    return DYE_OK;
}

static enum dye_status check_options(struct dye_error *err)
{
    const char *const texts[] = {how.label, how.feed, how.origin, how.seller, how.price, how.basis};
    if (how.acquired_at != NULL)
        DYE_TRY(check_acquired_at(how.acquired_at, err));
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (texts[i] != NULL && !dye_path_is_valid(dye_span_str(texts[i])))
            DYE_FAIL(err, DYE_E_USAGE, "ingest: an option's text is too long, no UTF-8 or holds control characters");
    return DYE_OK;
}

static enum dye_status run(struct verb_call *call, struct dye_error *err)
{
    bool all_read = true;
    struct home h;
    struct inputs inputs = {0};
    struct password_list passwords = {.n = 0};
    DYE_TRY(check_options(err));
    DYE_TRY(home_open(common.home, common.config, &h, err));
    enum dye_status status = password_list_gather(&given, &passwords, err);
    if (status == DYE_OK)
        status = inputs_open(call->args, call->argv + 1, &inputs, err);
    if (status == DYE_OK && inputs.n > 0)
        status = ingest_all(&h, &inputs, &passwords, &all_read, err);
    password_list_free(&passwords);
    all_read = all_read && inputs.skipped == 0;
    call->code = inputs.failed > 0 ? dye_status_exit(DYE_E_IO) : opt_strict && !all_read ? 1 : 0;
    inputs_close(&inputs);
    return status;
}

int verb_ingest(int argc, char **argv)
{
    return verb_run(&spec, argc, argv, &common, run);
}

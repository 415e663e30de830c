/* table import: a release of county codes or mobile ranges, and the canaries that it burns. */
#include "assignment.h"
#include "csv_reader.h"
#include "dye/digest.h"
#include "verb.h"
#include "verbs.h"

#include <inttypes.h>
#include <jansson.h>
#include <unistd.h>

static const char *opt_kind;
static const char *opt_release;
static struct common_options common;

static const struct option_spec options[] = {
    {"kind", "K", "county (codes of GB/T 2260) or mobile-range (the numbering plan)", &opt_kind, NULL},
    {"release", "NAME", "what the authority calls it", &opt_release, NULL},
    {NULL, NULL, NULL, NULL, NULL},
};
static const struct verb_spec spec = {
    "table import FILE --kind county|mobile-range --release NAME",
    "Compares what an authority assigns with the canaries; lists those to burn, and ends with 1 when there are any.",
    options, 2, 2};

static void print_canary(const char *canary, const char *source)
{
    if (!common.json) {
        printf("%s  %s\n", canary, source);
        return;
    }
    json_t *o = json_pack("{s:s, s:s?}", "canary", canary, "source", source[0] != '\0' ? source : NULL);
    json_dumpf(o, stdout, JSON_COMPACT);
    putchar('\n');
    json_decref(o);
}

static enum dye_status compare(const struct home *h, struct store *s, enum dye_kind kind, const struct dye_buf *text,
                               uint64_t *ret_canaries, struct dye_error *err)
{
    struct registrar r = {0};
    struct dye_assigned *table = NULL;
    uint8_t sha256[DYE_DIGEST_MAX_BYTES];
    struct dye_error why = {0};
    enum dye_status status = dye_assigned_new(kind, dye_buf_span(text), &table, &why);
    if (status != DYE_OK)
        DYE_FAIL(err, status, "table: %s", why.message);
    dye_digest_of(DYE_SHA256, dye_buf_span(text), sha256);
    status = registrar_open(h, s, &r, err);
    if (status == DYE_OK)
        status = assignment_import(h, &r, table, opt_release, sha256, print_canary, ret_canaries, err);
    registrar_close(&r);
    dye_assigned_free(table);
    return status;
}

static enum dye_status run(const char *path, uint64_t *ret_canaries, struct dye_error *err)
{
    struct home h;
    struct store *s = NULL;
    struct dye_buf text;
    bool county = opt_kind != NULL && strcmp(opt_kind, "county") == 0;
    if (!county && (opt_kind == NULL || strcmp(opt_kind, "mobile-range") != 0))
        DYE_FAIL(err, DYE_E_USAGE, "table import: --kind county or --kind mobile-range is wanted");
    if (opt_release == NULL || opt_release[0] == '\0' || strlen(opt_release) > 120)
        DYE_FAIL(err, DYE_E_USAGE, "table import: --release wants a name of at most 120 bytes");
    DYE_TRY(home_open(common.home, common.config, &h, err));
    int fd = csv_open(path, err);
    if (fd < 0)
        return DYE_E_IO;
    dye_buf_init(&text, DYE_ASSIGNED_TEXT_MAX_BYTES, false);
    enum dye_status status = zone_enter(&h, "seeder", &s, err);
    if (status == DYE_OK)
        status = csv_read_all(fd, path, &text, err);
    else
        close(fd);
    if (status == DYE_OK)
        status = compare(&h, s, county ? DYE_RESIDENT_ID : DYE_MOBILE, &text, ret_canaries, err);
    store_close(s);
    dye_buf_done(&text);
    return status;
}

static enum dye_status import(struct verb_call *call, struct dye_error *err)
{
    uint64_t canaries = 0;
    if (strcmp(call->argv[1], "import") != 0)
        return options_usage(&spec, err);
    DYE_TRY(run(call->argv[2], &canaries, err));
    fprintf(stderr, "%s: %" PRIu64 " canaries to burn\n", opt_release, canaries);
    call->code = canaries == 0 ? 0 : 1;
    return DYE_OK;
}

int verb_table(int argc, char **argv)
{
    return verb_run(&spec, argc, argv, &common, import);
}

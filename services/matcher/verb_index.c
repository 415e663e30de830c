/* index build: an index file, from the database or from a list. */
#include "dye/decode.h"
#include "dye/index.h"
#include "dye/text.h"
#include "output_file.h"
#include "verb.h"
#include "verbs.h"
#include "zone_matcher.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static const char *opt_output;
static const char *opt_list;
static bool opt_plain;
static struct common_options common;

static const struct option_spec options[] = {
    {"o", "FILE", "where to (mode 0600)", &opt_output, NULL},
    {"from-list", "TSV", "canary<TAB>kind<TAB>value lines; needs no home", &opt_list, NULL},
    {"plain", NULL, "of a list the values as they stand alone: no digest, no mask", NULL, &opt_plain},
    {NULL, NULL, NULL, NULL, NULL},
};
static const struct verb_spec spec = {"index build -o FILE [--from-list TSV [--plain]]",
                                      "Builds an index file from the database (audited) or from a list.", options, 1,
                                      1};

/* ---- from a list ---- */

static enum dye_status add_value(struct dye_index_builder *b, const struct dye_index_keys *keys, struct dye_span canary,
                                 enum dye_kind kind, const struct dye_value *v)
{
    struct dye_form_bytes forms[DYE_FORMS_MAX];
    size_t n = dye_ident_forms(kind, v, forms);
    enum dye_status status = DYE_OK;
    for (size_t i = 0; status == DYE_OK && i < n; i++) {
        struct dye_span bytes = dye_value_span(&forms[i].bytes);
        if (opt_plain && forms[i].form != DYE_PLAIN)
            continue;
        struct dye_index_entry e = {.kind = (uint8_t)kind, .form = (uint8_t)forms[i].form, .variant = 'A'};
        dye_index_entry_set(&e, keys, bytes);
        status = dye_index_builder_add(b, canary, &e);
    }
    dye_wipe(forms, sizeof forms);
    return status;
}

static uint64_t not_found; /* values of the list that no scan will find */

/* A line is wrong as a whole or right: the number of the first wrong one is told, and nothing is written. */
static enum dye_status add_line(struct dye_index_builder *b, const struct dye_index_keys *keys, char *line,
                                uint64_t number, struct dye_error *err)
{
    struct dye_value v;
    char *kind_name = strchr(line, '\t');
    char *value = kind_name != NULL ? strchr(kind_name + 1, '\t') : NULL;
    if (value == NULL || kind_name == line || kind_name - line > 63)
        DYE_FAIL(err, DYE_E_USAGE, "%s: line %" PRIu64 ": canary<TAB>kind<TAB>value is wanted", opt_list, number);
    *kind_name++ = '\0';
    *value++ = '\0';
    if (!dye_path_is_valid(dye_span_str(line))) /* it ends up in JSON */
        DYE_FAIL(err, DYE_E_USAGE, "%s: line %" PRIu64 ": the canary's name is no UTF-8", opt_list, number);
    enum dye_kind kind = dye_kind_from_name(dye_span_str(kind_name));
    if (kind == DYE_KIND_NONE)
        DYE_FAIL(err, DYE_E_USAGE, "%s: line %" PRIu64 ": unknown kind", opt_list, number);
    if (dye_ident_parse(kind, dye_span_str(value), &v) != DYE_OK)
        DYE_FAIL(err, DYE_E_USAGE, "%s: line %" PRIu64 ": not a valid %s", opt_list, number, dye_kind_name(kind));
    not_found += dye_kind_is_scanned(kind) && !dye_ident_is_found(kind, &v);
    enum dye_status status = add_value(b, keys, dye_span_str(line), kind, &v);
    dye_wipe(&v, sizeof v);
    return status == DYE_OK ? DYE_OK : dye_fail(err, status, "index: %s", dye_status_name(status));
}

static enum dye_status from_list(struct dye_index_builder *b, const struct dye_index_keys *keys, FILE *list,
                                 struct dye_error *err)
{
    char *line = NULL;
    size_t cap = 0;
    ssize_t n;
    uint64_t number = 0;
    enum dye_status status = DYE_OK;
    while (status == DYE_OK && (n = getline(&line, &cap, list)) >= 0) {
        number++;
        while (n > 0 && (line[n - 1] == '\n' || line[n - 1] == '\r'))
            line[--n] = '\0';
        if (n > 0)
            status = add_line(b, keys, line, number, err);
    }
    if (status == DYE_OK && ferror(list))
        status = dye_fail(err, DYE_E_IO, "%s: can't be read", opt_list);
    if (status == DYE_OK && not_found > 0)
        fprintf(stderr, "dyetrace: %s: values too short or with signs in them, which no scan finds: %" PRIu64 "\n",
                opt_list, not_found);
    if (line != NULL)
        dye_wipe(line, cap);
    free(line);
    return status;
}

static enum dye_status build_from_list(FILE *list, uint8_t **ret_image, size_t *ret_bytes, struct dye_error *err)
{
    DYE_CLEANUP(dye_index_keys_wipe) struct dye_index_keys keys;
    DYE_CLEANUP(dye_key_wipe) struct dye_key random;
    DYE_TRY(dye_random(random.bytes, sizeof random.bytes, err));
    dye_index_keys_init(&random, &keys);
    struct dye_index_builder *b = dye_index_builder_new(&keys, true);
    if (b == NULL)
        DYE_FAIL(err, DYE_E_NOMEM, "index: out of memory");
    enum dye_status status = from_list(b, &keys, list, err);
    if (status == DYE_OK)
        status = dye_index_builder_image(b, ret_image, ret_bytes, err);
    dye_index_builder_free(b);
    return status;
}

/* ---- from the database ---- */

static enum dye_status build_from_database(uint8_t **ret_image, size_t *ret_bytes, struct dye_error *err)
{
    struct home h;
    struct store *s = NULL;
    struct registry *registry = NULL;
    DYE_CLEANUP(dye_index_keys_wipe) struct dye_index_keys keys = {0};
    DYE_TRY(home_open(common.home, common.config, &h, err));
    DYE_TRY(matcher_enter(&h, &s, &keys, err));
    enum dye_status status = zone_audit(s, "index build", "*", "done", NULL, err);
    if (status == DYE_OK)
        status = matcher_registry(&keys, s, &registry, err);
    store_close(s);
    DYE_TRY(status);
    struct registry_snapshot *now = registry_take(registry);
    struct dye_index_builder *b = dye_index_builder_new(&keys, false);
    status = b != NULL ? DYE_OK : dye_fail(err, DYE_E_NOMEM, "index: out of memory");
    for (size_t i = 0; status == DYE_OK && i < 2; i++)
        if (now->set.part[i] != NULL && dye_index_builder_add_all(b, now->set.part[i]) != DYE_OK)
            status = dye_fail(err, DYE_E_NOMEM, "index: out of memory");
    if (status == DYE_OK)
        status = dye_index_builder_image(b, ret_image, ret_bytes, err);
    dye_index_builder_free(b);
    registry_put(now);
    registry_free(registry);
    return status;
}

/* As the caller before, as the home's user after: the list is opened here, the database entered inside. */
static enum dye_status fill(int fd, void *arg, struct dye_error *err)
{
    FILE *list = arg;
    uint8_t *image = NULL;
    size_t bytes = 0;
    enum dye_status status =
        list != NULL ? build_from_list(list, &image, &bytes, err) : build_from_database(&image, &bytes, err);
    if (status == DYE_OK)
        status = output_write(fd, image, bytes, err);
    free(image);
    return status;
}

static enum dye_status build(struct verb_call *call, struct dye_error *err)
{
    FILE *list = NULL;
    if (strcmp(call->argv[1], "build") != 0)
        DYE_FAIL(err, DYE_E_USAGE, "usage: dyetrace %s", spec.usage);
    if (opt_plain && opt_list == NULL)
        DYE_FAIL(err, DYE_E_USAGE, "index build: --plain is of lists: --from-list is missing");
    if (opt_output == NULL)
        DYE_FAIL(err, DYE_E_USAGE, "index build: -o FILE is missing");
    if (opt_list != NULL && (list = strcmp(opt_list, "-") == 0 ? stdin : fopen(opt_list, "re")) == NULL)
        DYE_FAIL(err, DYE_E_IO, "%s: %s", opt_list, strerror(errno));
    call->code = output_file(opt_output, true, fill, list);
    if (list != NULL)
        fclose(list);
    return DYE_OK;
}

int verb_index(int argc, char **argv)
{
    return verb_run(&spec, argc, argv, &common, build);
}

/* index build: an index file, from the database or from a list. */
#include "dye/index.h"
#include "list_index.h"
#include "output_file.h"
#include "verb.h"
#include "verbs.h"
#include "zone_matcher.h"

#include <errno.h>
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
    enum dye_status status = list != NULL ? list_index_build(list, opt_list, opt_plain, &image, &bytes, err)
                                          : build_from_database(&image, &bytes, err);
    if (status == DYE_OK)
        status = output_write(fd, image, bytes, err);
    free(image);
    return status;
}

static enum dye_status build(struct verb_call *call, struct dye_error *err)
{
    FILE *list = NULL;
    if (strcmp(call->argv[1], "build") != 0)
        return options_usage(&spec, err);
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

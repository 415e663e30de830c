/*
 * seed --shared: canaries for sources that hold copies of one table. Every holder gets every canary, in variant A or B
 * by a code that tells holders who join; each holder's records are a file of its own.
 */
#include "output_file.h"
#include "record_file.h"
#include "sharing.h"
#include "verb.h"
#include "verbs.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static struct sharing_options asked;
static struct gate_options gate_asked;
static const char *opt_format;
static const char *opt_output;
static struct common_options common;

static const struct option_spec options[] = {
    SHARING_OPTIONS(asked),
    RECORD_FILE_OPTION(opt_format),
    {"o", "DIR", "where to: a file a holder, named after its path, mode 0600", &opt_output, NULL},
    GATE_OPTIONS(gate_asked),
    {NULL, NULL, NULL, NULL, NULL},
};
static const struct verb_spec spec = {"seed --shared --sources P,P,... --colluders C --epsilon E [--survival F] -o DIR",
                                      "Makes canaries that every holder of a copy gets, in one of two variants by a\n"
                                      "collusion-secure code. Refuses what can't reach the epsilon, with the numbers.",
                                      options, 0, 0};

struct request {
    struct home home;
    struct sharing sharing;
    enum record_file_format format;
    char *name[SHARING_HOLDERS_MAX]; /* of the files */
};
_Static_assert((int)SHARING_HOLDERS_MAX <= (int)OUTPUT_FILES_MAX, "a file a holder");

struct copies {
    struct record_file *file; /* one a holder */
    struct dye_error *err;
};

static enum dye_status write_copy(void *arg, size_t holder, char variant, const struct dye_persona *p)
{
    struct copies *c = arg;
    return record_file_add(&c->file[holder], p, variant, c->err);
}

static enum dye_status begin_files(const struct request *q, const struct registrar *r, struct copies *c)
{
    enum dye_status status = DYE_OK;
    for (uint32_t i = 0; i < q->sharing.n && status == DYE_OK; i++)
        status = record_file_begin(&c->file[i], q->format, &q->sharing.sector, &q->sharing.holder[i], &r->message_key,
                                   (size_t)1 << 30, c->err);
    return status;
}

static enum dye_status end_files(const struct request *q, struct copies *c, const int *fds)
{
    for (uint32_t i = 0; i < q->sharing.n; i++) {
        const struct dye_buf *text = &c->file[i].text;
        if (record_file_end(&c->file[i]) != DYE_OK || output_write(fds[i], text->p, text->n, c->err) != DYE_OK)
            DYE_FAIL(c->err, DYE_E_IO, "records: not written, but registered: canary list --reveal shows them");
    }
    return DYE_OK;
}

static enum dye_status seed(struct request *q, struct store *s, struct copies *c, const int *fds, struct dye_error *err)
{
    struct registrar registrar = {0};
    const struct gate gate = {.home = &q->home, .verb = "seed", .asked = &gate_asked, .makes = true};
    DYE_TRY(sharing_find(&q->home, s, &q->sharing, err));
    DYE_TRY(sharing_plan(s, &q->sharing, err));
    DYE_TRY(sharing_pass(s, &q->sharing, &gate, err));
    DYE_TRY(registrar_open(&q->home, s, &registrar, err));
    enum dye_status status = begin_files(q, &registrar, c);
    if (status == DYE_OK)
        status = sharing_register(&registrar, &q->sharing, "planted", "seed", &gate_asked, write_copy, c, err);
    if (status == DYE_OK)
        status = end_files(q, c, fds);
    registrar_close(&registrar);
    if (status == DYE_OK)
        sharing_print(&q->sharing, common.json);
    return status;
}

static enum dye_status fill(const int *fds, void *arg, struct dye_error *err)
{
    struct request *q = arg;
    struct store *s = NULL;
    struct copies c = {.file = calloc(q->sharing.n, sizeof *c.file), .err = err};
    if (c.file == NULL)
        DYE_FAIL(err, DYE_E_NOMEM, "seed: out of memory");
    enum dye_status status = zone_enter(&q->home, "seeder", &s, err);
    if (status == DYE_OK)
        status = seed(q, s, &c, fds, err);
    store_close(s);
    for (uint32_t i = 0; i < q->sharing.n; i++)
        record_file_done(&c.file[i]);
    free(c.file);
    return status;
}

/* DIR/a_b_c.csv for the source a/b/c. */
static enum dye_status name_files(struct request *q, struct dye_error *err)
{
    char **path = q->sharing.path;
    for (uint32_t i = 0; i < q->sharing.n; i++) {
        size_t size = strlen(opt_output) + strlen(path[i]) + 16;
        if ((q->name[i] = malloc(size)) == NULL)
            DYE_FAIL(err, DYE_E_NOMEM, "seed: out of memory");
        int start = snprintf(q->name[i], size, "%s/", opt_output);
        snprintf(q->name[i] + start, size - (size_t)start, "%s.%s", path[i], record_file_format_name(q->format));
        for (char *c = q->name[i] + start; *c != '\0'; c++)
            if (*c == '/')
                *c = '_';
        for (uint32_t j = 0; j < i; j++)
            if (strcmp(q->name[j], q->name[i]) == 0)
                DYE_FAIL(err, DYE_E_USAGE, "--sources: %s and %s would be one file", path[j], path[i]);
    }
    return DYE_OK;
}

static enum dye_status read_request(struct request *q, struct dye_error *err)
{
    if (asked.sources == NULL || asked.colluders == NULL || asked.epsilon == NULL || opt_output == NULL)
        return options_usage(&spec, err);
    DYE_TRY(record_file_format(opt_format, &q->format, err));
    DYE_TRY(sharing_read_paths(&asked, &q->sharing, err));
    DYE_TRY(sharing_read_code(&asked, &q->sharing, err));
    DYE_TRY(name_files(q, err));
    return home_open(common.home, common.config, &q->home, err);
}

static enum dye_status write_files(struct request *q, int *ret_code, struct dye_error *err)
{
    bool made = mkdir(opt_output, 0700) == 0;
    if (!made && errno != EEXIST)
        DYE_FAIL(err, DYE_E_IO, "%s: %s", opt_output, strerror(errno));
    *ret_code = output_files((const char *const *)q->name, q->sharing.n, fill, q);
    if (*ret_code != 0 && made)
        rmdir(opt_output);
    return DYE_OK;
}

static enum dye_status run(struct verb_call *call, struct dye_error *err)
{
    static struct request q; /* a home's paths are large */
    enum dye_status status = read_request(&q, err);
    if (status == DYE_OK)
        status = write_files(&q, &call->code, err);
    for (uint32_t i = 0; i < q.sharing.n; i++)
        free(q.name[i]);
    sharing_done(&q.sharing);
    return status;
}

int verb_seed_shared(int argc, char **argv)
{
    return verb_run(&spec, argc, argv, &common, run);
}

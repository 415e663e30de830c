#include "list_index.h"

#include "dye/buf.h"
#include "dye/decode.h"
#include "dye/index.h"
#include "progress.h"

#include <inttypes.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/stat.h>

enum {
    THREADS_MAX = 16,
    BATCH_LINES = 8192,
    BATCH_MAX_BYTES = 64 << 20,
    LINE_MAX_BYTES = 64 << 10,
    ENTRIES_MAX_BYTES = BATCH_LINES * DYE_FORMS_MAX * 64,
};

struct line {
    size_t at; /* in the text */
    uint64_t number;
};

struct batch {
    const char *name; /* of the list */
    bool plain;
    const struct dye_index_keys *keys;
    struct dye_buf text; /* the lines, each with its NUL */
    struct line line[BATCH_LINES];
    size_t n;
};

/* What a line came to. */
struct made {
    size_t canary; /* in the text */
    struct dye_index_entry entry;
};

/* Lines [first, end) of a batch, which a thread turns into entries. */
struct slice {
    pthread_t thread;
    bool started;
    struct batch *batch;
    size_t first, end;
    struct dye_buf made; /* struct made each */
    uint64_t not_found;  /* values that no scan will find */
    enum dye_status status;
    struct dye_error err;
};

static enum dye_status add_value(struct slice *s, size_t canary, enum dye_kind kind, const struct dye_value *v)
{
    struct dye_form_bytes forms[DYE_FORMS_MAX];
    size_t n = s->batch->plain ? dye_ident_plain_forms(kind, v, forms) : dye_ident_forms(kind, v, forms);
    enum dye_status status = DYE_OK;
    for (size_t i = 0; status == DYE_OK && i < n; i++) {
        struct made m = {.canary = canary};
        m.entry = (struct dye_index_entry){.kind = (uint8_t)kind, .form = (uint8_t)forms[i].form, .variant = 'A'};
        dye_index_entry_set(&m.entry, s->batch->keys, dye_value_span(&forms[i].bytes));
        status = dye_buf_append(&s->made, &m, sizeof m);
    }
    dye_wipe(forms, n * sizeof *forms);
    return status;
}

/* A line is wrong as a whole or right. */
static enum dye_status add_line(struct slice *s, const struct line *l)
{
    const char *list = s->batch->name;
    char *line = (char *)s->batch->text.p + l->at;
    struct dye_value v;
    char *kind_name = strchr(line, '\t');
    char *value = kind_name != NULL ? strchr(kind_name + 1, '\t') : NULL;
    if (value == NULL || kind_name == line || kind_name - line > 63)
        DYE_FAIL(&s->err, DYE_E_USAGE, "%s: line %" PRIu64 ": canary<TAB>kind<TAB>value is wanted", list, l->number);
    *kind_name++ = '\0';
    *value++ = '\0';
    if (!dye_path_is_valid(dye_span_str(line))) /* it ends up in JSON and on terminals */
        DYE_FAIL(&s->err, DYE_E_USAGE,
                 "%s: line %" PRIu64 ": the canary's name is no UTF-8, or holds control characters", list, l->number);
    enum dye_kind kind = dye_kind_from_name(dye_span_str(kind_name));
    if (kind == DYE_KIND_NONE)
        DYE_FAIL(&s->err, DYE_E_USAGE, "%s: line %" PRIu64 ": unknown kind", list, l->number);
    if (dye_ident_parse(kind, dye_span_str(value), &v) != DYE_OK)
        DYE_FAIL(&s->err, DYE_E_USAGE, "%s: line %" PRIu64 ": not a valid %s", list, l->number, dye_kind_name(kind));
    s->not_found += dye_kind_is_scanned(kind) && !dye_ident_is_found(kind, &v);
    enum dye_status status = add_value(s, l->at, kind, &v);
    dye_wipe(&v, sizeof v);
    return status == DYE_OK ? DYE_OK : dye_fail(&s->err, status, "index: %s", dye_status_name(status));
}

static void *work(void *arg)
{
    struct slice *s = arg;
    s->status = DYE_OK;
    for (size_t i = s->first; s->status == DYE_OK && i < s->end; i++)
        s->status = add_line(s, &s->batch->line[i]);
    return NULL;
}

/* The batch's entries into the builder, in the order of its lines. */
static enum dye_status add_batch(struct dye_index_builder *b, struct batch *batch, struct slice *slices, size_t n,
                                 struct dye_error *err)
{
    enum dye_status status = DYE_OK;
    for (size_t i = 0; i < n; i++) {
        struct slice *s = &slices[i];
        s->first = batch->n * i / n;
        s->end = batch->n * (i + 1) / n;
        s->started = i + 1 < n && pthread_create(&s->thread, NULL, work, s) == 0;
        if (!s->started)
            (void)work(s);
    }
    for (size_t i = 0; i < n; i++) {
        struct slice *s = &slices[i];
        if (s->started)
            (void)pthread_join(s->thread, NULL);
        if (status == DYE_OK && s->status != DYE_OK)
            status = dye_fail(err, s->status, "%s", s->err.message);
        const struct made *made = (const struct made *)(const void *)s->made.p;
        for (size_t k = 0; status == DYE_OK && k < s->made.n / sizeof *made; k++) {
            struct dye_span canary = dye_span_str((const char *)batch->text.p + made[k].canary);
            status = dye_index_builder_add(b, canary, &made[k].entry);
            if (status != DYE_OK)
                dye_fail(err, status, "index: %s", dye_status_name(status));
        }
        dye_buf_clear(&s->made);
    }
    dye_buf_clear(&batch->text);
    batch->n = 0;
    return status;
}

static enum dye_status from_lines(struct dye_index_builder *b, struct batch *batch, struct slice *slices, size_t n,
                                  FILE *list, struct dye_error *err)
{
    char *line = NULL;
    size_t cap = 0;
    ssize_t got;
    uint64_t number = 0, done = 0;
    struct stat st;
    struct progress progress;
    progress_start(&progress, "index", "B",
                   fstat(fileno(list), &st) == 0 && S_ISREG(st.st_mode) ? (uint64_t)st.st_size : 0);
    enum dye_status status = DYE_OK;
    while (status == DYE_OK && (got = getline(&line, &cap, list)) >= 0) {
        number++;
        done += (uint64_t)got;
        while (got > 0 && (line[got - 1] == '\n' || line[got - 1] == '\r'))
            line[--got] = '\0';
        if (got == 0)
            continue;
        batch->line[batch->n++] = (struct line){batch->text.n, number};
        status = got > LINE_MAX_BYTES ? DYE_E_LIMIT : dye_buf_append(&batch->text, line, (size_t)got + 1);
        if (status != DYE_OK)
            dye_fail(err, status, "%s: line %" PRIu64 ": %s", batch->name, number, dye_status_name(status));
        else if (batch->n == BATCH_LINES || batch->text.n > BATCH_MAX_BYTES - 2 * LINE_MAX_BYTES)
            status = add_batch(b, batch, slices, n, err);
        progress_at(&progress, done);
    }
    if (status == DYE_OK && ferror(list))
        status = dye_fail(err, DYE_E_IO, "%s: can't be read", batch->name);
    if (status == DYE_OK)
        status = add_batch(b, batch, slices, n, err);
    progress_end(&progress);
    if (line != NULL)
        dye_wipe(line, cap);
    free(line);
    return status;
}

static size_t processors(void)
{
    cpu_set_t set;
    size_t n = sched_getaffinity(0, sizeof set, &set) == 0 ? (size_t)CPU_COUNT(&set) : 1;
    return n < THREADS_MAX ? n : THREADS_MAX;
}

static enum dye_status from_list(struct dye_index_builder *b, struct batch *batch, FILE *list, struct dye_error *err)
{
    struct slice *slices = calloc(THREADS_MAX, sizeof *slices);
    if (slices == NULL)
        DYE_FAIL(err, DYE_E_NOMEM, "index: out of memory");
    for (size_t i = 0; i < THREADS_MAX; i++) {
        slices[i].batch = batch;
        dye_buf_init(&slices[i].made, ENTRIES_MAX_BYTES, true);
    }
    enum dye_status status = from_lines(b, batch, slices, processors(), list, err);
    uint64_t not_found = 0;
    for (size_t i = 0; i < THREADS_MAX; i++) {
        not_found += slices[i].not_found;
        dye_buf_done(&slices[i].made);
    }
    if (status == DYE_OK && not_found > 0)
        fprintf(stderr, "dyetrace: %s: values too short or with signs in them, which no scan finds: %" PRIu64 "\n",
                batch->name, not_found);
    free(slices);
    return status;
}

enum dye_status list_index_build(FILE *list, const char *name, bool plain, uint8_t **ret_image, size_t *ret_bytes,
                                 struct dye_error *err)
{
    DYE_CLEANUP(dye_index_keys_wipe) struct dye_index_keys keys;
    DYE_CLEANUP(dye_key_wipe) struct dye_key random;
    DYE_TRY(dye_random(random.bytes, sizeof random.bytes, err));
    dye_index_keys_init(&random, &keys);
    struct dye_index_builder *b = dye_index_builder_new(&keys, true);
    struct batch *batch = calloc(1, sizeof *batch);
    if (b == NULL || batch == NULL) {
        dye_index_builder_free(b);
        free(batch);
        DYE_FAIL(err, DYE_E_NOMEM, "index: out of memory");
    }
    batch->name = name;
    batch->plain = plain;
    batch->keys = &keys;
    dye_buf_init(&batch->text, BATCH_MAX_BYTES, true);
    enum dye_status status = from_list(b, batch, list, err);
    dye_buf_done(&batch->text);
    free(batch);
    if (status == DYE_OK)
        status = dye_index_builder_image(b, ret_image, ret_bytes, err);
    dye_index_builder_free(b);
    return status;
}

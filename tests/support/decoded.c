#include "decoded.h"

#include <assert.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { MAX_BYTES = 4 << 20 };

struct world {
    struct dye_span in;
    size_t at, step;
    uint8_t *spill;
    char *text;
    size_t n;
    bool bytes; /* the part at hand is bytes as they stand */
};

static enum dye_status read_input(void *arg, uint8_t *p, size_t cap, size_t *ret_n)
{
    struct world *w = arg;
    size_t n = w->in.n - w->at < cap ? w->in.n - w->at : cap;
    if (w->step != 0 && n > w->step)
        n = w->step;
    if (n > 0)
        memcpy(p, w->in.p + w->at, n);
    w->at += n;
    *ret_n = n;
    return DYE_OK;
}

static bool read_at(void *arg, uint64_t at, uint8_t *p, size_t n)
{
    struct world *w = arg;
    memcpy(p, w->in.p + at, n);
    return true;
}

static bool spill_read(void *arg, uint64_t at, uint8_t *p, size_t n)
{
    struct world *w = arg;
    memcpy(p, w->spill + at, n);
    return true;
}

static bool spill_write(void *arg, uint64_t at, const uint8_t *p, size_t n)
{
    struct world *w = arg;
    memcpy(w->spill + at, p, n);
    return true;
}

static void say(struct world *w, const void *p, size_t n)
{
    if (n > MAX_BYTES - 1 - w->n)
        n = MAX_BYTES - 1 - w->n;
    memcpy(w->text + w->n, p, n);
    w->n += n;
    w->text[w->n] = '\0';
}

static enum dye_status on_begin(void *arg, const struct dye_part *p)
{
    struct world *w = arg;
    char line[DYE_PATH_MAX_BYTES + 64];
    w->bytes = p->unit == DYE_UNIT_BYTE;
    int n = w->bytes ? snprintf(line, sizeof line, "[%s]\n", p->path)
                     : snprintf(line, sizeof line, "[%s %s %s]\n", p->path, p->format, dye_unit_name(p->unit));
    say(w, line, (size_t)n);
    return DYE_OK;
}

static enum dye_status on_data(void *arg, struct dye_span bytes)
{
    struct world *w = arg;
    size_t start = w->n;
    say(w, bytes.p, bytes.n);
    for (size_t i = start; i < w->n && !w->bytes; i++)
        w->text[i] = (char)(w->text[i] == DYE_FIELD_END ? '|' : w->text[i] == DYE_PAGE_END ? '~' : w->text[i]);
    return DYE_OK;
}

static enum dye_status on_end(void *arg, const struct dye_part_end *e)
{
    struct world *w = arg;
    char line[128];
    if (w->n > 0 && w->text[w->n - 1] != '\n')
        say(w, "\n", 1);
    int n = snprintf(line, sizeof line, "= %s%s%s\n", dye_verdict_name(e->verdict), *e->reason != '\0' ? " " : "",
                     e->reason);
    say(w, line, (size_t)n);
    return DYE_OK;
}

char *decoded(struct dye_span bytes, const struct decoded_options *options)
{
    static const struct decoded_options usual = {.spill_bytes = MAX_BYTES};
    const struct decoded_options *o = options != NULL ? options : &usual;
    struct dye_decode_limits limits;
    dye_decode_limits_default(&limits);
    struct world w = {.in = bytes, .step = o->step, .spill = malloc(MAX_BYTES), .text = malloc(MAX_BYTES)};
    assert(w.spill != NULL && w.text != NULL);
    w.text[0] = '\0';
    struct dye_decode_input input = {.read = read_input,
                                     .read_at = o->forwards ? NULL : read_at,
                                     .bytes = o->forwards ? 0 : bytes.n,
                                     .spill_write = o->spill_bytes > 0 ? spill_write : NULL,
                                     .spill_read = o->spill_bytes > 0 ? spill_read : NULL,
                                     .spill_bytes = o->spill_bytes,
                                     .arg = &w};
    struct dye_decode_events events = {on_begin, on_data, on_end, &w};
    enum dye_status status = dye_decode(&input, o->limits != NULL ? o->limits : &limits, &events, NULL);
    assert(status == DYE_OK);
    (void)status;
    free(w.spill);
    return w.text;
}

struct dye_span decoded_load(const char *name)
{
    char path[4096];
    const char *root = getenv("DYE_SOURCE_DIR");
    snprintf(path, sizeof path, "%s/tests/%s", root != NULL ? root : ".", name);
    FILE *f = fopen(path, "rb");
    if (f == NULL) {
        fprintf(stderr, "%s: not there\n", path);
        abort();
    }
    uint8_t *p = malloc(MAX_BYTES);
    size_t n = p != NULL ? fread(p, 1, MAX_BYTES, f) : 0;
    fclose(f);
    return dye_span_of(p, n);
}

char *decoded_file(const char *name, const struct decoded_options *options)
{
    struct dye_span in = decoded_load(name);
    char *text = decoded(in, options);
    free((void *)(uintptr_t)in.p);
    return text;
}

void decoded_is(struct dye_span bytes, const char *want)
{
    static const size_t steps[] = {0, 1, 7, 512};
    for (size_t i = 0; i < 2 * sizeof steps / sizeof *steps; i++) {
        struct decoded_options o = {.step = steps[i / 2], .forwards = i % 2 == 1, .spill_bytes = MAX_BYTES};
        char *got = decoded(bytes, &o);
        if (strcmp(got, want) != 0)
            print_error("%zu bytes a read, %s\n", o.step, o.forwards ? "a stream" : "a file");
        assert_string_equal(got, want);
        free(got);
    }
}

void decoded_file_is(const char *name, const char *want)
{
    struct dye_span in = decoded_load(name);
    decoded_is(in, want);
    free((void *)(uintptr_t)in.p);
}

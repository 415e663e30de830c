#include "columns.h"

#include "look.h"
#include "row.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS = 100000, EVERY = 200, FILES = 3, ASKED_MAX = 10000 };

struct asked {
    uint64_t line; /* from 1 */
    uint32_t canary;
    double bits;
};
struct reader {
    const struct registry *registry;
    struct dye_linker *linker;
    struct asked *asked; /* in order of line */
    size_t n, next;
    uint64_t lines, records; /* before the chunk; with it */
    bool asks;
};

static enum dye_status on_sighting(void *arg, const struct dye_sighting *s)
{
    struct reader *r = arg;
    if (r->asks)
        r->asked[r->next].bits += s->bits;
    else if (r->n < ASKED_MAX && s->bits >= dye_link_bits(RECALL_FLOOR, r->records, CANARIES))
        r->asked[r->n++] = (struct asked){r->lines + s->line, (uint32_t)strtoul(s->canary, NULL, 10), s->bits};
    return DYE_OK;
}

static enum dye_status ask(struct reader *r, struct dye_span text)
{
    size_t at = 0;
    uint64_t line = r->lines + 1;
    for (; r->next < r->n && r->asked[r->next].line <= r->lines + dye_link_lines(text); r->next++) {
        const struct asked *a = &r->asked[r->next];
        char canary[16];
        for (; line < a->line; line++)
            at = (size_t)((const uint8_t *)memchr(text.p + at, '\n', text.n - at) - text.p) + 1;
        snprintf(canary, sizeof canary, "%u", a->canary);
        DYE_TRY(dye_linker_ask(r->linker, &r->registry->set, canary, 'A', UINT64_MAX, at));
    }
    return DYE_OK;
}

static enum dye_status on_chunk(void *arg, const struct dye_chunk *chunk)
{
    struct reader *r = arg;
    enum dye_status status;
    r->records += chunk->records;
    dye_linker_chunk(r->linker, chunk);
    if (r->asks) {
        status = ask(r, chunk->text);
    } else {
        status = dye_scan(&r->registry->set, UINT64_MAX, chunk->text, dye_linker_hit, r->linker, NULL);
        if (status == DYE_OK)
            status = dye_linker_finish(r->linker);
    }
    r->lines += dye_link_lines(chunk->text);
    return status;
}

static void read_file(struct reader *r, const struct row_text *t, bool asks)
{
    struct dye_chunker *c = dye_chunker_new(DYE_CHUNK_TARGET_BYTES, DYE_CHUNK_MAX_BYTES, on_chunk, r);
    r->asks = asks;
    r->next = 0;
    r->lines = 0;
    if (c == NULL)
        abort();
    dye_chunker_begin(c, DYE_UNIT_BYTE);
    if (dye_chunker_feed(c, dye_span_of(t->p, t->n)) != DYE_OK || dye_chunker_finish(c) != DYE_OK)
        abort();
    dye_chunker_free(c);
}

/* The files, and whose each line is: CANARIES for a stranger's. */
static void write_files(const struct registry *g, struct rng *r, struct row_text files[FILES], uint32_t *whose)
{
    for (size_t i = 0; i < ROWS; i++) {
        struct person p;
        char row[RECORD_CAP];
        whose[i] = i % EVERY == EVERY / 2 ? (uint32_t)rng_below(r, CANARIES) : CANARIES;
        if (whose[i] < CANARIES)
            p = g->canary[whose[i]];
        else
            registry_stranger(g, r, &p);
        snprintf(row, sizeof row, "%.3s****%s\n", p.mobile, p.mobile + 7);
        row_append(&files[0], "UTF-8", row);
        snprintf(row, sizeof row, "%s\n", p.name);
        row_append(&files[1], "UTF-8", row);
        snprintf(row, sizeof row, "%04d-%02d-%02d\n", p.year, p.month, p.day);
        row_append(&files[2], "UTF-8", row);
    }
}

static bool count(const struct reader *r, const uint32_t *whose, const char *what, bool strong)
{
    double threshold = dye_link_threshold_bits(FILES * (uint64_t)ROWS, CANARIES, RECALL_EXPECTED_FALSE);
    double floor = dye_link_bits(RECALL_FLOOR, FILES * (uint64_t)ROWS, CANARIES);
    size_t hidden = ROWS / EVERY, found = 0, found_strong = 0, false_strong = 0;
    for (size_t i = 0; i < r->n; i++) {
        const struct asked *a = &r->asked[i];
        bool right = whose[a->line - 1] == a->canary;
        found += right && a->bits >= floor;
        found_strong += right && a->bits >= threshold;
        false_strong += !right && a->bits >= threshold;
    }
    bool holds = false_strong == 0 && 100 * (strong ? found_strong : found) >= 98 * hidden;
    printf("%-34s %8zu %7.2f%% %7.2f%%%s\n", what, hidden, 100 * (double)found / (double)hidden,
           100 * (double)found_strong / (double)hidden, holds ? "" : "  MISSED");
    return holds;
}

bool columns_run(const struct registry *g, struct rng *r)
{
    struct row_text files[FILES] = {{0}};
    uint32_t *whose = malloc(ROWS * sizeof *whose);
    struct reader reader = {.registry = g, .asked = calloc(ASKED_MAX, sizeof *reader.asked)};
    reader.linker = dye_linker_new(on_sighting, &reader);
    if (whose == NULL || reader.asked == NULL || reader.linker == NULL)
        abort();
    write_files(g, r, files, whose);
    printf("\n%-34s %8s %8s %8s\n", "columns in files, a line a row", "hidden", "found", "strong");
    read_file(&reader, &files[0], false);
    read_file(&reader, &files[1], true);
    bool good = count(&reader, whose, "174****5678 | name", false);
    read_file(&reader, &files[2], true);
    good = count(&reader, whose, "174****5678 | name | birth", true) && good;
    for (size_t i = 0; i < FILES; i++)
        free(files[i].p);
    dye_linker_free(reader.linker);
    free(reader.asked);
    free(whose);
    return good;
}

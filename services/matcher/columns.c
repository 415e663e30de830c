#include "columns.h"

#include "dye/chunker.h"
#include "dye/link.h"
#include "findings.h"
#include "part_map.h"
#include "queries.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <unistd.h>

struct asked { /* rows of asked, by part and line */
    uint32_t part;
    uint64_t line;
};

struct asking {
    const struct columns *c;
    const PGresult *rows; /* part, line, canary, variant; in this order */
    int n, next;
    struct part_map parts;
    struct dye_chunker *chunker;
    struct dye_linker *linker;
    struct findings findings;
    uint32_t part;
    bool active; /* something of the part at hand is asked */
    uint64_t lines;
    struct dye_error *err;
};

static struct asked at(const struct asking *a, int i)
{
    return (struct asked){(uint32_t)store_int(a->rows, i, 0), (uint64_t)store_int(a->rows, i, 1)};
}

/* Where a line of the chunk begins, from one that is not behind it. False when it has not so many. */
static bool go_to_line(struct dye_span text, uint64_t line, uint64_t *here, size_t *where)
{
    for (; *here < line; ++*here) {
        const uint8_t *lf = memchr(text.p + *where, '\n', text.n - *where);
        if (lf == NULL)
            return false;
        *where = (size_t)(lf - text.p) + 1;
    }
    return *where < text.n;
}

static enum dye_status on_chunk(void *arg, const struct dye_chunk *chunk)
{
    struct asking *a = arg;
    uint64_t here = a->lines + 1;
    size_t where = 0;
    if (a->c->stop != NULL && atomic_load(a->c->stop))
        return DYE_STOPPED;
    findings_begin(&a->findings, chunk->unit, chunk->start, a->lines, -INFINITY);
    dye_linker_chunk(a->linker, chunk);
    a->lines += dye_link_lines(chunk->text);
    for (; a->next < a->n && at(a, a->next).part == a->part; a->next++) {
        if (!go_to_line(chunk->text, at(a, a->next).line, &here, &where))
            break;
        enum dye_status status = dye_linker_ask(a->linker, a->c->set, store_text(a->rows, a->next, 2),
                                                store_text(a->rows, a->next, 3)[0], a->c->epoch, where);
        if (status != DYE_OK)
            return dye_fail(a->err, status, "chunk: can't be linked (%s)", dye_status_name(status));
    }
    if (a->findings.n == 0)
        return DYE_OK;
    DYE_TRY(store_begin(a->c->store, a->err));
    DYE_TRY(findings_store(&a->findings, a->c->store, a->c->dump, a->part, a->err));
    return store_commit(a->c->store, a->err);
}

static enum dye_status on_begin(void *arg, const struct dye_part *part)
{
    struct asking *a = arg;
    int low = 0, high = a->n;
    a->part = part_map_take(&a->parts, part->path);
    a->lines = 0;
    while (low < high) {
        int middle = low + (high - low) / 2;
        if (at(a, middle).part < a->part)
            low = middle + 1;
        else
            high = middle;
    }
    a->next = low;
    a->active = low < a->n && at(a, low).part == a->part;
    dye_chunker_begin_part(a->chunker, part);
    return DYE_OK;
}

static enum dye_status on_data(void *arg, struct dye_span bytes)
{
    struct asking *a = arg;
    return a->active ? dye_chunker_feed(a->chunker, bytes) : DYE_OK;
}

static enum dye_status on_end(void *arg, const struct dye_part_end *end)
{
    struct asking *a = arg;
    (void)end;
    return a->active ? dye_chunker_finish(a->chunker) : DYE_OK;
}

static enum dye_status ask(struct asking *a, int fd)
{
    const struct columns *c = a->c;
    const struct dye_decode_events events = {on_begin, on_data, on_end, a};
    struct decoder decoder = *c->decoder;
    decoder.room = NULL;
    if (lseek(fd, 0, SEEK_SET) != 0)
        DYE_FAIL(a->err, DYE_E_IO, "dump: %s", strerror(errno));
    DYE_TRY(part_map_load(c->store, c->dump, &a->parts, a->err));
    enum dye_status status = decoder_run(&decoder, fd, c->limits, &events, NULL, a->err);
    part_map_done(&a->parts);
    return status;
}

enum dye_status columns_ask(const struct columns *c, int fd, struct dye_error *err)
{
    STORE_RESULT rows = NULL;
    DYE_TRY(store_run(c->store, err, &rows, sql_columns_asked, "s", c->dump));
    if (PQntuples(rows) == 0)
        return DYE_OK;
    struct asking a = {.c = c, .rows = rows, .n = PQntuples(rows), .err = err};
    findings_init(&a.findings);
    a.chunker = dye_chunker_new(DYE_CHUNK_TARGET_BYTES, DYE_CHUNK_MAX_BYTES, on_chunk, &a);
    a.linker = dye_linker_new(findings_add, &a.findings);
    enum dye_status status =
        a.chunker != NULL && a.linker != NULL ? ask(&a, fd) : dye_fail(err, DYE_E_NOMEM, "dump: out of memory");
    dye_linker_free(a.linker);
    dye_chunker_free(a.chunker);
    findings_done(&a.findings);
    return status;
}

#include "plain_file.h"

#include "read_at.h"

#include <string.h>

/* The chunk that begins at `start` ends with the first line that does so at or beyond the target: its bytes, or 0. */
static size_t chunk_bytes(const struct plain_file *f, uint64_t start)
{
    enum { WINDOW = 4096 };
    uint8_t window[WINDOW];
    size_t left = f->most - start < f->max ? (size_t)(f->most - start) : f->max;
    for (size_t from = f->target - 1, n; from < left; from += n) {
        n = left - from < WINDOW ? left - from : WINDOW;
        size_t got = read_at(f->fd, f->at + start + from, window, n);
        const uint8_t *lf = memchr(window, '\n', got);
        if (lf != NULL)
            return from + (size_t)(lf - window) + 1;
        if (got < n)
            break;
    }
    return 0;
}

struct cutting {
    const struct plain_file *file;
    struct dye_chunk chunk; /* the next one */
};

static bool next(void *arg, struct dye_chunk *ret, uint64_t *ret_at)
{
    struct cutting *c = arg;
    size_t n = chunk_bytes(c->file, c->chunk.start);
    if (n == 0)
        return false;
    c->chunk.bytes.n = c->chunk.text.n = n;
    *ret = c->chunk;
    *ret_at = c->file->at + c->chunk.start;
    c->chunk.number++;
    c->chunk.start += n;
    return true;
}

uint64_t plain_file_read(const struct plain_file *f)
{
    size_t sample;
    uint8_t *p = dye_chunker_room(f->chunker, &sample);
    if (read_at(f->fd, f->at, p, sample) != sample || !dye_chunker_resume(f->chunker, sample, 0, 0))
        return 0;
    struct cutting c = {.file = f, .chunk = {.layout = dye_chunker_layout(f->chunker), .unit = DYE_UNIT_BYTE}};
    (void)!crew_read(f->crew, f->fd, next, &c, f->part); /* the crew keeps what went wrong */
    dye_chunker_pass(f->chunker, c.chunk.number, c.chunk.start);
    return c.chunk.start;
}

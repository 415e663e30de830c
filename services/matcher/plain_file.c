#include "plain_file.h"

#include "read_at.h"

#include <string.h>

struct cutting {
    const struct plain_file *file;
    const struct file_view *view;
    uint64_t most;          /* bytes of the part that are there and may be read */
    struct dye_chunk chunk; /* the next one */
};

/* The next chunk ends with the first line that does so at or beyond the target: its bytes, or 0. */
static size_t chunk_bytes(const struct cutting *c)
{
    const struct plain_file *f = c->file;
    uint64_t start = c->chunk.start;
    size_t left = c->most - start < f->max ? (size_t)(c->most - start) : f->max;
    if (left < f->target)
        return 0;
    const uint8_t *from = file_view_at(c->view, f->at + start + f->target - 1, 1);
    const uint8_t *lf = memchr(from, '\n', left - (f->target - 1));
    return lf != NULL ? f->target + (size_t)(lf - from) : 0;
}

static bool next(void *arg, struct dye_chunk *ret, uint64_t *ret_at)
{
    struct cutting *c = arg;
    size_t n = chunk_bytes(c);
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
    struct file_view *view;
    if (file_view_open(f->fd, &view) != DYE_OK)
        return 0; /* then by way of the chunker */
    uint64_t there = file_view_bytes(view) > f->at ? file_view_bytes(view) - f->at : 0;
    struct cutting c = {.file = f,
                        .view = view,
                        .most = f->most < there ? f->most : there,
                        .chunk = {.layout = dye_chunker_layout(f->chunker), .unit = DYE_UNIT_BYTE}};
    (void)!crew_read(f->crew, view, next, &c, f->part); /* the crew keeps what went wrong */
    dye_chunker_pass(f->chunker, c.chunk.number, c.chunk.start);
    return c.chunk.start;
}

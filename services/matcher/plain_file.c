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

uint64_t plain_file_read(const struct plain_file *f)
{
    size_t sample;
    uint8_t *p = dye_chunker_room(f->chunker, &sample);
    if (read_at(f->fd, f->at, p, sample) != sample || !dye_chunker_resume(f->chunker, sample, 0, 0))
        return 0;
    struct dye_chunk chunk = {.layout = dye_chunker_layout(f->chunker), .unit = DYE_UNIT_BYTE};
    for (size_t n; (n = chunk_bytes(f, chunk.start)) > 0; chunk.number++, chunk.start += n) {
        chunk.bytes.n = chunk.text.n = n;
        if (crew_read(f->crew, f->fd, f->at + chunk.start, &chunk, f->part) != DYE_OK)
            break;
    }
    dye_chunker_pass(f->chunker, chunk.number, chunk.start);
    return chunk.start;
}

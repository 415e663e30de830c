#include "dye/chunker.h"

/* Occurrences of b; *ret_behind is set behind the last of them, if any. */
static size_t occurrences(struct dye_span s, uint8_t b, size_t *ret_behind)
{
    size_t n = 0;
    const uint8_t *end = s.p + s.n;
    for (const uint8_t *p = s.p; p < end && (p = memchr(p, b, (size_t)(end - p))) != NULL; p++) {
        n++;
        *ret_behind = (size_t)(p - s.p) + 1;
    }
    return n;
}

struct dye_place dye_chunk_place(const struct dye_chunk *chunk, struct dye_chunk_cursor *cursor, size_t text_at)
{
    if (text_at < cursor->text_at)
        memset(cursor, 0, sizeof *cursor);
    struct dye_span between = dye_span_of(chunk->text.p + cursor->text_at, text_at - cursor->text_at);
    cursor->text_at = text_at;
    if (!dye_charset_is_wide(chunk->layout->charset))
        cursor->byte_at = text_at;
    else
        cursor->byte_at += dye_text_wide_bytes(chunk->layout->charset, between);
    struct dye_place at = {.byte = cursor->byte_at < chunk->bytes.n ? cursor->byte_at : chunk->bytes.n};
    if (chunk->unit == DYE_UNIT_BYTE)
        return at;
    size_t behind = 0, ignored = 0;
    size_t rows = occurrences(between, chunk->unit == DYE_UNIT_PAGE ? DYE_PAGE_END : '\n', &behind);
    cursor->rows += rows;
    at.row = chunk->rows_before + cursor->rows + 1;
    if (chunk->unit != DYE_UNIT_CELL)
        return at;
    cursor->fields =
        (rows > 0 ? 0 : cursor->fields) +
        (uint32_t)occurrences(dye_span_of(between.p + behind, between.n - behind), DYE_FIELD_END, &ignored);
    at.field = cursor->fields + 1 + (cursor->rows > 0 ? 0 : chunk->layout->column);
    return at;
}

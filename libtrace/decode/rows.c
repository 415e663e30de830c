#include "rows.h"

enum { OUT_BYTES = 1 << 16 };

void rows_init(struct rows *r, struct decoding *d)
{
    *r = (struct rows){.d = d};
    dye_buf_init(&r->out, 2 * OUT_BYTES, true);
}

void rows_done(struct rows *r)
{
    dye_buf_done(&r->out);
}

enum dye_status rows_flush(struct rows *r)
{
    enum dye_status status = r->out.n > 0 ? part_data(r->d, dye_buf_span(&r->out)) : DYE_OK;
    dye_buf_clear(&r->out);
    return status;
}

static enum dye_status put(struct rows *r, struct dye_span bytes)
{
    if (r->out.n + bytes.n > OUT_BYTES)
        DYE_TRY(rows_flush(r));
    return dye_buf_append(&r->out, bytes.p, bytes.n);
}

static bool is_frame(uint8_t b)
{
    return b == '\n' || b == '\r' || b == '\0' || b == DYE_FIELD_END;
}

enum dye_status rows_more(struct rows *r, struct dye_span text)
{
    const uint8_t space = ' ';
    for (size_t i = 0; i < text.n;) {
        size_t start = i;
        while (i < text.n && i - start < OUT_BYTES && !is_frame(text.p[i]))
            i++;
        if (i > start)
            DYE_TRY(put(r, dye_span_of(text.p + start, i - start)));
        if (i < text.n && is_frame(text.p[i])) {
            DYE_TRY(put(r, dye_span_of(&space, 1)));
            i++;
        }
    }
    return DYE_OK;
}

enum dye_status rows_field(struct rows *r, struct dye_span text)
{
    const uint8_t end = DYE_FIELD_END;
    if (text.n == 0) {
        r->waiting++;
        return DYE_OK;
    }
    /* A separator before each field but the first. */
    uint32_t separators = r->waiting + (r->field > 0);
    for (uint32_t i = 0; i < separators; i++)
        DYE_TRY(put(r, dye_span_of(&end, 1)));
    r->field += r->waiting + 1;
    r->waiting = 0;
    return rows_more(r, text);
}

enum dye_status rows_end(struct rows *r)
{
    const uint8_t lf = '\n';
    r->row++;
    r->field = r->waiting = 0;
    return put(r, dye_span_of(&lf, 1));
}

enum dye_status rows_skip_to(struct rows *r, uint64_t row)
{
    while (r->row < row)
        DYE_TRY(rows_end(r));
    return DYE_OK;
}

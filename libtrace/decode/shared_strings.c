#include "shared_strings.h"

#include "little.h"

enum { STEP = 16, HEAD = 4, TAIL_BYTES = 1 << 18, PAGE_BYTES = 1 << 14 };

void strings_init(struct strings *s, struct decoding *d, size_t memory_bytes)
{
    *s = (struct strings){.d = d, .base = d->spilled};
    dye_buf_init(&s->near, memory_bytes, true);
    dye_buf_init(&s->index, STRINGS_MAX / STEP * 8, false);
    dye_buf_init(&s->tail, TAIL_BYTES + HEAD + STRING_MAX_BYTES, true);
    dye_buf_init(&s->page, HEAD + STRING_MAX_BYTES + PAGE_BYTES, true);
}

void strings_done(struct strings *s)
{
    dye_buf_done(&s->near);
    dye_buf_done(&s->index);
    dye_buf_done(&s->tail);
    dye_buf_done(&s->page);
    s->d->spilled = s->base;
}

static void flush(struct strings *s)
{
    const struct dye_decode_input *from = s->d->input->from;
    if (s->tail.n == 0 || s->fault != NULL)
        return;
    if (from->spill_write == NULL || from->spill_read == NULL || s->d->spilled > from->spill_bytes ||
        s->tail.n > from->spill_bytes - s->d->spilled ||
        !from->spill_write(from->arg, s->base + s->far, s->tail.p, s->tail.n)) {
        s->fault = "limit: spill";
        return;
    }
    s->far += s->tail.n;
    s->d->spilled = s->base + s->far;
    dye_buf_clear(&s->tail);
}

enum dye_status strings_add(struct strings *s, struct dye_span text)
{
    if (s->fault == NULL && (s->n == STRINGS_MAX || text.n > STRING_MAX_BYTES))
        s->fault = "limit: memory";
    if (s->fault != NULL)
        return DYE_OK;
    bool is_near = s->bytes == s->near.n && s->near.n + HEAD + text.n <= s->near.max;
    struct dye_buf *to = is_near ? &s->near : &s->tail;
    if (s->n % STEP == 0)
        DYE_TRY(dye_buf_append_u64(&s->index, s->bytes));
    DYE_TRY(dye_buf_append_u32(to, (uint32_t)text.n));
    DYE_TRY(dye_buf_append(to, text.p, text.n));
    s->bytes += HEAD + text.n;
    s->n++;
    if (s->tail.n >= TAIL_BYTES)
        flush(s);
    return DYE_OK;
}

enum dye_status strings_finish(struct strings *s)
{
    flush(s);
    dye_buf_done(&s->tail);
    return DYE_OK;
}

/* n bytes of the table from `at`; NULL when they aren't there. */
static const uint8_t *look(struct strings *s, uint64_t at, size_t n)
{
    if (at + n <= s->near.n)
        return s->near.p + at;
    uint64_t from = at - s->near.n;
    if (at < s->near.n || n > s->far || from > s->far - n)
        return NULL;
    if (from < s->page_at || from + n > s->page_at + s->page.n) {
        static const uint8_t zeros[PAGE_BYTES];
        uint64_t size = s->far - from < PAGE_BYTES ? s->far - from : PAGE_BYTES;
        if (size < n)
            size = n;
        dye_buf_clear(&s->page);
        while (s->page.n < size)
            if (dye_buf_append(&s->page, zeros, size - s->page.n < PAGE_BYTES ? size - s->page.n : PAGE_BYTES))
                return NULL;
        if (!s->d->input->from->spill_read(s->d->input->from->arg, s->base + from, s->page.p, (size_t)size)) {
            dye_buf_clear(&s->page);
            return NULL;
        }
        s->page_at = from;
    }
    return s->page.p + (from - s->page_at);
}

bool strings_get(struct strings *s, uint32_t i, struct dye_span *ret)
{
    const uint8_t *p;
    if (i >= s->n)
        return false;
    uint64_t at = little64(s->index.p + i / STEP * 8);
    for (uint32_t k = i % STEP; k > 0; k--) {
        if ((p = look(s, at, HEAD)) == NULL)
            return false;
        at += HEAD + little32(p);
    }
    if ((p = look(s, at, HEAD)) == NULL)
        return false;
    size_t n = (size_t)little32(p);
    if ((p = look(s, at + HEAD, n)) == NULL)
        return false;
    *ret = dye_span_of(p, n);
    return true;
}

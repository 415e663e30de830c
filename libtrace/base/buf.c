#include "dye/buf.h"

#include "dye/key.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void dye_buf_init(struct dye_buf *b, size_t max, bool wipe)
{
    assert(max > 0 && max < SIZE_MAX / 2);
    *b = (struct dye_buf){.max = max, .wipe = wipe};
}

void dye_buf_done(struct dye_buf *b)
{
    if (b->wipe && b->p != NULL)
        dye_wipe(b->p, b->cap);
    free(b->p);
    b->p = NULL;
    b->n = b->cap = 0;
}

void dye_buf_clear(struct dye_buf *b)
{
    if (b->wipe && b->p != NULL)
        dye_wipe(b->p, b->n);
    b->n = 0;
    if (b->p != NULL)
        b->p[0] = 0;
}

/* Room for n more bytes and the terminator. realloc would leave a copy behind, so a wiped buffer moves by hand. */
static enum dye_status reserve(struct dye_buf *b, size_t n)
{
    if (n > b->max - b->n)
        return DYE_E_LIMIT;
    size_t need = b->n + n + 1;
    if (need <= b->cap)
        return DYE_OK;
    size_t cap = b->cap != 0 ? b->cap : 64;
    while (cap < need)
        cap *= 2;
    if (cap > b->max + 1)
        cap = b->max + 1;
    uint8_t *p = malloc(cap);
    if (p == NULL)
        return DYE_E_NOMEM;
    if (b->n != 0)
        memcpy(p, b->p, b->n);
    if (b->wipe && b->p != NULL)
        dye_wipe(b->p, b->cap);
    free(b->p);
    b->p = p;
    b->cap = cap;
    return DYE_OK;
}

enum dye_status dye_buf_append(struct dye_buf *b, const void *p, size_t n)
{
    DYE_TRY(reserve(b, n));
    if (n != 0)
        memcpy(b->p + b->n, p, n);
    b->n += n;
    b->p[b->n] = 0;
    return DYE_OK;
}

enum dye_status dye_buf_append_str(struct dye_buf *b, const char *s)
{
    return dye_buf_append(b, s, strlen(s));
}

enum dye_status dye_buf_append_u8(struct dye_buf *b, uint8_t v)
{
    return dye_buf_append(b, &v, 1);
}

enum dye_status dye_buf_append_u32(struct dye_buf *b, uint32_t v)
{
    uint8_t le[4] = {(uint8_t)v, (uint8_t)(v >> 8), (uint8_t)(v >> 16), (uint8_t)(v >> 24)};
    return dye_buf_append(b, le, sizeof le);
}

enum dye_status dye_buf_append_u64(struct dye_buf *b, uint64_t v)
{
    uint8_t le[8];
    for (unsigned i = 0; i < 8; i++)
        le[i] = (uint8_t)(v >> (8 * i));
    return dye_buf_append(b, le, sizeof le);
}

enum dye_status dye_buf_printf(struct dye_buf *b, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    if (n < 0)
        return DYE_E_BUG;
    DYE_TRY(reserve(b, (size_t)n));
    va_start(ap, fmt);
    vsnprintf((char *)b->p + b->n, (size_t)n + 1, fmt, ap);
    va_end(ap);
    b->n += (size_t)n;
    return DYE_OK;
}

#ifndef DYE_BUF_H
#define DYE_BUF_H
/*
 * buf: a growing byte buffer that is capped at birth.
 *
 * No buffer of this project grows without a maximum: hostile input decides lengths. A buffer that may hold personal
 * data is made with `wipe`, and then every byte it ever held is overwritten before it is given back.
 */
#include "dye/span.h"
#include "dye/status.h"

struct dye_buf {
    uint8_t *p; /* NUL-terminated after every successful append, for handing to C string functions */
    size_t n;
    size_t cap;
    size_t max; /* bytes, the terminator not counted */
    bool wipe;
};

/* No allocation. max > 0. */
DYE_API void dye_buf_init(struct dye_buf *b, size_t max, bool wipe);
/* Frees; `b` is as after _init. Takes a zeroed struct too. */
DYE_API void dye_buf_done(struct dye_buf *b);
/* Empties, keeps the memory (wiped when asked for at birth). */
DYE_API void dye_buf_clear(struct dye_buf *b);

/* Appends all or nothing. DYE_E_LIMIT beyond max, DYE_E_NOMEM; `b` unchanged then. Amortised O(n). */
DYE_MUST_CHECK DYE_API enum dye_status dye_buf_append(struct dye_buf *b, const void *p, size_t n);
DYE_MUST_CHECK DYE_API enum dye_status dye_buf_append_str(struct dye_buf *b, const char *s);
DYE_MUST_CHECK DYE_API enum dye_status dye_buf_append_u8(struct dye_buf *b, uint8_t v);
/* Little-endian. */
DYE_MUST_CHECK DYE_API enum dye_status dye_buf_append_u32(struct dye_buf *b, uint32_t v);
DYE_MUST_CHECK DYE_API enum dye_status dye_buf_append_u64(struct dye_buf *b, uint64_t v);
DYE_MUST_CHECK DYE_API enum dye_status dye_buf_printf(struct dye_buf *b, const char *fmt, ...) DYE_PRINTF(2, 3);

static inline struct dye_span dye_buf_span(const struct dye_buf *b)
{
    return (struct dye_span){b->p, b->n};
}

#endif

#ifndef DYE_SPAN_H
#define DYE_SPAN_H
/*
 * span: borrowed bytes, [p, p + n). Not NUL-terminated, any content; p may be NULL only when n is 0.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct dye_span {
    const uint8_t *p;
    size_t n;
};

static inline struct dye_span dye_span_of(const void *p, size_t n)
{
    return (struct dye_span){(const uint8_t *)p, n};
}

static inline struct dye_span dye_span_str(const char *s)
{
    return (struct dye_span){(const uint8_t *)s, s ? strlen(s) : 0};
}

static inline bool dye_span_equal(struct dye_span a, struct dye_span b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

/* ASCII only, locale-free: what stands in identifiers. */
static inline bool dye_is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}
static inline bool dye_is_alpha(uint8_t c)
{
    return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}
static inline bool dye_is_alnum(uint8_t c)
{
    return dye_is_digit(c) || dye_is_alpha(c);
}
static inline uint8_t dye_to_lower(uint8_t c)
{
    return (uint8_t)(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
}

#endif

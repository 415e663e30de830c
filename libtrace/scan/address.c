/* Addresses that take a second look: long ones, with capitals, beside something that may belong to them. */
#include "scanner.h"

static inline enum dye_status try_email(struct scan *s, size_t start, size_t at, size_t end)
{
    uint8_t lower[EMAIL_MAX];
    while (start < at && (s->p[start] == '.' || s->p[start] == '-'))
        start++;
    if (start == at || at - start > LOCAL_MAX)
        return DYE_OK;
    for (size_t i = start; i < end; i++)
        lower[i - start] = dye_to_lower(s->p[i]);
    return tries_put(s, CLASS(EMAIL) | CLASS(OTHER), start, end - start, lower, end - start, false);
}

/* Where what stands before the '@' at byte `at` begins: no step goes over "--". */
static size_t local_start(const struct scan *s, size_t at)
{
    const uint8_t *p = s->p;
    size_t start =
        at; /* one byte more than the longest may be the trail that the second try leaves out; two: no address */
    while (start > 0 && at - start <= LOCAL_MAX + 1 && is_local(p[start - 1]) &&
           !(p[start - 1] == '-' && start > 1 && p[start - 2] == '-'))
        start--;
    return start;
}

static size_t domain_end(const struct scan *s, size_t at)
{
    const uint8_t *p = s->p;
    size_t end = at + 1;
    while (end < s->n && end - at <= DOMAIN_MAX + 1 && is_domain(p[end]) &&
           !(p[end] == '-' && end + 1 < s->n && p[end + 1] == '-'))
        end++;
    return end;
}

enum dye_status address_at(struct scan *s, size_t position)
{
    const uint8_t *p = s->p;
    size_t at = window_byte(&s->w, position), start = local_start(s, at), end = domain_end(s, at);
    if (at - start > LOCAL_MAX + 1 || end - at > DOMAIN_MAX + 1)
        return DYE_OK;
    while (end > at + 1 && (p[end - 1] == '.' || p[end - 1] == '-'))
        end--;
    if (start == at || end == at + 1)
        return DYE_OK;
    DYE_TRY(try_email(s, start, at, end));
    size_t later = later_start(s, start, at);
    return later != 0 && later < at ? try_email(s, later, at, end) : DYE_OK;
}

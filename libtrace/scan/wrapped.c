/* Rows in base64. */
#include "scanner.h"
#include "unwrap.h"

/* The address around the sign at byte `at` of what was in base64. */
static enum dye_status try_wrapped_email(struct scan *s, const uint8_t *text, size_t n, size_t at, size_t start,
                                         size_t bytes)
{
    uint8_t form[EMAIL_MAX];
    size_t first = at, end = at + 1, used = 0;
    while (first > 0 && at - first <= LOCAL_MAX && is_local(text[first - 1]))
        first--;
    while (end < n && end - at <= DOMAIN_MAX && is_domain(text[end]))
        end++;
    while (end > at + 1 && (text[end - 1] == '.' || text[end - 1] == '-'))
        end--;
    if (first == at || at - first > LOCAL_MAX || end == at + 1 || end - at > DOMAIN_MAX)
        return DYE_OK;
    for (size_t i = first; i < end; i++)
        form[used++] = dye_to_lower(text[i]);
    return tries_put(s, CLASS(EMAIL) | CLASS(OTHER), start, bytes, form, used, true);
}

/* Plain tokens of a piece of base64, whose place is all of the piece. */
static enum dye_status try_wrapped(struct scan *s, size_t start, size_t bytes)
{
    uint8_t text[UNWRAP_TEXT_MAX];
    size_t n = unwrap_base64(dye_span_of(s->p + start, bytes), text);
    for (size_t i = 0, end; i < n; i = end + 1) {
        uint8_t form[RUN_MAX];
        bool digit = false;
        for (end = i; end < n && dye_is_alnum(text[end]); end++) {
            digit = digit || dye_is_digit(text[end]);
            if (end - i < RUN_MAX)
                form[end - i] = dye_to_lower(text[end]);
        }
        if (end < n && text[end] == '@')
            DYE_TRY(try_wrapped_email(s, text, n, end, start, bytes));
        if (!digit || end - i < RUN_MIN || end - i > RUN_MAX)
            continue;
        DYE_TRY(
            tries_put(s, CLASS(MOBILE) | CLASS(ID) | CLASS(DIGEST) | CLASS(OTHER), start, bytes, form, end - i, true));
        size_t prefix = trunk(form, end - i);
        if (prefix > 0)
            DYE_TRY(tries_put(s, CLASS(MOBILE) | CLASS(OTHER), start, bytes, form + prefix, end - i - prefix, true));
    }
    return DYE_OK;
}

/* At least 40 characters of base64 around the run of n bytes at `start`, in pieces that overlap by a token. */
enum dye_status wrapped_around(struct scan *s, size_t start, size_t n)
{
    enum { SHORTEST = 40, OVERLAP = 96 };
    size_t first = start, end = start + n;
    while (first > s->unwrapped && is_base64(s->p[first - 1]))
        first--;
    while (end < s->n && is_base64(s->p[end]))
        end++;
    s->unwrapped = end;
    if (end - first < SHORTEST)
        return DYE_OK;
    for (size_t at = first; at < end; at += UNWRAP_MAX - OVERLAP) {
        DYE_TRY(try_wrapped(s, at, end - at < UNWRAP_MAX ? end - at : UNWRAP_MAX));
        if (end - at <= UNWRAP_MAX)
            break;
    }
    return DYE_OK;
}

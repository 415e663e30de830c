#include "dye/key.h"
#include "dye/text.h"
#include "utf8.h"

#include <stdlib.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>
#include <unicode/utf16.h>

/* Letters, digits, marks and what is rare (unassigned and private-use characters stand in real rare names) stay. */
static bool is_kept(UChar32 c)
{
    if (c < 0x80)
        return dye_is_alnum((uint8_t)c);
    uint32_t type = UINT32_C(1) << u_charType(c);
    return (type & (U_GC_Z_MASK | U_GC_P_MASK | U_GC_CC_MASK | U_GC_CF_MASK)) == 0;
}

static UChar32 next(const UChar *p, int32_t n, int32_t *at)
{
    UChar unit = p[(*at)++];
    return U16_IS_LEAD(unit) && *at < n ? U16_GET_SUPPLEMENTARY(unit, p[(*at)++]) : unit;
}

/* Takes out in place what is not kept; returns the new length. */
static int32_t sieve(UChar *p, int32_t n)
{
    int32_t kept = 0;
    for (int32_t at = 0; at < n;) {
        int32_t start = at;
        if (!is_kept(next(p, n, &at)))
            continue;
        memmove(p + kept, p + start, (size_t)(at - start) * sizeof *p);
        kept += at - start;
    }
    return kept;
}

/* UTF-16 on the heap, wiped on its way out. */
struct wide {
    UChar *p;
    int32_t n, cap;
};

static void wide_done(struct wide *w)
{
    if (w->p != NULL)
        dye_wipe(w->p, (size_t)w->cap * sizeof *w->p);
    free(w->p);
    *w = (struct wide){0};
}

static bool wide_room(struct wide *w, int32_t cap)
{
    if (cap <= w->cap)
        return true;
    wide_done(w);
    w->p = malloc((size_t)cap * sizeof *w->p);
    if (w->p == NULL)
        return false;
    w->cap = cap;
    return true;
}

static enum dye_status status_of(UErrorCode icu)
{
    return U_SUCCESS(icu) ? DYE_OK : icu == U_MEMORY_ALLOCATION_ERROR ? DYE_E_NOMEM : DYE_E_BUG;
}

/* to = NFKC_Casefold(from): NFKC, full case folding and default-ignorable characters out, in one closed mapping. */
static enum dye_status casefold(const struct wide *from, struct wide *to)
{
    UErrorCode icu = U_ZERO_ERROR;
    const UNormalizer2 *form = unorm2_getNFKCCasefoldInstance(&icu);
    DYE_TRY(status_of(icu));
    if (!wide_room(to, from->n + 16))
        return DYE_E_NOMEM;
    to->n = unorm2_normalize(form, from->p, from->n, to->p, to->cap, &icu);
    if (icu == U_BUFFER_OVERFLOW_ERROR) {
        if (!wide_room(to, to->n))
            return DYE_E_NOMEM;
        icu = U_ZERO_ERROR;
        to->n = unorm2_normalize(form, from->p, from->n, to->p, to->cap, &icu);
    }
    return status_of(icu);
}

/*
 * Traditional characters to simplified ones, so that both writings of a name are one: rows of seven bytes, a character,
 * what it becomes and a line end, ascending. Made of ICU's Traditional-Simplified, over the characters of the BMP that
 * it maps to one other; chains are followed to their end, and of the two that it maps to each other one stays, so that
 * folding twice is folding once.
 */
extern const unsigned char dye_simplified_text[];
extern const size_t dye_simplified_text_bytes;

static const char *simplified(const char ideograph[3])
{
    enum { ROW = 7 };
    size_t low = 0, high = dye_simplified_text_bytes / ROW;
    while (low < high) {
        size_t middle = (low + high) / 2;
        const unsigned char *row = dye_simplified_text + middle * ROW;
        int order = memcmp(ideograph, row, 3);
        if (order == 0)
            return (const char *)row + 3;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return ideograph;
}

static enum dye_status append_wide(const struct wide *w, struct dye_buf *ret)
{
    for (int32_t at = 0; at < w->n;) {
        char piece[8];
        int32_t start = at, n = 0;
        UErrorCode icu = U_ZERO_ERROR;
        next(w->p, w->n, &at);
        u_strToUTF8(piece, sizeof piece, &n, w->p + start, at - start, &icu);
        DYE_TRY(status_of(icu));
        DYE_TRY(dye_buf_append(ret, n == 3 ? simplified(piece) : piece, (size_t)n));
    }
    return DYE_OK;
}

static enum dye_status fold_wide(struct dye_span in, struct dye_buf *ret)
{
    struct wide a = {0}, b = {0};
    enum dye_status status = DYE_E_NOMEM;
    UErrorCode icu = U_ZERO_ERROR;
    if (!wide_room(&a, (int32_t)in.n + 1)) /* no character takes more UTF-16 units than UTF-8 bytes */
        goto out;
    u_strFromUTF8WithSub(a.p, a.cap, &a.n, (const char *)in.p, (int32_t)in.n, 0xfffd, NULL, &icu);
    status = status_of(icu);
    /* Taking a character out can bring a letter and a mark together that compose: again, until nothing goes. Every
     * turn but the last takes something out, and composing only shortens; in practice there are two turns. */
    for (bool again = true; status == DYE_OK && again;) {
        a.n = sieve(a.p, a.n);
        status = casefold(&a, &b);
        if (status == DYE_OK) {
            int32_t before = b.n;
            b.n = sieve(b.p, b.n);
            again = b.n != before;
            struct wide swap = a;
            a = b;
            b = swap;
        }
    }
    if (status == DYE_OK)
        status = append_wide(&a, ret);
out:
    wide_done(&a);
    wide_done(&b);
    return status;
}

enum dye_status dye_text_fold(struct dye_span in, struct dye_buf *ret)
{
    if (ascii_run(in.p, in.n) < in.n)
        return in.n < INT32_MAX / 32 ? fold_wide(in, ret) : DYE_E_LIMIT;
    for (size_t i = 0; i < in.n; i++)
        if (dye_is_alnum(in.p[i]))
            DYE_TRY(dye_buf_append_u8(ret, dye_to_lower(in.p[i])));
    return DYE_OK;
}

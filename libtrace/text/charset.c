#include "dye/text.h"

#include "dye/key.h"
#include "utf8.h"

#include <stdlib.h>
#include <unicode/ucnv.h>
#include <unicode/ucnv_cb.h>

const char *dye_charset_name(enum dye_charset c)
{
    static const char *const names[] = {"ascii", "utf-8", "gb18030", "unknown"};
    return names[(unsigned)c <= DYE_CHARSET_UNKNOWN ? c : DYE_CHARSET_UNKNOWN];
}

/* As utf8_next, for the shape of GB18030: two bytes (GBK) or four. */
static int gb18030_next(const uint8_t *p, size_t n)
{
    if (p[0] < 0x80)
        return 1;
    if (p[0] == 0x80 || p[0] == 0xff)
        return 0;
    if (n < 2)
        return -1;
    if (p[1] >= 0x40 && p[1] != 0x7f && p[1] != 0xff)
        return 2;
    if (!dye_is_digit(p[1]))
        return 0;
    if (n >= 3 && (p[2] < 0x81 || p[2] == 0xff))
        return 0;
    if (n >= 4 && !dye_is_digit(p[3]))
        return 0;
    return n >= 4 ? 4 : -1;
}

struct tally {
    size_t good, bad; /* characters beyond ASCII; bytes that are none */
};

static struct tally count(struct dye_span s, int (*next)(const uint8_t *p, size_t n))
{
    struct tally t = {0, 0};
    for (size_t at = 0; at < s.n;) {
        at += ascii_run(s.p + at, s.n - at);
        if (at == s.n)
            break;
        int length = next(s.p + at, s.n - at);
        if (length < 0)
            break; /* cut by the sample's end */
        if (length == 0)
            t.bad++;
        else
            t.good++;
        at += length > 0 ? (size_t)length : 1;
    }
    return t;
}

/* Merged files hold stray rows of another charset, and double decoding leaves debris: one bad byte in fifty
 * characters is still that charset. */
static bool fits(struct tally t)
{
    return t.bad <= t.good / 50;
}

/* Text in UTF-16 is full of NULs; text with a few is text. */
static bool is_binary(struct dye_span s)
{
    size_t nuls = 0;
    for (size_t i = 0; i < s.n; i++)
        nuls += s.p[i] == 0;
    return nuls > s.n / 64;
}

enum dye_charset dye_charset_detect(struct dye_span sample)
{
    if (is_binary(sample))
        return DYE_CHARSET_UNKNOWN;
    if (ascii_run(sample.p, sample.n) == sample.n)
        return DYE_CHARSET_ASCII;
    /* UTF-8 first: nearly all of it has the shape of GB18030 too, and hardly any GB18030 that of UTF-8. */
    struct tally utf8 = count(sample, utf8_next), gb = count(sample, gb18030_next);
    if (fits(utf8))
        return DYE_CHARSET_UTF8;
    return fits(gb) ? DYE_CHARSET_GB18030 : DYE_CHARSET_UNKNOWN;
}

/* ICU gives one substitute an ill-formed sequence; the contract is one a byte. */
static void substitute(const void *context, UConverterToUnicodeArgs *args, const char *bytes, int32_t length,
                       UConverterCallbackReason reason, UErrorCode *status)
{
    (void)context, (void)bytes;
    if (reason > UCNV_IRREGULAR)
        return; /* a reset or the like, not a character */
    static const UChar replacement = 0xfffd;
    *status = U_ZERO_ERROR;
    for (int32_t i = 0; i < length && U_SUCCESS(*status); i++)
        ucnv_cbToUWriteUChars(args, &replacement, 1, 0, status);
}

static enum dye_status from_gb18030(struct dye_span in, struct dye_buf *ret)
{
    UErrorCode icu = U_ZERO_ERROR;
    UConverter *gb = ucnv_open("gb18030", &icu);
    UConverter *utf8 = ucnv_open("UTF-8", &icu);
    ucnv_setToUCallBack(gb, substitute, NULL, NULL, NULL, &icu);
    enum dye_status status = U_SUCCESS(icu) ? DYE_OK : DYE_E_NOMEM;

    const char *at = (const char *)in.p, *end = at + in.n;
    UChar pivot[512], *pivot_source = pivot, *pivot_target = pivot;
    char piece[2048];
    bool more = true;
    for (bool first = true; status == DYE_OK && more; first = false) {
        char *target = piece;
        icu = U_ZERO_ERROR;
        ucnv_convertEx(utf8, gb, &target, piece + sizeof piece, &at, end, pivot, &pivot_source, &pivot_target,
                       pivot + sizeof pivot / sizeof *pivot, first, true, &icu);
        more = icu == U_BUFFER_OVERFLOW_ERROR;
        if (U_FAILURE(icu) && !more)
            status = icu == U_MEMORY_ALLOCATION_ERROR ? DYE_E_NOMEM : DYE_E_BUG;
        else
            status = dye_buf_append(ret, piece, (size_t)(target - piece));
    }
    dye_wipe(pivot, sizeof pivot);
    dye_wipe(piece, sizeof piece);
    ucnv_close(utf8);
    ucnv_close(gb);
    return status;
}

enum dye_status dye_text_to_utf8(enum dye_charset from, struct dye_span in, struct dye_buf *ret)
{
    size_t ascii = ascii_run(in.p, in.n);
    if (ascii > 0)
        DYE_TRY(dye_buf_append(ret, in.p, ascii));
    if (ascii == in.n)
        return DYE_OK;
    struct dye_span rest = dye_span_of(in.p + ascii, in.n - ascii);
    switch (from) {
    case DYE_CHARSET_ASCII:
        for (size_t i = 0; i < rest.n; i++)
            DYE_TRY(rest.p[i] < 0x80 ? dye_buf_append_u8(ret, rest.p[i]) : dye_buf_append_str(ret, "\xef\xbf\xbd"));
        return DYE_OK;
    case DYE_CHARSET_UTF8:
        return utf8_repair(rest, ret);
    case DYE_CHARSET_GB18030:
    case DYE_CHARSET_UNKNOWN:
        break;
    }
    return from_gb18030(rest, ret);
}

enum dye_status dye_text_to_gb18030(struct dye_span in, struct dye_buf *ret)
{
    enum { MAX_BYTES = 1 << 24, GROWTH = 4 }; /* one bad byte becomes the four of U+FFFD */
    if (in.n > MAX_BYTES)
        return DYE_E_LIMIT;
    if (ascii_run(in.p, in.n) == in.n)
        return dye_buf_append(ret, in.p, in.n);
    UErrorCode icu = U_ZERO_ERROR;
    size_t room = GROWTH * in.n + 1;
    UConverter *gb = ucnv_open("gb18030", &icu);
    char *bytes = malloc(room);
    enum dye_status status = DYE_E_NOMEM;
    if (U_SUCCESS(icu) && bytes != NULL) {
        int32_t n = ucnv_fromAlgorithmic(gb, UCNV_UTF8, bytes, (int32_t)room, (const char *)in.p, (int32_t)in.n, &icu);
        status = U_SUCCESS(icu) ? dye_buf_append(ret, bytes, (size_t)n) : DYE_E_NOMEM;
    }
    if (bytes != NULL)
        dye_wipe(bytes, room);
    free(bytes);
    ucnv_close(gb);
    return status;
}

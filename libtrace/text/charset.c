#include "dye/text.h"

#include "dye/key.h"
#include "utf8.h"
#include "wide.h"

#include <stdlib.h>
#include <unicode/ucnv.h>
#include <unicode/ucnv_cb.h>

const char *dye_charset_name(enum dye_charset c)
{
    static const char *const names[] = {"ascii",    "utf-8",    "gb18030",  "big5",  "utf-16le",
                                        "utf-16be", "utf-32le", "utf-32be", "mixed", "unknown"};
    return names[(unsigned)c <= DYE_CHARSET_UNKNOWN ? c : DYE_CHARSET_UNKNOWN];
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

static enum dye_status by_icu(const char *name, struct dye_span in, struct dye_buf *ret)
{
    UErrorCode icu = U_ZERO_ERROR;
    UConverter *from = ucnv_open(name, &icu);
    UConverter *utf8 = ucnv_open("UTF-8", &icu);
    ucnv_setToUCallBack(from, substitute, NULL, NULL, NULL, &icu);
    enum dye_status status = U_SUCCESS(icu) ? DYE_OK : DYE_E_NOMEM;

    const char *at = (const char *)in.p, *end = at + in.n;
    UChar pivot[512], *pivot_source = pivot, *pivot_target = pivot;
    char piece[2048];
    bool more = true;
    for (bool first = true; status == DYE_OK && more; first = false) {
        char *target = piece;
        icu = U_ZERO_ERROR;
        ucnv_convertEx(utf8, from, &target, piece + sizeof piece, &at, end, pivot, &pivot_source, &pivot_target,
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
    ucnv_close(from);
    return status;
}

enum dye_status dye_text_to_utf8(enum dye_charset from, struct dye_span in, struct dye_buf *ret)
{
    if (dye_charset_is_wide(from))
        return wide_to_utf8(from, in, ret);
    size_t ascii = ascii_run(in.p, in.n);
    if (ascii > 0)
        DYE_TRY(dye_buf_append(ret, in.p, ascii));
    if (ascii == in.n)
        return DYE_OK;
    struct dye_span rest = dye_span_of(in.p + ascii, in.n - ascii);
    if (from == DYE_CHARSET_ASCII || from == DYE_CHARSET_MIXED)
        from = dye_charset_of_record(from, in);
    if (from == DYE_CHARSET_UTF8)
        return utf8_repair(rest, ret);
    /* With Hong Kong's characters: a superset of what Windows and the ETEN system wrote. */
    return by_icu(from == DYE_CHARSET_BIG5 ? "Big5-HKSCS" : "gb18030", rest, ret);
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

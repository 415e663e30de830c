/* The first byte chooses the charset; the rest is text. Everything becomes UTF-8, that of wide charsets can be measured
 * back, records have a charset, steps stay inside, what is mended is UTF-8, and folding is idempotent. */
#include "dye/text.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0 || size > 4096)
        return 0;
    struct dye_span in = dye_span_of(data + 1, size - 1);
    struct dye_buf utf8, again, once, twice;
    dye_buf_init(&utf8, 1 << 16, false);
    dye_buf_init(&again, 1 << 16, false);
    dye_buf_init(&once, 1 << 20, true);
    dye_buf_init(&twice, 1 << 20, true);

    enum dye_charset detected = dye_charset_detect(in), from = (enum dye_charset)(data[0] % (DYE_CHARSET_UNKNOWN + 1));
    must(detected <= DYE_CHARSET_UNKNOWN && dye_charset_of_record(from, in) <= DYE_CHARSET_UNKNOWN);
    for (size_t i = 0, n; i < in.n; i += n) {
        n = dye_charset_step(from, in.p + i, in.n - i);
        must(n >= 1 && n <= in.n - i);
    }
    must(dye_text_to_utf8(from, in, &utf8) == DYE_OK);
    if (dye_charset_is_wide(from)) {
        size_t unit = from <= DYE_CHARSET_UTF16BE ? 2 : 4, wide = dye_text_wide_bytes(from, dye_buf_span(&utf8));
        must(wide == (in.n + unit - 1) / unit * unit);
    }
    (void)dye_text_mojibake(dye_buf_span(&utf8));
    (void)dye_text_mend(dye_buf_span(&utf8), &again);
    must(dye_text_to_utf8(DYE_CHARSET_UTF8, dye_buf_span(&again), &once) == DYE_OK);
    must(dye_span_equal(dye_buf_span(&again), dye_buf_span(&once)));
    dye_buf_clear(&again);
    dye_buf_clear(&once);
    must(dye_text_to_utf8(DYE_CHARSET_UTF8, dye_buf_span(&utf8), &again) == DYE_OK);
    must(dye_span_equal(dye_buf_span(&utf8), dye_buf_span(&again)));
    must(dye_text_fold(in, &once) == DYE_OK);
    must(dye_text_fold(dye_buf_span(&once), &twice) == DYE_OK);
    must(dye_span_equal(dye_buf_span(&once), dye_buf_span(&twice)));

    dye_buf_done(&utf8);
    dye_buf_done(&again);
    dye_buf_done(&once);
    dye_buf_done(&twice);
    return 0;
}

/* The first byte chooses the charset; the rest is text. Everything becomes UTF-8, and folding is idempotent. */
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

    (void)dye_charset_detect(in);
    must(dye_text_to_utf8((enum dye_charset)(data[0] % 4), in, &utf8) == DYE_OK);
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

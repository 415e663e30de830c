/* A user's CSV: fields lie in the text, in order; lines ascend and are the file's. */
#include "csv_reader.h"

#include <stdlib.h>

static void must(bool ok)
{
    if (!ok)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct dye_buf text;
    struct csv_reader r;
    size_t line = 0, lines = 1;
    if (size > 1 << 16)
        return 0;
    dye_buf_init(&text, 1 << 16, true);
    must(dye_buf_append(&text, data, size) == DYE_OK);
    for (size_t i = 0; i < size; i++)
        lines += data[i] == '\n';
    const char *end = (const char *)text.p + text.n, *at = (const char *)text.p;
    csv_reader_init(&r, &text);
    while (csv_reader_next(&r, NULL) == DYE_OK) {
        must(r.line > line && r.line <= lines && r.fields >= 1 && r.fields <= CSV_FIELDS_MAX);
        line = r.line;
        for (size_t i = 0; i < r.fields; i++) {
            must(r.field[i] >= at && r.field[i] + strlen(r.field[i]) <= end);
            at = r.field[i];
        }
    }
    dye_buf_done(&text);
    return 0;
}

/* A system's access log by a mapping: the input up to the first NUL byte is the mapping, the rest the log. Lines
 * ascend, texts end, times are in range; and the log as it stands is read by each format's usual mapping. */
#include "access_log.h"

#include <stdlib.h>

static void must(bool ok)
{
    if (!ok)
        abort();
}

static void read_all(const struct access_mapping *m, const uint8_t *data, size_t size)
{
    struct dye_buf text;
    struct access_log l;
    static struct access_entry e;
    size_t line = 0;
    dye_buf_init(&text, 1 << 16, true);
    must(dye_buf_append(&text, data, size) == DYE_OK);
    enum dye_status status = memchr(data, 0, size) == NULL ? access_log_init(&l, m, &text, NULL) : DYE_END;
    while (status == DYE_OK || status == DYE_E_RECORD) {
        status = access_log_next(&l, &e, NULL);
        if (status != DYE_OK && status != DYE_E_RECORD)
            break;
        must(e.line > line);
        line = e.line;
        for (size_t f = 0; f < ACCESS_FIELDS; f++)
            must(strnlen(e.text[f], sizeof e.text[f]) <= ACCESS_TEXT_MAX);
        must(status != DYE_OK || (e.at >= 0 && e.at < INT64_C(7258118400) && e.text[ACCESS_ACCOUNT][0] != '\0'));
    }
    dye_buf_done(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct access_mapping m;
    if (size > 1 << 14)
        return 0;
    const uint8_t *cut = size != 0 ? memchr(data, 0, size) : NULL;
    if (cut != NULL && access_mapping_parse("m", (const char *)data, (size_t)(cut - data), NULL, &m, NULL) == DYE_OK) {
        read_all(&m, cut + 1, size - (size_t)(cut - data) - 1);
        access_mapping_done(&m);
    }
    for (int f = ACCESS_CSV; f <= ACCESS_JSONL && size != 0; f++) {
        enum access_format format = (enum access_format)f;
        must(access_mapping_parse("", NULL, 0, &format, &m, NULL) == DYE_OK);
        read_all(&m, data, size);
        access_mapping_done(&m);
    }
    return 0;
}

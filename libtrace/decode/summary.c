#include "ole.h"

#include "little.h"
#include "wide.h"

#include "dye/text.h"

#include <stdlib.h>

/* [MS-OLEPS] 2.21 and on: sections of (id, offset), each a typed value. */
enum { STREAM_MAX_BYTES = 1 << 18, VT_LPSTR = 30, VT_LPWSTR = 31, ID_CODEPAGE = 1 };

static uint32_t get32(struct dye_span s, uint64_t at)
{
    return at + 4 <= s.n ? little32(s.p + at) : 0;
}

static const char *key_of(bool document, uint32_t id)
{
    static const char *const summary[] = {
        [2] = "title", [3] = "subject", [4] = "creator", [5] = "keywords", [6] = "comments", [8] = "lastModifiedBy"};
    static const char *const more[] = {[2] = "category", [14] = "Manager", [15] = "Company"};
    size_t n = document ? sizeof more / sizeof *more : sizeof summary / sizeof *summary;
    const char *key = id < n ? (document ? more : summary)[id] : NULL;
    return key;
}

static enum dye_status take_value(struct office *o, const char *key, struct dye_span set, uint64_t at,
                                  unsigned codepage)
{
    uint32_t type = get32(set, at), n = get32(set, at + 4);
    struct dye_buf text;
    if (at + 8 > set.n || (type != VT_LPSTR && type != VT_LPWSTR))
        return DYE_OK;
    uint64_t bytes = type == VT_LPWSTR ? 2 * (uint64_t)n : n;
    bytes = bytes < set.n - at - 8 ? bytes : set.n - at - 8;
    struct dye_span raw = dye_span_of(set.p + at + 8, (size_t)bytes);
    while (type == VT_LPSTR && raw.n > 0 && raw.p[raw.n - 1] == 0)
        raw.n--;
    dye_buf_init(&text, STREAM_MAX_BYTES * 4, true);
    enum dye_status status = type == VT_LPWSTR || codepage == 1200 ? wide_append(&text, raw)
                             : codepage == 65001                   ? dye_text_to_utf8(DYE_CHARSET_UTF8, raw, &text)
                             : codepage == 1252                    ? wide_append_low(&text, raw)
                                                                   : dye_text_to_utf8(DYE_CHARSET_GB18030, raw, &text);
    if (status == DYE_OK && text.n > 0)
        office_clue(o, key, dye_buf_span(&text));
    dye_buf_done(&text);
    return status == DYE_E_LIMIT ? DYE_OK : status;
}

static enum dye_status take_section(struct office *o, bool document, struct dye_span set)
{
    uint64_t section = get32(set, 44);
    uint32_t n = get32(set, section + 4);
    unsigned codepage = 0;
    for (int pass = 0; pass < 2; pass++)
        for (uint32_t i = 0; i < n && i < 256; i++) {
            uint32_t id = get32(set, section + 8 + 8 * (uint64_t)i);
            uint64_t at = section + get32(set, section + 12 + 8 * (uint64_t)i);
            if (pass == 0 && id == ID_CODEPAGE)
                codepage = get32(set, at + 4) & 0xffff;
            if (pass == 1 && key_of(document, id) != NULL)
                DYE_TRY(take_value(o, key_of(document, id), set, at, codepage));
        }
    return DYE_OK;
}

enum dye_status summary_read(struct office *o, struct cfb *c, struct cfb_entry *e)
{
    struct cfb_stream *s = cfb_read(c, e);
    struct dye_buf set;
    struct dye_span piece;
    if (s == NULL)
        return DYE_E_NOMEM;
    e->taken = true;
    dye_buf_init(&set, STREAM_MAX_BYTES, true);
    while (feed_pull(&s->feed, &piece) && dye_buf_append(&set, piece.p, piece.n) == DYE_OK)
        ;
    bool over = s->feed.broken != NULL && o->d->over;
    cfb_stream_free(s);
    if (over) {
        dye_buf_done(&set);
        return part_bare(o->d, o->path, "limit: ratio");
    }
    enum dye_status status = take_section(o, strncmp(e->name, "Document", 8) == 0, dye_buf_span(&set));
    dye_buf_done(&set);
    return status;
}

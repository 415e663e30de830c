#include "dye/decode.h"

#include "decoding.h"
#include "formats.h"
#include "gunzip.h"
#include "locked.h"
#include "name.h"
#include "office.h"
#include "ole.h"
#include "unzstd.h"
#include "warc.h"

#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>

enum { READ_BYTES = 1 << 18 };

static bool input_next(struct feed *f, struct dye_span *ret)
{
    struct input *in = (struct input *)f;
    size_t n = 0;
    in->status = in->from->read(in->from->arg, in->bytes, READ_BYTES, &n);
    if (in->status != DYE_OK) {
        f->broken = "not read";
        return false;
    }
    in->budget->input += n;
    *ret = dye_span_of(in->bytes, n);
    return n > 0;
}

enum dye_status part_plain(struct decoding *d, struct feed *f, const char *path)
{
    const struct dye_decode_input *from = d->input->from;
    bool unknown = sniff_is_unknown(feed_peek(f));
    DYE_TRY(part_begin(d, path, DYE_UNIT_BYTE, ""));
    if (f == &d->input->feed && f->broken == NULL && from->rest != NULL && from->read_at != NULL)
        return from->rest(from->arg, d->budget.input - feed_drop(f), unknown ? "format: unknown" : "");
    struct dye_span piece;
    enum dye_status status = DYE_OK;
    while (status == DYE_OK && feed_pull(f, &piece))
        status = part_data(d, piece);
    if (d->input->status != DYE_OK)
        return d->input->status;
    if (status == DYE_E_LIMIT)
        return part_end(d, NULL);
    DYE_TRY(status);
    f->told = true;
    const char *fault = feed_fault(f);
    return part_end(d, fault == NULL && unknown ? "format: unknown" : fault);
}

enum dye_status decoding_walk_inner(struct decoding *d, struct feed *f, const char *path, uint32_t depth)
{
    DYE_TRY(decoding_walk(d, f, path, depth));
    if (f->broken != NULL && strcmp(f->broken, "limit: ratio") == 0)
        d->over = true;
    if (feed_fault(f) == NULL || f->told)
        return DYE_OK;
    f->told = true;
    return part_bare(d, path, feed_fault(f));
}

static enum dye_status visit(struct decoding *d, struct container *c, const char *path, uint32_t depth)
{
    if (!decoding_count_entry(d))
        return part_bare(d, path, "limit: entries");
    switch (container_entry_is(c)) {
    case ENTRY_DIRECTORY:
        return DYE_OK;
    case ENTRY_OTHER:
        return part_bare(d, path, "not a file");
    case ENTRY_ENCRYPTED:
        return part_bare(d, path, "encrypted");
    case ENTRY_FILE:
        break;
    }
    return decoding_walk_inner(d, container_entry_feed(c), path, depth + 1);
}

enum dye_status decoding_enter(struct decoding *d, struct container *c, struct feed *in, const char *path,
                               uint32_t depth)
{
    uint32_t parts_before = d->parts;
    char *inner = malloc(DYE_PATH_MAX_BYTES + 1);
    if (inner == NULL)
        return DYE_E_NOMEM;
    bool told = false;
    enum dye_status status = DYE_OK;
    enum container_next next = CONTAINER_ENTRY;
    while (status == DYE_OK && !d->over && (next = container_next(c)) <= CONTAINER_BAD_ENTRY) {
        if (next == CONTAINER_BAD_ENTRY) {
            status = part_bare(d, path, decoding_count_entry(d) ? "damaged" : "limit: entries");
            continue;
        }
        name_join(path, container_entry_name(c), inner, DYE_PATH_MAX_BYTES + 1);
        status = visit(d, c, inner, depth);
        told = container_entry_feed(c)->told && container_entry_feed(c)->broken != NULL;
    }
    free(inner);
    if (status == DYE_OK)
        status = d->input->status;
    if (status != DYE_OK || d->over)
        return status;
    if (next == CONTAINER_BROKEN) {
        if (!told)
            status = part_bare(d, path, container_fault(c));
        in->told = true;
        return status;
    }
    if (d->parts == parts_before) /* nothing inside, and that is worth saying */
        return part_bare(d, path, NULL);
    return DYE_OK;
}

static enum dye_status read_gzip(struct decoding *d, struct feed *in, const char *path, uint32_t depth)
{
    struct gunzip *g = gunzip_open(in, &d->budget);
    if (g == NULL)
        return DYE_E_NOMEM;
    enum dye_status status = decoding_walk_inner(d, gunzip_feed(g), path, depth + 1);
    in->told = in->told || gunzip_feed(g)->told;
    gunzip_close(g);
    return status;
}

static enum dye_status read_zstd(struct decoding *d, struct feed *in, const char *path, uint32_t depth)
{
    struct unzstd *u = unzstd_open(in, &d->budget);
    if (u == NULL)
        return DYE_E_NOMEM;
    enum dye_status status = decoding_walk_inner(d, unzstd_feed(u), path, depth + 1);
    in->told = in->told || unzstd_feed(u)->told;
    unzstd_close(u);
    return status;
}

static enum dye_status read_container(struct decoding *d, struct feed *in, const char *path, uint32_t depth,
                                      enum sniff_format format)
{
    struct container *c = container_open(in, format, &d->budget);
    if (c == NULL)
        return DYE_E_NOMEM;
    enum dye_status status = decoding_enter(d, c, in, path, depth);
    container_close(c);
    return status;
}

enum dye_status decoding_read_zip(struct decoding *d, struct feed *in, const char *path, uint32_t depth)
{
    return locked_read_zip(d, in, path, depth);
}

/* Formats that have a reader of their own; all others that can be entered go through libarchive. */
static const format_fn readers[SNIFF_FORMATS] = {
    [SNIFF_GZIP] = read_gzip,       [SNIFF_ZSTD] = read_zstd,      [SNIFF_ZIP] = locked_read_zip,
    [SNIFF_7Z] = locked_read_7z,    [SNIFF_RAR] = locked_read_rar, [SNIFF_WARC] = warc_read,
    [SNIFF_PACKAGE] = office_read,  [SNIFF_OLE] = ole_read,        [SNIFF_SQLITE] = sqlite_read,
    [SNIFF_DBF] = dbf_read,         [SNIFF_ACCESS] = access_read,  [SNIFF_HTML] = html_read,
    [SNIFF_XML] = xml_records_read, [SNIFF_PDF] = pdf_read,        [SNIFF_MAIL] = mail_read,
    [SNIFF_MBOX] = mbox_read,       [SNIFF_BASE64] = base64_read,  [SNIFF_QUOTED] = quoted_read,
    [SNIFF_PERCENT] = percent_read,
};

enum dye_status decoding_walk(struct decoding *d, struct feed *in, const char *path, uint32_t depth)
{
    struct sniff is = sniff(feed_peek(in));
    if (d->input->status != DYE_OK)
        return d->input->status;
    if (is.class == SNIFF_PLAIN)
        return part_plain(d, in, path);
    if (is.class == SNIFF_OPAQUE)
        return part_bare(d, path, is.reason);
    if (depth >= d->limits->depth)
        return part_bare(d, path, "limit: depth");

    enum dye_status status = readers[is.format] != NULL ? readers[is.format](d, in, path, depth)
                                                        : read_container(d, in, path, depth, is.format);
    /* To the end of what holds it, where a checksum may tell of damage. */
    struct dye_span piece;
    while (status == DYE_OK && !d->over && feed_pull(in, &piece))
        ;
    return status != DYE_OK ? status : d->input->status;
}

/* libarchive gives a name that is marked as UTF-8 in the charset of the locale: that has to be UTF-8. */
static locale_t enter_utf8(locale_t *ret_before)
{
    *ret_before = (locale_t)0;
    if (strcmp(nl_langinfo(CODESET), "UTF-8") == 0)
        return (locale_t)0;
    locale_t utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
    if (utf8 != (locale_t)0)
        *ret_before = uselocale(utf8);
    return utf8;
}

static void leave_utf8(locale_t utf8, locale_t before)
{
    if (utf8 == (locale_t)0)
        return;
    uselocale(before);
    freelocale(utf8);
}

enum dye_status dye_decode(const struct dye_decode_input *input, const struct dye_decode_limits *limits,
                           const struct dye_decode_events *events, struct dye_error *err)
{
    if (limits->ratio == 0)
        DYE_FAIL(err, DYE_E_USAGE, "a ratio limit of 0 lets nothing through");
    struct decoding d = {
        .limits = limits,
        .events = events,
        .budget = {.ratio = limits->ratio, .ratio_free_bytes = limits->ratio_free_bytes},
    };
    struct input in = {.feed = {.next = input_next}, .from = input, .budget = &d.budget, .bytes = malloc(READ_BYTES)};
    if (in.bytes == NULL)
        DYE_FAIL(err, DYE_E_NOMEM, "no memory to decode with");
    d.input = &in;
    locale_t before, utf8 = enter_utf8(&before);
    enum dye_status status = decoding_walk(&d, &in.feed, "", 0);
    leave_utf8(utf8, before);
    free(in.bytes);
    if (status == DYE_E_NOMEM)
        DYE_FAIL(err, status, "no memory to decode with");
    return status;
}

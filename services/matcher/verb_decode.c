/* decode: what is in a file as the matcher reads it: parts, layouts, records, fields. Offline: no home, no database. */
#include "counts.h"
#include "offline.h"
#include "privilege.h"
#include "verb.h"
#include "verbs.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static bool opt_records;
static bool opt_counts;
static struct passwords_given given;
static struct common_options common;

static const struct option_spec options[] = {
    PASSWORD_OPTIONS(given),
    {"records", NULL, "every record with its fields, too", NULL, &opt_records},
    {"counts", NULL, "with --json, what the columns and records of a part are, counted", NULL, &opt_counts},
    {NULL, NULL, NULL, NULL, NULL},
};
static const struct verb_spec spec = {"decode FILE [--json] [--records] [--counts]",
                                      "What is in a file, as ingest reads it: its parts, and how each is laid out.",
                                      options, 1, 1};

struct decode {
    struct dye_chunker *chunker;
    char *path;
    enum dye_unit unit;
    char format[DYE_FORMAT_MAX_BYTES + 1];
    uint64_t records; /* of the part, so far */
    struct dye_census *census;
    struct dye_buf name, value, mended;
};

static enum dye_status print_line(json_t *o)
{
    if (o == NULL)
        return DYE_E_NOMEM;
    json_dumpf(o, stdout, JSON_COMPACT);
    putchar('\n');
    json_decref(o);
    return DYE_OK;
}

static json_t *text_of(const struct dye_buf *b)
{
    return json_stringn_nocheck((const char *)b->p, b->n); /* what the library gives is UTF-8 */
}

/* Adds "start" and "length", or "row", or "page", of [start, end) in the chunk's text. */
static int add_place(json_t *o, const struct dye_chunk *chunk, struct dye_chunk_cursor *cursor, size_t start,
                     size_t end)
{
    struct dye_place at = dye_chunk_place(chunk, cursor, start);
    if (chunk->unit != DYE_UNIT_BYTE)
        return json_object_set_new(o, chunk->unit == DYE_UNIT_PAGE ? "page" : "row", json_integer((json_int_t)at.row));
    size_t n = dye_chunk_place(chunk, cursor, end).byte - at.byte;
    return json_object_set_new(o, "start", json_integer((json_int_t)(chunk->start + at.byte))) |
           json_object_set_new(o, "length", json_integer((json_int_t)n));
}

static enum dye_status read_field(struct decode *d, const struct dye_records *r, const struct dye_field *f,
                                  enum dye_mojibake *ret)
{
    dye_buf_clear(&d->name);
    dye_buf_clear(&d->value);
    dye_buf_clear(&d->mended);
    DYE_TRY(dye_buf_append_str(&d->name, ""));
    DYE_TRY(dye_buf_append_str(&d->value, ""));
    DYE_TRY(dye_field_name(r, f, &d->name));
    DYE_TRY(dye_field_value(r, f, &d->value));
    *ret = dye_text_mend(dye_buf_span(&d->value), &d->mended);
    return DYE_OK;
}

static json_t *json_of_field(struct decode *d, const struct dye_records *r, const struct dye_field *f,
                             const struct dye_chunk *chunk, struct dye_chunk_cursor *cursor)
{
    enum dye_mojibake mojibake = DYE_MOJIBAKE_NONE;
    if (read_field(d, r, f, &mojibake) != DYE_OK)
        return NULL;
    json_t *o = json_object();
    int failed = json_object_set_new(o, "name", d->name.n > 0 ? text_of(&d->name) : json_null());
    failed |= json_object_set_new(o, "value", text_of(&d->value));
    if (chunk->unit == DYE_UNIT_CELL)
        failed |=
            json_object_set_new(o, "field", json_integer((json_int_t)dye_chunk_place(chunk, cursor, f->start).field));
    else if (chunk->unit == DYE_UNIT_BYTE)
        failed |= add_place(o, chunk, cursor, f->start, f->start + f->n);
    if (mojibake != DYE_MOJIBAKE_NONE)
        failed |= json_object_set_new(o, "mojibake", json_string(dye_mojibake_name(mojibake)));
    if (d->mended.n > 0)
        failed |= json_object_set_new(o, "mended", text_of(&d->mended));
    if (failed == 0)
        return o;
    json_decref(o);
    return NULL;
}

static enum dye_status json_record(struct decode *d, const struct dye_records *r, const struct dye_field *fields,
                                   size_t n, const struct dye_chunk *chunk, struct dye_chunk_cursor *cursor)
{
    json_t *list = json_array();
    json_t *o = json_pack("{s:s, s:I}", "part", d->path, "record", (json_int_t)d->records);
    int failed = add_place(o, chunk, cursor, r->start, r->end);
    for (size_t i = 0; i < n && failed == 0; i++)
        failed = json_array_append_new(list, json_of_field(d, r, &fields[i], chunk, cursor));
    failed |= json_object_set_new(o, "fields", list);
    if (failed == 0)
        return print_line(o);
    json_decref(o);
    return DYE_E_NOMEM;
}

/* For a terminal: no control characters. */
static void print_text(const struct dye_buf *b)
{
    for (size_t i = 0; i < b->n; i++) {
        bool control = b->p[i] < 0x20 || b->p[i] == 0x7f ||
                       (b->p[i] == 0xc2 && i + 1 < b->n && b->p[i + 1] >= 0x80 && b->p[i + 1] < 0xa0);
        putchar(control ? ' ' : b->p[i]);
        i += control && b->p[i] == 0xc2;
    }
}

static enum dye_status plain_record(struct decode *d, const struct dye_records *r, const struct dye_field *fields,
                                    size_t n, const struct dye_chunk *chunk, struct dye_chunk_cursor *cursor)
{
    struct dye_place at = dye_chunk_place(chunk, cursor, r->start);
    uint64_t place = chunk->unit == DYE_UNIT_BYTE ? chunk->start + at.byte : at.row;
    printf("%" PRIu64 " %s %" PRIu64 ":", d->records, dye_unit_name(chunk->unit), place);
    for (size_t i = 0; i < n; i++) {
        enum dye_mojibake mojibake = DYE_MOJIBAKE_NONE;
        DYE_TRY(read_field(d, r, &fields[i], &mojibake));
        printf("%s", i > 0 ? " | " : " ");
        print_text(&d->name);
        printf("%s", d->name.n > 0 ? "=" : "");
        print_text(d->mended.n > 0 ? &d->mended : &d->value);
    }
    putchar('\n');
    return DYE_OK;
}

static enum dye_status on_chunk(void *arg, const struct dye_chunk *chunk)
{
    struct decode *d = arg;
    if (opt_counts)
        DYE_TRY(dye_census_chunk(d->census, chunk));
    if (!opt_records) {
        d->records += chunk->records;
        return DYE_OK;
    }
    struct dye_field fields[DYE_FIELDS_MAX];
    struct dye_chunk_cursor cursor = {0};
    struct dye_records r;
    dye_records_init(&r, chunk->layout, chunk->text);
    while (dye_records_next(&r)) {
        size_t n = dye_record_fields(&r, fields);
        DYE_TRY((common.json ? json_record : plain_record)(d, &r, fields, n, chunk, &cursor));
        d->records++;
    }
    return ferror(stdout) != 0 ? DYE_E_IO : DYE_OK;
}

static enum dye_status on_begin(void *arg, const struct dye_part *part)
{
    struct decode *d = arg;
    free(d->path);
    d->path = strdup(part->path);
    d->unit = part->unit;
    d->records = 0;
    snprintf(d->format, sizeof d->format, "%s", part->format);
    dye_census_clear(d->census);
    dye_chunker_begin_part(d->chunker, part);
    return d->path != NULL ? DYE_OK : DYE_E_NOMEM;
}

static enum dye_status on_data(void *arg, struct dye_span bytes)
{
    return dye_chunker_feed(((struct decode *)arg)->chunker, bytes);
}

/* What the part holds; NULL without memory. */
static json_t *json_of_census(const struct dye_census *c)
{
    struct dye_buf text;
    dye_buf_init(&text, COUNTS_MAX_BYTES, false);
    json_t *o = counts_append(c, &text) == DYE_OK ? json_loadb((const char *)text.p, text.n, 0, NULL) : NULL;
    dye_buf_done(&text);
    return o;
}

static uint8_t *room(void *arg, size_t *ret_n)
{
    return dye_chunker_room(((struct decode *)arg)->chunker, ret_n);
}

static enum dye_status on_end(void *arg, const struct dye_part_end *end)
{
    struct decode *d = arg;
    DYE_TRY(dye_chunker_finish(d->chunker));
    const struct dye_layout *l = dye_chunker_layout(d->chunker);
    bool cut = end->verdict == DYE_READ && dye_chunker_cut_a_record(d->chunker);
    const char *verdict = dye_verdict_name(cut ? DYE_PARTLY : end->verdict);
    const char *reason = cut ? "limit: record" : end->reason;
    const char *layout = l != NULL ? dye_layout_name(l->kind) : NULL;
    const char *charset = l != NULL ? dye_charset_name(l->charset) : NULL;
    const char *mojibake = l != NULL && l->mojibake != DYE_MOJIBAKE_NONE ? dye_mojibake_name(l->mojibake) : NULL;
    if (common.json) {
        json_t *census = opt_counts ? json_of_census(d->census) : NULL;
        if (opt_counts && census == NULL)
            return DYE_E_NOMEM;
        return print_line(json_pack("{s:s, s:s, s:s, s:s?, s:s?, s:I, s:I, s:s, s:s, s:s*, s:o*}", "part", d->path,
                                    "unit", dye_unit_name(d->unit), "format", d->format, "layout", layout, "charset",
                                    charset, "bytes", (json_int_t)end->bytes, "records", (json_int_t)d->records,
                                    "verdict", verdict, "reason", reason, "mojibake", mojibake, "census", census));
    }
    printf("%s: %s%s%s, %s%s%s, %" PRIu64 " bytes, %" PRIu64 " records: %s%s%s\n",
           d->path[0] != '\0' ? d->path : "(the file)", d->format, d->format[0] != '\0' ? " " : "",
           layout != NULL ? layout : "nothing", charset != NULL ? charset : "-", mojibake != NULL ? ", " : "",
           mojibake != NULL ? mojibake : "", end->bytes, d->records, verdict, reason[0] != '\0' ? ", " : "", reason);
    return DYE_OK;
}

static enum dye_status run(struct verb_call *call, struct dye_error *err)
{
    enum { VALUE_MAX_BYTES = 4 << 20 };
    const char *file = call->argv[1];
    struct decode d = {0};
    struct password_list passwords;
    const struct dye_decode_events events = {on_begin, on_data, on_end, &d};
    privilege_harden();
    int fd = strcmp(file, "-") == 0 ? dup(STDIN_FILENO) : open(file, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        DYE_FAIL(err, DYE_E_IO, "%s: %s", file, strerror(errno));
    struct stat st;
    if (fstat(fd, &st) == 0 && S_ISDIR(st.st_mode)) {
        close(fd);
        DYE_FAIL(err, DYE_E_IO, "%s: %s", file, strerror(EISDIR));
    }
    dye_buf_init(&d.name, VALUE_MAX_BYTES, true);
    dye_buf_init(&d.value, VALUE_MAX_BYTES, true);
    dye_buf_init(&d.mended, 4 * DYE_MENDED_MAX_BYTES, true);
    d.census = dye_census_new();
    d.chunker = dye_chunker_new(DYE_CHUNK_TARGET_BYTES, DYE_CHUNK_MAX_BYTES, on_chunk, &d);
    enum dye_status status = password_list_gather(&given, &passwords, err);
    if (status == DYE_OK)
        status = d.chunker != NULL && d.census != NULL ? offline_decode(file, fd, &passwords, &events, room, NULL, err)
                                                       : dye_fail(err, DYE_E_NOMEM, "decode: out of memory");
    password_list_free(&passwords);
    dye_chunker_free(d.chunker);
    dye_census_free(d.census);
    dye_buf_done(&d.name);
    dye_buf_done(&d.value);
    dye_buf_done(&d.mended);
    free(d.path);
    close(fd);
    return status;
}

int verb_decode(int argc, char **argv)
{
    return verb_run(&spec, argc, argv, &common, run);
}

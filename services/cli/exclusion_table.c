#include "exclusion_table.h"

#include "csv_reader.h"
#include "dye/digest.h"
#include "key_file.h"

#include <stdlib.h>
#include <time.h>

/* ---- the list ---- */

static enum dye_status named(const char *path, enum dye_status status, const struct dye_error *why,
                             struct dye_error *err)
{
    return status == DYE_OK ? DYE_OK : dye_fail(err, status, "%s: %s", path, why->message);
}

static void digest(enum dye_digest d, const struct dye_buf *bytes, char ret[65])
{
    uint8_t raw[DYE_DIGEST_MAX_BYTES];
    dye_digest_of(d, dye_buf_span(bytes), raw);
    dye_hex(raw, dye_digest_bytes(d), ret);
}

enum dye_status exclusion_open(const char *list, const char *key, struct exclusion_open *ret, struct dye_error *err)
{
    struct dye_buf file;
    struct dye_error why = {0};
    DYE_TRY(key_file_read(key, &ret->system_key, err));
    int fd = csv_open(list, err);
    if (fd < 0)
        return DYE_E_IO;
    dye_buf_init(&file, DYE_EXCLUSION_FILE_MAX_BYTES, false);
    enum dye_status status = csv_read_bytes(fd, list, &file, err);
    if (status == DYE_OK) {
        digest(DYE_SHA256, &file, ret->list_sha256);
        digest(DYE_SM3, &file, ret->list_sm3);
        status = named(list, dye_exclusion_open(dye_buf_span(&file), &ret->system_key, &ret->list, &why), &why, err);
    }
    dye_buf_done(&file);
    if (status == DYE_OK && (ret->batch = dye_exclusion_batch_new(ret->list)) == NULL)
        status = dye_fail(err, DYE_E_NOMEM, "exclusion: out of memory");
    return status;
}

void exclusion_close(struct exclusion_open *o)
{
    dye_exclusion_batch_free(o->batch);
    dye_exclusion_free(o->list);
    dye_key_wipe(&o->system_key);
    o->batch = NULL;
    o->list = NULL;
}

/* ---- columns ---- */

enum { IGNORED = -1 };

struct reading {
    struct csv_reader csv;
    enum dye_charset charset;
    int column[CSV_FIELDS_MAX]; /* a kind, DYE_KIND_NONE for what nobody named, or IGNORED */
    size_t columns;
    size_t key_column;   /* columns: none */
    struct dye_buf text; /* the record's cells, UTF-8 */
    size_t at[CSV_FIELDS_MAX + 1];
};

/* The record's fields, decoded. */
static enum dye_status decode(struct reading *r, struct dye_error *err)
{
    dye_buf_clear(&r->text);
    for (size_t i = 0; i < r->csv.fields; i++) {
        r->at[i] = r->text.n;
        if (dye_text_to_utf8(r->charset, dye_span_str(r->csv.field[i]), &r->text) != DYE_OK)
            DYE_FAIL(err, DYE_E_LIMIT, "line %zu: too long", r->csv.line);
    }
    r->at[r->csv.fields] = r->text.n;
    return DYE_OK;
}

static struct dye_span cell(const struct reading *r, size_t i)
{
    return dye_span_of(r->text.p + r->at[i], r->at[i + 1] - r->at[i]);
}

static size_t column_named(const struct reading *r, struct dye_span name)
{
    size_t i = 0;
    while (i < r->columns && !dye_span_equal(cell(r, i), name))
        i++;
    return i;
}

/* NAME=KIND,... over what the header says itself. */
static enum dye_status name_columns(struct reading *r, const char *columns, struct dye_error *err)
{
    for (const char *at = columns; at != NULL && *at != '\0';) {
        size_t n = strcspn(at, ",");
        const char *sign = memchr(at, '=', n);
        if (sign == NULL)
            DYE_FAIL(err, DYE_E_USAGE, "--columns: NAME=KIND,NAME=KIND is wanted");
        struct dye_span name = dye_span_of(at, (size_t)(sign - at));
        struct dye_span kind = dye_span_of(sign + 1, n - name.n - 1);
        size_t i = column_named(r, name);
        if (i == r->columns)
            DYE_FAIL(err, DYE_E_USAGE, "--columns: the header has no column %.*s", (int)name.n, at);
        r->column[i] = dye_span_equal(kind, dye_span_str("ignore")) ? IGNORED : (int)dye_kind_from_name(kind);
        if (r->column[i] == DYE_KIND_NONE)
            DYE_FAIL(err, DYE_E_USAGE, "--columns: %.*s: no kind of identifier, nor ignore", (int)kind.n, sign + 1);
        at += n + (at[n] == ',');
    }
    return DYE_OK;
}

static enum dye_status read_header(struct reading *r, const char *columns, const char *key_column,
                                   struct dye_error *err)
{
    bool any = false;
    enum dye_status status = csv_reader_next(&r->csv, err);
    if (status == DYE_END)
        DYE_FAIL(err, DYE_E_USAGE, "the file is empty; a header and rows are wanted");
    DYE_TRY(status);
    DYE_TRY(decode(r, err));
    r->columns = r->key_column = r->csv.fields;
    for (size_t i = 0; i < r->columns; i++)
        r->column[i] = (int)dye_kind_from_name(cell(r, i));
    DYE_TRY(name_columns(r, columns, err));
    for (size_t i = 0; i < r->columns; i++)
        any = any || (r->column[i] > 0 && dye_exclusion_has_kind((enum dye_kind)r->column[i]));
    if (!any)
        DYE_FAIL(err, DYE_E_USAGE, "no column is known to hold an identifier; name them: --columns NAME=KIND,...");
    if (key_column == NULL)
        return DYE_OK;
    r->key_column = column_named(r, dye_span_str(key_column));
    if (r->key_column == r->columns)
        DYE_FAIL(err, DYE_E_USAGE, "the header has no column %s", key_column);
    if (r->column[r->key_column] == DYE_KIND_NONE)
        r->column[r->key_column] = IGNORED;
    return DYE_OK;
}

/* ---- rows ---- */

static enum dye_status add_row(struct reading *r, struct exclusion_table *t, size_t *cap, struct dye_error *err)
{
    if (t->rows == *cap) {
        *cap = *cap != 0 ? 2 * *cap : 1024;
        struct exclusion_row *row = reallocarray(t->row, *cap, sizeof *row);
        if (row == NULL)
            DYE_FAIL(err, DYE_E_NOMEM, "out of memory");
        t->row = row;
    }
    t->row[t->rows++] = (struct exclusion_row){
        .end = t->raw.n - (size_t)(r->csv.end - r->csv.at), .line = r->csv.line, .key = t->keys.n};
    if (r->key_column == r->columns)
        return DYE_OK;
    struct dye_span key = cell(r, r->key_column);
    if (dye_buf_append(&t->keys, key.p, key.n) != DYE_OK || dye_buf_append_u8(&t->keys, 0) != DYE_OK)
        DYE_FAIL(err, DYE_E_NOMEM, "out of memory");
    return DYE_OK;
}

static enum dye_status judge_row(struct reading *r, struct dye_exclusion_batch *b, struct dye_error *err)
{
    struct dye_exclusion_cell cells[CSV_FIELDS_MAX];
    for (size_t i = 0; i < r->columns; i++) {
        bool ignored = r->column[i] == IGNORED;
        cells[i].kind = ignored ? DYE_KIND_NONE : (enum dye_kind)r->column[i];
        cells[i].text = ignored ? dye_span_of(NULL, 0) : cell(r, i);
    }
    enum dye_status status = dye_exclusion_batch_add(b, cells, r->columns);
    return status == DYE_OK ? DYE_OK : dye_fail(err, status, "line %zu: too many rows", r->csv.line);
}

static enum dye_status read_rows(struct reading *r, struct exclusion_table *t, struct exclusion_open *o,
                                 struct dye_error *err)
{
    enum dye_status status;
    size_t cap = 0;
    t->header_end = t->raw.n - (size_t)(r->csv.end - r->csv.at);
    while ((status = csv_reader_next(&r->csv, err)) == DYE_OK) {
        if (r->csv.fields != r->columns)
            DYE_FAIL(err, DYE_E_USAGE, "line %zu: another number of columns than the header", r->csv.line);
        DYE_TRY(decode(r, err));
        DYE_TRY(add_row(r, t, &cap, err));
        DYE_TRY(judge_row(r, o->batch, err));
    }
    return status == DYE_END ? DYE_OK : status;
}

enum dye_status exclusion_table_read(int fd, const char *path, const char *columns, const char *key_column,
                                     struct exclusion_open *o, struct exclusion_table *ret, struct dye_error *err)
{
    static struct reading r;
    struct dye_error why = {0};
    struct dye_buf cut; /* the reader changes what it reads */
    *ret = (struct exclusion_table){0};
    dye_buf_init(&ret->raw, EXCLUSION_TABLE_MAX_BYTES, true);
    dye_buf_init(&ret->keys, EXCLUSION_TABLE_MAX_BYTES, true);
    dye_buf_init(&cut, EXCLUSION_TABLE_MAX_BYTES, true);
    r = (struct reading){0};
    dye_buf_init(&r.text, EXCLUSION_TABLE_MAX_BYTES, true);
    enum dye_status status = csv_read_all(fd, path, &ret->raw, err);
    if (status == DYE_OK) {
        digest(DYE_SHA256, &ret->raw, ret->sha256);
        digest(DYE_SM3, &ret->raw, ret->sm3);
        r.charset = dye_charset_detect(dye_buf_span(&ret->raw));
        status = named(path, dye_buf_append(&cut, ret->raw.p != NULL ? ret->raw.p : (const uint8_t *)"", ret->raw.n),
                       &(struct dye_error){.message = "out of memory"}, err);
    }
    if (status == DYE_OK) {
        csv_reader_init(&r.csv, &cut);
        status = named(path, read_header(&r, columns, key_column, &why), &why, err);
    }
    if (status == DYE_OK)
        status = named(path, read_rows(&r, ret, o, &why), &why, err);
    dye_buf_done(&cut);
    dye_buf_done(&r.text);
    return status;
}

void exclusion_table_done(struct exclusion_table *t)
{
    dye_buf_done(&t->raw);
    dye_buf_done(&t->keys);
    free(t->row);
    t->row = NULL;
}

void exclusion_count(const struct exclusion_table *t, const struct exclusion_open *o, struct exclusion_counts *ret)
{
    *ret = (struct exclusion_counts){.rows = t->rows};
    for (size_t i = 0; i < t->rows; i++) {
        enum dye_exclusion_verdict v = dye_exclusion_batch_answer(o->batch, i)->verdict;
        ret->canaries += v == DYE_EXCLUSION_CANARY;
        if (v == DYE_EXCLUSION_DISPUTED && ret->disputed++ == 0)
            ret->first_disputed = t->row[i].line;
        if (v == DYE_EXCLUSION_UNREADABLE && ret->unreadable++ == 0)
            ret->first_unreadable = t->row[i].line;
    }
}

void exclusion_time(int64_t seconds, char ret[32])
{
    struct tm tm;
    time_t at = (time_t)seconds;
    if (gmtime_r(&at, &tm) == NULL || strftime(ret, 32, "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
        memcpy(ret, "?", 2);
}

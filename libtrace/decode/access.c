/*
 * access: a data base of Microsoft Access (Jet 3 and 4, ACE), each user table a part: a row of its columns' names, then
 * its rows.
 *
 * By libmdb over pages that are read when it asks for them. It is no library for hostile input: it believes lengths
 * and offsets, and it stops at nothing. So this reader must not run but in the decoder's sandboxed child (decode.h),
 * where a crash costs the part at hand and what follows, "decoder: crashed", and the tables before it are kept. What
 * can be held from outside is: rows count against the ratio, long values are capped. Deleted rows, queries, forms and
 * the data base's own tables are not read.
 */
#include "formats.h"

#include "table.h"
#include "whole.h"

#include <mdbtools.h>

enum { HEAD_BYTES = 4096, VERSION_AT = 20 };
enum { VALUE_BYTES = 1 << 17, OBJECT_BYTES = 16 << 20, OBJECT_PIECE_BYTES = 1 << 16 };

/* --- the file --- */

struct cookie {
    const struct whole *whole;
    uint64_t at;
};

static ssize_t cookie_read(void *arg, char *p, size_t n)
{
    struct cookie *c = arg;
    uint64_t left = c->at < c->whole->bytes ? c->whole->bytes - c->at : 0;
    n = n < left ? n : (size_t)left;
    if (n > 0 && !whole_read(c->whole, c->at, p, n))
        return -1;
    c->at += n;
    return (ssize_t)n;
}

static int cookie_seek(void *arg, off64_t *at, int whence)
{
    struct cookie *c = arg;
    int64_t base = whence == SEEK_END ? (int64_t)c->whole->bytes : whence == SEEK_CUR ? (int64_t)c->at : 0;
    if (*at < -base)
        return -1;
    c->at = (uint64_t)(base + *at);
    *at = (off64_t)c->at;
    return 0;
}

/* libmdb opens names or memory. It gets the first page in memory, and then a stream for the rest. */
static MdbHandle *open_base(struct cookie *c, uint8_t head[HEAD_BYTES])
{
    FILE *stream = fopencookie(c, "r", (cookie_io_functions_t){.read = cookie_read, .seek = cookie_seek});
    if (stream == NULL)
        return NULL;
    MdbHandle *mdb = mdb_open_buffer(head, HEAD_BYTES, MDB_NOFLAGS);
    if (mdb == NULL) {
        fclose(stream);
        return NULL;
    }
    fclose(mdb->f->stream);
    mdb->f->stream = stream; /* closed with it */
    mdb_set_date_fmt(mdb, "%Y-%m-%d %H:%M:%S");
    mdb_set_shortdate_fmt(mdb, "%Y-%m-%d");
    mdb_set_boolean_fmt_numbers(mdb);
    mdb_set_bind_size(mdb, VALUE_BYTES);
    return mdb;
}

/* --- one table --- */

/* An object is a chain of pages; so it may have no end. */
static void put_object(struct table *t, MdbHandle *mdb, MdbColumn *column, void *pointer)
{
    struct dye_buf object;
    dye_buf_init(&object, OBJECT_BYTES, true);
    size_t n = mdb_ole_read(mdb, column, pointer, OBJECT_PIECE_BYTES);
    while (n > 0) {
        if (dye_buf_append(&object, column->bind_ptr, n) != DYE_OK) {
            table_fault(t, "limit: memory");
            break;
        }
        n = mdb_ole_read_next(mdb, column, pointer);
    }
    table_blob(t, dye_buf_span(&object));
    dye_buf_done(&object);
}

static void put_row(struct table *t, MdbHandle *mdb, MdbTableDef *table, uint8_t *values, const int *bytes)
{
    for (unsigned i = 0; i < table->num_cols; i++) {
        MdbColumn *column = g_ptr_array_index(table->columns, i);
        uint8_t *value = values + (size_t)i * VALUE_BYTES;
        size_t n = bytes[i] > 0 ? (size_t)bytes[i] : 0;
        if (column->col_type == MDB_OLE && n > 0) {
            uint8_t pointer[MDB_MEMO_OVERHEAD] = {0};
            memcpy(pointer, value, n < sizeof pointer ? n : sizeof pointer);
            put_object(t, mdb, column, pointer);
            continue;
        }
        if (n >= VALUE_BYTES - 1)
            table_fault(t, "limit: memory");
        table_value(t, dye_span_of(value, strnlen((const char *)value, n < VALUE_BYTES ? n : VALUE_BYTES)));
    }
}

static const char *put_rows(struct table *t, MdbHandle *mdb, MdbTableDef *table)
{
    /* Untouched pages of it cost nothing. */
    uint8_t *values = calloc(table->num_cols, VALUE_BYTES);
    int *bytes = calloc(table->num_cols, sizeof *bytes);
    const char *fault = "limit: memory";
    if (values != NULL && bytes != NULL) {
        fault = NULL;
        for (unsigned i = 0; i < table->num_cols; i++)
            if (mdb_bind_column(table, (int)i + 1, values + (size_t)i * VALUE_BYTES, &bytes[i]) < 0)
                fault = "damaged";
        mdb_rewind_table(table);
        bool more = true;
        while (more && mdb_fetch_row(table)) {
            put_row(t, mdb, table, values, bytes);
            more = table_row(t);
        }
        if (more && mdb->cur_pg == 0 && ferror(mdb->f->stream))
            fault = "not read";
    }
    free(values);
    free(bytes);
    return fault;
}

static enum dye_status read_table(struct decoding *d, MdbCatalogEntry *entry, const char *path)
{
    struct table t;
    const char *fault = "damaged";
    table_begin(&t, d, path, entry->object_name, "access");
    MdbTableDef *table = mdb_read_table(entry);
    if (table != NULL && mdb_read_columns(table) != NULL && table->columns != NULL &&
        table->num_cols == table->columns->len && table->num_cols > 0 && table->num_cols <= MDB_MAX_COLS) {
        for (unsigned i = 0; i < table->num_cols; i++)
            table_value(&t, dye_span_str(((MdbColumn *)g_ptr_array_index(table->columns, i))->name));
        if (table_row(&t))
            fault = put_rows(&t, entry->mdb, table);
    }
    if (table != NULL)
        mdb_free_tabledef(table);
    return table_end(&t, fault);
}

static enum dye_status read_base(struct decoding *d, MdbHandle *mdb, const char *path, const char *stream_fault)
{
    uint32_t before = d->parts;
    if (mdb->f->jet_version >= MDB_VER_ACCDB_2007 && mdb->f->db_key != 0)
        return part_bare(d, path, "encrypted"); /* by AES; libmdb knows the older way, which needs no password */
    GPtrArray *catalog = mdb_read_catalog(mdb, MDB_TABLE);
    if (catalog == NULL || mdb->num_catalog > catalog->len)
        return part_bare(d, path, stream_fault != NULL ? stream_fault : "damaged");
    for (unsigned i = 0; i < mdb->num_catalog && !d->over; i++) {
        MdbCatalogEntry *entry = g_ptr_array_index(catalog, i);
        if (!mdb_is_user_table(entry))
            continue;
        if (!decoding_count_entry(d))
            return part_bare(d, path, "limit: entries");
        DYE_TRY(read_table(d, entry, path));
    }
    if (!d->over && (d->parts == before || stream_fault != NULL))
        return part_bare(d, path, stream_fault);
    return DYE_OK;
}

enum dye_status access_read(struct decoding *d, struct feed *in, const char *path, uint32_t depth)
{
    struct whole w;
    const char *fault;
    uint8_t head[HEAD_BYTES];
    (void)depth;
    DYE_TRY(whole_take(d, in, &w, &fault));
    if (fault != NULL)
        return part_bare(d, path, fault);
    struct cookie c = {.whole = &w};
    bool has_head = whole_read(&w, 0, head, sizeof head), known = has_head && head[VERSION_AT] <= MDB_VER_ACCDB_2019;
    MdbHandle *mdb = known ? open_base(&c, head) : NULL;
    fault = w.bytes < sizeof head ? "truncated" : has_head && !known ? "unsupported" : "damaged";
    enum dye_status status = mdb != NULL ? read_base(d, mdb, path, w.fault) : part_bare(d, path, fault);
    if (mdb != NULL)
        mdb_close(mdb);
    in->told = true;
    whole_done(&w);
    return status;
}

#include "dye/census.h"

#include "cell.h"
#include "column_name.h"
#include "dye/key.h"
#include "ideograph.h"
#include "prose.h"
#include "tally.h"

#include <stdlib.h>

enum {
    VALUE_MAX_BYTES = 1 << 16,
    RAW_NAME_MAX_BYTES = 64,
    NO_COLUMN = DYE_CENSUS_COLUMNS_MAX,
    PREFIX_MAX = 6,
    PERSON_NAME_MAX_BYTES = 64
};
/* What a person can be counted by. */
#define IDENTIFIERS                                                                                                    \
    (((UINT32_C(1) << DYE_KIND_COUNT) - 1) & ~(UINT32_C(1) << DYE_NAME | UINT32_C(1) << DYE_ADDRESS | 1u))
#define HOLDS                                                                                                          \
    (IDENTIFIERS | UINT32_C(1) << DYE_NAME | UINT32_C(1) << DYE_ADDRESS | UINT32_C(1) << DYE_CELL_DIGEST |             \
     UINT32_C(1) << DYE_CELL_MASKED)

_Static_assert(DYE_CELLS <= 32, "a set of kinds is 32 bits");

/* The field of this number in the record before: most have the same name in the next. */
struct slot {
    uint16_t column;
    bool known;
    uint8_t name_n;
    const uint8_t *p; /* where the name stood */
    uint8_t name[RAW_NAME_MAX_BYTES];
};

struct dye_census {
    struct dye_census_column columns[DYE_CENSUS_COLUMNS_MAX + 1]; /* the last: cells of those beyond the limit */
    uint16_t order[DYE_CENSUS_COLUMNS_MAX];                       /* by number and name */
    bool born[DYE_CENSUS_COLUMNS_MAX + 1];
    size_t n_columns;
    struct tally kinds, prefixes;
    uint64_t records, parseable, cells_left_out;
    struct slot slots[DYE_FIELDS_MAX];
    struct dye_field fields[DYE_FIELDS_MAX];
    struct dye_buf value, name, folded; /* wiped */
    struct cell cell;
    const struct dye_census_sink *sink;
    struct { /* of the record at hand, as it stands */
        uint8_t name[PERSON_NAME_MAX_BYTES];
        size_t name_n;
        enum dye_charset charset;
        bool mobile;
    } person;
};

void dye_census_tell(struct dye_census *c, const struct dye_census_sink *sink)
{
    c->sink = sink;
}

struct dye_census *dye_census_new(void)
{
    struct dye_census *c = calloc(1, sizeof *c);
    if (c == NULL)
        return NULL;
    ideograph_load();
    dye_buf_init(&c->value, 4 * VALUE_MAX_BYTES, true);
    dye_buf_init(&c->name, 4 * VALUE_MAX_BYTES, true);
    dye_buf_init(&c->folded, 32 * PERSON_NAME_MAX_BYTES, true);
    bool ok = tally_init(&c->kinds, DYE_CENSUS_KINDS_MAX);
    if (tally_init(&c->prefixes, DYE_CENSUS_PREFIXES_MAX) && ok)
        return c;
    dye_census_free(c);
    return NULL;
}

void dye_census_free(struct dye_census *c)
{
    if (c == NULL)
        return;
    tally_done(&c->kinds);
    tally_done(&c->prefixes);
    dye_buf_done(&c->value);
    dye_buf_done(&c->name);
    dye_buf_done(&c->folded);
    dye_wipe(c, sizeof *c);
    free(c);
}

void dye_census_clear(struct dye_census *c)
{
    memset(c->columns, 0, c->n_columns * sizeof *c->columns);
    memset(&c->columns[NO_COLUMN], 0, sizeof *c->columns);
    c->n_columns = 0;
    tally_clear(&c->kinds);
    tally_clear(&c->prefixes);
    c->records = c->parseable = c->cells_left_out = 0;
}

/* ---- columns ---- */

static int compare_column(const struct dye_census_column *a, uint32_t number, const char *name)
{
    if (a->number != number)
        return a->number < number ? -1 : 1;
    return strcmp(a->name, name);
}

static uint16_t column_of(struct dye_census *c, uint32_t number, const struct column_name *name)
{
    size_t low = 0, high = c->n_columns;
    while (low < high) {
        size_t mid = (low + high) / 2;
        int order = compare_column(&c->columns[c->order[mid]], number, name->told);
        if (order == 0)
            return c->order[mid];
        if (order < 0)
            low = mid + 1;
        else
            high = mid;
    }
    if (c->n_columns == DYE_CENSUS_COLUMNS_MAX)
        return NO_COLUMN;
    uint16_t at = (uint16_t)c->n_columns++;
    memmove(c->order + low + 1, c->order + low, (at - low) * sizeof *c->order);
    c->order[low] = at;
    struct dye_census_column *column = &c->columns[at];
    memset(column, 0, sizeof *column);
    column->number = number;
    column->says = name->says;
    memcpy(column->name, name->told, sizeof column->name);
    c->born[at] = name->born;
    return at;
}

static bool is_same_name(const struct slot *s, const struct dye_records *r, const struct dye_field *f)
{
    if (!s->known || s->name_n != f->name.n)
        return false;
    bool of_header = r->layout.kind == DYE_LAYOUT_DELIMITED || r->layout.kind == DYE_LAYOUT_CELLS;
    return f->name.n == 0 || (of_header && s->p == f->name.p) || memcmp(s->name, f->name.p, f->name.n) == 0;
}

static enum dye_status find_column(struct dye_census *c, const struct dye_records *r, const struct dye_field *f,
                                   uint16_t *ret)
{
    enum dye_layout_kind kind = r->layout.kind;
    bool by_name = kind == DYE_LAYOUT_JSON || kind == DYE_LAYOUT_VCARD;
    struct slot *s = &c->slots[f->column];
    if (is_same_name(s, r, f)) {
        *ret = s->column;
        return DYE_OK;
    }
    struct column_name name;
    dye_buf_clear(&c->name);
    if (f->name.n < VALUE_MAX_BYTES)
        DYE_TRY(dye_field_name(r, f, &c->name));
    column_name_read(dye_buf_span(&c->name), &name);
    *ret = column_of(c, by_name ? 0 : f->column, &name);
    s->known = f->name.n <= RAW_NAME_MAX_BYTES;
    if (s->known && f->name.n > 0)
        memcpy(s->name, f->name.p, f->name.n);
    s->name_n = (uint8_t)(s->known ? f->name.n : 0);
    s->p = f->name.p;
    s->column = *ret;
    return DYE_OK;
}

/* ---- cells ---- */

/* How many bytes of a canonical value are its issuer's or its region's. */
static size_t prefix_of(enum dye_kind kind, struct dye_span v)
{
    static const uint8_t fixed[DYE_KIND_COUNT] = {[DYE_MOBILE] = 3, [DYE_RESIDENT_ID] = 4, [DYE_BANK_CARD] = 6};
    bool lettered = kind == DYE_WAYBILL || kind == DYE_MRN || kind == DYE_POLICY || kind == DYE_ACCOUNT;
    if (!lettered)
        return fixed[kind];
    size_t letters = 0;
    while (letters < v.n && letters < 4 && dye_is_alpha(v.p[letters]))
        letters++;
    if (kind == DYE_WAYBILL)
        return letters == 0 ? 2 : letters < 4 ? letters : 3;
    return v.n >= letters + 4 ? letters : 0; /* of a number, not of a word */
}

/* An identifier was read: c->cell.value, canonical. */
static enum dye_status note_identifier(struct dye_census *c, enum dye_kind kind)
{
    struct dye_span v = c->cell.value;
    size_t n = prefix_of(kind, v);
    uint64_t key = kind;
    for (size_t i = 0; i < n; i++)
        key = key << 8 | v.p[i];
    if (n > 0)
        tally_add(&c->prefixes, key << 8 * (PREFIX_MAX - n));
    c->person.mobile = c->person.mobile || kind == DYE_MOBILE;
    return c->sink != NULL ? c->sink->take(c->sink->arg, kind, v) : DYE_OK;
}

static void note_name(struct dye_census *c, enum dye_charset charset)
{
    struct dye_span v = c->cell.value;
    if (c->sink == NULL || c->person.name_n > 0 || v.n > sizeof c->person.name)
        return;
    memcpy(c->person.name, v.p, v.n);
    c->person.name_n = v.n;
    c->person.charset = charset;
}

static enum dye_status note_cell(struct dye_census *c, enum dye_charset charset, uint32_t *mask)
{
    uint32_t bit = UINT32_C(1) << c->cell.is;
    *mask |= bit & HOLDS;
    if (c->cell.is == DYE_NAME)
        note_name(c, charset);
    return (bit & IDENTIFIERS) != 0 ? note_identifier(c, (enum dye_kind)c->cell.is) : DYE_OK;
}

static enum dye_status note_text(struct dye_census *c, struct dye_span s, enum dye_charset charset,
                                 bool only_identifiers, uint32_t *mask)
{
    size_t at = 0;
    while (prose_next(s, charset, only_identifiers, &at, &c->cell))
        DYE_TRY(note_cell(c, charset, mask));
    return DYE_OK;
}

/* The name of the record at hand, folded. */
static enum dye_status tell_name(struct dye_census *c)
{
    uint8_t quick[3 * PERSON_NAME_MAX_BYTES];
    struct dye_span name = dye_span_of(c->person.name, c->person.name_n);
    size_t n = ideograph_fold(c->person.charset, name, quick, sizeof quick);
    if (n > 0)
        return c->sink->take(c->sink->arg, DYE_NAME, dye_span_of(quick, n));
    dye_buf_clear(&c->name);
    dye_buf_clear(&c->folded);
    if (c->person.charset == DYE_CHARSET_GB18030) {
        DYE_TRY(dye_text_to_utf8(c->person.charset, name, &c->name));
        name = dye_buf_span(&c->name);
    }
    DYE_TRY(dye_text_fold(name, &c->folded));
    return c->sink->take(c->sink->arg, DYE_NAME, dye_buf_span(&c->folded));
}

static enum dye_status tell_record(struct dye_census *c)
{
    enum dye_status status = c->person.mobile && c->person.name_n > 0 ? tell_name(c) : DYE_OK;
    c->person.name_n = 0;
    c->person.mobile = false;
    return status == DYE_OK || status == DYE_E_LIMIT ? c->sink->record(c->sink->arg) : status;
}

/* What values are escaped with, quotes apart. */
static const uint8_t escapes[] = {'\\', '%', '&'};
enum { ESCAPES = sizeof escapes };

/* Whether no value of the record can have been escaped; `occur`: which of them the chunk has at all. */
static bool is_plain(const struct dye_records *r, const bool occur[ESCAPES])
{
    for (size_t i = 0; i < ESCAPES; i++)
        if (occur[i] && memchr(r->text.p + r->start, escapes[i], r->end - r->start) != NULL)
            return false;
    return r->layout.kind != DYE_LAYOUT_VCARD;
}

/* Whether this one's bytes are what they say: in a record that is not plain, by looking at each. */
static bool stands_as_meant(const struct dye_records *r, const struct dye_field *f, bool plain)
{
    const uint8_t *p = r->text.p + f->start;
    if (f->charset != DYE_CHARSET_ASCII && f->charset != DYE_CHARSET_UTF8 && f->charset != DYE_CHARSET_GB18030)
        return false;
    if (f->start >= 2 && p[-1] == 'x' && p[-2] == '0') /* bytes in hexadecimal */
        return false;
    for (size_t i = 0; i < f->n && !plain; i++)
        if (memchr(escapes, p[i], ESCAPES) != NULL)
            return false;
    return plain || r->layout.kind != DYE_LAYOUT_VCARD;
}

/* The field's value, in place where it stands as it was meant. */
static enum dye_status value_of(struct dye_census *c, const struct dye_records *r, const struct dye_field *f,
                                bool plain, enum dye_charset *ret_charset, struct dye_span *ret)
{
    *ret = dye_span_of(r->text.p + f->start, f->n);
    *ret_charset = (enum dye_charset)f->charset;
    if (stands_as_meant(r, f, plain))
        return DYE_OK;
    dye_buf_clear(&c->value);
    *ret = dye_span_of(NULL, 0);
    if (f->n > VALUE_MAX_BYTES)
        return DYE_OK;
    enum dye_status status = dye_field_value(r, f, &c->value);
    if (status == DYE_E_LIMIT)
        return DYE_OK;
    *ret_charset = DYE_CHARSET_UTF8;
    *ret = dye_buf_span(&c->value);
    return status;
}

static enum dye_status count_field(struct dye_census *c, const struct dye_records *r, const struct dye_field *f,
                                   bool plain, uint32_t *mask)
{
    enum { SHORTEST = 9 }; /* text with an identifier in it */
    bool free_text = r->layout.kind == DYE_LAYOUT_LINES || r->layout.kind == DYE_LAYOUT_TEXT;
    uint16_t at = NO_COLUMN;
    enum dye_charset charset;
    struct dye_span value;
    DYE_TRY(find_column(c, r, f, &at));
    DYE_TRY(value_of(c, r, f, plain, &charset, &value));
    struct dye_census_column *column = &c->columns[at];
    cell_read(value, charset, column->says, &c->cell);
    unsigned is = c->cell.is;
    if (is == DYE_KIND_NONE)
        return DYE_OK;
    if (c->cell.date > column->newest && !c->born[at] && c->cell.date < 20800000)
        column->newest = c->cell.date;
    bool glued = is == DYE_CELL_NUMBER && value.n > 19; /* numbers, with nothing between them */
    bool whole =
        (is != DYE_CELL_TEXT && is != DYE_ADDRESS && !glued) || (is == DYE_ADDRESS && !free_text) || value.n < SHORTEST;
    DYE_TRY(whole ? note_cell(c, charset, mask) : note_text(c, value, charset, !free_text, mask));
    column->cells[whole || glued || !free_text ? is : DYE_CELL_TEXT]++;
    c->cells_left_out += at == NO_COLUMN;
    return DYE_OK;
}

/* ---- records ---- */

enum dye_status dye_census_chunk(struct dye_census *c, const struct dye_chunk *chunk)
{
    struct dye_records r;
    enum dye_status status = DYE_OK;
    bool occur[ESCAPES];
    for (size_t i = 0; i < ESCAPES; i++)
        occur[i] = chunk->text.n > 0 && memchr(chunk->text.p, escapes[i], chunk->text.n) != NULL;
    dye_records_init(&r, chunk->layout, chunk->text);
    while (status == DYE_OK && dye_records_next(&r)) {
        uint32_t mask = 0;
        size_t n = dye_record_fields(&r, c->fields);
        bool plain = is_plain(&r, occur);
        for (size_t i = 0; i < n && status == DYE_OK; i++)
            status = count_field(c, &r, &c->fields[i], plain, &mask);
        if (c->sink != NULL && status == DYE_OK)
            status = tell_record(c);
        c->records++;
        c->parseable += (mask & IDENTIFIERS) != 0;
        tally_add(&c->kinds, mask);
    }
    memset(c->slots, 0, sizeof c->slots);
    dye_wipe(c->fields, sizeof c->fields);
    dye_wipe(&c->cell, sizeof c->cell);
    dye_wipe(&c->person, sizeof c->person);
    dye_buf_clear(&c->value);
    dye_buf_clear(&c->name);
    dye_buf_clear(&c->folded);
    return status;
}

/* ---- what it came to ---- */

void dye_census_totals(const struct dye_census *c, struct dye_census_totals *ret)
{
    *ret = (struct dye_census_totals){.records = c->records,
                                      .parseable = c->parseable,
                                      .uncounted = {c->cells_left_out, c->kinds.left_out, c->prefixes.left_out}};
}

bool dye_census_column_at(const struct dye_census *c, size_t i, struct dye_census_column *ret)
{
    if (i >= c->n_columns)
        return false;
    *ret = c->columns[c->order[i]];
    return true;
}

size_t dye_census_kinds(const struct dye_census *c, struct dye_census_kinds ret[DYE_CENSUS_KINDS_MAX])
{
    struct tally_row rows[DYE_CENSUS_KINDS_MAX];
    tally_sorted(&c->kinds, rows);
    for (size_t i = 0; i < c->kinds.n; i++)
        ret[i] = (struct dye_census_kinds){(uint32_t)rows[i].key, rows[i].n};
    return c->kinds.n;
}

size_t dye_census_prefixes(const struct dye_census *c, struct dye_census_prefix ret[DYE_CENSUS_PREFIXES_MAX])
{
    struct tally_row rows[DYE_CENSUS_PREFIXES_MAX];
    tally_sorted(&c->prefixes, rows);
    for (size_t i = 0; i < c->prefixes.n; i++) {
        ret[i] = (struct dye_census_prefix){.kind = (enum dye_kind)(rows[i].key >> 48), .n = rows[i].n};
        for (size_t k = 0; k < PREFIX_MAX; k++)
            ret[i].prefix[k] = (char)(rows[i].key >> (40 - 8 * k));
    }
    return c->prefixes.n;
}

/*
 * dbf: a table of dBase III or IV, FoxPro or Visual FoxPro: a row of the fields' names and "deleted", then its records.
 *
 * By the layout that dBase's manual and Microsoft's "Table File Structure" give: a head of 32 bytes, 32 a field, an
 * end mark, then records of one length. The number of records in the head is only believed when it is too high: what
 * stands behind is read as long as it looks like records. A deleted record has "*" in its last column. Memos stand in
 * a file beside it, which is another part; their cells are empty.
 */
#include "formats.h"

#include "recode.h"
#include "table.h"

#include "dye/key.h"

#include <stdio.h>
#include <stdlib.h>

enum { HEAD_BYTES = 32, FIELD_BYTES = 32, NAME_BYTES = 11, MAX_FIELDS = 2048 };

struct dbf {
    uint32_t records;
    uint32_t head_bytes, record_bytes;
    const char *charset; /* NULL: found out for each value */
    uint32_t n;
    struct dbf_field {
        uint8_t name[NAME_BYTES + 1];
        uint8_t type;
        uint32_t at, bytes; /* in the record */
    } field[MAX_FIELDS];
    uint8_t record[1 << 16];
    struct dye_buf text;
};

static uint64_t little(const uint8_t *p, size_t n)
{
    uint64_t v = 0;
    for (size_t i = n; i-- > 0;)
        v = v << 8 | p[i];
    return v;
}

/* The language driver's byte; those that matter here, and the Western default. */
static const char *charset_of(uint8_t driver)
{
    switch (driver) {
    case 0x4d:
    case 0x7a:
        return "gb18030";
    case 0x4f:
    case 0x78:
        return "Big5";
    case 0x13:
    case 0x7b:
        return "Shift_JIS";
    case 0x4e:
    case 0x79:
        return "EUC-KR";
    default: /* 0 and what a Western program writes over bytes that it doesn't know */
        return NULL;
    }
}

/* The fields, from the head behind its first 32 bytes; false when they make no sense. */
static bool take_fields(struct dbf *t, struct feed *in)
{
    uint32_t at = 1, left = t->head_bytes - HEAD_BYTES; /* a record begins with its mark */
    uint8_t p[FIELD_BYTES];
    while (left > 0) {
        if (feed_take(in, p, 1) != 1)
            return false;
        left--;
        if (p[0] == 0x0d || p[0] == 0)
            break;
        if (left < FIELD_BYTES - 1 || t->n == MAX_FIELDS || feed_take(in, p + 1, FIELD_BYTES - 1) != FIELD_BYTES - 1)
            return false;
        left -= FIELD_BYTES - 1;
        struct dbf_field *f = &t->field[t->n++];
        memcpy(f->name, p, NAME_BYTES);
        f->type = p[11];
        f->at = at;
        f->bytes = p[16] + (f->type == 'C' ? 256u * p[17] : 0);
        at += f->bytes;
    }
    if (at != t->record_bytes) { /* a length of two bytes where none is meant, or a program's whim */
        at = 1;
        for (uint32_t i = 0; i < t->n; i++) {
            t->field[i].at = at;
            t->field[i].bytes &= 0xff;
            at += t->field[i].bytes;
        }
    }
    return t->n > 0 && at <= t->record_bytes && feed_take(in, NULL, left) == left;
}

/* Days since 4713 BC -> year-month-day (Fliegel and Van Flandern, 1968). */
static int put_date(char *ret, size_t cap, uint32_t julian, uint32_t ms)
{
    int64_t l = (int64_t)julian + 68569, n = 4 * l / 146097;
    l -= (146097 * n + 3) / 4;
    int64_t i = 4000 * (l + 1) / 1461001;
    l = l - 1461 * i / 4 + 31;
    int64_t j = 80 * l / 2447, day = l - 2447 * j / 80, month = j + 2 - 12 * (j / 11),
            year = 100 * (n - 49) + i + j / 11;
    uint32_t s = ms / 1000;
    return snprintf(ret, cap, "%04d-%02d-%02d %02u:%02u:%02u", (int)year, (int)month, (int)day, s / 3600, s / 60 % 60,
                    s % 60);
}

/* The binary types of FoxPro; false for one of text. */
static bool put_binary(struct table *out, const struct dbf_field *f, const uint8_t *p)
{
    char text[64];
    int n = -1;
    if ((f->type == 'I' || f->type == '+') && f->bytes == 4)
        n = snprintf(text, sizeof text, "%d", (int)(uint32_t)little(p, 4));
    else if (f->type == 'Y' && f->bytes == 8) {
        int64_t v = (int64_t)little(p, 8);
        uint64_t size = v < 0 ? -(uint64_t)v : (uint64_t)v;
        n = snprintf(text, sizeof text, "%s%llu.%04u", v < 0 ? "-" : "", (unsigned long long)(size / 10000),
                     (unsigned)(size % 10000));
    } else if (f->type == 'T' && f->bytes == 8)
        n = little(p, 4) == 0 || little(p, 4) > 10000000
                ? 0
                : put_date(text, sizeof text, (uint32_t)little(p, 4), (uint32_t)little(p + 4, 4));
    else if ((f->type == 'B' || f->type == 'O') && f->bytes == 8) {
        uint64_t bits = little(p, 8);
        double v;
        memcpy(&v, &bits, sizeof v);
        n = snprintf(text, sizeof text, "%.15g", v);
    } else if (f->type == 'M' || f->type == 'G' || f->type == 'P' || f->type == 'W' || f->type == '0')
        n = 0; /* a place in the file that is not here; which fields are null */
    if (n >= 0)
        table_text(out, dye_span_of(text, (size_t)n));
    return n >= 0;
}

static void put_field(struct dbf *t, struct table *out, const struct dbf_field *f)
{
    struct dye_span s = dye_span_of(t->record + f->at, f->bytes);
    if (put_binary(out, f, s.p))
        return;
    while (s.n > 0 && (s.p[s.n - 1] == ' ' || s.p[s.n - 1] == 0))
        s.n--;
    while (s.n > 0 && *s.p == ' ' && f->type != 'C')
        s = dye_span_of(s.p + 1, s.n - 1);
    if (t->charset == NULL) {
        table_value(out, s);
    } else if (strcmp(t->charset, "gb18030") == 0) {
        table_value_in(out, DYE_CHARSET_GB18030, s);
    } else if (recode_append(s, t->charset, &t->text)) {
        table_text(out, dye_buf_span(&t->text));
    } else {
        table_fault(out, "limit: memory");
    }
    dye_buf_clear(&t->text);
}

/* NUL bytes and end marks pad; anything else is data that no reader of the table would show. */
static bool is_padding(const uint8_t *p, uint64_t n)
{
    for (uint64_t i = 0; i < n; i++)
        if (p[i] != 0 && p[i] != 0x1a)
            return false;
    return true;
}

/* What stands behind the records, of which t->record holds the first n bytes. */
static const char *tail_fault(struct dbf *t, struct feed *in, uint64_t n)
{
    bool padding = is_padding(t->record, n);
    while (padding && (n = feed_take(in, t->record, t->record_bytes)) > 0)
        padding = is_padding(t->record, n);
    return padding ? NULL : "trailing data";
}

static const char *put_records(struct dbf *t, struct feed *in, struct table *out)
{
    for (uint32_t i = 0;; i++) {
        uint64_t n = feed_take(in, t->record, t->record_bytes);
        bool mark = n > 0 && (t->record[0] == ' ' || t->record[0] == '*');
        if (n < t->record_bytes || !mark) {
            if (mark && n > 1) { /* what is left of a record that was cut is kept as well */
                table_blob(out, dye_span_of(t->record + 1, (size_t)n - 1));
                (void)table_row(out);
            }
            if (feed_fault(in) != NULL)
                return feed_fault(in);
            if (i < t->records)
                return n < t->record_bytes ? "truncated" : "damaged";
            return tail_fault(t, in, n);
        }
        for (uint32_t k = 0; k < t->n; k++)
            put_field(t, out, &t->field[k]);
        if (t->record[0] == '*')
            table_text(out, dye_span_str("*"));
        if (!table_row(out))
            return NULL;
    }
}

enum dye_status dbf_read(struct decoding *d, struct feed *in, const char *path, uint32_t depth)
{
    uint8_t head[HEAD_BYTES];
    struct table out;
    (void)depth;
    struct dbf *t = calloc(1, sizeof *t);
    if (t == NULL)
        return DYE_E_NOMEM;
    dye_buf_init(&t->text, 1 << 20, true);
    table_begin(&out, d, path, "", "dbf");
    const char *fault = "truncated";
    if (feed_take(in, head, sizeof head) == sizeof head) {
        t->records = (uint32_t)little(head + 4, 4);
        t->head_bytes = (uint32_t)little(head + 8, 2);
        t->record_bytes = (uint32_t)little(head + 10, 2);
        t->charset = charset_of(head[29]);
        if (t->head_bytes <= HEAD_BYTES || !take_fields(t, in)) {
            fault = in->ended ? "truncated" : "damaged";
        } else {
            for (uint32_t i = 0; i < t->n; i++)
                table_value(&out, dye_span_str((const char *)t->field[i].name));
            table_text(&out, dye_span_str("deleted"));
            if (table_row(&out))
                fault = put_records(t, in, &out);
        }
    }
    dye_buf_done(&t->text);
    dye_wipe(t->record, sizeof t->record);
    free(t);
    in->told = in->told || in->broken != NULL;
    return table_end(&out, fault);
}

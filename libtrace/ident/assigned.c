#include "dye/assigned.h"

#include "kind.h"
#include "spelling.h"

#include <assert.h>
#include <stdlib.h>

/* Ascending, apart and not adjoining: the first `numbered` digits of a value, as a number. */
struct dye_assigned {
    enum dye_kind kind;
    size_t entries;
    size_t n;
    struct number_range ranges[];
};

/* One code of a line: moves *at behind its digits. */
static bool read_code(const struct kind_row *row, struct dye_span line, size_t *at, size_t *ret_digits,
                      struct number_range *ret)
{
    size_t start = *at;
    while (*at < line.n && dye_is_digit(line.p[*at]))
        ++*at;
    size_t n = *at - start;
    const char *code = (const char *)line.p + start;
    if (n < row->numbered_min || n > row->numbered || code[0] < '1' || code[0] > row->numbered_first)
        return false;
    ret->first = ret->last = read_digits(code, n);
    for (size_t i = n; i < row->numbered; i++) {
        ret->first *= 10;
        ret->last = ret->last * 10 + 9;
    }
    *ret_digits = n;
    return true;
}

static bool read_line(const struct kind_row *row, struct dye_span line, struct number_range *ret)
{
    size_t at = 0, digits, digits_last;
    if (!read_code(row, line, &at, &digits, ret))
        return false;
    if (at < line.n && line.p[at] == '-') {
        struct number_range last;
        at++;
        if (!read_code(row, line, &at, &digits_last, &last) || digits_last != digits || last.first < ret->first)
            return false;
        ret->last = last.last;
    }
    return at == line.n || line.p[at] == ' ' || line.p[at] == '\t' || line.p[at] == ',';
}

/* The next line without its end and the blanks around it; false behind the last. */
static bool next_line(struct dye_span *text, struct dye_span *ret)
{
    if (text->n == 0)
        return false;
    const uint8_t *end = memchr(text->p, '\n', text->n);
    size_t n = end != NULL ? (size_t)(end - text->p) : text->n;
    size_t from = 0, to = n;
    while (from < to && (text->p[from] == ' ' || text->p[from] == '\t'))
        from++;
    while (to > from && (text->p[to - 1] == ' ' || text->p[to - 1] == '\t' || text->p[to - 1] == '\r'))
        to--;
    *ret = dye_span_of(text->p + from, to - from);
    n += end != NULL;
    *text = dye_span_of(text->p + n, text->n - n);
    return true;
}

static int by_first(const void *a, const void *b)
{
    const struct number_range *x = a, *y = b;
    return (x->first > y->first) - (x->first < y->first);
}

static size_t join(struct number_range *r, size_t n)
{
    size_t kept = 0;
    qsort(r, n, sizeof *r, by_first);
    for (size_t i = 0; i < n; i++) {
        if (kept > 0 && r[i].first <= r[kept - 1].last + 1) {
            if (r[i].last > r[kept - 1].last)
                r[kept - 1].last = r[i].last;
        } else {
            r[kept++] = r[i];
        }
    }
    return kept;
}

enum dye_status dye_assigned_new(enum dye_kind kind, struct dye_span text, struct dye_assigned **ret,
                                 struct dye_error *err)
{
    const struct kind_row *row = kind_row_of(kind);
    if (row == NULL || row->numbered == 0)
        DYE_FAIL(err, DYE_E_USAGE, "no authority publishes a table of %s values", dye_kind_name(kind));
    if (text.n > DYE_ASSIGNED_TEXT_MAX_BYTES)
        DYE_FAIL(err, DYE_E_LIMIT, "the table is longer than %u bytes", DYE_ASSIGNED_TEXT_MAX_BYTES);
    if (text.n >= 3 && memcmp(text.p, "\xef\xbb\xbf", 3) == 0)
        text = dye_span_of(text.p + 3, text.n - 3);
    size_t lines = 1;
    for (size_t i = 0; i < text.n; i++)
        lines += text.p[i] == '\n';
    struct dye_assigned *table = malloc(sizeof *table + lines * sizeof *table->ranges);
    if (table == NULL)
        DYE_FAIL(err, DYE_E_NOMEM, "out of memory for a table of %zu lines", lines);
    *table = (struct dye_assigned){.kind = kind};
    struct dye_span line;
    for (size_t number = 1; next_line(&text, &line); number++) {
        if (line.n == 0 || line.p[0] == '#')
            continue;
        if (!read_line(row, line, &table->ranges[table->entries])) {
            free(table);
            DYE_FAIL(err, DYE_E_CONFIG, "line %zu of the table is no code or range of %s values", number, row->name);
        }
        table->entries++;
    }
    if (table->entries == 0) {
        free(table);
        DYE_FAIL(err, DYE_E_CONFIG, "the table has no entry");
    }
    table->n = join(table->ranges, table->entries);
    *ret = table;
    return DYE_OK;
}

void dye_assigned_free(struct dye_assigned *table)
{
    free(table);
}

enum dye_kind dye_assigned_kind(const struct dye_assigned *table)
{
    return table->kind;
}

size_t dye_assigned_entries(const struct dye_assigned *table)
{
    return table->entries;
}

/* Whether any of [first, last] is assigned: the first range that ends at `first` or behind it decides. */
static bool meets(const struct dye_assigned *table, struct number_range r)
{
    size_t low = 0, high = table->n;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (table->ranges[mid].last < r.first)
            low = mid + 1;
        else
            high = mid;
    }
    return low < table->n && table->ranges[low].first <= r.last;
}

bool dye_ident_assigned(enum dye_kind kind, const struct dye_value *v, const struct dye_assigned *table)
{
    if (kind != table->kind)
        return false;
    size_t digits = kind_row_of(kind)->numbered;
    assert(v->n >= digits && spelling_digits(v->text, digits));
    uint64_t number = read_digits(v->text, digits);
    return meets(table, (struct number_range){number, number});
}

bool dye_assigned_meets_space(const struct dye_assigned *table)
{
    struct number_range block;
    for (size_t i = 0; kind_row_of(table->kind)->block(i, &block); i++)
        if (meets(table, block))
            return true;
    return false;
}

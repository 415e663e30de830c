#include "pool_file.h"

#include "csv_reader.h"
#include "dye/key.h"

#include <stdio.h>
#include <stdlib.h>

struct reading {
    enum dye_kind kind;
    pool_value_fn fn;
    pool_bad_fn on_bad;
    void *arg;
    size_t values;
};

static enum dye_status give(struct reading *x, size_t line, bool whole, const struct dye_value *value,
                            struct dye_error *err)
{
    struct pool_value v = {line, whole, *value};
    if (++x->values > POOL_VALUES_MAX)
        DYE_FAIL(err, DYE_E_LIMIT, "pool: more than %d values; import in several files", POOL_VALUES_MAX);
    enum dye_status status = x->fn(x->arg, &v, err);
    dye_wipe(&v, sizeof v);
    return status;
}

/* A domain is one when an address at it is one. */
static bool is_domain(const char *text, struct dye_value *ret)
{
    char address[DYE_VALUE_MAX_BYTES];
    struct dye_value parsed;
    int n = snprintf(address, sizeof address, "aa@%s", text);
    if (strchr(text, '@') != NULL || n < 0 || (size_t)n >= sizeof address ||
        dye_ident_parse(DYE_EMAIL, dye_span_of(address, (size_t)n), &parsed) != DYE_OK)
        return false;
    ret->n = parsed.n - 3;
    memcpy(ret->text, parsed.text + 3, ret->n + 1);
    return true;
}

struct range {
    char text[64];   /* the first value */
    size_t n, fixed; /* bytes before the digits that count */
    unsigned long long from, to;
};

/* The hyphen that parts two halves of one length; false for what is no range, such as a value with hyphens in it. */
static bool read_range(const char *text, struct range *ret)
{
    size_t n = strlen(text);
    size_t half = n / 2;
    if (n % 2 == 0 || text[half] != '-' || half == 0 || half >= sizeof ret->text)
        return false;
    const char *a = text;
    const char *b = text + half + 1;
    size_t fixed = half;
    while (fixed > 0 && half - fixed < 18 && dye_is_digit((uint8_t)a[fixed - 1]) && dye_is_digit((uint8_t)b[fixed - 1]))
        fixed--;
    if (fixed == half || memcmp(a, b, fixed) != 0)
        return false;
    memcpy(ret->text, a, half);
    ret->text[half] = '\0';
    ret->n = half;
    ret->fixed = fixed;
    ret->from = strtoull(ret->text + fixed, NULL, 10);
    ret->to = strtoull(b + fixed, NULL, 10);
    return true;
}

static enum dye_status give_range(struct reading *x, size_t line, struct range *r, struct dye_error *err)
{
    struct dye_value v;
    char number[24];
    if (r->to < r->from) {
        x->on_bad(x->arg, line, "a range that ends before it begins");
        return DYE_OK;
    }
    if (r->to - r->from >= POOL_VALUES_MAX)
        DYE_FAIL(err, DYE_E_LIMIT, "pool: line %zu: more than %d values in a range", line, POOL_VALUES_MAX);
    for (unsigned long long i = r->from; i <= r->to; i++) {
        snprintf(number, sizeof number, "%0*llu", (int)(r->n - r->fixed), i);
        memcpy(r->text + r->fixed, number, r->n - r->fixed);
        if (dye_ident_parse(x->kind, dye_span_of(r->text, r->n), &v) != DYE_OK) {
            x->on_bad(x->arg, line, "a range with numbers in it that are none of this kind (a check digit?)");
            return DYE_OK;
        }
        DYE_TRY(give(x, line, true, &v, err));
    }
    return DYE_OK;
}

static enum dye_status give_text(struct reading *x, size_t line, const char *text, struct dye_error *err)
{
    struct dye_value v = {0};
    struct range range;
    enum dye_status status = DYE_OK;
    if (read_range(text, &range))
        return give_range(x, line, &range, err);
    if (x->kind == DYE_EMAIL && is_domain(text, &v))
        status = give(x, line, false, &v, err);
    else if (dye_ident_parse(x->kind, dye_span_str(text), &v) == DYE_OK)
        status = give(x, line, true, &v, err);
    else
        x->on_bad(x->arg, line, "no value of this kind");
    dye_wipe(&v, sizeof v);
    return status;
}

enum dye_status pool_file_read(struct dye_buf *text, enum dye_kind kind, pool_value_fn fn, pool_bad_fn on_bad,
                               void *arg, struct dye_error *err)
{
    struct reading x = {kind, fn, on_bad, arg, 0};
    struct csv_reader r;
    size_t column = 0;
    enum dye_status status;
    csv_reader_init(&r, text);
    for (bool first = true; (status = csv_reader_next(&r, err)) == DYE_OK; first = false) {
        bool header = false;
        for (size_t i = 0; first && !header && i < r.fields; i++) {
            header = strcmp(r.field[i], "value") == 0 || strcmp(r.field[i], dye_kind_name(kind)) == 0;
            column = header ? i : 0;
        }
        if (header)
            continue;
        if (column >= r.fields)
            on_bad(arg, r.line, "too few columns");
        else
            DYE_TRY(give_text(&x, r.line, r.field[column], err));
    }
    return status == DYE_END ? DYE_OK : status;
}

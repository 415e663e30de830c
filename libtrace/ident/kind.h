#ifndef DYE_IDENT_KIND_H
#define DYE_IDENT_KIND_H
/*
 * kind: the row that each kind of identifier fills in. Private to the layer. Adding a kind is adding a file with a row
 * in it, a line to the table in kind.c and a number to enum dye_kind.
 */
#include "dye/ident.h"

struct number_range { /* both ends included */
    uint64_t first, last;
};

struct kind_row {
    const char *name;
    bool scanned; /* looked up by the scanner, see dye_kind_is_scanned */
    bool hashed;  /* sellers hash it: its digests are forms too */
    bool folded;  /* compared as dye_text_fold makes it, as the fields of a record are */
    enum dye_status (*parse)(struct dye_span text, struct dye_value *ret);
    /* How it is written and how sellers hide it: patterns of pattern.h, each list ended by NULL or NULL itself. The
     * patterns of `masks` hide what stands before the first `masked_before`, where that is not 0. */
    const char *const *displays, *const *masks;
    char masked_before;
    /* The other number that the same holder has by this one; false where there is none. NULL for most. With
     * `alias_scanned` it is a form of the value, as one that stands in dumps. */
    bool (*alias)(const struct dye_value *v, struct dye_value *ret);
    bool alias_scanned;
    /* The default space; all three are NULL where a kind has none. `at` is called with i < space(). */
    uint64_t (*space)(void);
    void (*at)(uint64_t i, struct dye_value *ret);
    bool (*is_safe)(const struct dye_value *v);
    /* Where an authority gives out values by their leading digits (see assigned.h): how many digits it counts, the
     * fewest that a code of its table has, and the highest first digit (the lowest is 1). 0 where none does. */
    unsigned numbered, numbered_min;
    char numbered_first;
    /* The default space in those numbers, block by block; false behind the last. */
    bool (*block)(size_t i, struct number_range *ret);
};

extern const struct kind_row kind_mobile, kind_resident_id, kind_email, kind_name, kind_address, kind_waybill,
    kind_policy, kind_mrn, kind_bank_card, kind_uscc, kind_plate, kind_passport, kind_permit, kind_qq, kind_wechat,
    kind_account;

/* NULL for DYE_KIND_NONE and for numbers that are no kind. */
const struct kind_row *kind_row_of(enum dye_kind kind);

/* n <= DYE_VALUE_MAX_BYTES. */
static inline void value_set(struct dye_value *v, const void *p, size_t n)
{
    memcpy(v->text, p, n);
    v->text[n] = '\0';
    v->n = n;
}

/* `value` in exactly `width` decimal digits, high ones dropped. No terminator. */
static inline void put_digits(char *p, unsigned width, uint64_t value)
{
    while (width-- > 0) {
        p[width] = (char)('0' + value % 10);
        value /= 10;
    }
}

/* The number that n digits write; n <= 18 and all are digits. */
static inline uint64_t read_digits(const char *p, size_t n)
{
    uint64_t v = 0;
    for (size_t i = 0; i < n; i++)
        v = v * 10 + (uint64_t)(p[i] - '0');
    return v;
}

#endif

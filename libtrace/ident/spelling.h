#ifndef DYE_IDENT_SPELLING_H
#define DYE_IDENT_SPELLING_H
/*
 * spelling: what the kinds share of reading how people and spreadsheets write identifiers. Private to the layer.
 */
#include "dye/span.h"
#include "dye/status.h"

#define SPELLING_MAX_BYTES 320

struct spelling { /* ASCII, NUL-terminated */
    char text[SPELLING_MAX_BYTES + 1];
    size_t n;
};

/*
 * `text` (UTF-8) in ASCII: full-width forms narrowed, no-break and ideographic spaces to ' ', dashes to '-',
 * look-alikes of the check digit X to 'X', zero-width characters out; then white space at both ends and the
 * apostrophe that spreadsheets put before a number as text come off. False where anything else is not printable
 * ASCII, or where it is longer than SPELLING_MAX_BYTES or empty. O(n).
 */
DYE_MUST_CHECK bool spelling_read(struct dye_span text, struct spelling *ret);

/*
 * The letters and digits of p[0, n) without their grouping: runs parted by single ' ', '-' or '.', all the same one,
 * whose lengths are those of `shape`, such as "344" (one digit a group) or, without separators, their sum. Returns
 * their number and writes them to ret (n bytes of room are enough), or 0 when the grouping is another.
 */
size_t spelling_ungroup(const char *p, size_t n, const char *shape, char *ret);

/* To upper case, and without the characters of `drop`, wherever they stand. */
void spelling_tighten(struct spelling *s, const char *drop);

/* Whether all n are ASCII digits. */
bool spelling_digits(const char *p, size_t n);
/* Whether c is in [A-Z] without I and O, which documents and plates leave out for 1 and 0. */
bool spelling_is_clear_letter(char c);

#endif
